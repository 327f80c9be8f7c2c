--- The initial values of most layers' parameters: uniform in [-bound, bound], or of standard
-- deviation stdv where one is given. The work of their method `reset`.
local arguments = require("cresset.nn.arguments")

--- Fills the named tensors of the layer (nil ones are skipped) and returns the layer.
return function(layer, stdv, bound, ...)
  arguments.of_method(layer, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  bound = stdv and stdv * math.sqrt(3) or bound
  for _, name in ipairs({ ... }) do
    if layer[name] then layer[name]:uniform(-bound, bound) end
  end
  return layer
end
