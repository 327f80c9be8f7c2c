local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- One cycle: the rate rises along half a cosine from learningRate / startFactor to learningRate,
-- the highest, in the first part of the steps, and falls to learningRate / startFactor / endFactor
-- in the last one (Smith and Topin 2018; in the form of PyTorch's OneCycleLR).
--
--     optim.OneCycleSchedule{ learningRate = 0.1, steps = 1000, [warmup = 0.3],
--       [startFactor = 25], [endFactor = 1e4] }
local OneCycleSchedule, parent = class("optim.OneCycleSchedule", "optim.Schedule")

function OneCycleSchedule:__init(options)
  check.read(self, options, { { "learningRate" }, { "steps", nil, 2, true }, { "warmup", 0.3 },
    { "startFactor", 25, 1 }, { "endFactor", 1e4, 1 } })
  if self.warmup > 1 then check.fail(self, "warmup", "a number from 0 to 1", self.warmup) end
end

local function between(from, to, share)
  return to + (from - to) * (1 + math.cos(math.pi * share)) / 2
end

function OneCycleSchedule:at(t)
  local top = parent.at(self, t)
  local first, at = top / self.startFactor, math.min(t, self.steps) - 1
  local peak = self.warmup * self.steps - 1
  if at <= peak and peak > 0 then return between(first, top, at / peak) end
  peak = math.max(peak, 0)
  return between(top, first / self.endFactor, (at - peak) / (self.steps - 1 - peak))
end

return OneCycleSchedule
