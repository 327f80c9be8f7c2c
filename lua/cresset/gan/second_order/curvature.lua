--- Second derivatives of transfer functions: class name -> function(layer, x, y) that gives f''(x),
-- a new tensor of x's size, for y = f(x). Functions made of straight lines have none.
local core = require("cresset.core")

local curvature = {}

local function sigmoid(x) return core.sigmoid(x) end

-- s (1 - s)
local function slope_of_sigmoid(s) return core.cmul(s, s):mul(-1):add(s) end

-- 1 - y^2
local function slope_of_tanh(y) return core.cmul(y, y):mul(-1):add(1) end

curvature["nn.Tanh"] = function(_, _, y) return slope_of_tanh(y):cmul(y):mul(-2) end

-- y = a tanh(b x): -2 b^2 y (1 - (y / a)^2)
curvature["nn.ScaledTanh"] = function(layer, _, y)
  return slope_of_tanh(y / layer.amplitude):cmul(y):mul(-2 * layer.slope ^ 2)
end

-- x - tanh(x)
curvature["nn.TanhShrink"] = function(_, x)
  local tanh = core.tanh(x)
  return slope_of_tanh(tanh):cmul(tanh):mul(2)
end

-- y (1 - y) (1 - 2 y)
curvature["nn.Sigmoid"] = function(_, _, y)
  return slope_of_sigmoid(y):cmul(core.mul(y, -2):add(1))
end

curvature["nn.LogSigmoid"] = function(_, x) return slope_of_sigmoid(sigmoid(x)):mul(-1) end

-- beta s (1 - s), s = sigmoid(beta x); 0 on the straight part
curvature["nn.SoftPlus"] = function(layer, x)
  local scaled = x * layer.beta
  local result = slope_of_sigmoid(sigmoid(scaled)):mul(layer.beta)
  return result:maskedFill(scaled:gt(layer.threshold), 0)
end

-- s (1 - s) (2 + x (1 - 2 s))
curvature["nn.SiLU"] = function(_, x)
  local s = sigmoid(x)
  return core.mul(s, -2):add(1):cmul(x):add(2):cmul(slope_of_sigmoid(s))
end

-- Left of 0: y + alpha
curvature["nn.ELU"] = function(layer, x, y)
  return core.add(y, layer.alpha):maskedFill(x:gt(0), 0)
end

curvature["nn.SELU"] = function(layer, x, y)
  return core.add(y, layer.a * layer.b):maskedFill(x:gt(0), 0)
end

-- phi(x) (2 - x^2) with the normal density phi
local function gelu(x)
  local square = core.cmul(x, x)
  local density = core.mul(square, -0.5):exp():div(math.sqrt(2 * math.pi))
  return square:mul(-1):add(2):cmul(density)
end

-- x (1 + T) / 2 with T = tanh(u), u = c (x + k x^3): (1 - T^2) (u' + x (u'' / 2 - T u'^2))
local function gelu_tanh(x)
  local c, k = math.sqrt(2 / math.pi), 0.044715
  local square = core.cmul(x, x)
  local tanh = core.mul(square, k):add(1):cmul(x):mul(c):tanh()
  local du = square:mul(3 * k):add(1):mul(c)
  local inner = core.mul(x, 3 * c * k):add(-1, core.cmul(tanh, du):cmul(du))
  return slope_of_tanh(tanh):cmul(inner:cmul(x):add(du))
end

curvature["nn.GELU"] = function(layer, x)
  return layer.approximate == "tanh" and gelu_tanh(x) or gelu(x)
end

-- x w, w = tanh(softplus(x)), s = sigmoid(x):
-- (1 - w^2) s (2 + x (1 - s - 2 w s))
curvature["nn.Mish"] = function(_, x)
  local s = sigmoid(x)
  local softplus = sigmoid(-x):log():mul(-1)
  local w = softplus:tanh()
  local inner = core.mul(w, 2):add(1):cmul(s):mul(-1):add(1):cmul(x):add(2)
  return slope_of_tanh(w):cmul(s):cmul(inner)
end

-- -2 sign(x) / (1 + |x|)^3
curvature["nn.SoftSign"] = function(_, x)
  local power = core.abs(x):add(1):pow(-3)
  return power:cmul(core.sign(x)):mul(-2)
end

curvature["nn.Square"] = function(_, x) return x.new():resizeAs(x):fill(2) end

curvature["nn.Exp"] = function(_, _, y) return y:clone() end

return curvature
