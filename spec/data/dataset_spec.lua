local cresset = require("cresset")
local data = require("cresset.data")
local files = require("spec.support.files")

local function numbered(count)
  local images = cresset.range(1, count):float():view(count, 1, 1, 1)
  local labels = cresset.LongTensor(count)
  for k = 1, count do labels[k] = k % 3 + 1 end
  return data.Dataset { images = images, labels = labels }
end

describe("data.Dataset", function()
  it("knows its size, its classes and its text", function()
    local set = numbered(10)
    assert.equal(10, set:size())
    assert.equal(10, #set)
    assert.same({ "1", "2", "3" }, set.classes)
    assert.equal("data.Dataset(10 x 1 x 1 x 1, 3 classes)", tostring(set))
  end)

  it("checks what it is made of", function()
    local function fails(text, fields)
      assert.has_error(function() data.Dataset(fields) end, "data.Dataset: " .. text)
    end
    local one = cresset.LongTensor { 1 }
    fails("'images' must be a tensor of samples, got nil", { labels = one })
    fails("'labels' must be a torch.LongTensor of one dimension, got nil",
      { images = cresset.zeros(1) })
    fails("2 images and 1 labels do not go together", { images = cresset.zeros(2), labels = one })
    fails("labels must count from 1, got 0",
      { images = cresset.zeros(1), labels = cresset.LongTensor { 0 } })
    fails("label 3 has no name: there are 2 classes", { images = cresset.zeros(1),
      labels = cresset.LongTensor { 3 }, classes = { "a", "b" } })
  end)

  it("takes every n-th of each class for the test part", function()
    local train, test = numbered(18):split(3)
    assert.equal(12, train:size())
    -- labels go 2, 3, 1, 2, 3, 1, ...: the third of each class are samples 7, 8, 9
    assert.same({ 7, 8, 9, 16, 17, 18 }, test.images:view(6):totable())
    assert.same({ 2, 3, 1, 2, 3, 1 }, test.labels:totable())
  end)

  it("selects, narrows, scales and pads", function()
    local set = numbered(5)
    assert.same({ 5, 1 }, set:select({ 5, 1 }).images:view(2):totable())
    assert.same({ 2, 3 }, set:narrow(2, 2).images:view(2):totable())
    local larger = set:scale(3):pad(1)
    assert.same({ 5, 1, 5, 5 }, larger.images:size():totable())
    assert.same({ 0, 2, 2, 2, 0 }, larger.images[2][1][3]:totable())
    assert.same({ 0, 0, 0, 0, 0 }, larger.images[2][1][5]:totable())
  end)
end)

describe("data.batches", function()
  local function collect(batches)
    local values, sizes = {}, {}
    for images, labels in batches do
      assert.equal(images:size(1), labels:size(1))
      sizes[#sizes + 1] = images:size(1)
      for k = 1, images:size(1) do
        local value = images[k][1][1][1]
        assert.equal(value % 3 + 1, labels[k])
        values[#values + 1] = value
      end
    end
    return values, sizes
  end

  it("goes through all samples in order", function()
    local values, sizes = collect(data.batches(numbered(10), 4))
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, values)
    assert.same({ 4, 4, 2 }, sizes)
    assert.equal(3, data.batches(numbered(10), 4):size())
  end)

  it("can drop the last, smaller batch", function()
    local batches = data.batches(numbered(10), 4, { dropLast = true })
    local values, sizes = collect(batches)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, values)
    assert.same({ 4, 4 }, sizes)
    assert.equal(2, #batches)
  end)

  it("shuffles anew in each loop, as the generator says", function()
    local function two_epochs(seed)
      local generator = cresset.Generator()
      cresset.manualSeed(generator, seed)
      local batches = data.batches(numbered(30), 7, { shuffle = generator })
      return collect(batches), (collect(batches))
    end
    local first, second = two_epochs(5)
    local again = two_epochs(5)
    assert.same(first, again)
    assert.not_same(first, second)
    table.sort(first)
    for k = 1, 30 do assert.equal(k, first[k]) end
  end)

  it("begins anew after a loop was left", function()
    local batches = data.batches(numbered(6), 2)
    batches(nil, nil) -- what a loop that is left after one step has called
    assert.same({ 1, 2, 3, 4, 5, 6 }, (collect(batches)))
  end)

  it("gives the same two tensors in every step", function()
    local batches = data.batches(numbered(9), 3, { shuffle = true })
    local seen = {}
    for images, labels in batches do seen[images], seen[labels] = true, true end
    for images, labels in batches do seen[images], seen[labels] = true, true end
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.equal(2, count)
  end)

  it("checks its arguments", function()
    local function fails(text, ...)
      local packed = table.pack(...)
      assert.has_error(function() data.batches(table.unpack(packed, 1, packed.n)) end,
        "data.batches: " .. text)
    end
    fails("'dataset' must be a data.Dataset, got 3", 3, 3)
    fails("'batchSize' must be an integer of at least 1, got 0", numbered(3), 0)
    fails("there is no option 'shufle'", numbered(3), 1, { shufle = true })
  end)
end)

describe("data.digits", function()
  it("has 1,442 images for training and 355 for testing, from 0 to 1", function()
    local train, test = data.digits()
    assert.equal("data.Dataset(1442 x 1 x 8 x 8, 10 classes)", tostring(train))
    assert.equal("data.Dataset(355 x 1 x 8 x 8, 10 classes)", tostring(test))
    assert.equal(0, train.images:min())
    assert.equal(1, train.images:max())
    -- the first image of the set is a 0, its first rows are 0 0 5 13 9 1 0 0, 0 0 13 15 10 15 5 0
    assert.equal("0", train.classes[train.labels[1]])
    assert.same({ 0, 0, 13, 15, 10, 15, 5, 0 }, (train.images[1][1][2] * 16):totable())
  end)
end)

describe("data.mnist and data.fashion", function()
  after_each(files.clean)

  local function write_idx(path, sizes, values)
    local parts = { string.pack("BBBB", 0, 0, 8, #sizes) }
    for _, size in ipairs(sizes) do parts[#parts + 1] = string.pack(">I4", size) end
    data.saveText(path, table.concat(parts) .. string.char(table.unpack(values)))
  end

  local function small_set(labels)
    local folder = files.folder()
    write_idx(folder .. "/train-images-idx3-ubyte", { 2, 1, 2 }, { 0, 255, 51, 102 })
    write_idx(folder .. "/train-labels-idx1-ubyte", { 2 }, labels)
    write_idx(folder .. "/t10k-images-idx3-ubyte", { 1, 1, 2 }, { 255, 0 })
    write_idx(folder .. "/t10k-labels-idx1-ubyte", { 1 }, { 0 })
    return folder
  end

  it("reads a folder", function()
    local train, test = data.fashion(small_set { 9, 3 })
    assert.same({ 10, 4 }, train.labels:totable())
    assert.equal("boot", train.classes[10])
    assert.same({ 0, 1 }, train.images[1][1][1]:totable())
    assert.near(0.4, train.images[2][1][1][2], 1e-7)
    assert.equal(1, test:size())
    assert.equal("9", data.mnist(small_set { 9, 3 }).classes[10])
  end)

  it("names what does not fit", function()
    local folder = small_set { 10, 3 }
    assert.has_error(function() data.mnist(folder) end,
      ("data.mnist: the labels for 'train' in '%s' must be 0 to 9, got 10"):format(folder))
    folder = small_set { 1, 2 }
    write_idx(folder .. "/train-labels-idx1-ubyte", { 1 }, { 1 })
    assert.has_error(function() data.mnist(folder) end,
      ("data.mnist: '%s' has 2 images and 1 labels for 'train'"):format(folder))
  end)

  it("says how to get what is missing", function()
    assert.has_error(function() data.fashion("/nowhere") end,
      "data.fashion: no train-images-idx3-ubyte.gz in '/nowhere': get it with `apt-get install "
      .. "dataset-fashion-mnist`, or name a folder with the four IDX files of "
      .. "github.com/zalandoresearch/fashion-mnist")
  end)
end)
