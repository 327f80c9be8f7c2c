-- Transfer functions without arguments.
local transfer = require("cresset.nn.transfer")

local simple = {}

--- Hyperbolic tangent, applied to every element of an input of any size.
simple.Tanh = transfer("nn.Tanh", "tanh", {})

--- Logistic function 1 / (1 + exp(-x)).
simple.Sigmoid = transfer("nn.Sigmoid", "sigmoid", {})

--- log(1 / (1 + exp(-x))), computed so that nothing overflows.
simple.LogSigmoid = transfer("nn.LogSigmoid", "logSigmoid", {})

--- x / (1 + |x|)
simple.SoftSign = transfer("nn.SoftSign", "softSign", {})

--- x - tanh(x)
simple.TanhShrink = transfer("nn.TanhShrink", "tanhShrink", {})

--- |x|
simple.Abs = transfer("nn.Abs", "abs", {})

--- exp(x)
simple.Exp = transfer("nn.Exp", "exp", {})

--- Natural logarithm.
simple.Log = transfer("nn.Log", "log", {})

--- Square root; the gradient at 0 is 0.
simple.Sqrt = transfer("nn.Sqrt", "sqrt", {})

--- x^2
simple.Square = transfer("nn.Square", "square", {})

--- x sigmoid(x), also called swish (Elfwing, Uchibe and Doya 2018).
simple.SiLU = transfer("nn.SiLU", "silu", {})

--- x tanh(log(1 + exp(x))) (Misra 2020).
simple.Mish = transfer("nn.Mish", "mish", {})

--- x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
simple.Hardswish = transfer("nn.Hardswish", "hardSwish", {})

--- min(max(x + 3, 0), 6) / 6
simple.Hardsigmoid = transfer("nn.Hardsigmoid", "hardSigmoid", {})

return simple
