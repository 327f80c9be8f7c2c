local cresset = require("cresset")

local function list_of(t)
  local list, flat = {}, t:contiguous():view(-1)
  for i = 1, flat:nElement() do list[i] = flat[i] end
  return list
end

describe("cat", function()
  local a, b = cresset.Tensor { { 1, 2 }, { 3, 4 } }, cresset.Tensor { { 5, 6 } }

  it("joins along a dimension", function()
    assert.same({ 1, 2, 3, 4, 5, 6 }, list_of(cresset.cat(a, b, 1)))
    assert.same({ 1, 2, 5, 3, 4, 6 }, list_of(cresset.cat({ a, b:t() }, 2)))
    assert.same({ 1, 2, 5, 3, 4, 6 }, list_of(cresset.cat(a, b:t())))
    assert.same({ 1, 2, 3, 4, 5, 6 }, list_of(a:cat(b, 1)))
    assert.same({ 1, 2, 3, 4, 5, 6 }, list_of(cresset.cat({ a, b, cresset.Tensor() }, -2)))
  end)

  it("writes to a result, which may be one of the parts", function()
    local res = a:clone()
    assert.equal(res, cresset.cat(res, { res, b }, 1))
    assert.same({ 1, 2, 3, 4, 5, 6 }, list_of(res))
    res = cresset.Tensor()
    assert.equal(res, res:cat({ a, b }, 1))
    assert.equal(3, res:size(1))
  end)

  it("writes to the result's own memory", function()
    local whole = cresset.zeros(4, 2)
    local part = whole:narrow(1, 2, 3)
    cresset.cat(part, a, b, 1)
    assert.same({ 0, 0, 1, 2, 3, 4, 5, 6 }, list_of(whole))
    cresset.cat(part, { whole:narrow(1, 1, 2), b }, 1) -- which it shows
    assert.same({ 0, 0, 0, 0, 1, 2, 5, 6 }, list_of(whole))
    assert.equal(0, cresset.cat(part, { cresset.Tensor(), cresset.Tensor() }):dim())
    local none = cresset.Tensor(0, 2)
    assert.same({ 0, 2 }, cresset.cat(none, none, 1):size():totable())
    assert.same({ 1, 2, 3, 4 }, list_of(cresset.cat(none, a, 1)))
  end)

  it("names what does not fit", function()
    assert.has_error(function() cresset.cat(cresset.LongTensor(), a, b) end,
      "cresset.cat: 'res' must be a torch.FloatTensor, got torch.LongTensor of size empty")
    assert.has_error(function() cresset.cat(a) end,
      "cresset.cat: 'tensors' must be a tensor or a table of tensors, got nothing")
    assert.has_error(function() cresset.cat(a, print, b) end)
    assert.has_error(function() cresset.cat(1) end,
      "cresset.cat: 'tensors' must be a table of tensors, got 1")
    assert.has_error(function() cresset.cat(cresset.ones(1, 2, 1):expand(3, 2, 1):t(), a, b) end)
    assert.has_error(function() cresset.cat(a, b, 2) end,
      "cresset.cat: tensor 2 of size 1x2 does not fit the first one of size 2x2 along dimension 2")
    assert.has_error(function() cresset.cat({ a, b }, 3) end,
      "cresset.cat: 'dim' must be a dimension from 1 to 2, got 3")
    assert.has_error(function() cresset.cat({ a, 1 }) end,
      "cresset.cat: tensor 2 must be a tensor, got 1")
    assert.has_error(function() cresset.cat({ a, b:long() }) end, "cresset.cat: tensors must have "
      .. "one type, got a torch.FloatTensor and a torch.LongTensor")
    assert.has_error(function() cresset.cat({}) end,
      "cresset.cat: 'tensors' must hold at least one tensor")
  end)
end)

describe("stack and chunk", function()
  it("are each other's inverse", function()
    local a, b = cresset.Tensor { 1, 2, 3 }, cresset.Tensor { 4, 5, 6 }
    local rows, columns = cresset.stack({ a, b }), cresset.stack({ a, b }, 2)
    assert.same({ 1, 2, 3, 4, 5, 6 }, list_of(rows))
    assert.same({ 1, 4, 2, 5, 3, 6 }, list_of(columns))
    assert.same({ 4, 5, 6 }, list_of(rows:chunk(2)[2]))
    assert.same({ 4, 5, 6 }, list_of(cresset.chunk(columns, 2, 2)[2]))
  end)

  it("leaves the rest in the last part", function()
    local parts = cresset.range(1, 7):chunk(3)
    assert.equal(3, #parts)
    assert.same({ 7 }, list_of(parts[3]))
    assert.has_error(function() parts[1]:chunk(0) end,
      "Tensor:chunk: 'n' must be an integer of at least 1, got 0")
    assert.has_error(function() cresset.stack({ parts[1], parts[3] }) end,
      "cresset.stack: tensor 2 has another size than the first one")
  end)
end)
