local class = require("cresset.class")
local core = require("cresset.core")

--- nn.NaN(module, [id]): fails as soon as the layer's output, gradInput or parameters' gradients
-- have a NaN, and says whether what went in had one already. Ids count from 1 unless given.
--
--     net:replace(function(module) return nn.NaN(module) end) -- finds the layer to blame
local NaN, parent = class("nn.NaN", "nn.Decorator")

local last_id = 0

function NaN:__init(module, id)
  parent.__init(self, module)
  if id ~= nil and type(id) ~= "number" and type(id) ~= "string" then
    error("nn.NaN: 'id' must be a number or a string, got " .. tostring(id), 0)
  end
  if id == nil then last_id = last_id + 1 end
  self.id = id or last_id
end

local function has_nan(value)
  if core.isTensor(value) then return value:nElement() > 0 and value:isnan():any() end
  if type(value) ~= "table" then return value ~= value end
  for _, part in pairs(value) do
    if has_nan(part) then return true end
  end
  return false
end

--- Fails when what came out has a NaN, naming the first of the causes that has one too.
local function check(self, result, what, causes)
  if not has_nan(result) then return end
  for _, cause in ipairs(causes) do
    if has_nan(cause[2]) then self:fail("%s has NaN, and so has %s", what, cause[1]) end
  end
  self:fail("%s has NaN", what)
end

function NaN:updateOutput(input)
  parent.updateOutput(self, input)
  check(self, self.output, "output", { { "input", input }, { "a parameter", self:parameters() } })
  return self.output
end

function NaN:updateGradInput(input, gradOutput)
  parent.updateGradInput(self, input, gradOutput)
  check(self, self.gradInput, "gradInput", { { "gradOutput", gradOutput }, { "input", input } })
  return self.gradInput
end

function NaN:accGradParameters(input, gradOutput, scale)
  parent.accGradParameters(self, input, gradOutput, scale)
  local _, gradients = self:parameters()
  check(self, gradients, "a parameter's gradient",
    { { "gradOutput", gradOutput }, { "input", input } })
end

function NaN:__tostring__()
  return ("nn.NaN(%s) @ %s"):format(self.id, tostring(self.modules[1]))
end

return NaN
