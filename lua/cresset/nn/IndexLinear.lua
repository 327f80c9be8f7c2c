local C = require("cresset.core").nn
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

--- A fully connected layer of sparse inputs, given by keys (LongTensors, from 1 + keysOffset to
-- inputSize + keysOffset) and values: {keys, values} is one sample, {{keys, ...}, {values, ...}} a
-- batch, {keys, values, sizes} a batch whose samples follow one another, sizes (a LongTensor; or
-- the number of keys, for one sample) of them. Output (outputSize) or (N x outputSize).
--
-- gradInput is an empty table unless doGradInput is true; then it has the form of the input, with
-- the values' gradients and no others. With normalize = true, each value is first divided by the
-- largest magnitude that its key has had in training, and a bias of the key is added
-- (`featureBias`); `largest` holds the magnitudes. `weight` is inputSize x outputSize, `bias`
-- outputSize.
local IndexLinear = layer("nn.IndexLinear", {
  args = {
    { "inputSize", "size" }, { "outputSize", "size" },
    { "doGradInput", "boolean", default = false },
    { "keysOffset", "integer", default = 0 },
    { "givenWeight", "tensor", optional = true },
    { "givenBias", "tensor", optional = true },
    { "normalize", "boolean", default = false },
  },
  parameters = function(self)
    return {
      { "weight", self.inputSize, self.outputSize }, { "bias", self.outputSize },
      self.normalize and { "featureBias", self.inputSize },
    }
  end,
  state = { "largest" },
  buffers = { "scaled", "valueGradient" },
  init = function(self)
    self.gradInput = {}
    self.largest = self.weight.new(self.normalize and self.inputSize or 0):zero()
  end,
  tostring = function(self) return ("(%d -> %d)"):format(self.inputSize, self.outputSize) end,
})

--- Draws the weight from [-1/sqrt(outputSize), 1/sqrt(outputSize)], or with the given standard
-- deviation; the bias is a millionth of that, the keys' biases 0. Tensors given to the constructor
-- are taken as they are, without a copy.
function IndexLinear:reset(stdv)
  uniform(self, stdv, 1 / math.sqrt(self.outputSize), "weight", "bias")
  self.bias:mul(1e-6)
  if self.featureBias then self.featureBias:zero() end
  for _, name in ipairs { "weight", "bias" } do
    local field = name == "weight" and "givenWeight" or "givenBias"
    if self[field] then
      self[name] = expect.like(self, self[field], self[name], "'" .. name .. "'")
      self[field] = nil
    end
  end
  return self
end

local function check_pair(self, keys, values, what)
  expect.tensor(self, keys, what .. " keys", "torch.LongTensor")
  expect.tensor(self, values, what .. " values", self.weight:type())
  if keys:dim() ~= 1 or not keys:isSameSizeAs(values) then
    self:fail("%s keys and values must be (n) both, got %s and %s", what, expect.size_text(keys),
      expect.size_text(values))
  end
end

local function joined(list) return #list == 1 and list[1] or core.cat(list, 1) end

--- Keys, values, sizes (nil for one sample) and "one", "list" or "flat".
local function flattened(self, input)
  expect.table(self, input, "input", 2, true)
  local keys, values, sizes = input[1], input[2], input[3]
  if sizes ~= nil then
    check_pair(self, keys, values, "input's")
    if math.type(sizes) == "integer" then
      if sizes == keys:size(1) then return keys, values, nil, "one" end
      self:fail("input's size must be the number of keys, %d, got %d", keys:size(1), sizes)
    end
    return keys, values, expect.tensor(self, sizes, "input's sizes", "torch.LongTensor"), "flat"
  end
  if core.isTensor(keys) then
    check_pair(self, keys, values, "input's")
    return keys, values, nil, "one"
  end
  expect.table(self, keys, "input[1]", 1, true)
  expect.table(self, values, "input[2]", #keys)
  local counts = {}
  for i = 1, #keys do
    check_pair(self, keys[i], values[i], ("sample %d's"):format(i))
    counts[i] = keys[i]:size(1)
  end
  return joined(keys), joined(values), core.LongTensor(counts), "list"
end

--- The keys counted from 1, checked.
local function places_of(self, keys)
  local places = keys - self.keysOffset
  if places:nElement() > 0 and (places:min() < 1 or places:max() > self.inputSize) then
    self:fail("keys must hold whole numbers from %d to %d, got %d", self.keysOffset + 1,
      self.keysOffset + self.inputSize, places:min() < 1 and keys:min() or keys:max())
  end
  return places
end

--- The values divided by the largest of their keys and with the keys' biases. In training, larger
-- ones are noted first.
local function normalized(self, keys, values)
  if not self.normalize or values:nElement() == 0 then return values end
  local places = places_of(self, keys)
  if self.train then
    for i = 1, places:size(1) do
      local at, magnitude = places[i], math.abs(values[i])
      if magnitude > self.largest[at] then self.largest[at] = magnitude end
    end
  end
  local divisors = self.largest:index(1, places)
  divisors:maskedFill(divisors:eq(0), 1)
  self.scaled:resizeAs(values):copy(values):cdiv(divisors)
  return self.scaled:add(self.featureBias:index(1, places)), places, divisors
end

function IndexLinear:updateOutput(input)
  local keys, values, sizes, form = flattened(self, input)
  C.sparseForward(self, keys, normalized(self, keys, values), sizes, self.keysOffset, self.weight,
    self.bias, self.output)
  return form == "one" and self.output:resize(self.outputSize) or self.output
end

local function rows(self, gradOutput, form)
  expect.like(self, gradOutput, self.output, "gradOutput")
  return form == "one" and gradOutput:unsqueeze(1) or gradOutput
end

--- The gradient of each (normalized) value.
local function value_gradient(self, keys, values, sizes, g)
  return C.sparseBackward(self, keys, values, sizes, self.keysOffset, self.weight, g,
    self.valueGradient)
end

function IndexLinear:updateGradInput(input, gradOutput)
  local keys, values, sizes, form = flattened(self, input)
  local g = rows(self, gradOutput, form)
  self.gradInput = {}
  if not self.doGradInput then return self.gradInput end
  local of_values = value_gradient(self, keys, values, sizes, g):clone()
  local _, _, divisors = normalized(self, keys, values)
  if divisors then of_values:cdiv(divisors) end
  if form ~= "list" then
    self.gradInput = { keys:clone():zero(), of_values }
    return self.gradInput
  end
  self.gradInput = { {}, {} }
  local at = 1
  for i, sample in ipairs(input[1]) do
    local count = sample:size(1)
    self.gradInput[1][i] = sample:clone():zero()
    self.gradInput[2][i] = count > 0 and of_values:narrow(1, at, count) or of_values.new(0)
    at = at + count
  end
  return self.gradInput
end

function IndexLinear:accGradParameters(input, gradOutput, scale)
  local keys, values, sizes, form = flattened(self, input)
  local g = rows(self, gradOutput, form)
  local scaled, places = normalized(self, keys, values)
  C.sparseAccumulate(self, keys, scaled, sizes, self.keysOffset, self.gradWeight, g, scale or 1)
  self.gradBias:add(scale or 1, g:sum(1):view(-1))
  if places then
    local of_values = value_gradient(self, keys, scaled, sizes, g)
    self.gradFeatureBias:indexAdd(1, places, of_values:mul(scale or 1))
  end
end

return IndexLinear
