local cresset = require("cresset")

-- By the definition: a loop over all values of all labels.
local function naive(equation, sizes, tensors)
  local left, right = equation:match("^(.-)%->(.*)$")
  local inputs, labels = {}, {}
  for part in left:gmatch("[^,]+") do
    inputs[#inputs + 1] = part
    for label in part:gmatch(".") do
      if not labels[label] then labels[#labels + 1], labels[label] = label, true end
    end
  end
  local nested = {}
  for i, t in ipairs(tensors) do nested[i] = t:totable() end
  local sums, at = {}, {}
  local function visit(depth)
    if depth <= #labels then
      for value = 1, sizes[labels[depth]] do
        at[labels[depth]] = value
        visit(depth + 1)
      end
      return
    end
    local term = 1
    for i, part in ipairs(inputs) do
      local element = nested[i]
      for label in part:gmatch(".") do element = element[at[label]] end
      term = term * element
    end
    local key = {}
    for label in right:gmatch(".") do key[#key + 1] = at[label] end
    key = table.concat(key, " ")
    sums[key] = (sums[key] or 0) + term
  end
  visit(1)
  return sums
end

local sizes = { a = 2, b = 3, i = 4, j = 2, k = 3, l = 5 }

local function operand(part, type_name, seed)
  local shape, n = {}, 1
  for label in part:gmatch(".") do
    shape[#shape + 1] = sizes[label]
    n = n * sizes[label]
  end
  local values = {}
  for i = 1, n do values[i] = (37 * i + 11 * seed) % 13 - 6 end
  local t = cresset.DoubleTensor(values):view(table.unpack(shape)):type(type_name)
  if #shape > 1 and seed % 2 == 0 then -- other strides
    t = t:transpose(1, #shape):contiguous():transpose(1, #shape)
  end
  return t
end

local function check(equation, type_name)
  local left, right = equation:match("^(.-)%->(.*)$")
  local tensors, seed = {}, 0
  for part in left:gmatch("[^,]+") do
    seed = seed + 1
    tensors[seed] = operand(part, type_name, seed)
  end
  local expected = naive(equation, sizes, tensors)
  local out = cresset.einsum(equation, table.unpack(tensors))
  if right == "" then return assert.equal(expected[""], out) end
  assert.equal(type_name, out:type())
  local count = 0
  for key, value in pairs(expected) do
    local element = out
    for index in key:gmatch("%d+") do element = element[tonumber(index)] end
    assert.equal(value, element, equation)
    count = count + 1
  end
  assert.equal(count, out:nElement(), equation)
  assert.is_true(out:isContiguous() or #tensors == 1)
end

describe("cresset.einsum", function()
  it("agrees with a loop over all labels", function()
    for _, equation in ipairs({
      "ij->ij", "ij->ji", "ijk->kij", "ij->i", "ij->", "ii->i", "ii->", "iji->j", "iij->ji",
      "i,i->", "i,j->ij", "ij,jk->ik", "ij,jk->ki", "ij,kj->ik", "bij,bjk->bik", "aij,bjk->abik",
      "ij,ij->ij", "ij,ij->", "ij,j->i", "ab,bi,ij->aj", "ik,jkl,il->ij", "ijk,ijl,kl->l",
      "ij,k->j", "iaj,jbk->ibak", "ii,ij->j",
    }) do
      check(equation, "torch.DoubleTensor")
      check(equation, "torch.FloatTensor")
      check(equation, "torch.LongTensor")
    end
  end)

  it("broadcasts the dimensions of '...' and those of size 1", function()
    local a, b = cresset.randn(2, 1, 3, 4), cresset.randn(5, 4, 2)
    local c = cresset.einsum("...ij,...jk->...ik", a, b)
    assert.is_true(c:dist(cresset.matmul(a, b)) < 1e-5)
    assert.same({ 2, 5, 3, 2 }, cresset.einsum("...ij, ...jk", a, b):size():totable())
    assert.same({ 3, 2, 1 }, cresset.einsum("...i->i...", cresset.ones(2, 1, 3)):size():totable())
    assert.same({ { 3 }, { 3 } },
      cresset.einsum("ij,jk->ik", cresset.ones(2, 1), cresset.ones(3, 1)):totable())
  end)

  it("finds the result's labels, takes tables, other alphabets' case and a result", function()
    local a, b = cresset.ones(2, 3), cresset.ones(3, 2)
    assert.same({ { 3, 3 }, { 3, 3 } }, cresset.einsum("ij,jk", { a, b }):totable())
    assert.equal(6, cresset.einsum("ij,ji", a, b))
    assert.same({ 3, 2 }, cresset.einsum("ba", a):size():totable())
    assert.same({ 2, 3 }, cresset.einsum("Ba->Ba", a):size():totable())
    local res = cresset.Tensor()
    assert.equal(res, cresset.einsum(res, "ij,jk->ik", a, b))
    assert.equal(3, res[1][1])
    local copy = cresset.einsum("ij->ij", a)
    copy:zero()
    assert.equal(1, a[1][1])
  end)

  it("sums nothing to zero", function()
    assert.same({ { 0 } }, cresset.einsum("ij,jk->ik", cresset.ones(1, 0), cresset.ones(0, 1))
      :totable())
    assert.equal(0, cresset.einsum("ii->", cresset.ones(0, 0)))
  end)

  it("says what is wrong", function()
    local a, b = cresset.ones(2, 3), cresset.ones(4, 2)
    for message, call in pairs({
      ["label 'j' has sizes 3 and 4"] = { "ij,jk->ik", a, b },
      ["'equation' is for 2 tensors, got 1"] = { "ij,jk->ik", a },
      ["tensor 1 has 2 dimensions, which 'ijk' does not name"] = { "ijk->i", a },
      ["the result's label 'k' is no tensor's"] = { "ij->k", a },
      ["the result has the label 'i' twice"] = { "ij->ii", a },
      ["label 'i' has sizes 2 and 3"] = { "ii->i", a },
      ["'equation' must be made of letters, ',', '->' and '...', got '2'"] = { "i2->i", a },
      ["'i......' has more than one '...'"] = { "i......->i", a },
      ["tensors must have one type, got a torch.FloatTensor and a torch.DoubleTensor"] =
        { "ij,ij->", a, a:double() },
      ["argument 1 after the equation must be a tensor, got number"] = { "ij->", 1 },
      ["'equation' must be a string such as 'ij,jk->ik', got number"] = { 1, a },
      ["expected an equation and at least one tensor"] = { "ij" },
      ["the result is a number, which 'res' cannot take"] = { a, "ij->", a },
      ["'res' must be a torch.FloatTensor, got a torch.LongTensor"] =
        { cresset.LongTensor(), "ij->i", a },
      ["a product in between would have 9 dimensions, more than 8"] =
        { "abcde,fghi->abcdefghi", cresset.ones(1, 1, 1, 1, 1), cresset.ones(1, 1, 1, 1) },
    }) do
      assert.has_error(function() cresset.einsum(table.unpack(call)) end,
        "cresset.einsum: " .. message)
    end
  end)
end)
