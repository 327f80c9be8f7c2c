local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Attention of several heads (Vaswani et al. 2017): linear layers make queries, keys and values,
-- every query gets the mean of the values weighted by the softmax of its products with the keys,
-- and a last linear layer mixes the heads.
--
--     nn.MultiHeadAttention(embedDim, numHeads, [dropout = 0], [bias = true], [kdim = embedDim],
--       [vdim = embedDim], [batchfirst = false], [causal = false])
--
-- Input {query, key, value}: (L x N x embedDim), (S x N x kdim), (S x N x vdim), or one tensor that
-- is all three. Output (L x N x embedDim). With `batchfirst` they begin with N. With `causal` a
-- query sees no key behind its own place. `dropout` acts on the weights in training. `attention`
-- has the last weights, (N numHeads x L x S).
--
-- weight, keyWeight, valueWeight and outWeight with their biases are those of the linear layers,
-- as of nn.Linear; PyTorch's in_proj_weight is the first three, one below the other.
local MultiHeadAttention = layer("nn.MultiHeadAttention", {
  args = {
    { "embedDim", "size" },
    { "numHeads", "size", max = 1 << 20 },
    { "dropout", "number", default = 0, min = 0, max = 1 },
    { "bias", "boolean", default = true, field = "hasBias" },
    { "kdim", "size", optional = true },
    { "vdim", "size", optional = true },
    { "batchfirst", "boolean", default = false },
    { "causal", "boolean", default = false },
  },
  parameters = function(self)
    local size, bias = self.embedDim, self.hasBias
    return {
      { "weight", size, size },
      { "keyWeight", size, self.kdim or size },
      { "valueWeight", size, self.vdim or size },
      { "outWeight", size, size },
      bias and { "bias", size },
      bias and { "keyBias", size },
      bias and { "valueBias", size },
      bias and { "outBias", size },
    }
  end,
  buffers = { "work", "attention" },
  multiplyAdds = function(self, input, output)
    local parts = type(input) == "table" and input or { input, input, input }
    local elements = output:nElement()
    for i = 1, 3 do elements = elements + parts[i]:nElement() end
    return elements * self.embedDim
      + 2 * self.attention:nElement() * self.embedDim // self.numHeads
  end,
  init = function(self)
    if self.embedDim % self.numHeads ~= 0 then
      self:fail("'embedDim' must be a multiple of 'numHeads', got %d and %d", self.embedDim,
        self.numHeads)
    end
    if self.dropout >= 1 then self:fail("'dropout' must be less than 1, got %g", self.dropout) end
    self.work = {}
  end,
  tostring = function(self)
    return ("(%d, %d heads%s)"):format(self.embedDim, self.numHeads,
      self.causal and ", causal" or "")
  end,
})

--- Draws new weights as PyTorch does: uniform with standard deviation sqrt(2 / (in + out)) for
-- queries, keys and values and 1 / sqrt(3 embedDim) for the last layer, or stdv; biases become 0.
function MultiHeadAttention:reset(stdv)
  local size = self.embedDim
  stdv = arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  for name, deviation in pairs({
    weight = math.sqrt(2 / (4 * size)),
    keyWeight = math.sqrt(2 / (3 * size + (self.kdim or size))),
    valueWeight = math.sqrt(2 / (3 * size + (self.vdim or size))),
    outWeight = 1 / math.sqrt(3 * size),
  }) do
    local bound = math.sqrt(3) * (stdv or deviation)
    self[name]:uniform(-bound, bound)
  end
  for _, name in ipairs({ "bias", "keyBias", "valueBias", "outBias" }) do
    if self[name] then self[name]:zero() end
  end
  return self
end

--- Sets which keys each query may see in the following calls, (L x S) or (N numHeads x L x S): a
-- torch.ByteTensor with 1 for what it may not, or numbers that are added to the products. nil: all.
-- Returns the layer.
function MultiHeadAttention:setMask(mask)
  if mask ~= nil then mask = expect.tensor(self, mask, "setMask: 'mask'"):contiguous() end
  self.mask, self.isByteMask = mask, mask ~= nil and mask:type() == "torch.ByteTensor"
  return self
end

--- Sets which keys of each sequence are padding, which no query sees: a torch.ByteTensor (N x S)
-- with 1 for these. nil: none. Returns the layer.
function MultiHeadAttention:setPaddingMask(mask)
  if mask ~= nil then mask = expect.tensor(self, mask, "setPaddingMask: 'mask'"):contiguous() end
  self.padding = mask
  return self
end

local projections = {
  { "queries", "weight", "bias", "embedDim" },
  { "keys", "keyWeight", "keyBias", "kdim" },
  { "values", "valueWeight", "valueBias", "vdim" },
}

local function buffer(self, name)
  local t = self.work[name]
  if not t then
    t = self.weight.new()
    self.work[name] = t
  end
  return t
end

