-- layer_checks for layers whose input or output is a table of tensors, and for those that pass
-- tensors on:
--
--     table_checks(function() return nn.CAddTable() end, { { { 2, 3 }, { 2, 3 } } })
--
-- Each form of an input is its size, or a table of forms. `options` are those of layer_checks.
local layer_checks = require("spec.support.layer_checks")

return function(make, forms, options)
  local all = { inputs = forms, range = { 0.5, 2 }, anyType = true, keepsInput = true }
  for name, value in pairs(options or {}) do all[name] = value end
  layer_checks(make, all)
end
