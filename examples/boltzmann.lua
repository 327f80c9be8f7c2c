-- A Boltzmann machine invents a code: the 4-2-4 encoder of Ackley, Hinton and Sejnowski 1985.
--
-- Two groups of four visible units always show the same: one unit of each is on. The groups are not
-- connected, so all that one can know of the other goes through two hidden units, and the machine
-- must find a code of two bits for the four cases. It learns from how often pairs of units are on
-- together, with the patterns held and running freely; with ten units, sums over all states say
-- exactly how far its distribution is from the patterns'. Many runs end with two cases sharing a
-- code, a local minimum that is hard to leave; then the machine starts anew. Writes
-- out/boltzmann.png (the weights) and out/boltzmann-curve.svg.
local cresset = require("cresset")
local image, plot, train, zoo = cresset.image, cresset.plot, cresset.train, cresset.zoo

local settings = { small = { epochs = 1500 }, full = { epochs = 6000 } }

-- One row for each case: unit k of both groups is on.
local function make_patterns(cases)
  local one = cresset.eye(cases)
  return cresset.cat(one, one, 2)
end

-- All pairs of units but those of the two groups.
local function make_connections(cases, hidden)
  local connections = cresset.ones(2 * cases + hidden, 2 * cases + hidden)
  connections:narrow(1, 1, cases):narrow(2, cases + 1, cases):zero()
  connections:narrow(1, cases + 1, cases):narrow(2, 1, cases):zero()
  return connections
end

-- Kullback-Leibler divergence from the patterns, each equally probable, to the machine: in nats.
local function divergence(machine, patterns)
  return -math.log(patterns:size(1)) - machine:logProbability(patterns):mean()
end

-- Shows one group and lets the machine fill in the other.
local function count_completed(machine, cases, times)
  local shown = cresset.eye(cases):repeatTensor(times, 1)
  local states = machine:complete(shown, { { 4, 4 }, { 4, 2 }, { 8, 1 } })
  local other = states:narrow(2, cases + 1, cases)
  return other:eq(shown):long():sum(2):view(-1):eq(cases):sum() / shown:size(1)
end

-- The hidden states that the machine is mostly in when it is shown each pattern.
local function codes(machine, patterns)
  local words, different, count = {}, {}, 0
  for k = 1, patterns:size(1) do
    local states = machine:complete(patterns:narrow(1, k, 1):expand(200, patterns:size(2)):clone())
    local mean = states:narrow(2, machine.visible + 1, machine.hidden):mean(1):view(-1)
    local word = ""
    for j = 1, machine.hidden do word = word .. (mean[j] > 0.5 and "1" or "0") end
    words[k] = word
    if not different[word] then different[word], count = true, count + 1 end
  end
  return words, count
end

local function save_weights(machine, path)
  local reach = math.max(cresset.abs(machine.weight):max(), 1e-9)
  local panel = image.colorize(cresset.div(machine.weight, 2 * reach):add(0.5), "redblue")
  image.save(path, image.makeGrid({ panel }, { nrow = 1, zoom = 24, padding = 8, background = 1 }))
end

-- Learns from a few copies of the patterns a step: the noise of small samples helps.
local function learn(machine, patterns, epochs, rate)
  local batch = patterns:repeatTensor(8, 1)
  local curve = { x = {}, y = {} }
  for epoch = 1, epochs do
    machine:train(batch,
      { learningRate = rate * (1 - (epoch - 1) / epochs), persistent = true })
    if epoch % math.max(1, epochs // 50) == 0 then
      curve.x[#curve.x + 1] = epoch
      curve.y[#curve.y + 1] = divergence(machine, patterns)
    end
  end
  return curve
end

local function main(options)
  local epochs = options.epochs > 0 and options.epochs or settings[options.setting].epochs
  local cases = options.cases
  local hidden = math.ceil(math.log(cases, 2))
  local patterns = make_patterns(cases)
  local machine = zoo.Boltzmann(2 * cases, hidden, make_connections(cases, hidden))
  local before = divergence(machine, patterns)
  print(("%s, %d patterns: divergence %.3f nats at the start"):format(machine, cases, before))
  local words, different, curve
  local attempt = 0
  repeat
    attempt = attempt + 1
    machine:reset()
    curve = learn(machine, patterns, epochs, options.rate)
    words, different = codes(machine, patterns)
    print(("attempt %d: divergence %.3f nats; the hidden units' code for the cases: %s"):format(
      attempt, divergence(machine, patterns), table.concat(words, " ")))
  until different == cases or attempt >= options.attempts
  local after = divergence(machine, patterns)
  local completed = count_completed(machine, cases, math.max(1, 1000 // cases))
  print(("shown one group, the machine completes the other in %.1f %% of the runs"):format(
    100 * completed))
  save_weights(machine, options.out .. "/boltzmann.png")
  plot.save(options.out .. "/boltzmann-curve.svg",
    { title = "Learning the encoder", xlabel = "step", ylabel = "divergence, nats", logy = true,
      { x = curve.x, y = curve.y } })
  print(("wrote boltzmann.png (weights between all units, the hidden ones last; red is negative, "
    .. "blue\npositive) and boltzmann-curve.svg to %s/"):format(options.out))
  return {
    { "cases", cases }, { "attempts", attempt },
    { "divergence_before", ("%.3f"):format(before) }, { "divergence", ("%.4f"):format(after) },
    { "codes", different .. "/" .. cases }, { "completed", ("%.3f"):format(completed) },
  }
end

train.script({
  name = "boltzmann.lua",
  description = "A Boltzmann machine invents a code for its patterns.",
  options = {
    { name = "setting", help = "small: seconds; full: learns longer" },
    { name = "cases", default = 4, min = 2, help = "patterns: a power of 2" },
    { name = "attempts", default = 20, min = 1, help = "how often to start anew at most" },
    { name = "epochs", help = "steps of learning; 0: the setting's" },
    { name = "rate", default = 1.0, min = 0, help = "learning rate at the start" },
  },
  main = main,
}, arg)
