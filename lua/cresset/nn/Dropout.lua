local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- In training sets each element to 0 with probability p and multiplies the others by 1 / (1 - p);
-- in evaluation lets everything through (Srivastava et al. 2014).
--
--     nn.Dropout([p = 0.5], [v1 = false], [inplace = false], [stochasticInference = false])
--
-- With `v1` nothing is multiplied in training, and by 1 - p in evaluation, as in the first version.
-- With `inplace` the input's and gradOutput's own elements are overwritten. With
-- `stochasticInference` evaluation drops too.
--
-- The elements are chosen by a key that forward draws from cresset's generator, so a seed decides
-- them, whatever the number of threads; no mask is kept.
local Dropout = layer("nn.Dropout", {
  args = {
    { "p", "number", default = 0.5, min = 0 },
    { "v1", "boolean", default = false },
    { "inplace", "boolean", default = false },
    { "stochasticInference", "boolean", default = false },
  },
  init = function(self)
    if self.p >= 1 then
      error(("nn.Dropout: 'p' must be at least 0 and less than 1, got %g"):format(self.p), 0)
    end
    self.v2 = not self.v1
    self.key = 0
  end,
  tostring = function(self) return ("(%.4f)"):format(self.p) end,
})

--- Whether each plane is kept or dropped as a whole.
Dropout.whole_planes = false

local function drops(self) return self.p > 0 and (self.train ~= false or self.stochasticInference) end

--- Probability and factor for what flows through.
local function effect(self)
  if drops(self) then return self.p, self.v2 and 1 / (1 - self.p) or 1 end
  return 0, (self.v2 or self.train ~= false) and 1 or 1 - self.p
end

function Dropout:updateOutput(input)
  if drops(self) then self.key = C.dropoutKey() end
  if self.inplace then self.output:set(input) end
  local p, factor = effect(self)
  return C.dropoutForward(self, input, self.output, p, factor, self.whole_planes, self.key)
end

function Dropout:updateGradInput(input, gradOutput)
  if self.inplace then self.gradInput:set(gradOutput) end
  local p, factor = effect(self)
  return C.dropoutBackward(self, input, gradOutput, self.gradInput, p, factor, self.whole_planes,
    self.key)
end

--- Changes the probability.
-- @param p  from 0 to less than 1
-- @return the layer
function Dropout:setp(p)
  if not math.type(p) or not (p >= 0 and p < 1) then
    self:fail("'p' must be at least 0 and less than 1, got %s", tostring(p))
  end
  self.p = p
  return self
end

return Dropout
