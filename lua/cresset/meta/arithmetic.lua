---@meta
local cresset, Tensor = {}, {}

--- Sum: `cresset.add(a, b)` is a + b, `cresset.add(a, value, b)` is a + value * b, where a or b may
--- be a number. Sizes are broadcast; both must have one type. The methods change their tensor.
---@param res? Tensor takes the result
---@param a Tensor|number
---@param value? number scales b
---@param b Tensor|number
---@return Tensor
function cresset.add(res, a, value, b) end
function Tensor:add(a, value, b) end

--- Difference: a - b, or a - value * b; see add.
---@return Tensor
function cresset.csub(res, a, value, b) end
function Tensor:csub(a, value, b) end

--- Product, element by element: a * b, where one may be a number.
---@return Tensor
function cresset.mul(res, a, b) end
function Tensor:mul(a, b) end

--- Product, element by element; the same as mul.
---@return Tensor
function cresset.cmul(res, a, b) end
function Tensor:cmul(a, b) end

--- Quotient, element by element: a / b, where one may be a number. Integers are divided as C
--- does, truncating; a division by zero gives 0.
---@return Tensor
function cresset.div(res, a, b) end
function Tensor:div(a, b) end

--- Quotient, element by element; the same as div.
---@return Tensor
function cresset.cdiv(res, a, b) end
function Tensor:cdiv(a, b) end

--- Power: a ^ b, where one may be a number; of two numbers, a number.
---@return Tensor
function cresset.pow(res, a, b) end
function Tensor:pow(a, b) end

--- Power, element by element; the same as pow.
---@return Tensor
function cresset.cpow(res, a, b) end
function Tensor:cpow(a, b) end

--- The larger one of two, element by element; NaN where one is NaN.
---@return Tensor
function cresset.cmax(res, a, b) end
function Tensor:cmax(a, b) end

--- The smaller one of two, element by element; NaN where one is NaN.
---@return Tensor
function cresset.cmin(res, a, b) end
function Tensor:cmin(a, b) end

--- Remainder of a / b with the sign of a, element by element.
---@return Tensor
function cresset.fmod(res, a, b) end
function Tensor:fmod(a, b) end

--- Remainder with the sign of a; the same as fmod.
---@return Tensor
function cresset.mod(res, a, b) end
function Tensor:mod(a, b) end

--- Remainder with the sign of a; the same as fmod.
---@return Tensor
function cresset.cmod(res, a, b) end
function Tensor:cmod(a, b) end

--- Remainder with the sign of a; the same as fmod.
---@return Tensor
function cresset.cfmod(res, a, b) end
function Tensor:cfmod(a, b) end

--- Remainder of a / b with the sign of b, element by element, as Lua's %.
---@return Tensor
function cresset.remainder(res, a, b) end
function Tensor:remainder(a, b) end

--- Remainder with the sign of b; the same as remainder.
---@return Tensor
function cresset.cremainder(res, a, b) end
function Tensor:cremainder(a, b) end

--- The angle of the point (b, a), from -pi to pi; of two numbers, a number.
---@return Tensor
function cresset.atan2(res, a, b) end
function Tensor:atan2(a, b) end

--- t + value * a * b, element by element; value is 1 unless given.
---@return Tensor
function cresset.addcmul(res, t, value, a, b) end
function Tensor:addcmul(t, value, a, b) end

--- t + value * a / b, element by element; value is 1 unless given.
---@return Tensor
function cresset.addcdiv(res, t, value, a, b) end
function Tensor:addcdiv(t, value, a, b) end

--- Brings all elements between low and high.
---@param low number
---@param high number not below low
---@return Tensor
function cresset.clamp(res, t, low, high) end
function Tensor:clamp(t, low, high) end

--- Linear interpolation: a + weight * (b - a); of three numbers, a number.
---@return Tensor
function cresset.lerp(res, a, b, weight) end
function Tensor:lerp(a, b, weight) end

--- 1 where a is less than b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.lt(res, a, b) end
function Tensor:lt(a, b) end

--- 1 where a is greater than b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.gt(res, a, b) end
function Tensor:gt(a, b) end

--- 1 where a is at most b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.le(res, a, b) end
function Tensor:le(a, b) end

--- 1 where a is at least b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.ge(res, a, b) end
function Tensor:ge(a, b) end

