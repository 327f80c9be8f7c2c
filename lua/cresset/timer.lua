--- Measuring time.
local class = require("cresset.class")
local core = require("cresset.core")

--- Measures the time that passes, and what of it the processor worked for this program.
--
--     local timer = cresset.Timer()
--     ...
--     print(timer:time().real)
local Timer = class("torch.Timer")

--- A timer that runs.
function Timer:__init()
  self.counted = { real = 0, user = 0, sys = 0 } -- until it was stopped
  self:resume()
end

-- What has passed since some moment.
local function now()
  local user, sys = core.train.processTimes()
  return { real = core.train.clock(), user = user, sys = sys }
end

--- Sets the time to 0. A timer that runs goes on, one that stands stays so.
-- @return the timer
function Timer:reset()
  self.counted = { real = 0, user = 0, sys = 0 }
  if self.began then self.began = now() end
  return self
end

--- The time that was counted.
-- @return a table: `real`, seconds on the clock; `user`, seconds that processors worked for this
--         program, of all threads together; `sys`, seconds that the system worked for it
function Timer:time()
  local result = {}
  local moment = self.began and now()
  for name, seconds in pairs(self.counted) do
    result[name] = moment and seconds + moment[name] - self.began[name] or seconds
  end
  return result
end

--- Stops counting.
-- @return the timer
function Timer:stop()
  if self.began then self.counted, self.began = self:time(), nil end
  return self
end

--- Goes on counting.
-- @return the timer
function Timer:resume()
  if not self.began then self.began = now() end
  return self
end

return Timer
