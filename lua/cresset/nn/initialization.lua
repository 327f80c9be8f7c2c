--- Initial values for parameters: `nn.init.heNormal(layer.weight)`, `net:init("xavierUniform")`.
--
-- The functions change a tensor in place and return it. Fan-in and fan-out are the numbers of
-- connections into one output and out of one input: of a weight of size (out x in) those of a
-- linear layer, of (out x in x kernel sizes) those of a convolution.
local class = require("cresset.class")
local core = require("cresset.core")

local init = {}

local function fail(name, format, ...)
  error(("nn.init.%s: "):format(name) .. format:format(...), 3)
end

local function check_tensor(name, t)
  if not core.isTensor(t) then fail(name, "'tensor' must be a tensor, got %s", tostring(t)) end
  local word = t:type()
  if word ~= "torch.FloatTensor" and word ~= "torch.DoubleTensor" then
    fail(name, "'tensor' must be a torch.FloatTensor or a torch.DoubleTensor, got a %s", word)
  end
end

local function check_number(name, what, value, default)
  if value == nil then return default end
  if type(value) ~= "number" or value ~= value then
    fail(name, "'%s' must be a number, got %s", what, tostring(value))
  end
  return value
end

--- Fan-in and fan-out of a weight of at least two dimensions. `transposed` says that the first
-- dimension counts the inputs, as in a full (transposed) convolution.
function init.fans(tensor, transposed)
  check_tensor("fans", tensor)
  local dims = tensor:dim()
  if dims < 2 then fail("fans", "'tensor' must have at least 2 dimensions, got %d", dims) end
  local field = 1
  for d = 3, dims do field = field * tensor:size(d) end
  local out, into = tensor:size(1) * field, tensor:size(2) * field
  if transposed then return out, into end
  return into, out
end

local gains = {
  linear = function() return 1 end,
  sigmoid = function() return 1 end,
  tanh = function() return 5 / 3 end,
  relu = function() return math.sqrt(2) end,
  leakyReLU = function(slope) return math.sqrt(2 / (1 + (slope or 0.01) ^ 2)) end,
  selu = function() return 3 / 4 end,
}

--- The factor by which a layer before the nonlinearity should scale its weights: "linear",
-- "sigmoid" (1), "tanh" (5/3), "relu" (sqrt(2)), "leakyReLU" (sqrt(2 / (1 + slope^2))),
-- "selu" (3/4).
function init.gain(nonlinearity, slope)
  local gain = gains[nonlinearity]
  if not gain then
    fail("gain", "'nonlinearity' must be linear, sigmoid, tanh, relu, leakyReLU or selu, got %s",
      tostring(nonlinearity))
  end
  return gain(check_number("gain", "slope", slope))
end

--- Fills with one value.
function init.constant(tensor, value)
  check_tensor("constant", tensor)
  return tensor:fill(check_number("constant", "value", value, 0))
end

--- Fills with zeros.
function init.zeros(tensor)
  check_tensor("zeros", tensor)
  return tensor:fill(0)
end

--- Fills with ones.
function init.ones(tensor)
  check_tensor("ones", tensor)
  return tensor:fill(1)
end

--- Draws from [low, high), by default [0, 1).
function init.uniform(tensor, low, high)
  check_tensor("uniform", tensor)
  low, high = check_number("uniform", "low", low, 0), check_number("uniform", "high", high, 1)
  if low > high then fail("uniform", "'low' must not be above 'high', got %g and %g", low, high) end
  return tensor:uniform(low, high)
end

--- Draws from a normal distribution, by default of mean 0 and standard deviation 1.
function init.normal(tensor, mean, stdv)
  check_tensor("normal", tensor)
  mean, stdv = check_number("normal", "mean", mean, 0), check_number("normal", "stdv", stdv, 1)
  if stdv < 0 then fail("normal", "'stdv' must not be negative, got %g", stdv) end
  if stdv == 0 then return tensor:fill(mean) end
  return tensor:normal(mean, stdv)
end

local function xavier_stdv(name, tensor, gain, transposed)
  local into, out = init.fans(tensor, transposed)
  gain = check_number(name, "gain", gain, 1)
  if gain < 0 then fail(name, "'gain' must not be negative, got %g", gain) end
  return gain * math.sqrt(2 / math.max(1, into + out))
end

--- Uniform with standard deviation gain sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio 2010).
function init.xavierUniform(tensor, gain, transposed)
  check_tensor("xavierUniform", tensor)
  local bound = math.sqrt(3) * xavier_stdv("xavierUniform", tensor, gain, transposed)
  return tensor:uniform(-bound, bound)
end