local function flat(t) return t:view(t:nElement() // t:size(t:dim()), t:size(t:dim())) end

-- The three inputs, contiguous.
local function inputs_of(self, input)
  local list = input
  if type(input) ~= "table" then list = { input, input, input } end
  expect.tensors(self, list, "input", 3, false, self.weight:type())
  local result = {}
  for i, projection in ipairs(projections) do
    local t, size = list[i], self[projection[4]] or self.embedDim
    if t:dim() ~= 3 or t:size(3) ~= size or t:nElement() == 0 then
      self:fail("%s must be (%s x %d) and not empty, got %s", type(input) == "table"
        and ("input[%d]"):format(i) or "input", self.batchfirst and "N x T" or "T x N", size,
        expect.size_text(t))
    end
    result[i] = t:contiguous()
  end
  return result
end

local function byte(mask)
  return mask and mask:type() ~= "torch.ByteTensor" and mask:type("torch.ByteTensor") or mask
end

-- What ends every call of C.
local function rest(self)
  local mask = self.mask
  -- Masks of bytes that were converted together with the layer are bytes again.
  if mask and self.isByteMask then mask = byte(mask) end
  return self.numHeads, self.batchfirst, self.causal, 1 / math.sqrt(self.embedDim / self.numHeads),
    mask, byte(self.padding)
end

function MultiHeadAttention:updateOutput(input)
  local inputs = inputs_of(self, input)
  local projected = {}
  for i, projection in ipairs(projections) do
    local name, weight, bias = table.unpack(projection)
    local t, x = buffer(self, name), inputs[i]
    t:resize(x:size(1), x:size(2), self.embedDim)
    C.linearForward(self, flat(x), self[weight], self[bias], flat(t))
    projected[i] = t
  end
  C.attentionWeights(self, self.attention, projected[1], projected[2], rest(self))
  local weights = self.attention
  self.work.key = nil
  if self.dropout > 0 and self.train ~= false then
    self.work.key = C.dropoutKey()
    weights = C.dropoutForward(self, weights, buffer(self, "dropped"), self.dropout,
      1 / (1 - self.dropout), false, self.work.key)
  end
  local heads = C.attentionOutput(self, buffer(self, "heads"), weights, projected[3], rest(self))
  self.output:resize(heads:size(1), heads:size(2), self.embedDim)
  C.linearForward(self, flat(heads), self.outWeight, self.outBias, flat(self.output))
  return self.output
end

-- Gradients of the projections, kept for accGradParameters.
local function through_heads(self, gradOutput)
  local heads = buffer(self, "gradHeads"):resizeAs(gradOutput)
  C.linearBackward(self, flat(buffer(self, "heads")), flat(gradOutput), self.outWeight, flat(heads))
  local key, weights = self.work.key, self.attention
  local gradient = buffer(self, "gradWeights")
  C.attentionOutputBackward(self, gradient, buffer(self, "gradValues"), heads,
    key and buffer(self, "dropped") or weights, buffer(self, "values"), rest(self))
  if key then
    gradient = C.dropoutBackward(self, weights, gradient, buffer(self, "gradDropped"), self.dropout,
      1 / (1 - self.dropout), false, key)
  end
  C.attentionWeightsBackward(self, buffer(self, "gradQueries"), buffer(self, "gradKeys"), gradient,
    weights, buffer(self, "queries"), buffer(self, "keys"), rest(self))
end

local gradients = { "gradQueries", "gradKeys", "gradValues" }

function MultiHeadAttention:updateGradInput(input, gradOutput)
  local inputs = inputs_of(self, input)
  if not buffer(self, "queries"):isSameSizeAs(self.output) or self.output:nElement() == 0 then
    self:fail("call forward with this input first")
  end
  expect.like(self, gradOutput, self.output, "gradOutput")
  through_heads(self, gradOutput:contiguous())
  local results = {}
  for i, projection in ipairs(projections) do
    local into = buffer(self, "into" .. i):resizeAs(inputs[i])
    C.linearBackward(self, flat(inputs[i]), flat(buffer(self, gradients[i])),
      self[projection[2]], flat(into))
    results[i] = into
  end
  if type(input) ~= "table" then
    results = results[1]:add(results[2]):add(results[3])
  end
  self.gradInput = results
  return results
end

function MultiHeadAttention:accGradParameters(input, gradOutput, scale)
  local inputs = inputs_of(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  scale = scale or 1
  C.linearAccumulate(self, flat(buffer(self, "heads")), flat(gradOutput:contiguous()),
    self.gradOutWeight, self.gradOutBias, scale)
  for i, projection in ipairs(projections) do
    local gradient = buffer(self, gradients[i])
    if gradient:nElement() == 0 then self:fail("call updateGradInput with this input first") end
    C.linearAccumulate(self, flat(inputs[i]), flat(gradient),
      self[layer.gradientName(projection[2])],
      self.hasBias and self[layer.gradientName(projection[3])] or nil, scale)
  end
end

return MultiHeadAttention
