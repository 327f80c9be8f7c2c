local C = require("cresset.core").nn
local core = require("cresset.core")
local row_norm = require("cresset.nn.row_norm")

--- Normalizes each sample's channels one by one to mean 0 and variance 1 (Ulyanov, Vedaldi and
-- Lempitsky 2016); with `affine` multiplies and adds each channel's `weight` and `bias`.
--
--     nn.InstanceNorm(numChannels, [eps = 1e-5], [affine = false], [trackRunningStats = false],
--       [momentum = 0.1])
--
-- Input (N x numChannels x ...) of any number of dimensions, output the same; PyTorch's
-- InstanceNorm1d, 2d and 3d. With `trackRunningStats` running_mean and running_var follow the
-- samples' means and (unbiased) variances in training, running = (1 - momentum) running + momentum
-- the batch's average, and take their place in evaluation.
local InstanceNorm = row_norm("nn.InstanceNorm", {
  args = {
    { "numChannels", "size", max = 0x7fffffff },
    { "eps", "number", default = 1e-5, min = 0 },
    { "affine", "boolean", default = false },
    { "trackRunningStats", "boolean", default = false },
    { "momentum", "number", default = 0.1, min = 0, max = 1 },
  },
  state = { "running_mean", "running_var" },
  buffers = { "samples" },
  init = function(self)
    if not self.trackRunningStats then return end
    self.running_mean, self.running_var = core.zeros(self.numChannels), core.ones(self.numChannels)
  end,
  groups = function(self) return self.numChannels end,
  sizes = function(self) return { self.numChannels } end,
  tostring = function(self)
    return ("(%d%s%s)"):format(self.numChannels, self.affine and ", affine" or "",
      self.trackRunningStats and ", running statistics" or "")
  end,
})

local forward, backward = InstanceNorm.updateOutput, InstanceNorm.updateGradInput
local accumulate, reset = InstanceNorm.accGradParameters, InstanceNorm.reset

--- Sets weights to 1, biases to 0 and the running statistics to mean 0 and variance 1.
function InstanceNorm:reset()
  if self.running_mean then
    self.running_mean:fill(0)
    self.running_var:fill(1)
  end
  return reset(self)
end

-- Moves a running statistic by the batch's average of the rows' values (N channels).
local function move(self, running, rows)
  local average = rows:view(-1, self.numChannels):mean(1):view(self.numChannels)
  running:mul(1 - self.momentum):add(self.momentum, average)
end

-- The samples' means and variances go into the running ones.
local function track(self, input)
  if input:nElement() == 0 then return end
  local count = input:nElement() // self.mean:nElement()
  if count < 2 then
    self:fail("training with running statistics needs more than one element for each channel")
  end
  move(self, self.running_mean, self.mean)
  local variance = self.samples:resizeAs(self.inverseStd):copy(self.inverseStd)
  variance:pow(-2):add(-self.eps):mul(count / (count - 1))
  move(self, self.running_var, variance)
end

-- In evaluation with running statistics this is batch normalization in evaluation.
local function runs(self) return self.running_mean and self.train == false end

-- A tensor (N x numChannels x ...) as images of one column.
local function as_images(self, t, what)
  if not core.isTensor(t) or t:dim() < 2 or t:size(2) ~= self.numChannels then
    self:fail("%s must be a tensor (N x %d x ...)", what, self.numChannels)
  end
  return t:contiguous():view(t:size(1), t:size(2), t:nElement() // (t:size(1) * t:size(2)), 1)
end

local function statistics(self)
  return self.weight, self.bias, self.running_mean, self.running_var, self.mean, self.inverseStd,
    self.eps, self.momentum, false, 4
end

function InstanceNorm:updateOutput(input)
  if not runs(self) then
    forward(self, input)
    if self.running_mean then track(self, input) end
    return self.output
  end
  if core.isTensor(input) and input:nElement() == 0 then return forward(self, input) end
  C.batchNormForward(self, as_images(self, input, "input"), self.output, statistics(self))
  return self.output:resize(input:size())
end

local function run_backward(self, input, gradOutput, gradInput, gradWeight, gradBias, scale)
  C.batchNormBackward(self, as_images(self, input, "input"),
    as_images(self, gradOutput, "gradOutput"), gradInput, gradWeight, gradBias, scale,
    statistics(self))
end

function InstanceNorm:updateGradInput(input, gradOutput)
  if not runs(self) or self.output:nElement() == 0 then return backward(self, input, gradOutput) end
  run_backward(self, input, gradOutput, self.gradInput, nil, nil, 1)
  return self.gradInput:resize(input:size())
end

function InstanceNorm:accGradParameters(input, gradOutput, scale)
  if not runs(self) or self.output:nElement() == 0 then
    return accumulate(self, input, gradOutput, scale)
  end
  if not self.weight then return end
  run_backward(self, input, gradOutput, nil, self.gradWeight, self.gradBias, scale or 1)
end

return InstanceNorm
