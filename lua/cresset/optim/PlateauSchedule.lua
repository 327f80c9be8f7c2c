local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- The rate falls by a factor when a value that is reported after each epoch (the validation loss,
-- say) has not become better for more than `patience` epochs.
--
--     local schedule = optim.PlateauSchedule{ learningRate = 0.1, [factor = 0.1],
--       [patience = 10], [threshold = 1e-4], [cooldown = 0], [minimum = 0], [mode = "min"] }
--     schedule:report(loss)
--     schedule:apply(config)
--
-- Better is a value below best (1 - threshold), or, with mode "max", above best (1 + threshold).
-- After a fall, `cooldown` epochs do not count. The rate does not fall below `minimum`.
local PlateauSchedule = class("optim.PlateauSchedule", "optim.Schedule")

function PlateauSchedule:__init(options)
  check.read(self, options, { { "learningRate" }, { "factor", 0.1 }, { "patience", 10, 0, true },
    { "threshold", 1e-4 }, { "cooldown", 0, 0, true }, { "minimum", 0 } })
  self.mode = options.mode == nil and "min" or options.mode
  if self.mode ~= "min" and self.mode ~= "max" then
    check.fail(self, "mode", '"min" or "max"', self.mode)
  end
  self.worse, self.waiting = 0, 0
end

local function is_better(self, value)
  if not self.best then return value == value end
  if self.mode == "min" then return value < self.best - math.abs(self.best) * self.threshold end
  return value > self.best + math.abs(self.best) * self.threshold
end

--- Takes an epoch's value and returns the rate to go on with.
function PlateauSchedule:report(value)
  if type(value) ~= "number" then check.fail(self, "value", "a number", value) end
  if is_better(self, value) then
    self.best, self.worse = value, 0
  else
    self.worse = self.worse + 1
  end
  if self.waiting > 0 then self.waiting, self.worse = self.waiting - 1, 0 end
  if self.worse > self.patience then
    self.learningRate = math.max(self.learningRate * self.factor, self.minimum)
    self.waiting, self.worse = self.cooldown, 0
  end
  return self.learningRate
end

--- The rate at present, whatever the step.
function PlateauSchedule:at() return self.learningRate end

return PlateauSchedule
