-- Transfer functions without arguments.
local transfer = require("cresset.nn.transfer")

--- Hyperbolic tangent, applied to every element of an input of any size.
local Tanh = transfer("nn.Tanh", "tanh", {})

--- Logistic function 1 / (1 + exp(-x)).
local Sigmoid = transfer("nn.Sigmoid", "sigmoid", {})

--- log(1 / (1 + exp(-x))), computed so that nothing overflows.
local LogSigmoid = transfer("nn.LogSigmoid", "logSigmoid", {})

--- x / (1 + |x|)
local SoftSign = transfer("nn.SoftSign", "softSign", {})

--- x - tanh(x)
local TanhShrink = transfer("nn.TanhShrink", "tanhShrink", {})

--- |x|
local Abs = transfer("nn.Abs", "abs", {})

--- exp(x)
local Exp = transfer("nn.Exp", "exp", {})

--- Natural logarithm.
local Log = transfer("nn.Log", "log", {})

--- Square root; the gradient at 0 is 0.
local Sqrt = transfer("nn.Sqrt", "sqrt", {})

--- x^2
local Square = transfer("nn.Square", "square", {})

--- x sigmoid(x), also called swish (Elfwing, Uchibe and Doya 2018).
local SiLU = transfer("nn.SiLU", "silu", {})

--- x tanh(log(1 + exp(x))) (Misra 2020).
local Mish = transfer("nn.Mish", "mish", {})

--- x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
local Hardswish = transfer("nn.Hardswish", "hardSwish", {})

--- min(max(x + 3, 0), 6) / 6
local Hardsigmoid = transfer("nn.Hardsigmoid", "hardSigmoid", {})

return {
  Tanh = Tanh,
  Sigmoid = Sigmoid,
  LogSigmoid = LogSigmoid,
  SoftSign = SoftSign,
  TanhShrink = TanhShrink,
  Abs = Abs,
  Exp = Exp,
  Log = Log,
  Sqrt = Sqrt,
  Square = Square,
  SiLU = SiLU,
  Mish = Mish,
  Hardswish = Hardswish,
  Hardsigmoid = Hardsigmoid,
}
