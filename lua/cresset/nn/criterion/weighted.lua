--- What nn.MultiCriterion and nn.ParallelCriterion share: a list of criteria with weights.
local class = require("cresset.class")
local nested = require("cresset.nn.nested")

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

--- As nested.accumulate.
weighted.accumulate = nested.accumulate

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
