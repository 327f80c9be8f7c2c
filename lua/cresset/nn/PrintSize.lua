local core = require("cresset.core")
local layer = require("cresset.nn.layer")

--- Passes everything on and prints the sizes of input and gradOutput, each after `prefix`.
local PrintSize = layer("nn.PrintSize", {
  args = { { "prefix", "string", default = "PrintSize" } },
  tostring = function(self) return ("(%s)"):format(self.prefix) end,
})

local deepest = 10 -- levels of tables that are shown

local function sizes(value, depth)
  if core.isTensor(value) then
    return value:dim() == 0 and "(empty)" or table.concat(value:size():totable(), " x ")
  end
  if type(value) ~= "table" then return type(value) end
  if depth > deepest then return "..." end
  local parts = {}
  for i, part in ipairs(value) do parts[i] = sizes(part, depth + 1) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

function PrintSize:updateOutput(input)
  print(("%s: input %s"):format(self.prefix, sizes(input, 1)))
  self.output = input
  return input
end

function PrintSize:updateGradInput(_, gradOutput)
  print(("%s: gradOutput %s"):format(self.prefix, sizes(gradOutput, 1)))
  self.gradInput = gradOutput
  return gradOutput
end

return PrintSize
