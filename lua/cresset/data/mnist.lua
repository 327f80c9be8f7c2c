local load = require("cresset.data.idx_folder").load

-- LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998
local what = {
  name = "data.mnist",
  classes = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
  folder = "/usr/share/datasets/mnist",
  advice = "name a folder with MNIST's four IDX files",
}

--- MNIST: 70,000 handwritten digits of 28 x 28 pixels.
-- @param folder  where train-images-idx3-ubyte[.gz], train-labels-idx1-ubyte[.gz] and the two t10k
--                files lie ("/usr/share/datasets/mnist")
-- @return two data.Datasets, for training and for testing; label 1 is the digit 0
local function mnist(folder) return load(folder, what) end

return mnist