--- 1 where a is equal to b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.eq(res, a, b) end
function Tensor:eq(a, b) end

--- 1 where a is different from b, else 0, as a torch.ByteTensor; b may be a number.
---@return Tensor
function cresset.ne(res, a, b) end
function Tensor:ne(a, b) end

--- -x.
---@return Tensor
function cresset.neg(res, x) end
function Tensor:neg(x) end

--- The absolute value.
---@return Tensor
function cresset.abs(res, x) end
function Tensor:abs(x) end

--- x * x.
---@return Tensor
function cresset.square(res, x) end
function Tensor:square(x) end

--- -1, 0 or 1.
---@return Tensor
function cresset.sign(res, x) end
function Tensor:sign(x) end

--- The square root. For float32 and float64.
---@return Tensor
function cresset.sqrt(res, x) end
function Tensor:sqrt(x) end

--- 1 / sqrt(x). For float32 and float64.
---@return Tensor
function cresset.rsqrt(res, x) end
function Tensor:rsqrt(x) end

--- 1 / x. For float32 and float64.
---@return Tensor
function cresset.reciprocal(res, x) end
function Tensor:reciprocal(x) end

--- e to the power of x. For float32 and float64. This and the other functions of one argument take
--- a number too, and then give a number.
---@return Tensor
function cresset.exp(res, x) end
function Tensor:exp(x) end

--- exp(x) - 1, exact near 0. For float32 and float64.
---@return Tensor
function cresset.expm1(res, x) end
function Tensor:expm1(x) end

--- The natural logarithm. For float32 and float64.
---@return Tensor
function cresset.log(res, x) end
function Tensor:log(x) end

--- log(1 + x), exact near 0. For float32 and float64.
---@return Tensor
function cresset.log1p(res, x) end
function Tensor:log1p(x) end

--- The logarithm to base 2. For float32 and float64.
---@return Tensor
function cresset.log2(res, x) end
function Tensor:log2(x) end

--- The logarithm to base 10. For float32 and float64.
---@return Tensor
function cresset.log10(res, x) end
function Tensor:log10(x) end

--- The hyperbolic tangent. For float32 and float64.
---@return Tensor
function cresset.tanh(res, x) end
function Tensor:tanh(x) end

--- 1 / (1 + exp(-x)). For float32 and float64.
---@return Tensor
function cresset.sigmoid(res, x) end
function Tensor:sigmoid(x) end

--- The error function. For float32 and float64.
---@return Tensor
function cresset.erf(res, x) end
function Tensor:erf(x) end

--- The sine of an angle in radians. For float32 and float64.
---@return Tensor
function cresset.sin(res, x) end
function Tensor:sin(x) end

--- The cosine of an angle in radians. For float32 and float64.
---@return Tensor
function cresset.cos(res, x) end
function Tensor:cos(x) end

--- The tangent of an angle in radians. For float32 and float64.
---@return Tensor
function cresset.tan(res, x) end
function Tensor:tan(x) end

--- The inverse sine, in radians. For float32 and float64.
---@return Tensor
function cresset.asin(res, x) end
function Tensor:asin(x) end

--- The inverse cosine, in radians. For float32 and float64.
---@return Tensor
function cresset.acos(res, x) end
function Tensor:acos(x) end

--- The inverse tangent, in radians. For float32 and float64.
---@return Tensor
function cresset.atan(res, x) end
function Tensor:atan(x) end

--- The hyperbolic sine. For float32 and float64.
---@return Tensor
function cresset.sinh(res, x) end
function Tensor:sinh(x) end

--- The hyperbolic cosine. For float32 and float64.
---@return Tensor
function cresset.cosh(res, x) end
function Tensor:cosh(x) end

--- The largest integer that is at most x. For float32 and float64.
---@return Tensor
function cresset.floor(res, x) end
function Tensor:floor(x) end

--- The smallest integer that is at least x. For float32 and float64.
---@return Tensor
function cresset.ceil(res, x) end
function Tensor:ceil(x) end

--- The nearest integer; halves go away from 0. For float32 and float64.
---@return Tensor
function cresset.round(res, x) end
function Tensor:round(x) end

--- x without its fraction. For float32 and float64.
---@return Tensor
function cresset.trunc(res, x) end
function Tensor:trunc(x) end