--- Normal with standard deviation gain sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio 2010).
function init.xavierNormal(tensor, gain, transposed)
  check_tensor("xavierNormal", tensor)
  return init.normal(tensor, 0, xavier_stdv("xavierNormal", tensor, gain, transposed))
end

local function he_stdv(name, tensor, gain, mode, transposed)
  local into, out = init.fans(tensor, transposed)
  mode = mode or "fanIn"
  if mode ~= "fanIn" and mode ~= "fanOut" then
    fail(name, "'mode' must be \"fanIn\" or \"fanOut\", got %s", tostring(mode))
  end
  gain = check_number(name, "gain", gain, math.sqrt(2))
  if gain < 0 then fail(name, "'gain' must not be negative, got %g", gain) end
  return gain / math.sqrt(math.max(1, mode == "fanIn" and into or out))
end

--- Uniform with standard deviation gain / sqrt(fanIn), or fanOut for the mode "fanOut"; the gain is
-- sqrt(2), for ReLU, unless told otherwise (He et al. 2015).
function init.heUniform(tensor, gain, mode, transposed)
  check_tensor("heUniform", tensor)
  local bound = math.sqrt(3) * he_stdv("heUniform", tensor, gain, mode, transposed)
  return tensor:uniform(-bound, bound)
end

--- Normal with standard deviation gain / sqrt(fanIn), or fanOut for the mode "fanOut"; the gain is
-- sqrt(2), for ReLU, unless told otherwise (He et al. 2015).
function init.heNormal(tensor, gain, mode, transposed)
  check_tensor("heNormal", tensor)
  return init.normal(tensor, 0, he_stdv("heNormal", tensor, gain, mode, transposed))
end

--- Rows (or columns, where there are fewer) of length gain at right angles to each other, random
-- otherwise (Saxe, McClelland and Ganguli 2014). More than two dimensions count as (first x rest).
function init.orthogonal(tensor, gain)
  check_tensor("orthogonal", tensor)
  if tensor:dim() < 2 then
    fail("orthogonal", "'tensor' must have at least 2 dimensions, got %d", tensor:dim())
  end
  gain = check_number("orthogonal", "gain", gain, 1)
  local rows = tensor:size(1)
  local columns = rows > 0 and tensor:nElement() // rows or 0
  if rows == 0 or columns == 0 then return tensor end
  local long, short = math.max(rows, columns), math.min(rows, columns)
  local basis = core.nn.orthonormalize(tensor.new(short, long):normal(0, 1))
  if rows > columns then basis = basis:t():contiguous() end
  tensor:copy(basis:viewAs(tensor))
  if gain ~= 1 then core.nn.mulConstantForward(init, tensor, tensor, true, gain) end
  return tensor
end

init.glorotUniform, init.glorotNormal = init.xavierUniform, init.xavierNormal
init.kaimingUniform, init.kaimingNormal = init.heUniform, init.heNormal

local schemes = {
  constant = init.constant,
  uniform = init.uniform,
  normal = init.normal,
  orthogonal = init.orthogonal,
  xavierUniform = init.xavierUniform,
  xavierNormal = init.xavierNormal,
  heUniform = init.heUniform,
  heNormal = init.heNormal,
}
schemes.xavier, schemes.he = init.xavierNormal, init.heNormal
schemes.glorotUniform, schemes.glorotNormal = init.xavierUniform, init.xavierNormal
schemes.kaimingUniform, schemes.kaimingNormal = init.heUniform, init.heNormal

local takes_transposed = {
  [init.xavierUniform] = 2,
  [init.xavierNormal] = 2,
  [init.heUniform] = 3,
  [init.heNormal] = 3,
}

--- Gives every weight of a network (the field `weight` of at least two dimensions) new values by a
-- scheme named above, with the scheme's further arguments, and sets every bias to 0.
-- As a method: `net:init("heNormal")`, `net:init("normal", 0, 0.02)`.
-- @return net
function init.network(net, scheme, ...)
  if not class.isA(net, "nn.Module") then fail("network", "'net' must be an nn.Module") end
  local fill = schemes[scheme]
  if not fill then
    error(("%s: init: 'scheme' must be the name of a scheme, such as \"heNormal\", got %s")
      :format(tostring(net), tostring(scheme)), 2)
  end
  local given = table.pack(...)
  for _, module in ipairs(net:listModules()) do
    local weight = module.weight
    if weight and weight:dim() >= 2 then
      local at = takes_transposed[fill]
      if at then given[at] = module.__typename:find("Full", 1, true) ~= nil end
      fill(weight, table.unpack(given, 1, math.max(given.n, at or 0)))
      if module.bias then module.bias:fill(0) end
    end
  end
  return net
end

return init
