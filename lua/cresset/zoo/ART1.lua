local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
require("cresset.zoo.FuzzyART")

--- ART 1 (Carpenter and Grossberg: A massively parallel architecture for a self-organizing neural
-- pattern recognition machine, 1987), with fast learning: categories of binary patterns. A category
-- is what all its patterns have in common. Of those that share at least `vigilance` of the
-- pattern's ones the one with the largest |x and w| / (choice + |w|) takes the pattern: w = x and
-- w. If there is none, a new one begins with it.
-- @param options  a table: `inputSize`; `vigilance` from 0 to 1 (0.75); `choice` (1);
--   `maxCategories` (10,000)
local ART1, parent = class("zoo.ART1", "zoo.FuzzyART")

ART1._declared = {
  { "inputSize", "size" },
  { "vigilance", "number", default = 0.75, min = 0, max = 1 },
  { "choice", "number", default = 1, min = 1e-9, max = 1e6 },
  { "maxCategories", "size", default = 10000 },
}

function ART1:__init(options)
  options = arguments.options("zoo.ART1", self._declared, options)
  parent.__init(self, options)
  self.complement, self.learningRate = false, 1
  self.codeSize = self.inputSize
  self.memory = self.memory:narrow(2, 1, self.inputSize):clone()
end

function ART1:_encode(method, inputs)
  local who = "zoo.ART1:" .. method
  local samples = check.binary_samples(who, "inputs", inputs, self.inputSize, self.memory)
  if samples:sum(2):min() == 0 then error(who .. ": each pattern must have a one", 0) end
  return samples
end

return ART1
