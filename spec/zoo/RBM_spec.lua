-- Tiny machines, whose sums over all states naive loops can do.
local cresset = require("cresset")
local core = require("cresset.core")
local zoo = cresset.zoo
local numbers = require("spec.support.numbers")
local near, all_states = numbers.near, numbers.all_states

local function sigmoid(x) return 1 / (1 + math.exp(-x)) end

local function random_machine(visible, hidden, options, seed)
  cresset.manualSeed(seed or 1)
  local rbm = zoo.RBM(visible, hidden, options):double()
  rbm.weight:normal(0, 0.7)
  rbm.visibleBias:normal(0, 0.5)
  rbm.hiddenBias:normal(0, 0.5)
  return rbm
end

--- The states that the visible layer can be in: with classes, one of the last units is on.
local function visible_states(rbm)
  local found = {}
  for _, state in ipairs(all_states(rbm.visible)) do
    local on = 0
    for i = rbm.visible - rbm.classes + 1, rbm.visible do on = on + state[i] end
    if rbm.classes == 0 or on == 1 then found[#found + 1] = state end
  end
  return found
end

local function energy(rbm, v, h)
  local sum = 0
  for i = 1, rbm.visible do
    if rbm.units == "gaussian" and i <= rbm.visible - rbm.classes then
      sum = sum + 0.5 * (v[i] - rbm.visibleBias[i]) ^ 2
    else
      sum = sum - rbm.visibleBias[i] * v[i]
    end
    for j = 1, rbm.hidden do sum = sum - h[j] * rbm.weight[j][i] * v[i] end
  end
  for j = 1, rbm.hidden do sum = sum - rbm.hiddenBias[j] * h[j] end
  return sum
end

local function free_energy(rbm, v)
  local sum = 0
  for _, h in ipairs(all_states(rbm.hidden)) do sum = sum + math.exp(-energy(rbm, v, h)) end
  return -math.log(sum)
end

local function log_partition(rbm)
  local sum = 0
  for _, v in ipairs(visible_states(rbm)) do sum = sum + math.exp(-free_energy(rbm, v)) end
  return math.log(sum)
end

local function hidden_field(rbm, v, j)
  local field = rbm.hiddenBias[j]
  for i = 1, rbm.visible do field = field + rbm.weight[j][i] * v[i] end
  return field
end

local function visible_field(rbm, h, i)
  local field = rbm.visibleBias[i]
  for j = 1, rbm.hidden do field = field + rbm.weight[j][i] * h[j] end
  return field
end

--- The exact gradient of the mean negative log probability of the rows, to the weights.
local function exact_gradient(rbm, rows)
  local gradient = cresset.zeros(rbm.hidden, rbm.visible):double()
  local function add(v, scale)
    for j = 1, rbm.hidden do
      local p = sigmoid(hidden_field(rbm, v, j))
      for i = 1, rbm.visible do gradient[j][i] = gradient[j][i] + scale * p * v[i] end
    end
  end
  for _, v in ipairs(rows) do add(v, -1 / #rows) end
  local log_z = log_partition(rbm)
  for _, v in ipairs(visible_states(rbm)) do add(v, math.exp(-free_energy(rbm, v) - log_z)) end
  return gradient
end

local data = { { 1, 1, 0, 0 }, { 1, 1, 0, 1 }, { 0, 0, 1, 1 }, { 0, 1, 1, 1 } }

describe("zoo.RBM", function()
  for _, case in ipairs { { "binary", {} }, { "gaussian", { units = "gaussian" } },
    { "binary with labels", { classes = 2 } } } do
    it("has the energies and means of naive loops, " .. case[1], function()
      local rbm = random_machine(4, 3, case[2])
      local vs, hs = visible_states(rbm), all_states(3)
      local v = cresset.DoubleTensor(vs)
      if case[1] == "gaussian" then v:add(0.3) end
      local free, means = rbm:freeEnergy(v), rbm:hiddenMeans(v)
      for n = 1, #vs do
        near(free_energy(rbm, v[n]), free[n], 1e-9)
        for j = 1, 3 do near(sigmoid(hidden_field(rbm, v[n], j)), means[n][j], 1e-12) end
        local h = hs[n % #hs + 1]
        near(energy(rbm, v[n], h), rbm:energy(v[n], cresset.DoubleTensor(h))[1], 1e-9)
      end
      local visible = rbm:visibleMeans(cresset.DoubleTensor(hs))
      for n, h in ipairs(hs) do
        local total = 0
        for i = 4 - rbm.classes + 1, 4 do total = total + math.exp(visible_field(rbm, h, i)) end
        for i = 1, 4 do
          local field = visible_field(rbm, h, i)
          local expected = i > 4 - rbm.classes and math.exp(field) / total
            or case[1] == "gaussian" and field or sigmoid(field)
          near(expected, visible[n][i], 1e-12)
        end
      end
    end)
  end

  it("knows the partition function of tiny machines", function()
    for _, sizes in ipairs { { 4, 3 }, { 3, 5 }, { 2, 2 } } do
      local rbm = random_machine(sizes[1], sizes[2])
      near(log_partition(rbm), rbm:logPartition(), 1e-9)
    end
    local labelled = random_machine(5, 3, { classes = 3 })
    near(log_partition(labelled), labelled:logPartition(), 1e-9)
    assert.has_error(function() zoo.RBM(30, 25):logPartition() end,
      "zoo.RBM:logPartition: 25 units have too many states (at most 24 units): use "
      .. "estimateLogPartition")
  end)

  it("integrates over Gaussian units", function()
    local rbm = random_machine(1, 2, { units = "gaussian" })
    local sum, step = 0, 0.01
    for v = -15, 15, step do sum = sum + math.exp(-free_energy(rbm, { v })) * step end
    near(math.log(sum), rbm:logPartition(), 1e-6)
  end)

  it("estimates the partition function by annealed importance sampling", function()
    for _, options in ipairs { {}, { classes = 2 }, { units = "gaussian" } } do
      local rbm = random_machine(6, 4, options)
      local exact = rbm:logPartition()
      local estimate, low, high = rbm:estimateLogPartition { chains = 400, steps = 300 }
      near(exact, estimate, 0.05)
      assert.is_true(low <= estimate and estimate <= high and high - low < 0.2)
    end
    local rbm = random_machine(6, 4)
    local other = rbm:estimateLogPartition { chains = 400, steps = 300,
      bias = cresset.zeros(6):double() }
    near(rbm:logPartition(), other, 0.05)
  end)

  it("gives log probabilities that sum up to 1", function()
    local rbm, sum = random_machine(4, 3), 0
    local log_z = rbm:logPartition()
    for _, v in ipairs(all_states(4)) do
      sum = sum + math.exp(rbm:logLikelihood(cresset.DoubleTensor(v), log_z))
    end
    near(1, sum, 1e-9)
  end)

  it("samples from its distribution", function()
    local rbm = random_machine(3, 3)
    local log_z, n = rbm:logPartition(), 20000
    local drawn = rbm:sample(n, 30)
    local codes = cresset.mv(drawn, cresset.DoubleTensor { 1, 2, 4 })
    for _, v in ipairs(all_states(3)) do
      local share = codes:eq(v[1] + 2 * v[2] + 4 * v[3]):sum() / n
      near(math.exp(-free_energy(rbm, v) - log_z), share, 0.015)
    end
  end)

  it("draws units with their probabilities, Gaussian ones around their means", function()
    local rbm = random_machine(4, 3, { units = "gaussian", classes = 2 })
    local h = cresset.DoubleTensor { 1, 0, 1 }
    local sample, mean = rbm:sampleVisible(h:view(1, 3):expand(20000, 3))
    near(mean[1][1], sample:select(2, 1):mean(), 0.03)
    near(1, sample:select(2, 1):std(), 0.03)
    near(mean[1][3], sample:select(2, 3):mean(), 0.015)
    assert.equal(20000, sample:narrow(2, 3, 2):sum())
    local hidden, p = rbm:sampleHidden(sample:narrow(1, 1, 1):expand(20000, 4))
    for j = 1, 3 do near(p[1][j], hidden:select(2, j):mean(), 0.015) end
  end)

  it("tells labels' probabilities exactly", function()
    local rbm = random_machine(5, 3, { classes = 3 })
    local input = { { 0, 1 }, { 1, 1 } }
    local scores = rbm:labelScores(cresset.DoubleTensor(input))
    for n, x in ipairs(input) do
      local p, sum = {}, 0
      for k = 1, 3 do
        p[k] = math.exp(-free_energy(rbm,
          { x[1], x[2], k == 1 and 1 or 0, k == 2 and 1 or 0, k == 3 and 1 or 0 }))
        sum = sum + p[k]
      end
      for k = 1, 3 do near(math.log(p[k] / sum), scores[n][k], 1e-9) end
    end
    local _, best = scores:max(2)
    assert.same(best:view(-1):totable(), rbm:classify(cresset.DoubleTensor(input)):totable())
  end)

  it("keeps labels while it samples", function()
    local rbm = random_machine(5, 3, { classes = 3 })
    local drawn = rbm:sample(2, 5, cresset.LongTensor { 3, 1 })
    assert.same({ { 0, 0, 1 }, { 1, 0, 0 } }, drawn:narrow(2, 3, 3):totable())
    local joined = rbm:join(cresset.zeros(1, 2):double())
    near(1, joined:sum(), 1e-12)
  end)
end)

describe("learning of zoo.RBM", function()
  local rows = cresset.DoubleTensor(data)

  it("follows the exact gradient when chains are long", function()
    local rbm = random_machine(4, 3)
    local many = rows:repeatTensor(5000, 1)
    local exact = exact_gradient(rbm, data)
    rbm:contrast(many, { k = 60, sampleVisible = true })
    assert.is_true(cresset.csub(exact, rbm.gradWeight):abs():max() < 0.02)
    for _ = 1, 30 do rbm:contrast(many, { persistent = true }) end
    assert.is_true(cresset.csub(exact, rbm.gradWeight):abs():max() < 0.02)
  end)

  it("goes in the exact gradient's direction by one step", function()
    local rbm = random_machine(4, 3, {}, 5)
    local exact = exact_gradient(rbm, data)
    rbm:contrast(rows:repeatTensor(2000, 1))
    local cosine = exact:dot(rbm.gradWeight) / exact:norm() / rbm.gradWeight:norm()
    assert.is_true(cosine > 0.7, tostring(cosine))
  end)

  it("compares averages of data and model", function()
    local grad_weight, gv, gh = cresset.zeros(2, 3), cresset.zeros(3), cresset.zeros(2)
    local v0, h0 = cresset.rand(4, 3), cresset.rand(4, 2)
    local v1, h1 = cresset.rand(5, 3), cresset.rand(5, 2)
    core.zoo.contrast(grad_weight, gv, gh, v0, h0, v1, h1)
    for j = 1, 2 do
      for i = 1, 3 do
        local sum = 0
        for n = 1, 5 do sum = sum + v1[n][i] * h1[n][j] / 5 end
        for n = 1, 4 do sum = sum - v0[n][i] * h0[n][j] / 4 end
        near(sum, grad_weight[j][i], 1e-6)
      end
      near(h1:select(2, j):mean() - h0:select(2, j):mean(), gh[j], 1e-6)
    end
    for i = 1, 3 do near(v1:select(2, i):mean() - v0:select(2, i):mean(), gv[i], 1e-6) end
  end)

  it("makes the data more probable, each way", function()
    for name, options in pairs {
      cd = { learningRate = 0.3 },
      cd3 = { learningRate = 0.3, k = 3, momentum = 0.5 },
      pcd = { learningRate = 0.5, persistent = true },
    } do
      cresset.manualSeed(3)
      local rbm = zoo.RBM(4, 4):double()
      local batch = rows:repeatTensor(25, 1)
      local before = rbm:logLikelihood(rows, rbm:logPartition())
      for _ = 1, 400 do rbm:train(batch, options) end
      local after = rbm:logLikelihood(rows, rbm:logPartition())
      assert.is_true(after > before + 0.7, ("%s: %g to %g"):format(name, before, after))
    end
  end)

  it("steps with momentum and weight decay", function()
    local rbm = random_machine(4, 3)
    local expected, velocity = rbm.weight:clone(), cresset.zeros(3, 4):double()
    for _ = 1, 3 do
      rbm:train(rows, { learningRate = 0.2, momentum = 0.9, weightDecay = 0.1 })
      velocity:mul(0.9):add(rbm.gradWeight):add(0.1, expected)
      expected:add(-0.2, velocity)
      assert.is_true(cresset.csub(expected, rbm.weight):abs():max() < 1e-12)
    end
  end)

  it("draws hidden units to the activity asked for", function()
    cresset.manualSeed(2)
    local rbm = zoo.RBM(4, 6):double()
    local batch = rows:repeatTensor(25, 1)
    for _ = 1, 600 do
      rbm:train(batch, { learningRate = 0.1, sparsity = 0.1, sparsityCost = 3 })
    end
    near(0.1, rbm:hiddenMeans(rows):mean(), 0.05)
  end)

  it("starts from the data's means", function()
    local rbm = zoo.RBM(4, 3):reset(0):double():startFrom(rows)
    local means = rbm:visibleMeans(cresset.zeros(1, 3):double())
    for i = 1, 4 do near(math.min(0.999, rows:select(2, i):mean()), means[1][i], 1e-9) end
  end)

  it("gives the same with any number of threads", function()
    local results, threads = {}, cresset.getNumThreads()
    for count = 1, 2 do
      cresset.setNumThreads(count)
      cresset.manualSeed(7)
      local rbm = zoo.RBM(300, 200)
      local x = cresset.rand(64, 300)
      for _ = 1, 3 do rbm:train(x, { persistent = true, momentum = 0.5 }) end
      results[count] = rbm.weight:clone()
    end
    cresset.setNumThreads(threads)
    assert.is_true(results[1]:equal(results[2]))
  end)

  it("allocates nothing in steady state", function()
    local rbm, x = zoo.RBM(30, 20), cresset.rand(10, 30)
    local options = { momentum = 0.5, weightDecay = 0.01, sparsity = 0.1 }
    for _ = 1, 2 do rbm:train(x, options) end
    local kept = {}
    for name, tensor in pairs(rbm.buffers) do kept[name] = core.nn.storageRange(tensor) end
    for _ = 1, 5 do rbm:train(x, options) end
    for name, tensor in pairs(rbm.buffers) do
      assert.is_true(kept[name] == core.nn.storageRange(tensor), name)
    end
  end)
end)

describe("objects of zoo.RBM", function()
  it("are shown, saved, converted", function()
    cresset.manualSeed(1)
    local rbm = zoo.RBM(4, 3, { classes = 2 })
    assert.equal("zoo.RBM(4 -> 3, 2 classes)", tostring(rbm))
    assert.equal("zoo.RBM(4 -> 3, gaussian)", tostring(zoo.RBM(4, 3, { units = "gaussian" })))
    rbm:train(cresset.rand(5, 4), { momentum = 0.5, persistent = true })
    local copy = cresset.deserialize(cresset.serialize(rbm))
    assert.is_true(copy.weight:equal(rbm.weight) and copy.chain:equal(rbm.chain))
    local x = cresset.rand(5, 4)
    for _, machine in ipairs { rbm, copy } do
      cresset.manualSeed(4)
      machine:train(x, { momentum = 0.5, persistent = true })
    end
    assert.is_true(copy.weight:equal(rbm.weight))
    assert.equal("torch.DoubleTensor", rbm:double().velocity.weight:type())
    assert.equal("torch.DoubleTensor", rbm:type())
    assert.same({}, rbm:clearState().buffers)
  end)

  it("refuse what does not fit", function()
    local rbm = zoo.RBM(4, 3)
    local function fails(message, f, ...)
      local ok, failure = pcall(f, ...)
      assert.is_false(ok)
      assert.equal(message, failure)
    end
    fails("zoo.RBM: 'visible' must be an integer of at least 1, got 0", zoo.RBM, 0, 3)
    fails("zoo.RBM: 'units' must be \"binary\" or \"gaussian\", got \"odd\"", zoo.RBM, 4, 3,
      { units = "odd" })
    fails("zoo.RBM: there is no option 'k'", zoo.RBM, 4, 3, { k = 1 })
    fails("zoo.RBM: 'classes' must be 0 or from 2 to 4, got 5", zoo.RBM, 4, 3, { classes = 5 })
    fails("zoo.RBM:freeEnergy: 'visible' must be (N x 4), got (2 x 3)", rbm.freeEnergy, rbm,
      cresset.zeros(2, 3))
    fails("zoo.RBM:train: 'visible' must be a torch.FloatTensor like the network, got a "
      .. "torch.DoubleTensor", rbm.train, rbm, cresset.zeros(2, 4):double())
    fails("zoo.RBM:train: 'learningRate' must be a number of at least 0, got -1", rbm.train, rbm,
      cresset.zeros(2, 4), { learningRate = -1 })
    fails("zoo.RBM:train: there is no option 'rate'", rbm.train, rbm, cresset.zeros(2, 4),
      { rate = 1 })
    fails("zoo.RBM:join: the machine has no labels: give it the option 'classes'", rbm.join, rbm,
      cresset.zeros(1, 4))
    local labelled = zoo.RBM(4, 3, { classes = 2 })
    fails("zoo.RBM:join: 'labels' must be from 1 to 2, got 3 to 3", labelled.join, labelled,
      cresset.zeros(1, 2), cresset.LongTensor { 3 })
    fails("zoo.RBM:energy: 2 rows of visible and 1 of hidden units do not go together", rbm.energy,
      rbm, cresset.zeros(2, 4), cresset.zeros(3))
  end)
end)
