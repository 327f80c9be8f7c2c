--- What nn.Dropout and its spatial and volumetric forms share.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

local function drops(self)
  return self.p > 0 and (self.train ~= false or self.stochasticInference)
end

--- Probability and factor for what flows through.
local function effect(self)
  if drops(self) then return self.p, self.v2 and 1 / (1 - self.p) or 1 end
  return 0, (self.v2 or self.train ~= false) and 1 or 1 - self.p
end

local function check_probability(self, p)
  if not math.type(p) or not (p >= 0 and p < 1) then
    self:fail("'p' must be at least 0 and less than 1, got %s", tostring(p))
  end
end

--- Declares the class `name`.
-- @param args  the constructor's arguments
-- @param plane_dims  2 or 3 when each plane of so many dimensions is kept or dropped as a whole
-- @param init  called with the new object
return function(name, args, plane_dims, init)
  local Dropout = layer(name, {
    args = args,
    init = function(self)
      check_probability(self, self.p)
      init(self)
      self.key = 0
    end,
    tostring = function(self) return ("(%g)"):format(self.p) end,
  })

  function Dropout:updateOutput(input)
    if drops(self) then self.key = C.dropoutKey() end
    local p, factor = effect(self)
    local output = self.inplace and input or self.output
    C.dropoutForward(self, input, output, p, factor, plane_dims, self.key)
    if self.inplace then self.output:set(input) end
    return self.output
  end

  function Dropout:updateGradInput(input, gradOutput)
    local p, factor = effect(self)
    local gradInput = self.inplace and gradOutput or self.gradInput
    C.dropoutBackward(self, input, gradOutput, gradInput, p, factor, plane_dims, self.key)
    if self.inplace then self.gradInput:set(gradOutput) end
    return self.gradInput
  end

  --- Changes the probability.
  -- @param p  from 0 to less than 1
  -- @return the layer
  function Dropout:setp(p)
    check_probability(self, p)
    self.p = p
    return self
  end

  return Dropout
end
