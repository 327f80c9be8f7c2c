local cresset = require("cresset")
local class = require("cresset.class")
local command = require("spec.support.command")
local data = cresset.data

local function message_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

-- Runs code in a process of its own; returns its output, its errors and its status.
local function run(code)
  local name = command.file(code)
  local out, err, status = command.shell("timeout 60 bin/cresset " .. name)
  os.remove(name)
  return out, err, status
end

describe("data.Workers", function()
  it("calls the function for each job and gives the results in the jobs' order", function()
    for _, count in ipairs { 0, 1, 3 } do
      local function factorial(n) return n <= 1 and 1 or n * factorial(n - 1) end
      local workers = data.Workers(count, function(k, ...)
        if k % 2 == 1 then -- the later job is ready sooner
          local x = 0
          for i = 1, 20000 do x = x + i end
        end
        return k, factorial(k), select("#", ...), ...
      end, { room = 20 })
      for k = 1, 10 do workers:submit(k, nil, "x", nil) end
      assert.equal(10, workers:pending())
      for k = 1, 10 do
        local results = table.pack(workers:receive())
        assert.equal(6, results.n)
        assert.same({ k, factorial(k), 3, nil, "x", nil },
          { table.unpack(results, 1, results.n) })
      end
      assert.equal(0, workers:pending())
      workers:close()
    end
  end)

  it("sends what values there are, and keeps what is equal equal", function()
    local shared, image = { 1, 2.5, "a\0b", true, [false] = -0.0 }, cresset.image
    shared.own = shared
    local generator = cresset.Generator()
    cresset.manualSeed(generator, 7)
    local with_metatable = setmetatable({ 3 }, { __index = { name = "inner" } })
    local labels = cresset.LongTensor { 1, 2 }
    local dataset = data.Dataset { images = cresset.rand(2, 3), labels = labels }
    local workers = data.Workers(1, function(t)
      return shared.own == shared, shared[1], shared[2], shared[3], shared[4], shared[false],
        math.type(shared[1]), image == require("cresset.image"), with_metatable.name,
        dataset:size(), tostring(dataset), cresset.random(generator), t.a == t.b, t.a
    end)
    local again = cresset.Generator()
    cresset.manualSeed(again, 7)
    local t = { x = 1 }
    workers:submit { a = t, b = t }
    assert.same({ true, 1, 2.5, "a\0b", true, -0.0, "integer", true, "inner", 2,
      "data.Dataset(2 x 3, 2 classes)", cresset.random(again), true, { x = 1 } },
      { workers:receive() })
    workers:close()
  end)

  it("sends globals by value, and functions of C by their names", function()
    _G.specTable, _G.specFunction = { 5 }, function() return specTable end -- luacheck: ignore
    local own, from_global, crop = _G.specTable, _G.specFunction, require("cresset.core").data
      .augment.crop
    local workers = data.Workers(1, function()
      return own[1], from_global(), type(crop), string.rep("a", 3), specTable -- luacheck: ignore
    end)
    _G.specTable, _G.specFunction = nil, nil
    workers:submit()
    assert.same({ 5, nil, "function", "aaa", nil }, { workers:receive() })
    workers:close()
  end)

  it("shares the memory of what it sends and copies what it returns", function()
    local base = cresset.range(1, 6):float():view(2, 3)
    local column = base:select(2, 2)
    local kept
    local workers = data.Workers(1, function(x)
      base[1][1] = 42
      kept = kept or cresset.zeros(2)
      kept:add(1)
      x:mul(2)
      return kept, column, base:t()
    end)
    local x = cresset.ones(3)
    workers:submit(x)
    local first, second, transposed = workers:receive()
    workers:submit(x)
    workers:receive()
    assert.equal(42, base[1][1])
    assert.same({ 4, 4, 4 }, x:totable())
    assert.same({ 1, 1 }, first:totable())
    assert.same({ 2, 5 }, second:totable())
    assert.same({ { 42, 4 }, { 2, 5 }, { 3, 6 } }, transposed:totable())
    assert.is_false(pcall(base.resize, base, 1000)) -- the worker reads this memory
    base:resize(3, 2)
    first:resize(1000):fill(1)
    workers:close()
  end)

  it("computes on one thread, with the default type of its maker", function()
    cresset.setdefaulttensortype("torch.DoubleTensor")
    local workers = data.Workers(1, function()
      local x = cresset.zeros(3)
      return x:type(), pcall(cresset.setNumThreads, 2)
    end)
    cresset.setdefaulttensortype("torch.FloatTensor")
    workers:submit()
    local kind, good, message = workers:receive()
    assert.equal("torch.DoubleTensor", kind)
    assert.is_false(good)
    assert.equal("cresset.setNumThreads: a worker cannot change the number of threads of all",
      message)
    workers:close()
  end)

  it("raises a worker's error with its traceback, and goes on", function()
    local function inner(k) return k.field end
    local workers = data.Workers(2, function(k)
      if k == 2 then return (inner(nil)) end
      if k == 3 then error { code = 5 } end
      if k == 4 then return coroutine.create(print) end
      return k
    end)
    for k = 1, 5 do workers:submit(k) end
    assert.equal(1, workers:receive())
    local message = message_of(workers.receive, workers)
    assert.truthy(message:find("^data%.Workers: a worker failed: .*Workers_spec%.lua:%d+: attempt "
      .. "to index a nil value %(local 'k'%)\nstack traceback:\n.*in upvalue 'inner'"))
    assert.truthy(message_of(workers.receive, workers)
      :find("a worker failed: (an error that is a table)\nstack traceback", 1, true))
    assert.truthy(message_of(workers.receive, workers)
      :find("cannot send a coroutine to another thread\nstack traceback", 1, true))
    assert.equal(5, workers:receive())
    workers:close()
  end)

  it("says what cannot be sent, and where it is", function()
    local workers = data.Workers(1, function() end)
    local function fails(text, ...)
      assert.equal("data.Workers:submit: cannot send " .. text,
        message_of(workers.submit, workers, ...))
    end
    fails("an open file to another thread", 1, io.stdout)
    fails("a coroutine to another thread, at a[3].b",
      { a = { 1, 2, { b = coroutine.create(print) } } })
    fails("a function to another thread, at f", { f = print })
    local deep = {}
    for _ = 1, 1000 do deep = { deep } end
    assert.truthy(message_of(workers.submit, workers, deep):find("tables nested so deeply"))
    workers:submit()
    assert.equal(0, select("#", workers:receive()))
    workers:close()
    local file = assert(io.open("/dev/null"))
    assert.equal("data.Workers: cannot send an open file to another thread, at file",
      message_of(data.Workers, 1, function() return file end))
    file:close()
  end)

  it("gives an error for each job when the workers cannot begin", function()
    class("spec.Unknown")
    local object = class.find("spec.Unknown")()
    local workers = data.Workers(2, function() return object end)
    workers:submit()
    workers:submit()
    for _ = 1, 2 do
      assert.truthy(message_of(workers.receive, workers):find("the class 'spec.Unknown' is not "
        .. "known here: name the module that defines it in 'require'", 1, true))
    end
    workers:close()
    workers = data.Workers(1, function() end, { require = { "no.such.module" } })
    workers:submit()
    assert.truthy(message_of(workers.receive, workers):find("module 'no.such.module' not found", 1,
      true))
    workers:close()
  end)

  it("checks its arguments and is closed once", function()
    local function fails(text, ...)
      assert.equal("data.Workers: " .. text, message_of(data.Workers, ...))
    end
    fails("'count' must be an integer from 0 to 64, got 65", 65, print)
    fails("'f' must be a function, got nil", 1)
    fails("there is no option 'x'", 1, print, { x = 1 })
    fails("'require' must be a list of modules' names, got 5 at 1", 1, print, { require = { 5 } })
    for _, count in ipairs { 0, 1 } do
      local workers = data.Workers(count, function() end, { room = 2 })
      assert.equal(("data.Workers(%d)"):format(count), tostring(workers))
      assert.truthy(message_of(workers.receive, workers):find("no job is on its way"))
      workers:submit()
      workers:submit()
      assert.truthy(message_of(workers.submit, workers):find("no room for more than 2 jobs"))
      workers:forget()
      assert.equal(0, workers:pending())
      workers:submit()
      workers:close()
      workers:close()
      assert.equal("data.Workers:submit: the workers were closed",
        message_of(workers.submit, workers))
      assert.equal("data.Workers(closed)", tostring(workers))
    end
  end)

  it("stops code that never ends, even when it catches every error", function()
    local workers = data.Workers(2, function()
      while true do pcall(function() while true do end end) end
    end)
    workers:submit()
    workers:submit()
    workers:close()
    workers = nil -- luacheck: ignore
    collectgarbage()
  end)

  it("gives its memory back", function()
    collectgarbage()
    local before = cresset.storageBytes()
    do
      local big = cresset.zeros(1000, 100)
      local workers = data.Workers(2, function() return big:clone() end)
      for _ = 1, 4 do workers:submit(big) end
      workers:receive()
    end
    collectgarbage()
    collectgarbage()
    assert.equal(before, cresset.storageBytes())
  end)

  local busy = [[
    local cresset = require("cresset")
    local workers = cresset.data.Workers(2, function(kind)
      if kind == "sleep" then os.execute("exec sleep 3") end
      while true do end
    end)
    workers:submit("loop")
  ]]

  it("lets the program end while workers work", function()
    local function ends(code, expected)
      local _, _, status = run(busy .. code)
      assert.equal(expected, status)
    end
    ends("", 0)
    ends("os.exit(5, false)", 5)
    ends("os.exit(6, true)", 6)
    ends("error('x')", 1)
  end)

  it("lets Ctrl-C through", function()
    local _, err, status = run(busy .. [[
      io.popen("sleep 0.3; kill -INT " .. io.open("/proc/self/stat"):read("n"), "r")
      workers:receive()
    ]])
    assert.truthy(err:find("interrupted"))
    assert.not_equal(0, status)
  end)
end)
