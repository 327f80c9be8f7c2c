local cresset = require("cresset")
local nn = cresset.nn
local utils = nn.utils

local function sizes(t) return t:size():totable() end

describe("nn.utils", function()
  it("converts layers that share memory, and keeps them sharing", function()
    local first, second = nn.Sequential():add(nn.Linear(3, 2)), nn.Sequential():add(nn.Linear(3, 2))
    second:share(first, "bias")
    second:get(1).bias:set(first:get(1).bias)
    local list = { first, second, cresset.FloatTensor { 1 } }
    assert.are.equal(list, utils.recursiveType(list, "torch.DoubleTensor"))
    assert.are.equal("torch.DoubleTensor", list[3]:type())
    assert.are.equal("torch.DoubleTensor", first:get(1).weight:type())
    first:get(1).bias:fill(7)
    assert.are.equal(7, second:get(1).bias[2])
    local converted = utils.recursiveType(cresset.FloatTensor { 1 }, "torch.IntTensor")
    assert.are.equal("torch.IntTensor", converted:type())
  end)

  it("works on tables of tensors", function()
    local form = { cresset.ones(2, 3), { cresset.ones(4) } }
    local copy = utils.recursiveCopy(nil, form)
    assert.are.same({ 2, 3 }, sizes(copy[1]))
    assert.are.equal(4, copy[2][1]:sum())
    assert.is_false(rawequal(copy[1], form[1]))
    local kept = copy[1]
    local resized = utils.recursiveResizeAs(copy, { cresset.ones(5) })
    assert.is_true(rawequal(kept, resized[1]))
    assert.are.same({ 5 }, sizes(kept))
    assert.is_nil(resized[2])
    utils.recursiveFill(form, 3)
    utils.recursiveAdd(form, 2, { cresset.ones(2, 3), { cresset.ones(4) } })
    assert.are.equal(30, form[1]:sum())
    utils.recursiveAdd(form, { cresset.ones(2, 3), { cresset.ones(4) } })
    assert.are.equal(24, form[2][1]:sum())
  end)

  it("gives views", function()
    local t, view = cresset.ones(2, 3), cresset.Tensor()
    assert.are.same({ 1, 2, 3 }, sizes(utils.addSingletonDimension(t)))
    assert.are.same({ 2, 3, 1 }, sizes(utils.addSingletonDimension(t, 3)))
    assert.is_true(rawequal(view, utils.addSingletonDimension(view, t, 2)))
    assert.are.same({ 2, 1, 3 }, sizes(view))
    view:fill(5)
    assert.are.equal(30, t:sum())
    local flat = utils.contiguousView(nil, t, -1)
    t[1][2] = 9
    assert.are.same({ 5, 9, 5, 5, 5, 5 }, flat:totable())
    local other = utils.contiguousView(flat, t:t(), 6)
    assert.is_true(rawequal(flat, other))
    assert.are.same({ 5, 5, 9, 5, 5, 5 }, other:totable())
  end)

  it("clears fields", function()
    local object = { a = cresset.ones(2), b = { 1 }, c = 5, d = 6 }
    assert.are.equal(object, utils.clear(object, "a", "b", "c", "z"))
    assert.are.equal(0, object.a:nElement())
    assert.are.same({}, object.b)
    assert.is_nil(object.c)
    assert.is_nil(utils.clear(object, { "d" }).d)
  end)

  it("says what it expects", function()
    local t, loop = cresset.ones(2), {}
    loop[1] = loop
    for message, f in pairs {
      ["nn.utils.recursiveType: 'value' must be a tensor, a layer, a criterion or a table, got 5"] =
        function() utils.recursiveType(5, "torch.FloatTensor") end,
      ["nn.utils.recursiveCopy: 't2' must be a tensor or a table of tensors, got 5"] =
        function() utils.recursiveCopy(t, { 5 }) end,
      ["nn.utils.recursiveFill: 't' must be a tensor or a table of tensors, got a table that holds "
        .. "itself"] = function() utils.recursiveFill(loop, 1) end,
      ["nn.utils.recursiveAdd: 't1' and 't2' must have one form, got nil for a tensor"] =
        function() utils.recursiveAdd({ t }, { t, t }) end,
      ["nn.utils.addSingletonDimension: 'dim' must be an integer from 1 to 2, got 3"] =
        function() utils.addSingletonDimension(t, 3) end,
    } do
      assert.has_error(f, message)
    end
  end)
end)
