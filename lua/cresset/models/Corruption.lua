local C = require("cresset.core").nn
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

local kinds = { mask = true, saltpepper = true, gaussian = true }

--- models.Corruption([kind = "mask"], [amount = 0.3]): damages its input in training, for networks
-- that learn to undo it (Vincent et al. 2008, "Extracting and composing robust features with
-- denoising autoencoders"); in evaluation lets everything through. Nothing is rescaled. Kinds:
--
--     "mask"        each element becomes 0 with probability amount
--     "saltpepper"  it becomes 0 or 1, as likely as not, with that probability
--     "gaussian"    normal noise is added, of standard deviation amount
local Corruption = layer("models.Corruption", {
  args = {
    { "kind", "string", default = "mask" },
    { "amount", "number", default = 0.3, min = 0 },
  },
  buffers = { "noise", "kept" },
  init = function(self)
    if not kinds[self.kind] then
      self:fail("'kind' must be \"mask\", \"saltpepper\" or \"gaussian\", got \"%s\"", self.kind)
    end
    if self.kind ~= "gaussian" and self.amount >= 1 then
      self:fail("'amount' must be below 1, got %g", self.amount)
    end
    self.key = 0
  end,
  tostring = function(self) return ("(%s, %g)"):format(self.kind, self.amount) end,
})

local function damages(self) return self.train ~= false and self.amount > 0 end

function Corruption:updateOutput(input)
  expect.tensor(self, input, "input", self.output:type())
  self.output:resizeAs(input)
  if not damages(self) or input:nElement() == 0 then return self.output:copy(input) end
  self.noise:resizeAs(input)
  if self.kind == "gaussian" then
    self.noise:normal(0, self.amount)
    return core.add(self.output, input, self.noise)
  end
  self.key = C.dropoutKey()
  C.dropoutForward(self, input, self.output, self.amount, 1, false, self.key)
  if self.kind == "mask" then return self.output end
  self.noise:fill(1)
  C.dropoutForward(self, self.noise, self.kept, self.amount, 1, false, self.key)
  self.noise:bernoulli(0.5)
  return self.output:add(self.noise):addcmul(-1, self.noise, self.kept)
end

function Corruption:updateGradInput(input, gradOutput)
  expect.like(self, gradOutput, expect.tensor(self, input, "input"), "gradOutput")
  if not damages(self) or self.kind == "gaussian" then
    return self.gradInput:resizeAs(gradOutput):copy(gradOutput)
  end
  C.dropoutBackward(self, input, gradOutput, self.gradInput, self.amount, 1, false, self.key)
  return self.gradInput
end

return Corruption
