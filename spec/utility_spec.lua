local cresset = require("cresset")

local nn = cresset.nn

describe("Timer", function()
  it("counts while it runs", function()
    local timer = cresset.Timer()
    local x = 0
    repeat
      for i = 1, 10000 do x = x + math.sin(i) end
      local time = timer:time()
    until time.user + time.sys > 0.002
    local time = timer:time()
    assert.is_true(time.real > 0 and time.user >= 0 and time.sys >= 0)
    assert.is_true(timer:time().real >= time.real)
    timer:stop()
    local stopped = timer:time()
    assert.same(stopped, timer:stop():time())
    assert.is_true(timer:resume():time().real >= stopped.real)
    assert.same({ real = 0, user = 0, sys = 0 }, timer:stop():reset():time())
    assert.equal("torch.Timer", cresset.type(timer))
  end)
end)

describe("types", function()
  it("are found by name, part, pattern, class and constructor", function()
    local layer = nn.Linear(2, 3)
    for _, name in ipairs { "nn.Linear", "Linear", "nn.Module", "nn%..*", nn.Linear, nn.Module } do
      assert.is_true(cresset.isTypeOf(layer, name))
    end
    for _, name in ipairs { "Lin", "nn.Tanh", "near", "torch%..*", nn.Tanh, "%" } do
      assert.is_false(cresset.isTypeOf(layer, name))
    end
    local t = cresset.FloatTensor(2)
    assert.is_true(cresset.isTypeOf(t, cresset.FloatTensor))
    assert.is_true(cresset.isTypeOf(t, "torch.*Tensor"))
    assert.is_false(cresset.isTypeOf(t, cresset.DoubleTensor))
    assert.is_true(cresset.isTypeOf(t:storage(), cresset.FloatStorage))
    assert.is_false(cresset.isTypeOf(5, "nn.Linear"))
    assert.has_error(function() cresset.isTypeOf(t, 5) end,
      "cresset.isTypeOf: 'name' must be the name of a class, got number")
    assert.is_false(pcall(cresset.isTypeOf, t, print))
  end)

  it("have numbers", function()
    local id = cresset.typename2id("nn.Linear")
    assert.equal("integer", math.type(id))
    assert.equal(id, cresset.id(nn.Linear(1, 1)))
    assert.not_equal(id, cresset.typename2id("nn.Tanh"))
    assert.equal(cresset.id(cresset.FloatTensor(1)), cresset.typename2id("torch.FloatTensor"))
    assert.not_equal(cresset.id(cresset.FloatTensor(1)), cresset.id(cresset.DoubleTensor(1)))
    assert.is_nil(cresset.typename2id("no.Such"))
    assert.is_nil(cresset.id({}))
  end)

  it("make empty objects", function()
    local made = cresset.factory("nn.Linear")()
    assert.equal("nn.Linear", cresset.type(made))
    assert.is_nil(made.weight)
    assert.equal(0, cresset.factory("torch.LongTensor")():dim())
    assert.equal(0, #cresset.factory("torch.LongStorage")())
    assert.is_nil(cresset.factory("no.Such"))
    assert.equal(nn.Linear, cresset.getconstructortable("nn.Linear"))
    assert.equal(cresset.IntTensor, cresset.getconstructortable("torch.IntTensor"))
    assert.equal("nn.Tanh", cresset.type(cresset.setmetatable({}, "nn.Tanh")))
    assert.has_error(function() cresset.setmetatable({}, "torch.FloatTensor") end,
      "cresset.setmetatable: there is no class 'torch.FloatTensor' whose objects are tables")
    assert.has_error(function() cresset.setmetatable(5, "nn.Tanh") end,
      "cresset.setmetatable: 'object' must be a table, got 5")
  end)

  it("have tables of methods", function()
    assert.equal(nn.Linear, cresset.getmetatable("nn.Linear"))
    assert.is_function(cresset.getmetatable("torch.CharStorage").fill)
    assert.is_function(cresset.getmetatable("torch.DiskFile").readInt)
    local methods = cresset.getmetatable("torch.FloatTensor")
    methods.specTwice = function(self) return self * 2 end
    assert.equal(6, cresset.ones(3):specTwice():sum())
    methods.specTwice = nil
    assert.is_nil(cresset.getmetatable("no.Such"))
    assert.has_error(function() cresset.getmetatable(1) end,
      "cresset.getmetatable: 'name' must be a string, got 1")
  end)

  it("are declared with modules and constructors", function()
    local module = {}
    local Base = cresset.class("spec.UtilityBase", module)
    assert.equal(Base, module.UtilityBase)
    local Derived, parent = cresset.class("UtilityDerived", "spec.UtilityBase", module)
    assert.equal(Base, parent)
    assert.equal(Derived, module.UtilityDerived)
    assert.has_error(function() cresset.class("spec.X", nil, 5) end,
      "cresset.class: 'module' must be a table, got 5")
    local New = cresset.newmetatable("spec.UtilityNew", "spec.UtilityBase", function(x)
      return cresset.setmetatable({ x = x }, "spec.UtilityNew")
    end)
    assert.equal(7, New(7).x)
    assert.is_true(cresset.isTypeOf(New(7), Base))
  end)
end)

describe("objects", function()
  it("have addresses", function()
    local a, b = {}, {}
    assert.equal(cresset.pointer(a), cresset.pointer(a))
    assert.not_equal(cresset.pointer(a), cresset.pointer(b))
    assert.equal("integer", math.type(cresset.pointer(cresset.ones(1))))
    local t = cresset.ones(2, 3)
    assert.equal(cresset.pointer(t:storage()), cresset.pointer(t[2]:storage()))
    assert.not_equal(cresset.pointer(t:storage()), cresset.pointer(t:clone():storage()))
    assert.has_error(function() cresset.pointer(5) end, "cresset.pointer: 'object' must be a "
      .. "table, an object, a function or a coroutine, got 5")
  end)

  it("are equal when they are the same", function()
    local t = cresset.ones(1)
    assert.is_true(cresset.isequal(t, t))
    assert.is_false(cresset.isequal(t, t:clone()))
    assert.is_false(cresset.isequal({}, {}))
    assert.is_false(cresset.isequal(1, 1))
  end)
end)
