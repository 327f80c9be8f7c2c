local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local init = require("cresset.nn.initialization")
local read_options = require("cresset.models.options")
local Corruption = require("cresset.models.Corruption")

local units = { "Sigmoid", "Tanh", "ReLU", "ELU", "Identity" }

local declared = {
  { "sizes", "table", optional = true },
  { "activation", "string", default = "ReLU", choices = units },
  { "code", "string", default = "Identity", choices = units },
  { "output", "string", default = "Sigmoid", choices = units },
  { "corruption", "number", default = 0, min = 0 },
  { "kind", "string", default = "mask", choices = { "mask", "saltpepper", "gaussian" } },
}

--- models.Autoencoder(options): an encoder that squeezes its input (N x inputs) into a code, and a
-- decoder that gives it back (Hinton and Salakhutdinov 2006, "Reducing the dimensionality of data
-- with neural networks"); both are linear layers with an activation after each. Train it with its
-- input as target. With `corruption` it is a denoising autoencoder (Vincent et al. 2008): in
-- training it gets to see damaged input, see models.Corruption.
--
-- With sigmoid units alone it is hard to train from random weights when it is deep; `unroll` takes
-- weights that restricted Boltzmann machines learned. The first layer, get(1), is the encoder, the
-- second the decoder, each an nn.Sequential. Weights start by He's initialization, with Sigmoid and
-- Tanh by Glorot's.
-- @param options  a table: sizes ({784, 256, 32}: of the input, the layers between, the code),
-- activation ("ReLU"), code ("Identity": of the code units), output ("Sigmoid": of the decoder's
-- last layer), corruption (0), kind ("mask", "saltpepper" or "gaussian")
local Autoencoder, parent = class("models.Autoencoder", "nn.Sequential")

local function check_sizes(sizes)
  if #sizes < 2 or #sizes > 100 then
    error(("models.Autoencoder: 'sizes' must list 2 to 100 layers, got %d"):format(#sizes), 0)
  end
  local checked = {}
  for k = 1, #sizes do
    checked[k] = arguments.check("models.Autoencoder", { ("sizes[%d]"):format(k), "size" },
      sizes[k])
  end
  return checked
end

--- Linear layers from sizes[first] to sizes[last], with activations.
local function make_half(nn, net, sizes, first, last, inner, outer)
  local step = first < last and 1 or -1
  for k = first, last - step, step do
    net:add(nn.Linear(sizes[k], sizes[k + step]))
    local name = k + step == last and outer or inner
    if name ~= "Identity" then net:add(nn[name]()) end
  end
  return net
end

function Autoencoder:__init(options)
  parent.__init(self)
  options = read_options("models.Autoencoder", declared, options)
  local nn = require("cresset.nn")
  local sizes = check_sizes(options.sizes or { 784, 256, 32 })
  self.sizes = sizes
  local encoder = nn.Sequential()
  if options.corruption > 0 then encoder:add(Corruption(options.kind, options.corruption)) end
  make_half(nn, encoder, sizes, 1, #sizes, options.activation, options.code)
  local decoder = make_half(nn, nn.Sequential(), sizes, #sizes, 1, options.activation,
    options.output)
  self:add(encoder):add(decoder)
  local is_bounded = options.activation == "Sigmoid" or options.activation == "Tanh"
  init.network(self, is_bounded and "xavierUniform" or "heNormal")
end

local function part(self, method, index)
  local module = type(self.modules) == "table" and self.modules[index]
  if not class.isA(module, "nn.Module") then
    arguments.fail_method(self, method, "the network must have an encoder and a decoder")
  end
  return module
end

--- The codes of inputs: the encoder's output.
-- @param input  N x inputs
function Autoencoder:encode(input) return part(self, "encode", 1):forward(input) end

--- What codes stand for: the decoder's output.
-- @param code  N x code units
function Autoencoder:decode(code) return part(self, "decode", 2):forward(code) end

local function linear_layers(net)
  local found = {}
  for _, module in ipairs(net.modules) do
    if class.isA(module, "nn.Linear") then found[#found + 1] = module end
  end
  return found
end

local function check_machines(self, machines, count)
  machines = arguments.of_method(self, "unroll", { "machines", "table" }, machines)
  if #machines ~= count then
    arguments.fail_method(self, "unroll", "there must be %d machines, got %d", count, #machines)
  end
  for k = 1, count do
    local machine = machines[k]
    local fits = class.isA(machine, "zoo.RBM") and core.isTensor(machine.weight)
      and machine.weight:dim() == 2 and machine.weight:size(2) == self.sizes[k]
      and machine.weight:size(1) == self.sizes[k + 1]
    if not fits then
      arguments.fail_method(self, "unroll", "machine %d must be a zoo.RBM(%d -> %d), got %s", k,
        self.sizes[k], self.sizes[k + 1], class.isA(machine, "zoo.RBM") and tostring(machine)
          or arguments.describe(machine))
    end
  end
  return machines
end

--- Takes the weights of restricted Boltzmann machines that learned one after the other: W and the
-- hidden biases into the encoder, W' and the visible biases into the decoder. Their units should be
-- the network's: sigmoid ones (`activation` and `code`).
-- @param machines  a list of zoo.RBM, from sizes[k] to sizes[k + 1] each, such as the layers of a
-- zoo.DBN
-- @return the network
function Autoencoder:unroll(machines)
  local encoder = linear_layers(part(self, "unroll", 1))
  local decoder = linear_layers(part(self, "unroll", 2))
  local count = #self.sizes - 1
  machines = check_machines(self, machines, count)
  for k, machine in ipairs(machines) do
    local up, down = encoder[k], decoder[count + 1 - k]
    up.weight:copy(machine.weight)
    up.bias:copy(machine.hiddenBias)
    down.weight:copy(machine.weight:t())
    down.bias:copy(machine.visibleBias)
  end
  return self
end

return Autoencoder
