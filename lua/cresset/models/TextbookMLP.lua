local arguments = require("cresset.nn.arguments")
local nn = require("cresset.nn")

local who = "models.TextbookMLP"

--- The multi-layer perceptron as textbooks have it: sigmoid units in every layer, weights and
-- thresholds started at random in [-0.5, 0.5]. It goes with train.backprop and inputs and targets
-- from 0 to 1 (see data.Encoder). Rumelhart, Hinton, Williams: Learning representations by
-- back-propagating errors, 1986.
--
--     models.TextbookMLP { 4, 8, 3 } -- 4 inputs, 8 hidden units, 3 outputs
-- @param sizes  a table: the numbers of inputs, of units in each hidden layer, and of outputs
-- @param range  weights start in [-range, range] (0.5)
-- @return an nn.Sequential
local function TextbookMLP(sizes, range)
  arguments.check(who, { "sizes", "table" }, sizes)
  range = arguments.check(who, { "range", "number", default = 0.5, min = 0, max = 1e6 }, range)
  local count = rawlen(sizes)
  if count < 2 then error(who .. ": 'sizes' must hold two numbers or more", 0) end
  local net, before = nn.Sequential(), nil
  for k = 1, count do
    local size = arguments.check(who, { ("sizes[%d]"):format(k), "size", max = 1 << 20 },
      rawget(sizes, k))
    if before then
      local layer = nn.Linear(before, size)
      layer.weight:uniform(-range, range)
      layer.bias:uniform(-range, range)
      net:add(layer):add(nn.Sigmoid())
    end
    before = size
  end
  return net
end

return TextbookMLP
