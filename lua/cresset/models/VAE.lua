local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")
local GaussianPenalty = require("cresset.models.GaussianPenalty")

local declared = {
  { "inputs", "size", default = 784 },
  { "hidden", "table", optional = true },
  { "latent", "size", default = 20 },
  { "classes", "count", default = 0 },
  { "output", "string", default = "binary", choices = { "binary", "gaussian" } },
  { "activation", "string", default = "ReLU", choices = { "ReLU", "ELU", "Tanh", "Sigmoid" } },
  { "beta", "number", default = 1, min = 0 },
}

--- models.VAE(options): a variational autoencoder (Kingma and Welling 2014, "Auto-encoding
-- variational Bayes"). The encoder gives mean and variance of a normal distribution of codes z for
-- each input x, one z is drawn, and the decoder gives the distribution of x for it. Training raises
-- the evidence lower bound of log p(x), in nats:
--
--     ELBO = E[log p(x | z)] - KL(q(z | x), N(0, 1))
--
-- With `classes` it is a conditional one (Sohn, Lee and Yan 2015): encoder and decoder are told the
-- label, so that one can ask for a class.
--
--     local vae = models.VAE { inputs = 784, latent = 2 }
--     local parameters, gradients = vae:getParameters()
--     optim.adam(function()
--       gradients:zero()
--       return vae:loss(x), gradients
--     end, parameters, config)
--     local drawn = vae:sample(100)
--
-- As a module it takes x, or { x, labels as rows of 0 and 1 }, and gives logits (binary) or means.
-- @param options  a table: inputs (784), hidden ({400}: sizes of the layers between, on the way up;
-- the way down has them in reverse), latent (20), classes (0), output ("binary": x from 0 to 1,
-- Bernoulli; "gaussian": of variance 1), activation ("ReLU"), beta (1: factor of the divergence;
-- Higgins et al. 2017)
local VAE, parent = class("models.VAE", "nn.Sequential")

local function add_layers(nn, net, sizes, activation)
  for k = 2, #sizes do net:add(nn.Linear(sizes[k - 1], sizes[k])):add(nn[activation]()) end
  return net
end

local function check_hidden(hidden)
  local sizes = {}
  for k = 1, #hidden do
    sizes[k] = arguments.check("models.VAE", { ("hidden[%d]"):format(k), "size" }, hidden[k])
  end
  if #sizes == 0 then error("models.VAE: 'hidden' must list a layer or more", 0) end
  return sizes
end

local function reversed(list)
  local result = {}
  for k = #list, 1, -1 do result[#result + 1] = list[k] end
  return result
end

-- The parts, in a fixed order: coder = { encoder, penalty, sampler }, decoder.
local function build(self, options, hidden)
  local nn = require("cresset.nn")
  local classes, latent = options.classes, options.latent
  local encoder, last = nn.Sequential(), hidden[#hidden]
  if classes > 0 then encoder:add(nn.JoinTable(2)) end
  add_layers(nn, encoder, { options.inputs + classes, table.unpack(hidden) }, options.activation)
  encoder:add(nn.ConcatTable():add(nn.Linear(last, latent)):add(nn.Linear(last, latent)))
  local coder = nn.Sequential():add(encoder):add(GaussianPenalty(options.beta))
    :add(nn.GaussianSampler())
  local decoder = add_layers(nn, nn.Sequential(), { latent + classes,
    table.unpack(reversed(hidden)) }, options.activation)
  decoder:add(nn.Linear(hidden[1], options.inputs))
  if classes > 0 then
    self:add(nn.ConcatTable():add(coder):add(nn.SelectTable(2))):add(nn.JoinTable(2))
  else
    self:add(coder)
  end
  self:add(decoder)
end

function VAE:__init(options)
  parent.__init(self)
  options = read_options("models.VAE", declared, options)
  if options.classes == 1 then error("models.VAE: 'classes' must be 0 or at least 2, got 1", 0) end
  local hidden = check_hidden(options.hidden or { 400 })
  self.inputs, self.latent, self.classes = options.inputs, options.latent, options.classes
  self.outputKind = options.output
  build(self, options, hidden)
  local is_bounded = options.activation == "Sigmoid" or options.activation == "Tanh"
  init.network(self, is_bounded and "xavierUniform" or "heNormal")
end

-- ---- the parts ----

local function coder_of(self)
  return self.classes > 0 and self:get(1):get(1) or self:get(1)
end

local function decoder_of(self) return self:get(self.classes > 0 and 3 or 2) end

local function fail(self, method, ...) arguments.fail_method(self, method, ...) end

local function type_of(self)
  return coder_of(self):get(1):get(self.classes > 0 and 2 or 1).weight:type()
end

local function check_rows(self, method, name, value, columns)
  if not core.isTensor(value) or value:type() ~= type_of(self) then
    fail(self, method, "'%s' must be a %s, got %s", name, type_of(self),
      arguments.describe(value))
  end
  local count = value:nElement()
  if value:dim() < 1 or count == 0 or count // value:size(1) ~= columns then
    fail(self, method, "'%s' must be (N x %d), got %s", name, columns, expect.size_text(value))
  end
  return value:contiguous():view(value:size(1), columns)
end

--- Labels as rows of 0 and 1; nil where the network takes none.
local function one_hot(self, method, labels, n)
  if self.classes == 0 then
    if labels ~= nil then fail(self, method, "the network takes no labels") end
    return nil
  end
  local fits = core.isTensor(labels) and labels:dim() == 1 and labels:size(1) == n
  if not fits then
    fail(self, method, "'labels' must be a tensor of %d labels, got %s", n,
      core.isTensor(labels) and expect.size_text(labels) or arguments.describe(labels))
  end
  labels = labels:long()
  if labels:min() < 1 or labels:max() > self.classes then
    fail(self, method, "'labels' must be from 1 to %d, got %d to %d", self.classes, labels:min(),
      labels:max())
  end
  return core.zeros(n, self.classes):type(type_of(self)):scatter(2, labels:view(n, 1), 1)
end

local function input_of(self, method, x, labels)
  x = check_rows(self, method, "x", x, self.inputs)
  local shown = one_hot(self, method, labels, x:size(1))
  return shown and { x, shown } or x, x
end

--- -E[log p(x | z)], on average over the rows, and its gradient to the decoder's output.
local function reconstruction_loss(self, output, x)
  local n, nn = x:size(1), require("cresset.nn")
  if not self.criterion or self.criterion:type() ~= x:type() then
    self.criterion = (self.outputKind == "binary" and nn.BCEWithLogitsCriterion(nil, false)
      or nn.MSECriterion(false)):type(x:type())
  end
  local sum, gradient = self.criterion:forward(output, x), self.criterion:backward(output, x)
  if self.outputKind == "binary" then return sum / n, gradient:mul(1 / n) end
  return (0.5 * sum / n) + 0.5 * self.inputs * math.log(2 * math.pi), gradient:mul(0.5 / n)
end

-- ---- learning ----

--- The loss to make small: -ELBO with `beta` times the divergence, on average over the rows. Goes
-- forward and backward, so the gradients are added to those that are there.
-- @param x  N x inputs, or N x ... with as many elements in a row
-- @param labels  N labels from 1, with classes
-- @return the loss, its part of reconstruction, and the divergence, in nats
function VAE:loss(x, labels)
  local input, rows = input_of(self, "loss", x, labels)
  local output = self:forward(input)
  local missed, gradient = reconstruction_loss(self, output, rows)
  local penalty = coder_of(self):get(2)
  local divergence = penalty.loss
  self:backward(input, gradient)
  return missed + penalty.strength * divergence, missed, divergence
end

--- The evidence lower bound of the rows' mean log probability, in nats, with one code drawn for
-- each; no gradients.
-- @param x  N x inputs
-- @param labels  N labels from 1, with classes
-- @return the bound, the expected log probability of x given the code, and the divergence
function VAE:elbo(x, labels)
  local input, rows = input_of(self, "elbo", x, labels)
  local coder = coder_of(self)
  local sampler = coder:get(3)
  local was_training = sampler.train
  sampler.train = true
  local output = self:forward(input)
  sampler.train = was_training
  local missed = reconstruction_loss(self, output, rows)
  return -missed - coder:get(2).loss, -missed, coder:get(2).loss
end

-- ---- using it ----

--- The distributions of the codes.
-- @param x  N x inputs
-- @param labels  N labels from 1, with classes
-- @return means and logarithms of the variances, new tensors of N x latent
function VAE:encode(x, labels)
  local input = input_of(self, "encode", x, labels)
  local codes = coder_of(self):get(1):forward(input)
  return codes[1]:clone(), codes[2]:clone()
end

--- What codes stand for: means of x, probabilities where binary.
-- @param z  N x latent
-- @param labels  N labels from 1, with classes
-- @return a new tensor, N x inputs
function VAE:decode(z, labels)
  z = check_rows(self, "decode", "z", z, self.latent)
  local shown = one_hot(self, "decode", labels, z:size(1))
  local means = decoder_of(self):forward(shown and core.cat(z, shown, 2) or z):clone()
  return self.outputKind == "binary" and means:sigmoid() or means
end

--- Draws codes from the standard normal distribution and decodes them.
-- @param n  how many; not needed with labels
-- @param labels  N labels from 1, with classes
-- @return a new tensor, N x inputs
function VAE:sample(n, labels)
  if self.classes > 0 and labels == nil and core.isTensor(n) then n, labels = nil, n end
  if n == nil and core.isTensor(labels) and labels:dim() == 1 then n = labels:size(1) end
  n = arguments.of_method(self, "sample", { "n", "size" }, n)
  local z = core.zeros():type(type_of(self)):resize(n, self.latent):normal(0, 1)
  return self:decode(z, labels)
end

return VAE
