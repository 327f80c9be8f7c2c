--- What nn.AddConstant and nn.MulConstant share: a constant that is a number, or a tensor over the
-- input's last dimensions.
local arguments = require("cresset.nn.arguments")
local broadcast = require("cresset.nn.broadcast")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local transfer = require("cresset.nn.transfer")

local function is_tensor(self) return core.isTensor(self.constant_scalar) end

local function check(self)
  local constant = self.constant_scalar
  if math.type(constant) or core.isTensor(constant) and constant:nElement() > 0 then return end
  error(("%s: 'constant_scalar' must be a number or a tensor with elements, got %s")
    :format(self.__typename, arguments.describe(constant)), 0)
end

local function over(self, input)
  return broadcast.over(self, self.constant_scalar, input, "the constant")
end

--- Declares the class.
-- @param operations  forward and backward: names of tensors' methods; backward is nil where the
--                    gradient is that of the output. undo(input, tensor) and restore(self, input,
--                    number) take forward back in place, unless the number is `lost`
return function(name, kernel, operations)
  local Constant = transfer(name, kernel, {
    args = {
      { "constant_scalar", "any" },
      { "inplace", "boolean", default = false },
    },
    a = "constant_scalar",
    init = check,
    tostring = function(self)
      if not is_tensor(self) then return ("(%g)"):format(self.constant_scalar) end
      return expect.size_text(self.constant_scalar)
    end,
  })
  local forward, backward = Constant.updateOutput, Constant.updateGradInput

  function Constant:updateOutput(input)
    if not is_tensor(self) then return forward(self, input) end
    local constant = over(self, input)
    if self.inplace then self.output:set(input) else self.output:resizeAs(input) end
    return self.output[operations.forward](self.output, input, constant)
  end

  local function tensor_backward(self, input, gradOutput)
    local constant = over(self, input)
    expect.like(self, gradOutput, input, "gradOutput")
    local gradInput = self.gradInput
    if self.inplace then
      gradInput:set(gradOutput)
      operations.undo(input, constant)
    else
      gradInput:resizeAs(gradOutput):copy(gradOutput)
    end
    if operations.backward then gradInput[operations.backward](gradInput, constant) end
    return gradInput
  end

  function Constant:updateGradInput(input, gradOutput)
    if is_tensor(self) then return tensor_backward(self, input, gradOutput) end
    backward(self, input, gradOutput)
    if self.inplace and self.constant_scalar ~= operations.lost then
      operations.restore(self, input, self.constant_scalar)
    end
    return self.gradInput
  end

  return Constant
end
