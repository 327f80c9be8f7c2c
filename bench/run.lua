-- The same work in cresset and in the peers that are installed, in one run: make bench, or
-- ./bin/cresset bench/run.lua [--threads N] [--rounds N] [--seconds S] [--only TEXT]
-- [--peers no].
--
-- Each case is measured in rounds; in every round first cresset, then each peer, so that changes of
-- the machine's speed meet them all. A round repeats the work for about --seconds, in batches of at
-- least a millisecond. The table shows the best batch's mean, in milliseconds, and how many times
-- cresset's time each peer needs (above 1: cresset is faster). The best is what the program can do;
-- a mean says as much about what else the machine did.
local cresset = require("cresset")
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = folder .. "/?.lua;" .. package.path
local peer = require("peer")

local options = { threads = 2, rounds = 3, seconds = 0.4, only = "", peers = "yes" }

local function usage()
  io.stderr:write("usage: bench/run.lua [--threads N] [--rounds N] [--seconds S] [--only TEXT] "
    .. "[--peers no]\n")
  os.exit(1)
end

for i = 1, #arg, 2 do
  local name = arg[i]:match("^%-%-(%a+)$")
  local value = arg[i + 1]
  if not name or options[name] == nil or not value then usage() end
  if type(options[name]) == "number" then
    value = tonumber(value) or usage()
    value = math.tointeger(value) or value
  end
  options[name] = value
end

local clock = cresset.train.clock

-- Time of one call: the mean of the best batch of calls, over `seconds`. The first call, which
-- touches memory for the first time, only tells how many calls a batch needs.
local function measure(work, seconds)
  local begin = clock()
  work()
  local batch = math.max(1, math.floor(1e-3 / math.max(clock() - begin, 1e-7)))
  local best, stop = math.huge, clock() + seconds
  repeat
    begin = clock()
    for _ = 1, batch do work() end
    best = math.min(best, (clock() - begin) / batch)
  until clock() >= stop
  return best
end

-- Times per contestant: cresset first, then the peers; nil where one lacks the case.
local function run_case(case, peers)
  local found, work = pcall(case.setup)
  local times = {}
  for _ = 1, options.rounds do
    for i = 0, #peers do
      local time
      if i == 0 then
        time = found and measure(work, options.seconds)
      else
        time = peers[i]:measure(case.name, options.seconds)
      end
      if time then times[i] = math.min(time, times[i] or math.huge) end
    end
  end
  return times, not found and work
end

local function cell(time) return time and ("%12.3f"):format(time * 1e3) or ("%12s"):format("-") end

local function print_row(case, times, peers)
  local row = { ("%-34s"):format(case.name), cell(times[0]) }
  for i = 1, #peers do
    local ratio = times[i] and times[0] and ("%7.2fx"):format(times[i] / times[0]) or "       -"
    row[#row + 1] = cell(times[i]) .. ratio
  end
  print(table.concat(row))
  io.stdout:flush()
end

cresset.setNumThreads(options.threads)
local peers = {}
for _, name in ipairs(options.peers == "no" and {} or { "torch" }) do
  peers[#peers + 1] = peer.start(folder .. "/peer_" .. name .. ".py", options.threads)
end

print(("%d threads, %s kernels, %s"):format(options.threads, cresset.isa(), cresset.blas()))
local header = { ("%-34s%12s"):format("ms", "cresset") }
for _, p in ipairs(peers) do header[#header + 1] = ("%20s"):format(p.title) end
print(table.concat(header))
if #peers == 0 and options.peers ~= "no" then
  io.stderr:write("no peer is installed: make bench-peers\n")
end

local failed = 0
for _, file in ipairs({ "cases_tensor", "cases_train", "cases_recurrent", "cases_energy" }) do
  for _, case in ipairs(require(file)) do
    if case.name:find(options.only, 1, true) then
      local times, message = run_case(case, peers)
      print_row(case, times, peers)
      if message then
        failed = failed + 1
        io.stderr:write("  ", tostring(message), "\n")
      end
      collectgarbage()
    end
  end
end
for _, p in ipairs(peers) do p:stop() end
if failed > 0 then os.exit(1) end
