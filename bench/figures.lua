-- Figures that are no rows of the bench: what loading cresset costs, what a second thread brings.
-- ./bin/cresset bench/figures.lua prints them, and keeps them for the report of bench/run.lua.
local cresset = require("cresset")
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = folder .. "/?.lua;" .. package.path
local report = require("report")
local training = require("training")

local clock = cresset.train.clock

-- Milliseconds that require "cresset" takes and megabytes of memory that the process has then, in a
-- fresh process: the best of some.
local function loading()
  local script = [[
    local begin = os.clock()
    local cresset = require("cresset")
    local time = os.clock() - begin
    for line in io.lines("/proc/self/status") do
      local kilobytes = line:match("^VmRSS:%s*(%d+)")
      if kilobytes then print(time * 1e3, kilobytes / 1024) end
    end
    return cresset]]
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local best_time, best_memory = math.huge, math.huge
  for _ = 1, 10 do
    local pipe <close> = io.popen(("%s -e 'package.path, package.cpath = %q, %q' %s"):format(
      os.getenv("LUA") or "lua5.4", package.path, package.cpath, path))
    local time, memory = pipe:read("n", "n")
    best_time, best_memory = math.min(best_time, time), math.min(best_memory, memory)
  end
  os.remove(path)
  return best_time, best_memory
end

-- How many times as fast two threads are as one, on a training step of ResNet-18 with 8 images.
local function scaling()
  local best = { math.huge, math.huge }
  local net = cresset.models.ResNet { depth = 18 }
  local work = training.step(net, cresset.nn.CrossEntropyCriterion(), cresset.randn(8, 3, 224, 224),
    training.labels(8, 1000), 8)
  work()
  for _ = 1, 3 do
    for threads = 1, 2 do
      cresset.setNumThreads(threads)
      work()
      for _ = 1, 2 do
        local begin = clock()
        work()
        best[threads] = math.min(best[threads], clock() - begin)
      end
    end
  end
  return best[1], best[2]
end

local path = folder .. "/../build/bench/results.lua"
os.execute("mkdir -p '" .. folder .. "/../build/bench'")
local results = report.load(path)
local time, memory = loading()
local one, two = scaling()
results.figures = {
  ('`require "cresset"`: %.1f ms, then %.1f MB of resident memory (aims: 10 ms, 15 MB).')
    :format(time, memory),
  ("ResNet-18 train b8: %.0f ms on one thread, %.0f ms on two, %.2f times as fast (aim: 1.8).")
    :format(one * 1e3, two * 1e3, one / two),
}
print(table.concat(results.figures, "\n"))
report.save(path, results)
