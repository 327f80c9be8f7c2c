local class = require("cresset.class")
local check = require("cresset.optim.schedule_options")

--- The rate falls along half a cosine from learningRate in step 1 to `minimum` (0) in step
-- steps + 1, and stays there; with `restarts` it jumps back instead, and each cycle is `restarts`
-- times as long as the one before (Loshchilov and Hutter 2017).
--
--     optim.CosineSchedule{ learningRate = 0.1, steps = 50, [minimum = 0], [restarts = 1 or 2] }
local CosineSchedule, parent = class("optim.CosineSchedule", "optim.Schedule")

function CosineSchedule:__init(options)
  check.read(self, options, { { "learningRate" }, { "steps", nil, 1 }, { "minimum", 0 } })
  if options.restarts ~= nil then check.read(self, options, { { "restarts", nil, 1 } }) end
end

function CosineSchedule:at(t)
  local high, at, length = parent.at(self, t), t - 1, self.steps
  if self.restarts then
    local ratio = self.restarts
    if ratio == 1 then
      at = at % length
    else -- the cycles before this one are as long as a geometric series
      local cycles = math.floor(math.log(at / length * (ratio - 1) + 1, ratio) + 1e-9)
      at, length = at - length * (ratio ^ cycles - 1) / (ratio - 1), length * ratio ^ cycles
    end
  end
  local share = math.min(at / length, 1)
  return self.minimum + (high - self.minimum) * (1 + math.cos(math.pi * share)) / 2
end

return CosineSchedule
