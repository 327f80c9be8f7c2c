--- Dimensions as layers take them: counted from 1, or from the end when negative.
local expect = require("cresset.nn.expect")

local dimension = {}

--- The dimension of an input, one further on for a batch: an input of one dimension more than
-- nInputDims (nil: there are no batches). Fails when the input does not have it.
function dimension.of(layer, input, wanted, nInputDims)
  local dims = expect.tensor(layer, input, "input"):dim()
  local at = wanted
  if wanted < 0 then
    at = dims + wanted + 1
  elseif nInputDims and dims == nInputDims + 1 then
    at = wanted + 1
  end
  if at < 1 or at > dims then
    layer:fail("input has no dimension %d, it has %d", wanted, dims)
  end
  return at
end

--- The fields `dimension` and `nInputDims` as a layer's text: "(2)", "(1, 2)".
function dimension.text(layer)
  if not layer.nInputDims then return ("(%d)"):format(layer.dimension) end
  return ("(%d, %d)"):format(layer.dimension, layer.nInputDims)
end

--- Fails unless gradOutput has the sizes of the output.
function dimension.check_gradient(layer, gradOutput, output)
  expect.like(layer, gradOutput, output, "gradOutput")
end

return dimension