--- The fraction of x, with its sign. For float32 and float64.
---@return Tensor
function cresset.frac(res, x) end
function Tensor:frac(x) end

--- Difference: a - b, or a - value * b; the same as csub. (Tensor:sub is a view.)
---@return Tensor
function cresset.sub(res, a, value, b) end

--- 1 / x; the same as reciprocal. For float32 and float64.
---@return Tensor
function cresset.cinv(res, x) end
function Tensor:cinv(x) end

--- The inverse hyperbolic sine. For float32 and float64.
---@return Tensor
function cresset.asinh(res, x) end
function Tensor:asinh(x) end

--- The inverse hyperbolic cosine. For float32 and float64.
---@return Tensor
function cresset.acosh(res, x) end
function Tensor:acosh(x) end

--- The inverse hyperbolic tangent. For float32 and float64.
---@return Tensor
function cresset.atanh(res, x) end
function Tensor:atanh(x) end

--- All bits turned over. For integers; the operator ~.
---@return Tensor
function cresset.bitnot(res, x) end
function Tensor:bitnot(x) end

--- The quotient rounded down, as Lua's //; integers divided by zero give 0.
---@return Tensor
function cresset.floorDivide(res, a, b) end
function Tensor:floorDivide(a, b) end

--- Bitwise and, where b may be a number. For integers; the operator &.
---@return Tensor
function cresset.bitand(res, a, b) end
function Tensor:bitand(a, b) end

--- Bitwise and; the same as bitand.
---@return Tensor
function cresset.cbitand(res, a, b) end
function Tensor:cbitand(a, b) end

--- Bitwise or, where b may be a number. For integers; the operator |.
---@return Tensor
function cresset.bitor(res, a, b) end
function Tensor:bitor(a, b) end

--- Bitwise or; the same as bitor.
---@return Tensor
function cresset.cbitor(res, a, b) end
function Tensor:cbitor(a, b) end

--- Bitwise exclusive or, where b may be a number. For integers; the operator ~.
---@return Tensor
function cresset.bitxor(res, a, b) end
function Tensor:bitxor(a, b) end

--- Bitwise exclusive or; the same as bitxor.
---@return Tensor
function cresset.cbitxor(res, a, b) end
function Tensor:cbitxor(a, b) end

--- a shifted left by b bits, counted modulo the type's width; a * 2^b for float32 and float64. The
--- operator <<.
---@return Tensor
function cresset.lshift(res, a, b) end
function Tensor:lshift(a, b) end

--- a shifted left; the same as lshift.
---@return Tensor
function cresset.clshift(res, a, b) end
function Tensor:clshift(a, b) end

--- a shifted right by b bits, counted modulo the type's width, filled with zeros; a / 2^b for
--- float32 and float64. The operator >>.
---@return Tensor
function cresset.rshift(res, a, b) end
function Tensor:rshift(a, b) end

--- a shifted right; the same as rshift.
---@return Tensor
function cresset.crshift(res, a, b) end
function Tensor:crshift(a, b) end

--- 1 where x is not a number, else 0, as a torch.ByteTensor.
---@return Tensor
function cresset.isnan(res, x) end
function Tensor:isnan(x) end

--- 1 where x is infinite, else 0, as a torch.ByteTensor.
---@return Tensor
function cresset.isinf(res, x) end
function Tensor:isinf(x) end

--- 1 where x is neither infinite nor NaN, else 0, as a torch.ByteTensor.
---@return Tensor
function cresset.isfinite(res, x) end
function Tensor:isfinite(x) end

--- Whether both have the same type, size and elements (NaN differs from itself). The operator ==.
--- The operators < and <= are true when the comparison holds for every element, a .. b joins two
--- tensors with cat and makes a string of a tensor and a string.
---@param a Tensor
---@param b Tensor
---@return boolean
function cresset.equal(a, b) end
function Tensor:equal(b) end

--- Elements of a where the condition is not 0, of b elsewhere: `cresset.where([res,] condition, a,
--- b)`, `a:where(condition, b)`. The sizes are broadcast; a or b may be a number.
---@param condition Tensor a torch.ByteTensor
---@param a Tensor|number
---@param b Tensor|number
---@return Tensor
function cresset.where(res, condition, a, b) end
function Tensor:where(condition, b) end

return { cresset, Tensor }
