local load = require("cresset.data.idx_folder").load

-- Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv:1708.07747
local what = {
  name = "data.fashion",
  classes = { "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
    "bag", "boot" },
  folder = "/usr/share/datasets/fashion-mnist",
  advice = "get it with `apt-get install dataset-fashion-mnist`, or name a folder with the four "
    .. "IDX files of github.com/zalandoresearch/fashion-mnist",
}

--- Fashion-MNIST: 70,000 pictures of clothes, 28 x 28 pixels, in ten classes.
-- @param folder  where the four IDX files lie; without it, where Debian's package
--                dataset-fashion-mnist puts them
-- @return two data.Datasets, for training (60,000) and for testing (10,000)
local function fashion(folder) return load(folder, what) end

return fashion
