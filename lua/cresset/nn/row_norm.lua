--- What nn.LayerNorm, nn.RMSNorm, nn.GroupNorm and nn.InstanceNorm share: rows are normalized by
-- their own mean and deviation, then every channel gets its weight and bias.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- Declares the class `name`.
-- @param spec  args; sizes(self): of the parameters; groups(self), 0: trailing dimensions; isRms;
--              init, state and buffers as in a layer's declaration
return function(name, spec)
  local Norm = layer(name, {
    args = spec.args,
    parameters = function(self)
      local sizes = spec.sizes(self)
      if not self.affine then return {} end
      return {
        { "weight", table.unpack(sizes) },
        not spec.isRms and { "bias", table.unpack(sizes) },
      }
    end,
    state = spec.state,
    buffers = { "mean", "inverseStd", table.unpack(spec.buffers or {}) },
    init = spec.init,
    tostring = spec.tostring,
  })

  -- What ends every call of C.
  local function rest(self)
    return self.weight, self.bias, self.mean, self.inverseStd, self.eps, spec.isRms == true,
      spec.groups and spec.groups(self) or 0, table.unpack(spec.sizes(self))
  end

  --- Sets weights to 1 and biases to 0.
  function Norm:reset()
    if self.weight then self.weight:fill(1) end
    if self.bias then self.bias:zero() end
    return self
  end

  function Norm:updateOutput(input)
    self.output = C.groupNormForward(self, input, self.output, rest(self))
    return self.output
  end

  function Norm:updateGradInput(input, gradOutput)
    self.gradInput = C.groupNormBackward(self, input, gradOutput, self.gradInput, rest(self))
    return self.gradInput
  end

  function Norm:accGradParameters(input, gradOutput, scale)
    if not self.weight then return end
    C.groupNormAccumulate(self, input, gradOutput, self.gradWeight, self.gradBias, scale or 1,
      rest(self))
  end

  return Norm
end
