--- Optimizers in Torch7's form: `x, losses = optim.sgd(opfunc, x, config, state)`.
--
-- opfunc(x) returns the loss and its gradient with respect to x. Every optimizer changes x in place
-- in one pass over its memory and leaves the gradient as it is; x, the gradient and the state must
-- have one type and one size and may have any strides.
local optim = {}

for _, name in ipairs({
  "sgd", "nag", "adam", "adamw", "adamax", "rmsprop", "adagrad", "adadelta", "asgd", "rprop",
  "lion", "lbfgs", "cg", "lswolfe", "FistaLS", "cmaes", "de", "groups", "checkgrad",
}) do
  optim[name] = require("cresset.optim." .. name)
end

local clip = require("cresset.optim.clip")
optim.clipGradNorm, optim.clipGradValue = clip.clipGradNorm, clip.clipGradValue

for _, name in ipairs({
  "Schedule", "StepSchedule", "ExponentialSchedule", "CosineSchedule", "WarmupSchedule",
  "OneCycleSchedule", "PlateauSchedule", "EMA",
}) do
  optim[name] = require("cresset.optim." .. name)
end

optim.ConfusionMatrix = require("cresset.optim.ConfusionMatrix")
optim.Logger = require("cresset.optim.Logger")

return optim
