--- Copies of a layer for the steps of a sequence: they share its parameters and gradients, and keep
-- outputs and temporary tensors of their own.
local class = require("cresset.class")
local replicate = require("cresset.nn.replicate")

--- Recurrent layers inside (nn.AbstractRecurrent) keep their steps themselves and are not copied.
return function(module)
  local done = {}
  local parameters, gradients = module:parameters()
  for _, list in ipairs({ parameters or {}, gradients or {} }) do
    for _, tensor in ipairs(list) do done[tensor] = tensor end
  end
  module:apply(function(inner)
    if class.isA(inner, "nn.AbstractRecurrent") then done[inner] = inner end
  end)
  return replicate.map(module, function(t) return t:clone() end, true, done)
end
