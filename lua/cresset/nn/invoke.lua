local placed_error = require("cresset.nn.placed_error")

--- Calls a method of one of a container's layers, or of one of a sum's criteria; a message gets the
-- place in front: "nn.Sequential[2] nn.Linear(10 -> 5): ...". It is nn.Container:rethrowErrors
-- without the checks of its arguments, for loops over a container's own layers.
return function(container, module, index, method, ...)
  local ok, result = pcall(module[method], module, ...)
  if ok then return result end
  return placed_error(container, index, result)
end
