--- Before a sequence goes backward: the recurrent layers inside `module` count back from the last
-- step again. field: "updateGradInputStep" or "accGradParametersStep".
local class = require("cresset.class")

return function(module, field)
  module:apply(function(inner)
    if class.isA(inner, "nn.AbstractRecurrent") then inner[field] = nil end
  end)
end
