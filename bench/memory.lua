-- Peak memory of a loop that makes temporaries of 1 MB, with 300 MB of tensors live:
-- ./bin/cresset bench/memory.lua [COUNT [--close]]. Without arguments it runs both ways, each in a
-- process of its own; so does make bench.
local cresset = require("cresset")

local live_megabytes = 300

-- A number of kilobytes from /proc/self/status, in megabytes.
local function status(name)
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^" .. name .. ":%s*(%d+)")
    if kilobytes then return tonumber(kilobytes) / 1024 end
  end
end

local function plain(live, count)
  for i = 1, count do
    local _ = live[i % #live + 1] + 1
  end
end

local function closing(live, count)
  for i = 1, count do
    local _ <close> = live[i % #live + 1] + 1
  end
end

local function run(count, closes)
  local base, live = status("VmHWM"), {}
  for i = 1, live_megabytes do live[i] = cresset.FloatTensor(1 << 18):fill(i) end
  local begin = os.clock()
  local work = closes and closing or plain
  work(live, count)
  local peak = status("VmHWM") - base
  print(("%d temporaries of 1 MB, %-14s peak %4.0f MB, %.2f x the %d MB that live, %.1f s"):format(
    count, closes and "with <close>:" or "collected:", peak, peak / live_megabytes, live_megabytes,
    os.clock() - begin))
end

if not io.open("/proc/self/status") then
  print("bench/memory.lua reads /proc/self/status, which this system has not got")
elseif arg[1] then
  run(math.tointeger(tonumber(arg[1])) or 0, arg[2] == "--close")
else
  for _, option in ipairs({ "", " --close" }) do
    os.execute(("%s %s 20000%s"):format("bin/cresset", arg[0], option))
  end
end
