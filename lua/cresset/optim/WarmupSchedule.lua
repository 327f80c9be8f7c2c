local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- The rate rises in a straight line for `steps` steps, from `start` (0) times the first rate of
-- another schedule to that rate; then the other schedule goes on from its first step.
--
--     optim.WarmupSchedule{ schedule = optim.CosineSchedule{ ... }, steps = 5, [start = 0.1] }
local WarmupSchedule = class("optim.WarmupSchedule", "optim.Schedule")

function WarmupSchedule:__init(options)
  check.read(self, options, { { "steps", nil, 1 }, { "start", 0 } })
  if not class.isA(options.schedule, "optim.Schedule") then
    check.fail(self, "schedule", "a schedule", options.schedule)
  end
  self.schedule = options.schedule
end

function WarmupSchedule:at(t)
  check.step(self, t)
  if t > self.steps then return self.schedule:at(t - self.steps) end
  local share = self.start + (1 - self.start) * (t - 1) / self.steps
  return share * self.schedule:at(1)
end

return WarmupSchedule
