-- Tiny machines, whose sums over all states naive loops can do.
local cresset = require("cresset")
local zoo = cresset.zoo
local numbers = require("spec.support.numbers")
local near, fails, all_states = numbers.near, numbers.fails, numbers.all_states

local function random_machine(visible, hidden, connections)
  cresset.manualSeed(1)
  local machine = zoo.Boltzmann(visible, hidden, connections):reset(0.8):double()
  machine.bias:normal(0, 0.5)
  return machine
end

local function energy(machine, s)
  local sum = 0
  for i = 1, machine.units do
    for j = i + 1, machine.units do sum = sum - s[i] * machine.weight[i][j] * s[j] end
    sum = sum - machine.bias[i] * s[i]
  end
  return sum
end

--- The probabilities of all states, and these, by naive loops.
local function distribution(machine)
  local states, sum, p = all_states(machine.units), 0, {}
  for k, s in ipairs(states) do
    p[k] = math.exp(-energy(machine, s))
    sum = sum + p[k]
  end
  for k = 1, #p do p[k] = p[k] / sum end
  return p, states, math.log(sum)
end

local schedule = { { 5, 2 }, { 25, 1 } }
local rows = { { 1, 1, 0 }, { 1, 0, 0 }, { 0, 1, 1 } }

--- The exact gradient of the rows' mean negative log probability to the weights.
local function exact_gradient(machine)
  local p, states = distribution(machine)
  local gradient = cresset.zeros(machine.units, machine.units):double()
  local function add(s, scale)
    for i = 1, machine.units do
      for j = 1, machine.units do
        if i ~= j then gradient[i][j] = gradient[i][j] + scale * s[i] * s[j] end
      end
    end
  end
  for k, s in ipairs(states) do add(s, p[k]) end
  for _, row in ipairs(rows) do
    local sum = 0
    local function agrees(s)
      for i = 1, machine.visible do
        if s[i] ~= row[i] then return false end
      end
      return true
    end
    for k, s in ipairs(states) do sum = sum + (agrees(s) and p[k] or 0) end
    for k, s in ipairs(states) do
      if agrees(s) then add(s, -p[k] / sum / #rows) end
    end
  end
  return gradient
end

describe("zoo.Boltzmann", function()
  it("has the energies and probabilities of naive loops", function()
    local machine = random_machine(3, 2)
    local p, states, log_z = distribution(machine)
    local energies = machine:energy(cresset.DoubleTensor(states))
    local visible = {}
    for k, s in ipairs(states) do
      near(energy(machine, s), energies[k], 1e-12)
      local key = ("%d%d%d"):format(s[1], s[2], s[3])
      visible[key] = (visible[key] or 0) + p[k]
    end
    near(log_z, machine:logPartition(), 1e-10)
    local shown = cresset.DoubleTensor(all_states(3))
    local log_p = machine:logProbability(shown)
    for n, v in ipairs(all_states(3)) do
      near(visible[("%d%d%d"):format(v[1], v[2], v[3])], math.exp(log_p[n]), 1e-12)
    end
    local alone = random_machine(4)
    near(1, alone:logProbability(cresset.DoubleTensor(all_states(4))):exp():sum(), 1e-10)
  end)

  it("samples from its distribution", function()
    local machine, n = random_machine(3, 1), 20000
    local p, states = distribution(machine)
    local codes = cresset.mv(machine:sample(n, schedule), cresset.DoubleTensor { 1, 2, 4, 8 })
    for k, s in ipairs(states) do
      near(p[k], codes:eq(s[1] + 2 * s[2] + 4 * s[3] + 8 * s[4]):sum() / n, 0.015)
    end
  end)

  it("completes what is given with the right probabilities", function()
    local machine, n = random_machine(3, 1), 20000
    local p, states = distribution(machine)
    local known = cresset.DoubleTensor { { 1, 0 } }:expand(n, 2)
    local filled = machine:complete(known, schedule)
    assert.is_true(filled:narrow(2, 1, 2):equal(known:clone()))
    local expected, sum = { 0, 0 }, 0
    for k, s in ipairs(states) do
      if s[1] == 1 and s[2] == 0 then
        sum = sum + p[k]
        for unit = 3, 4 do expected[unit - 2] = expected[unit - 2] + s[unit] * p[k] end
      end
    end
    for unit = 3, 4 do near(expected[unit - 2] / sum, filled:select(2, unit):mean(), 0.015) end
  end)

  it("comes to a state of low energy at temperature 0", function()
    local machine = random_machine(8)
    local states = machine:sample(30, { { 20, 0 } })
    local again = machine:sample(states, { { 1, 0 } })
    assert.is_true(again:equal(states))
    local least = math.huge
    for _, s in ipairs(all_states(8)) do least = math.min(least, energy(machine, s)) end
    local cold = machine:sample(30,
      { { 5, 4 }, { 5, 2 }, { 5, 1 }, { 5, 0.5 }, { 5, 0.2 }, { 5, 0 } })
    near(least, machine:energy(cold):min(), 1e-9)
  end)

  it("is an RBM where units of a layer are not connected", function()
    local connections = cresset.zeros(5, 5)
    connections:narrow(1, 1, 3):narrow(2, 4, 2):fill(1)
    connections:narrow(1, 4, 2):narrow(2, 1, 3):fill(1)
    local machine = random_machine(3, 2, connections)
    local rbm = zoo.RBM(3, 2):double()
    rbm.weight:copy(machine.weight:narrow(1, 4, 2):narrow(2, 1, 3))
    rbm.visibleBias:copy(machine.bias:narrow(1, 1, 3))
    rbm.hiddenBias:copy(machine.bias:narrow(1, 4, 2))
    near(rbm:logPartition(), machine:logPartition(), 1e-10)
    local v = cresset.DoubleTensor(rows)
    near(rbm:logLikelihood(v, rbm:logPartition()), machine:logProbability(v):mean(), 1e-10)
    machine:train(v)
    assert.equal(0, machine.weight:narrow(1, 1, 3):narrow(2, 1, 3):norm())
  end)

  it("follows the exact gradient", function()
    local machine = random_machine(3, 2)
    local exact = exact_gradient(machine)
    local many = cresset.DoubleTensor(rows):repeatTensor(6000, 1)
    machine:contrast(many, { schedule = schedule })
    assert.is_true(cresset.csub(exact, machine.gradWeight):abs():max() < 0.02)
    machine:contrast(many, { schedule = schedule, persistent = true, chains = 15000 })
    machine:contrast(many, { schedule = schedule, persistent = true, chains = 15000 })
    assert.is_true(cresset.csub(exact, machine.gradWeight):abs():max() < 0.02)
    assert.equal(15000, machine.chain:size(1))
  end)

  it("makes the data more probable", function()
    cresset.manualSeed(2)
    local machine = zoo.Boltzmann(3, 2):double()
    local data = cresset.DoubleTensor(rows)
    local before = machine:logProbability(data):mean()
    for _ = 1, 150 do
      machine:train(data:repeatTensor(30, 1),
        { learningRate = 0.5, momentum = 0.5, weightDecay = 1e-4 })
    end
    local after = machine:logProbability(data):mean()
    assert.is_true(after > before + 0.6 and after <= -math.log(3),
      ("%g to %g"):format(before, after))
  end)

  it("gives the same with any number of threads", function()
    local results, threads = {}, cresset.getNumThreads()
    for count = 1, 2 do
      cresset.setNumThreads(count)
      results[count] = random_machine(60, 20):sample(500)
    end
    cresset.setNumThreads(threads)
    assert.is_true(results[1]:equal(results[2]))
  end)

  it("is shown, saved, converted", function()
    local machine = zoo.Boltzmann(3, 2)
    assert.equal("zoo.Boltzmann(3 visible, 2 hidden)", tostring(machine))
    machine:train(cresset.Tensor(rows), { momentum = 0.5, persistent = true })
    local copy = cresset.deserialize(cresset.serialize(machine))
    assert.is_true(copy.weight:equal(machine.weight) and copy.chain:equal(machine.chain))
    assert.equal("torch.DoubleTensor", machine:double().velocity.weight:type())
  end)

  it("refuses what does not fit", function()
    local machine = zoo.Boltzmann(3, 2)
    fails("zoo.Boltzmann: 'hidden' must be an integer of at least 0, got -1", zoo.Boltzmann, 3, -1)
    fails("zoo.Boltzmann: 'connections' must be a tensor of (3 x 3), got (2 x 3)", zoo.Boltzmann,
      3, 0, cresset.zeros(2, 3))
    fails("zoo.Boltzmann: 'connections' must be symmetric and hold 0 and 1 alone", zoo.Boltzmann,
      2, 0, cresset.Tensor { { 0, 1 }, { 0, 0 } })
    fails("zoo.Boltzmann:sample: 'schedule' must be a list of {passes, temperature}, got 1 at 1",
      machine.sample, machine, 1, { 1 })
    fails("zoo.Boltzmann:energy: 'states' must be (N x 5), got (3)", machine.energy, machine,
      cresset.zeros(3))
    fails("zoo.Boltzmann:train: there is no option 'k'", machine.train, machine,
      cresset.zeros(1, 3), { k = 1 })
    fails("zoo.Boltzmann:logPartition: 25 units have too many states (at most 24 units)",
      machine.logPartition, zoo.Boltzmann(25))
  end)
end)
