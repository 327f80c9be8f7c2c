-- Results of the benchmark that are kept, and their table and chart.
local chart = require("chart")

local report = {}

--- GFLOP/s of float32 multiply-adds by the program that bench/peak.c makes, or nil.
function report.peak(program, threads)
  local pipe = io.popen(("'%s' %d 2>/dev/null"):format(program, threads))
  local peak = pipe and tonumber(pipe:read("l") or "")
  if pipe then pipe:close() end
  return peak
end

-- ---- keeping ----

--- The results in the file: a list of rows and what machine they are of.
function report.load(path)
  local file = loadfile(path, "t", {})
  local ok, results = pcall(file or function() return nil end)
  return ok and type(results) == "table" and results or { rows = {} }
end

local function write_value(file, value, indent)
  if type(value) ~= "table" then
    file:write(("%q"):format(value))
    return
  end
  file:write("{\n")
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    file:write(indent, "  [", ("%q"):format(key), "] = ")
    write_value(file, value[key], indent .. "  ")
    file:write(",\n")
  end
  file:write(indent, "}")
end

function report.save(path, results)
  local file <close> = assert(io.open(path, "w"))
  file:write("return ")
  write_value(file, results, "")
  file:write("\n")
end

local function processor()
  local file <close> = io.open("/proc/cpuinfo")
  local name = file and file:read("a"):match("model name%s*:%s*([^\n]+)")
  return name or "unknown processor"
end

--- Puts the times of a case into the results, in the place of older ones.
-- @param case  of which `place` is its number among all
function report.add(results, case, times, info, peers, peak, threads)
  local row = { name = case.name, cresset = times[0], items = info.items, peers = {},
    multiplyAdds = info.multiplyAdds, aim = case.aim, under = case.under, place = case.place }
  results.titles = results.titles or {}
  for i, p in ipairs(peers) do
    row.peers[p.kind] = times[i]
    results.titles[p.kind] = p.title
  end
  results.machine = ("%s, %d threads, %s kernels"):format(processor(), threads,
    require("cresset").isa())
  -- The best that was seen: a machine's peak does not fall because it was busy once.
  results.peak = peak and math.max(peak, results.peak or 0) or results.peak
  for i, old in ipairs(results.rows) do
    if old.name == case.name then
      results.rows[i] = row
      return
    end
  end
  table.insert(results.rows, row)
end

-- ---- the page ----

local function milliseconds(time)
  if not time then return "" end
  return (time < 1e-3 and "%.4f" or time < 0.1 and "%.2f" or "%.0f"):format(time * 1e3)
end

local function ratio(row, kind)
  local time = row.peers[kind]
  return time and ("%.2f"):format(time / row.cresset) or ""
end

--- How many times faster than the peer the row should be and is, or nil where there is no aim.
local function aim_of(row)
  for kind, factor in pairs(row.aim or {}) do
    local time = row.peers[kind]
    if time then return kind, factor, time / row.cresset end
  end
end

local function table_line(row, peak)
  local of_peak = peak and ("%.0f %%"):format(
    100 * 2e-9 * row.multiplyAdds / row.cresset / peak) or ""
  local per_second = row.items / row.cresset
  return ("| %s | %s | %s | %s | %s | %s | %s | %s |"):format(row.name, milliseconds(row.cresset),
    (per_second < 100 and "%.1f" or "%.0f"):format(per_second), of_peak,
    milliseconds(row.peers.torch), ratio(row, "torch"), milliseconds(row.peers.onnx),
    ratio(row, "onnx"))
end

-- What the multiply-adds alone would take.
local function floor_text(row, peak)
  if not peak then return "" end
  return (" (%s ms; the multiply-adds at the peak: %s ms)"):format(milliseconds(row.cresset),
    milliseconds(2e-9 * row.multiplyAdds / peak))
end

local function misses(results)
  local lines = {}
  for _, row in ipairs(results.rows) do
    local kind, factor, reached = aim_of(row)
    if kind and reached < factor then
      lines[#lines + 1] = ("* %s: %.2f times as fast as %s, where %g is the aim, %.0f %% off%s")
        :format(row.name, reached, results.titles[kind], factor, 100 * (factor / reached - 1),
          floor_text(row, results.peak))
    end
    if row.under and row.cresset > row.under then
      lines[#lines + 1] = ("* %s: %.1f microseconds, where %g is the aim"):format(row.name,
        row.cresset * 1e6, row.under * 1e6)
    end
  end
  return lines
end

-- Training first, then inference, each in the order of the case files.
local function sort_rows(results)
  local function place(row)
    return (row.name:find("infer", 1, true) and 1e6 or 0) + (row.place or 0)
  end
  table.sort(results.rows, function(a, b) return place(a) < place(b) end)
end

local text = [[
# Speed beside other libraries

Written by `make bench`, which runs the same networks with the same sizes in all libraries that
`make bench-peers` installs: %s.
The machine: %s. Its peak, measured by `bench/peak.c`, is %.0f GFLOP/s
of float32 multiply-adds.

Each row is measured in rounds: in each of them first cresset, then each peer, so that all meet the
same changes of the machine's speed; the best of the rounds counts. `x` says how many times
cresset's time the peer needs: above 1 cresset is faster. `of peak` counts the multiply-adds of the
plain algorithm; minimal filtering of 3 x 3 convolutions needs fewer. Training is forward,
backward and a step of SGD with momentum. ONNX Runtime gets the same network with the same
weights, and the bench compares the results to 1e-4.

![times beside the peers](images/bench.svg)

| row | cresset ms | samples/s | of peak | %s ms | x | %s ms | x |
|---|---|---|---|---|---|---|---|
%s

How the cost of a training step grows with the batch, the images and the width of a small network
(`bench/growth.lua`):

![time of a step against batch size, image size and width](images/growth.svg)

%s
The aims are inference in at most the time of ONNX Runtime, and training in at most half the time of
PyTorch; for the smallest rows, which show what calls from Lua cost, also a time. %s
]]

-- What bench/figures.lua found, as a list.
local function figures(results)
  local lines = {}
  for i, figure in ipairs(results.figures or {}) do lines[i] = "* " .. figure .. "\n" end
  return table.concat(lines)
end

--- Writes the page and the chart.
-- @param folder  of bench.md, with a folder images in it
function report.write(folder, results)
  sort_rows(results)
  local lines, titles = {}, results.titles or {}
  for i, row in ipairs(results.rows) do lines[i] = table_line(row, results.peak) end
  local missed = misses(results)
  local torch, onnx = titles.torch or "PyTorch", titles.onnx or "ONNX Runtime"
  local page <close> = assert(io.open(folder .. "/bench.md", "w"))
  page:write((text:format(torch .. ", " .. onnx, results.machine, results.peak or 0, torch, onnx,
    table.concat(lines, "\n"), figures(results), #missed == 0 and "Every row reaches them."
      or "Rows that miss them:\n\n" .. table.concat(missed, "\n"))))
  os.execute("mkdir -p '" .. folder .. "/images'")
  local image <close> = assert(io.open(folder .. "/images/bench.svg", "w"))
  image:write(chart(results))
  for _, line in ipairs(missed) do print(line) end
end

return report
