--- Batch normalization of inputs of some number of dimensions: what nn.BatchNormalization and its
-- spatial and volumetric forms share.
local core = require("cresset.core")
local joins = require("cresset.nn.joins")
local layer = require("cresset.nn.layer")

local C = core.nn

local declaration = {
  args = {
    { "nOutput", "size" },
    { "eps", "number", default = 1e-5, min = 0 },
    { "momentum", "number", default = 0.1, min = 0, max = 1 },
    { "affine", "boolean", default = true },
  },
  parameters = function(self)
    if not self.affine then return {} end
    return { { "weight", self.nOutput }, { "bias", self.nOutput } }
  end,
  state = { "running_mean", "running_var" },
  buffers = { "save_mean", "save_std" },
  init = function(self)
    self.running_mean = core.zeros(self.nOutput)
    self.running_var = core.ones(self.nOutput)
  end,
  tostring = function(self) return ("(%d)"):format(self.nOutput) end,
}

--- Declares the class `name` for inputs of nDim dimensions.
return function(name, nDim)
  local BatchNormalization = layer(name, declaration)

  --- Sets weight to 1, bias to 0 and the running statistics to mean 0 and variance 1.
  -- @return the layer
  function BatchNormalization:reset()
    if self.weight then
      self.weight:fill(1)
      self.bias:fill(0)
    end
    self.running_mean:fill(0)
    self.running_var:fill(1)
    return self
  end

  -- rectifies and added: see joins
  local function forward(self, input, is_training, added)
    return C.batchNormForward(self, input, self.output, self.weight, self.bias,
      self.running_mean, self.running_var, self.save_mean, self.save_std, self.eps, self.momentum,
      is_training, nDim, self.rectifies, added)
  end

  -- One sample, which evaluation takes too: a batch of it.
  local function is_single(self, input)
    return self.train == false and core.isTensor(input) and input:dim() == nDim - 1
      and input:nElement() > 0
  end

  function BatchNormalization:updateOutput(input)
    self.kept = nil
    if is_single(self, input) then
      local added = self.added
      forward(self, input:unsqueeze(1), false, core.isTensor(added) and added:unsqueeze(1) or added)
      return self.output:resize(input:size())
    end
    return forward(self, input, self.train ~= false, self.added)
  end

  local function backward(self, input, gradOutput, gradInput, gradWeight, gradBias, scale)
    local kept = self.kept -- set by joins for this call
    self.kept = nil
    if is_single(self, input) and core.isTensor(gradOutput) and gradOutput:isSameSizeAs(input) then
      self.kept = kept and kept:unsqueeze(1)
      backward(self, input:unsqueeze(1), gradOutput:unsqueeze(1), gradInput, gradWeight, gradBias,
        scale)
      return gradInput and gradInput:resize(input:size())
    end
    return C.batchNormBackward(self, input, gradOutput, gradInput, gradWeight, gradBias, scale,
      self.weight, self.bias, self.running_mean, self.running_var, self.save_mean, self.save_std,
      self.eps, self.momentum, self.train ~= false, nDim, kept)
  end

  function BatchNormalization:updateGradInput(input, gradOutput)
    return backward(self, input, gradOutput, self.gradInput, nil, nil, 1)
  end

  function BatchNormalization:accGradParameters(input, gradOutput, scale)
    if self.weight then
      backward(self, input, gradOutput, nil, self.gradWeight, self.gradBias, scale or 1)
    end
  end

  --- updateGradInput and accGradParameters in one pass over the data.
  function BatchNormalization:backward(input, gradOutput, scale)
    return backward(self, input, gradOutput, self.gradInput, self.gradWeight, self.gradBias,
      scale or 1)
  end

  joins.register("normalization", BatchNormalization)
  return BatchNormalization
end
