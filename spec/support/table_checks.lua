-- What holds for layers whose input or output is a table of tensors (or a tensor).
--
--     table_checks(function() return nn.CAddTable() end, { { { 2, 3 }, { 2, 3 } } })
--
-- Each input is given by its size, or by a table of sizes, nested as the input is.
local assert = require("luassert")
local it = require("busted").it
local cresset = require("cresset")
local learning = require("spec.support.learning")

local function is_size(form) return type(form[1]) == "number" end

local function make(form, word)
  if is_size(form) then
    return learning.tensor(word, { 0 }):resize(table.unpack(form)):uniform(0.5, 2)
  end
  local result = {}
  for i, part in ipairs(form) do result[i] = make(part, word) end
  return result
end

local function leaves(value, into)
  into = into or {}
  if cresset.isTensor(value) then
    into[#into + 1] = value
  else
    for _, part in ipairs(value) do leaves(part, into) end
  end
  return into
end

local function like(value, f)
  if cresset.isTensor(value) then return f(value) end
  local result = {}
  for i, part in ipairs(value) do result[i] = like(part, f) end
  return result
end

--- The sum of the outputs' elements, each times its own weight.
local function weighted_sum(output, weights)
  local sum = 0
  for i, part in ipairs(leaves(output)) do
    for j, v in ipairs(learning.values(part)) do sum = sum + v * weights[i][j] end
  end
  return sum
end

local function check_leaf(forward, leaf, gradient, what)
  local flat, slopes = leaf:view(leaf:nElement()), learning.values(gradient)
  assert.are.equal(flat:nElement(), #slopes, what)
  for i = 1, #slopes do
    local value = flat[i]
    flat[i] = value + 1e-6
    local high = forward()
    flat[i] = value - 1e-6
    local low = forward()
    flat[i] = value
    learning.assert_near({ (high - low) / 2e-6 }, { slopes[i] }, 1e-6, what)
  end
end

local function check(layer, form)
  local input = make(form, "double")
  local gradOutput = like(layer:forward(input), function(t)
    return t.new(t:size()):uniform(-1, 1)
  end)
  local weights = {}
  for i, part in ipairs(leaves(gradOutput)) do weights[i] = learning.values(part) end
  layer:zeroGradParameters()
  local gradInput = layer:backward(input, gradOutput)
  local function forward() return weighted_sum(layer:forward(input), weights) end
  local expected = like(gradInput, function(t) return t:clone() end)
  local gradients = leaves(expected)
  for i, leaf in ipairs(leaves(input)) do
    check_leaf(forward, leaf, gradients[i], "gradient of input " .. i)
  end
  local parameters, of_parameters = layer:parameters()
  for i, parameter in ipairs(parameters or {}) do
    check_leaf(forward, parameter, of_parameters[i], "gradient of parameter " .. i)
  end
end

return function(make_layer, forms)
  it("has the gradients that differences give", function()
    for _, form in ipairs(forms) do
      cresset.manualSeed(5)
      check(make_layer():double(), form)
    end
  end)

  it("gives the same as a copy, after clearing, and twice", function()
    local layer = make_layer()
    local input = make(forms[1], "float")
    local function outputs(of)
      local lists = {}
      for i, part in ipairs(leaves(of:forward(input))) do lists[i] = learning.values(part) end
      return lists
    end
    local first = outputs(layer)
    assert.are.same(first, outputs(layer:clone()))
    assert.are.same(first, outputs(layer:clearState()))
    assert.is_string(tostring(layer))
  end)
end
