-- Hopfield networks: pictures are stored in the connections and come back from damaged copies.
--
-- Hopfield 1982 (Hebb's rule), Storkey 1997 (a better rule), Ramsauer et al. 2020 (continuous
-- states). First, random patterns: how well they are recalled, the more of them are stored. Amit,
-- Gutfreund and Sompolinsky 1985 computed that Hebb's rule breaks down at 0.138 patterns a unit.
-- Then digits, which resemble each other, so that Hebb's rule mixes them up. Writes to out/:
-- hopfield-capacity.svg and hopfield.png (damaged digits and what each network recalls).
local cresset = require("cresset")
local data, image, plot = cresset.data, cresset.image, cresset.plot
local train, zoo = cresset.train, cresset.zoo

local side = 20 -- of the digits, in units

local settings = { small = { units = 1000, runs = 1 }, full = { units = 4000, runs = 4 } }

local function random_patterns(count, units)
  return cresset.Tensor(count, units):bernoulli(0.5):mul(2):add(-1)
end

-- Stores more and more patterns and starts from each of them: where does the network come to rest?
local function capacity_curve(units, rule, runs)
  local loads, overlaps = {}, {}
  local step = units // 100
  for run = 1, runs do
    local network, patterns = zoo.Hopfield(units), random_patterns(24 * step, units)
    for k = 1, 24 do
      network:store(patterns:narrow(1, (k - 1) * step + 1, step), rule)
      local stored = patterns:narrow(1, 1, k * step)
      local recalled = network:recall(stored)
      loads[k] = k * step / units
      overlaps[k] = (overlaps[k] or 0) + network:overlap(recalled, stored):mean() / runs
    end
    print(("%s, run %d: overlap %.3f at a load of 0.10, %.3f at 0.14, %.3f at 0.18"):format(rule,
      run, overlaps[10] * runs / run, overlaps[14] * runs / run, overlaps[18] * runs / run))
  end
  return loads, overlaps
end

-- Where the curve falls below 0.967, which is the overlap that the theory has at the capacity.
local function breakdown(loads, overlaps)
  local last = 0.967
  for k = 2, #loads do
    if overlaps[k] < last then
      local share = (overlaps[k - 1] - last) / (overlaps[k - 1] - overlaps[k])
      return loads[k - 1] + share * (loads[k] - loads[k - 1])
    end
  end
  return 0 / 0
end

-- The first digit of each class, as -1 (paper) and 1 (ink).
local function load_digits()
  local digits = data.digits():scale(side, side)
  local patterns = cresset.Tensor(10, side * side)
  for class = 1, 10 do
    local position = digits.labels:eq(class):nonzero()[1][1]
    patterns[class]:copy(digits.images[position]:view(-1))
  end
  return patterns:add(-0.4):sign()
end

local function flip_some(patterns, share)
  local flips = cresset.Tensor(patterns:size(1), patterns:size(2)):bernoulli(share)
  return cresset.cmul(patterns, flips:mul(-2):add(1))
end

local function hide_lower_half(patterns)
  local hidden = patterns:clone()
  local half = patterns:size(2) // 2
  hidden:narrow(2, half + 1, half):fill(-1)
  return hidden
end

local function memories(digits)
  return {
    { name = "Hebb's rule", network = zoo.Hopfield(side * side):store(digits) },
    { name = "Storkey's rule", network = zoo.Hopfield(side * side):store(digits, "storkey") },
    { name = "modern", network = zoo.ModernHopfield(side * side):store(digits) },
  }
end

-- How many digits come back without a single wrong pixel; the networks' pictures go to panels.
local function recall_digits(digits, damaged, what, panels)
  panels[#panels + 1] = damaged
  local counts = {}
  for _, memory in ipairs(memories(digits)) do
    local recalled, report = memory.network:recall(damaged)
    panels[#panels + 1] = recalled
    local wrong = cresset.sign(recalled):ne(digits):long():sum(2):view(-1)
    counts[#counts + 1] = wrong:eq(0):sum()
    print(("%s, %s: %d of 10 digits come back, %.1f wrong pixels on average, at rest after %d "
      .. "passes"):format(what, memory.name, counts[#counts], wrong:float():mean(),
      report.passes or report.steps))
  end
  return counts
end

local function save_pictures(digits, panels, folder)
  table.insert(panels, 1, digits)
  local pictures = {}
  for _, panel in ipairs(panels) do
    for k = 1, panel:size(1) do
      pictures[#pictures + 1] = cresset.mul(panel[k], -0.5):add(0.5):clamp(0, 1):view(side, side)
    end
  end
  image.save(folder .. "/hopfield.png",
    image.makeGrid(pictures, { nrow = 10, zoom = 2, padding = 4, background = 0.6, labels = {
      "digits", "noisy", "Hebb", "Storkey", "modern", "half", "Hebb", "Storkey", "modern" } }))
  print(("wrote hopfield.png and hopfield-capacity.svg to %s/"):format(folder))
end

local function main(options)
  local setting = settings[options.setting]
  local units = options.units > 0 and options.units or setting.units
  local loads, hebbian = capacity_curve(units, "hebbian", setting.runs)
  local _, storkey = capacity_curve(units, "storkey", setting.runs)
  local capacity = breakdown(loads, hebbian)
  print(("Hebb's rule breaks down at %.3f patterns a unit (theory: 0.138)"):format(capacity))
  plot.save(options.out .. "/hopfield-capacity.svg",
    { title = ("Recall of random patterns, %d units"):format(units),
      xlabel = "patterns stored, for each unit", ylabel = "overlap with the pattern",
      { name = "Hebb", x = loads, y = hebbian }, { name = "Storkey", x = loads, y = storkey },
      { name = "0.138", x = { 0.138, 0.138 }, y = { 0, 1 } } })

  local digits, panels = load_digits(), {}
  local noisy = recall_digits(digits, flip_some(digits, 0.25), "a quarter flipped", panels)
  local halved = recall_digits(digits, hide_lower_half(digits), "lower half hidden", panels)
  save_pictures(digits, panels, options.out)
  return {
    { "units", units }, { "capacity", ("%.3f"):format(capacity) },
    { "noisy_hebb", noisy[1] }, { "noisy_storkey", noisy[2] }, { "noisy_modern", noisy[3] },
    { "half_hebb", halved[1] }, { "half_storkey", halved[2] }, { "half_modern", halved[3] },
  }
end

train.script({
  name = "hopfield.lua",
  description = "Hopfield networks recall random patterns and damaged digits.",
  options = {
    { name = "setting", help = "small: seconds; full: more units, a sharper fall" },
    { name = "units", default = 0, min = 0, help = "for random patterns; 0: the setting's" },
  },
  main = main,
}, arg)
