local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- The rate is multiplied by a factor in each step: learningRate factor^(t - 1).
--
--     optim.ExponentialSchedule{ learningRate = 0.1, factor = 0.95 }
local ExponentialSchedule, parent = class("optim.ExponentialSchedule", "optim.Schedule")

function ExponentialSchedule:__init(options)
  check.read(self, options, { { "learningRate" }, { "factor" } })
end

function ExponentialSchedule:at(t) return parent.at(self, t) * self.factor ^ (t - 1) end

return ExponentialSchedule
