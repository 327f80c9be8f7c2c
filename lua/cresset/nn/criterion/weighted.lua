--- What nn.MultiCriterion and nn.ParallelCriterion share: a list of criteria with weights.
local class = require("cresset.class")
local core = require("cresset.core")

local weighted = {}

--- The method `add(criterion [, weight])` of a class.
function weighted.add(self, criterion, weight)
  if not class.isA(criterion, "nn.Criterion") then
    error(("%s:add: 'criterion' must be an nn.Criterion, got %s")
      :format(self.__typename, tostring(criterion)), 2)
  end
  if weight ~= nil and type(weight) ~= "number" then
    error(("%s:add: 'weight' must be a number, got %s")
      :format(self.__typename, tostring(weight)), 2)
  end
  self.criterions[#self.criterions + 1] = criterion
  self.weights[#self.criterions] = weight or 1
  return self
end

--- Makes `into` (nil, a tensor or a table) have the form of value, a tensor or a table of such, and
-- sets it to factor times value, or adds that to it.
function weighted.accumulate(into, value, factor, is_sum)
  if core.isTensor(value) then
    if not core.isTensor(into) or into:type() ~= value:type() then into = value.new() end
    if is_sum then return into:add(factor, value) end
    return into:resizeAs(value):copy(value):mul(factor)
  end
  local result = type(into) == "table" and into or {}
  for key, part in pairs(value) do
    result[key] = weighted.accumulate(result[key], part, factor, is_sum)
  end
  for key in pairs(result) do
    if value[key] == nil then result[key] = nil end
  end
  return result
end

--- The text of a criterion with the list of its parts.
function weighted.text(self)
  local lines = { self.__typename .. " {" }
  for i, criterion in ipairs(self.criterions) do
    local text = tostring(criterion):gsub("\n", "\n  ")
    lines[#lines + 1] = ("  (%d): %s, weight %g"):format(i, text, self.weights[i])
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

return weighted
