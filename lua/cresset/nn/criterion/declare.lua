--- Declares a criterion, as cresset.nn.layer declares a layer: its arguments and temporary tensors.
-- Every criterion has the field sizeAverage where its declaration lists it as an argument.
local layer = require("cresset.nn.layer")
require("cresset.nn.Criterion")

local function criterion(name, declaration)
  declaration.parent = declaration.parent or "nn.Criterion"
  return layer(name, declaration)
end

return criterion
