local cresset = require("cresset")
local data = cresset.data

local function numbered(count)
  local labels = cresset.LongTensor(count)
  for k = 1, count do labels[k] = k % 3 + 1 end
  return data.Dataset { images = cresset.range(1, count):float():view(count, 1), labels = labels }
end

local function collect(loader, epochs)
  local list = {}
  for _ = 1, epochs or 1 do
    for x, y in loader do
      list[#list + 1] = x:totable()
      list[#list + 1] = cresset.isTensor(y) and y:totable() or y
    end
  end
  return list
end

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

describe("data.Loader", function()
  local dataset = numbered(23)

  it("cuts a data set into minibatches", function()
    local loader = data.Loader(dataset, 10)
    assert.equal(3, #loader)
    assert.equal("data.Loader(23 samples, batches of 10, 0 workers)", tostring(loader))
    local sizes = {}
    local at = 0
    for x, y in loader do
      sizes[#sizes + 1] = x:size(1)
      for k = 1, x:size(1) do
        at = at + 1
        assert.equal(at, x[k][1])
        assert.equal(at % 3 + 1, y[k])
      end
    end
    assert.same({ 10, 10, 3 }, sizes)
    assert.equal(2, #data.Loader(dataset, 10, { dropLast = true }))
    assert.equal(23, #collect(data.Loader(dataset, 1, { shuffle = true })) / 2)
  end)

  it("gives the same minibatches with any number of workers", function()
    local options = {
      { shuffle = true },
      { shuffle = true, dropLast = true, transform = function(x, y)
        return x:add(cresset.randn(x:size(1), 1)), y
      end },
      { sampler = data.StratifiedSampler(dataset), each = function(x, y)
        return x * cresset.uniform(), y + cresset.random(3)
      end },
      { sampler = data.WeightedSampler.balanced(dataset), each = function(x, y)
        return x * cresset.uniform(), y
      end, transform = function(x, y) return x * cresset.uniform(), y end },
    }
    for _, option in ipairs(options) do
      option.seed = 5
      local lists = {}
      for _, workers in ipairs { 0, 1, 3 } do
        option.workers = workers
        local loader = data.Loader(dataset, 4, option)
        lists[#lists + 1] = collect(loader, 2)
        loader:close()
      end
      assert.same(lists[1], lists[2])
      assert.same(lists[1], lists[3])
      assert.not_same(table.move(lists[1], 1, 10, 1, {}), table.move(lists[1], 13, 22, 1, {}))
      option.seed = 6
      option.workers = 0
      assert.not_same(lists[1], collect(data.Loader(dataset, 4, option), 2))
    end
  end)

  it("gives each sample a seed of its own, whatever the batch", function()
    local function draw() return cresset.uniform(), 1 end
    local by_one = collect(data.Loader(dataset, 1, { each = draw, seed = 1 }))
    local by_ten = collect(data.Loader(dataset, 10, { each = draw, seed = 1 }))
    local one, ten = {}, {}
    for k = 1, #by_one, 2 do one[#one + 1] = by_one[k][1] end
    for k = 1, #by_ten, 2 do table.move(by_ten[k], 1, #by_ten[k], #ten + 1, ten) end
    assert.same(one, ten)
    table.sort(one)
    for k = 2, #one do assert.not_equal(one[k - 1], one[k]) end
  end)

  it("leaves the program's own random numbers alone", function()
    cresset.manualSeed(1)
    local expected = cresset.uniform()
    cresset.manualSeed(1)
    collect(data.Loader(dataset, 10, { seed = 2, each = function() return cresset.uniform() end }))
    pcall(collect, data.Loader(dataset, 10, { seed = 2, each = function() error("x") end }))
    assert.equal(expected, cresset.uniform())
  end)

  it("comes back to any place", function()
    for _, workers in ipairs { 0, 2 } do
      local loader = data.Loader(dataset, 5, { shuffle = true, workers = workers, seed = 1 })
      local first, second = collect(loader), collect(loader)
      assert.equal(2, loader.epoch)
      assert.same(first, collect(loader:seek(1)))
      assert.same(table.move(second, 5, 10, 1, {}), collect(loader:seek(2, 3)))
      assert.same(second, collect(loader:seek(2)))
      assert.same({}, collect(loader:seek(1, 100)))
      loader() -- a loop that is left after its first step leaves nothing behind
      assert.same(first, collect(loader:seek(1)))
      loader:close()
    end
  end)

  it("takes data sets of any kind, and puts samples together", function()
    local squares = { size = function() return 5 end, get = function(_, i)
      return i * i, i / 2, "n" .. i, cresset.DoubleTensor { i, -i }, i == 3
    end }
    for _, workers in ipairs { 0, 2 } do
      local loader = data.Loader(squares, 3, { workers = workers })
      local batches = {}
      for a, b, c, d, e in loader do batches[#batches + 1] = { a, b, c, d, e } end
      assert.equal(2, #batches)
      local a, b, c, d, e = table.unpack(batches[1])
      assert.equal("torch.LongTensor", a:type())
      assert.same({ 1, 4, 9 }, a:totable())
      assert.equal("torch.FloatTensor", b:type())
      assert.same({ 0.5, 1, 1.5 }, b:totable())
      assert.same({ "n1", "n2", "n3" }, c)
      assert.same({ { 1, -1 }, { 2, -2 }, { 3, -3 } }, d:totable())
      assert.equal("torch.DoubleTensor", d:type())
      assert.same({ false, false, true }, e)
      loader:close()
    end
    local own = data.Loader(squares, 3,
      { collate = function(samples) return #samples, samples[1].n end })
    local counts = {}
    for n, values in own do counts[#counts + 1] = { n, values } end
    assert.same({ { 3, 5 }, { 2, 5 } }, counts)
  end)

  it("hands an error of a worker on, and can be used again", function()
    for _, workers in ipairs { 0, 2 } do
      local loader = data.Loader(dataset, 5, { workers = workers, each = function(x, y)
        if x[1] == 12 and cresset.uniform() < 2 then error("twelve") end
        return x, y
      end })
      for epoch = 1, 3 do
        local seen = 0
        local message = error_of(function() for _ in loader do seen = seen + 1 end end)
        assert.equal(2, seen)
        assert.truthy(message:find(("^data%%.Loader: minibatch 3 of epoch %d: "):format(epoch)))
        assert.truthy(message:find("Loader_spec.lua:%d+: twelve"))
        if workers > 0 then assert.truthy(message:find("\nstack traceback:\n")) end
      end
      loader:close()
      assert.equal("data.Loader: it was closed", error_of(loader))
    end
    local odd = { size = function() return 2 end, get = function(_, i) return cresset.zeros(i) end }
    assert.truthy(error_of(collect, data.Loader(odd, 2)):find("samples do not go together in a "
      .. "batch: torch.FloatTensor of size 1 and torch.FloatTensor of size 2", 1, true))
  end)

  it("checks its arguments and what samplers give", function()
    local function fails(text, ...)
      assert.equal("data.Loader: " .. text, error_of(data.Loader, ...))
    end
    fails("'dataset' must be a data.Dataset or an object with the methods 'size' and 'get', got 3",
      3)
    fails("'batchSize' must be an integer of at least 1, got 0", dataset, 0)
    fails("there is no option 'worker'", dataset, 1, { worker = 2 })
    fails("'shuffle' and 'sampler' exclude each other", dataset, 1,
      { shuffle = true, sampler = data.Sampler(3) })
    fails("'sampler' must have the methods 'order' and 'size', got a table", dataset, 1,
      { sampler = {} })
    local loader = data.Loader(dataset, 1, { sampler = data.SubsetSampler { 1, 24 } })
    assert.equal("data.Loader: the sampler's order must have positions from 1 to 23, got 1 to 24",
      error_of(loader))
    loader = data.Loader(dataset, 1, { sampler = { size = function() return 1 end,
      order = function() return { 1 } end } })
    assert.equal("data.Loader: the sampler's order must be a torch.LongTensor of one dimension, "
      .. "got a table", error_of(loader))
    assert.equal("data.Loader:seek: 'epoch' must be an integer of at least 1, got 0",
      error_of(loader.seek, loader, 0))
  end)
end)
