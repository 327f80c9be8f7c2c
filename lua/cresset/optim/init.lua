--- Optimizers in Torch7's form: `x, losses = optim.sgd(opfunc, x, config, state)`.
--
-- opfunc(x) returns the loss and its gradient with respect to x. Every optimizer changes x in place
-- in one pass over its memory and leaves the gradient as it is; x, the gradient and the state must
-- have one type and one size and may have any strides.
local optim = {}

for _, name in ipairs({
  "sgd", "nag", "adam", "adamw", "adamax", "rmsprop", "adagrad", "adadelta", "asgd", "rprop",
  "lion", "lbfgs", "cg", "lswolfe", "checkgrad",
}) do
  optim[name] = require("cresset.optim." .. name)
end

optim.ConfusionMatrix = require("cresset.optim.ConfusionMatrix")
optim.Logger = require("cresset.optim.Logger")

return optim
