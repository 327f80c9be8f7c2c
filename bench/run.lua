-- The same work in cresset and in the peers that are installed, in one run: make bench, or
-- ./bin/cresset bench/run.lua [--threads N] [--rounds N] [--seconds S] [--only TEXT]
-- [--peers no] [--quick yes] [--report FOLDER].
--
-- Each case is measured in rounds; in every round first cresset, then each peer, so that changes of
-- the machine's speed meet them all. A round repeats the work for about --seconds, in batches of at
-- least a millisecond. The table shows the best batch's mean, in milliseconds, and how many times
-- cresset's time each peer needs (above 1: cresset is faster). The best is what the program can do;
-- a mean says as much about what else the machine did.
--
-- --only takes parts of names, with commas between them; --quick leaves the large networks out.
-- Results of cases of networks are kept in build/bench; --report writes all that are there as a
-- table and a chart, FOLDER/bench.md and FOLDER/images/bench.svg.
local cresset = require("cresset")
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = folder .. "/?.lua;" .. package.path
local exchange = require("exchange")
local peer = require("peer")
local report = require("report")

local options = { threads = 2, rounds = 3, seconds = 0.4, only = "", peers = "yes", quick = "no",
  report = "" }

local function usage()
  io.stderr:write("usage: bench/run.lua [--threads N] [--rounds N] [--seconds S] [--only TEXT] "
    .. "[--peers no] [--quick yes] [--report FOLDER]\n")
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

local files = folder .. "/../build/bench" -- exchanged with peers, and results

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

-- Makes the case: the work and what the report says of it, or the error's text.
local function prepare(case, peers)
  local found, work, info = pcall(case.setup)
  if not found then return nil, nil, work end
  for _, p in ipairs(peers) do
    if p.kind == "onnx" and info and info.net then exchange.save(files, case.name, info) end
  end
  return work, info
end

-- Times per contestant: cresset under 0, then the peers; nil where one lacks the case.
local function run_case(case, peers)
  local work, info, failure = prepare(case, peers)
  local times = {}
  for _ = 1, options.rounds do
    for i = 0, #peers do
      local time, why
      if i == 0 then
        time = work and measure(work, options.seconds)
      else
        time, why = peers[i]:measure(case.name, options.seconds)
      end
      failure = failure or why
      if time then times[i] = math.min(time, times[i] or math.huge) end
    end
  end
  if info and info.net then exchange.remove(files, case.name) end
  return times, info, failure
end

local function cell(time) return time and ("%12.3f"):format(time * 1e3) or ("%12s"):format("-") end

local function print_row(case, times, info, peers, peak)
  local row = { ("%-34s"):format(case.name), cell(times[0]) }
  for i = 1, #peers do
    local ratio = times[i] and times[0] and ("%7.2fx"):format(times[i] / times[0]) or "       -"
    row[#row + 1] = cell(times[i]) .. ratio
  end
  if info and times[0] then
    row[#row + 1] = ("%12.1f/s"):format(info.items / times[0])
    if peak then
      row[#row + 1] = ("%6.0f %%"):format(100 * 2e-9 * info.multiplyAdds / times[0] / peak)
    end
  end
  print(table.concat(row))
  io.stdout:flush()
end

local function is_wanted(case)
  if case.big and options.quick ~= "no" then return false end
  if options.only == "" then return true end
  for part in options.only:gmatch("[^,]+") do
    if case.name:find(part, 1, true) then return true end
  end
  return false
end

local function start_peers()
  local peers = {}
  local function add(kind, p)
    if p then
      p.kind = kind
      peers[#peers + 1] = p
    end
  end
  if options.peers == "no" then return peers end
  add("torch", peer.python(folder .. "/peer_torch.py", options.threads))
  add("onnx", peer.node(folder .. "/peer_onnx.js", options.threads,
    folder .. "/../build/peers/node_modules", files))
  if #peers == 0 then io.stderr:write("no peer is installed: make bench-peers\n") end
  return peers
end

cresset.setNumThreads(options.threads)
os.execute("mkdir -p '" .. files .. "'")
local peers = start_peers()
local peak = report.peak(files .. "/peak", options.threads)
print(("%d threads, %s kernels, %s%s"):format(options.threads, cresset.isa(), cresset.blas(),
  peak and (", peak %.0f GFLOP/s"):format(peak) or ""))
local header = { ("%-34s%12s"):format("ms", "cresset") }
for _, p in ipairs(peers) do header[#header + 1] = ("%20s"):format(p.title) end
header[#header + 1] = ("%14s%8s"):format("samples", "of peak")
print(table.concat(header))

local results = report.load(files .. "/results.lua")
local failed, place = 0, 0
local files_of_cases = { "cases_tensor", "cases_train", "cases_recurrent", "cases_energy",
  "cases_networks" }
for _, file in ipairs(files_of_cases) do
  for _, case in ipairs(require(file)) do
    place = place + 1
    case.place = place
    if is_wanted(case) then
      local times, info, failure = run_case(case, peers)
      print_row(case, times, info, peers, peak)
      if failure then
        failed = failed + 1
        io.stderr:write("  ", tostring(failure), "\n")
      elseif info and #peers > 0 then
        report.add(results, case, times, info, peers, peak, options.threads)
      end
      collectgarbage()
    end
  end
end
for _, p in ipairs(peers) do p:stop() end
if #peers > 0 then report.save(files .. "/results.lua", results) end
if options.report ~= "" then report.write(options.report, results) end
if failed > 0 then os.exit(1) end
