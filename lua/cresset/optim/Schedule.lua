local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- What all schedules of learning rates share. A schedule says the rate of a step (or epoch) t,
-- counted from 1:
--
--     local schedule = optim.CosineSchedule{ learningRate = 0.1, steps = 100 }
--     for epoch = 1, 100 do
--       schedule:apply(config, epoch)       -- sets config.learningRate
--       ...
--     end
local Schedule = class("optim.Schedule")

--- The learning rate of step t.
function Schedule:at(t)
  check.step(self, t)
  return self.learningRate
end

--- Sets config.learningRate to the rate of step t, and returns it.
function Schedule:apply(config, t)
  if type(config) ~= "table" then check.fail(self, "config", "a table", config) end
  config.learningRate = self:at(t)
  return config.learningRate
end

return Schedule
