local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- The rate falls by a factor every so many steps, or at the steps named.
--
--     optim.StepSchedule{ learningRate = 0.1, every = 30, factor = 0.1 }
--     optim.StepSchedule{ learningRate = 0.1, milestones = { 80, 120 } }
--
-- `factor` is 0.1 unless given. With `every` = 30 the steps 1 to 30 have the full rate; with
-- milestones { 80 } the steps 1 to 80.
local StepSchedule, parent = class("optim.StepSchedule", "optim.Schedule")

function StepSchedule:__init(options)
  check.read(self, options, { { "learningRate" }, { "factor", 0.1 } })
  if options.milestones == nil then
    check.read(self, options, { { "learningRate" }, { "every", nil, 1, true } })
    return
  end
  self.milestones = {}
  if type(options.milestones) ~= "table" then
    check.fail(self, "milestones", "a list of numbers", options.milestones)
  end
  for i, step in ipairs(options.milestones) do
    if type(step) ~= "number" then check.fail(self, "milestones", "a list of numbers", step) end
    self.milestones[i] = step
  end
end

function StepSchedule:at(t)
  local rate, falls = parent.at(self, t), 0
  if self.every then
    falls = (t - 1) // self.every
  else
    for _, step in ipairs(self.milestones) do
      if t > step then falls = falls + 1 end
    end
  end
  return rate * self.factor ^ falls
end

return StepSchedule
