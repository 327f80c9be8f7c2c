--- Where a NaN or an infinity comes from.
local core = require("cresset.core")

local not_finite = {}

--- "a NaN" or "an infinity" when the value (a number, a tensor, or a table of these) has one.
local function what(value)
  if type(value) == "number" then
    if value ~= value then return "a NaN" end
    return math.abs(value) == math.huge and "an infinity" or nil
  end
  if core.isTensor(value) then
    local is_float = value:type() == "torch.FloatTensor" or value:type() == "torch.DoubleTensor"
    if not is_float or value:nElement() == 0 then return nil end
    if value:ne(value):any() then return "a NaN" end
    return math.max(value:max(), -value:min()) == math.huge and "an infinity" or nil
  end
  if type(value) ~= "table" or getmetatable(value) then return nil end
  for _, inner in pairs(value) do
    local found = what(inner)
    if found then return found end
  end
end

--- All layers that hold no others, in the order of their containers, with their paths:
-- "nn.Sequential[2] nn.Linear(10 -> 5)".
local function leaves(module, path, list)
  if not module.modules or #module.modules == 0 then
    list[#list + 1] = { module, path .. tostring(module):gsub("\n.*", "") }
    return list
  end
  for place, inner in ipairs(module.modules) do
    local name = module.nameOf and module:nameOf(place) or place
    leaves(inner, ("%s%s[%s] "):format(path, module.__typename, name), list)
  end
  return list
end

local function first_output(list)
  for _, entry in ipairs(list) do
    local found = what(entry[1].output)
    if found then return ("%s: its output has %s"):format(entry[2], found) end
  end
end

local function first_parameter(list)
  for _, entry in ipairs(list) do
    for _, parameter in ipairs((entry[1]:parameters()) or {}) do
      local found = what(parameter)
      if found then return ("%s: its parameters have %s"):format(entry[2], found) end
    end
  end
end

local function last_gradient(list)
  for k = #list, 1, -1 do
    local module, path = list[k][1], list[k][2]
    local found = what(module.gradInput)
    if found then return ("%s: the gradient of its input has %s"):format(path, found) end
    local _, gradients = module:parameters()
    for _, gradient in ipairs(gradients or {}) do
      found = what(gradient)
      if found then return ("%s: the gradient of its parameters has %s"):format(path, found) end
    end
  end
end

--- The first place that has a NaN or an infinity: the input, a layer's parameters, its output in
-- the order of the layers, the loss, its gradient, then the gradients from the last layer to the
-- first.
-- @param model  after forward, and backward if it came to that
-- @param input  what it was given
-- @param loss  what the criterion said
-- @param criterion  or nil
-- @param is_backward  true when backward has run
-- @return a text, or nil where nothing is found
function not_finite.find(model, input, loss, criterion, is_backward)
  local list = leaves(model, "", {})
  local found = what(input)
  if found then return ("the network's input has %s"):format(found) end
  found = first_parameter(list) or first_output(list)
  if found then return found end
  local name = criterion and criterion.__typename or "the loss"
  if what(loss) then return ("%s: the loss is %s"):format(name, what(loss)) end
  if not is_backward then return nil end
  if criterion and what(criterion.gradInput) then
    return ("%s: its gradient has %s"):format(name, what(criterion.gradInput))
  end
  return last_gradient(list)
end

not_finite.what = what

return not_finite
