--- What convolution layers of one, two and three dimensions share: their text, the check of groups,
-- initial values, and padding that keeps the size.
local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local images = require("cresset.nn.images")

local convolution = {}

convolution.axes = { [1] = { "W" }, [2] = { "W", "H" }, [3] = { "T", "W", "H" } }

--- The layer's fields with a prefix, put together: "3x3", "1,1".
local function joined(self, prefix, axes, separator)
  local list = {}
  for i, axis in ipairs(axes) do list[i] = tostring(self[prefix .. axis]) end
  return table.concat(list, separator)
end

--- True when one of the fields is not the usual value.
local function differs(self, prefix, axes, usual)
  for _, axis in ipairs(axes) do
    local value = self[prefix .. axis]
    if value ~= nil and value ~= usual then return true end
  end
  return false
end

--- "(3 -> 8, 5x5, 1,1, 2,2)", and what else is not as usual.
function convolution.text(dims)
  local axes = convolution.axes[dims]
  return function(self)
    local planes = ("%d -> %d"):format(self.nInputPlane or self.inputFrameSize,
      self.nOutputPlane or self.outputFrameSize)
    local parts = { planes, joined(self, "k", axes, "x") }
    local is_adjusted = differs(self, "adj", axes, 0)
    local is_padded = differs(self, "pad", axes, 0) or is_adjusted
    if is_padded or differs(self, "d", axes, 1) then
      parts[#parts + 1] = joined(self, "d", axes, ",")
    end
    if is_padded then
      parts[#parts + 1] = convolution.is_same(self) and "same" or joined(self, "pad", axes, ",")
    end
    if is_adjusted then parts[#parts + 1] = joined(self, "adj", axes, ",") end
    if differs(self, "dilation", axes, 1) then
      parts[#parts + 1] = "dilation " .. joined(self, "dilation", axes, ",")
    end
    if (self.groups or 1) ~= 1 then parts[#parts + 1] = ("groups %d"):format(self.groups) end
    return "(" .. table.concat(parts, ", ") .. ")" .. (self.bias and "" or " without bias")
  end
end

--- Fails unless the groups divide the planes, or what the fields count.
function convolution.check_groups(self, inputs, outputs)
  inputs, outputs = inputs or "nInputPlane", outputs or "nOutputPlane"
  if self[inputs] % self.groups == 0 and self[outputs] % self.groups == 0 then return end
  error(("%s: 'groups' must divide %s and %s, got %d for %d and %d"):format(self.__typename, inputs,
    outputs, self.groups, self[inputs], self[outputs]), 0)
end

--- Fails unless the adjustments of a transposed convolution are smaller than step or dilation.
function convolution.check_adjustment(self, dims)
  local axes = convolution.axes[dims]
  local fits = true
  for _, axis in ipairs(axes) do
    local room = math.max(self["d" .. axis], self["dilation" .. axis])
    fits = fits and self["adj" .. axis] < room
  end
  if fits then return end
  local names = {}
  for i, axis in ipairs(axes) do names[i] = ("'adj%s'"):format(axis) end
  error(("%s: %s must be smaller than the step or the dilation, got %s"):format(self.__typename,
    table.concat(names, " and "), joined(self, "adj", axes, " and ")), 0)
end

--- Padding that was not given is that of the axis before it.
function convolution.complete_padding(self, dims)
  local before
  for _, axis in ipairs(convolution.axes[dims]) do
    before = self["pad" .. axis] or before
    self["pad" .. axis] = before
  end
end

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
-- [-s, s], s = 1 / sqrt(number of inputs of an output).
function convolution.reset(self, stdv, inputs)
  arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  local bound = stdv and stdv * math.sqrt(3) or 1 / math.sqrt(inputs)
  self.weight:uniform(-bound, bound)
  if self.bias then self.bias:uniform(-bound, bound) end
  return self
end

--- Gives the class reset, as Torch7 draws a convolution's values, and noBias.
function convolution.add_parameters(class, dims)
  --- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv from
  -- [-s, s], s = 1 / sqrt(elements of the kernel * nInputPlane / groups), as Torch7 does.
  -- @param stdv  standard deviation, or nil
  -- @return the layer
  function class:reset(stdv)
    local inputs = (self.nInputPlane or self.inputFrameSize) / (self.groups or 1)
    for _, axis in ipairs(convolution.axes[dims]) do inputs = inputs * self["k" .. axis] end
    return convolution.reset(self, stdv, inputs)
  end

  --- Removes the bias.
  -- @return the layer
  function class:noBias()
    self.bias, self.gradBias = nil, nil
    return self
  end
end

--- True when an axis is padded so that the output has ceil(size / step) elements.
function convolution.is_same(self)
  return self.padW == "same" or self.padH == "same" or self.padT == "same"
end

--- The padding before and after an axis of the given size: the layer's, or what makes the output
-- ceil(size / step) long, the odd element behind (TensorFlow's and PyTorch's "same").
function convolution.padding(self, axis, size)
  local pad = self["pad" .. axis]
  if pad ~= "same" then return pad, pad end
  local step, reach = self["d" .. axis], (self["k" .. axis] - 1) * self["dilation" .. axis] + 1
  local missing = math.max(0, ((size + step - 1) // step - 1) * step + reach - size)
  return missing // 2, missing - missing // 2
end

--- For images whose "same" padding differs from side to side: the input padded with zeros, in the
-- layer's buffer `padded`. Returns the input to use, its padding (W, H), and the padding added
-- before (left, right, top, bottom) or nil.
function convolution.pad_images(self, input)
  if self.padW ~= "same" and self.padH ~= "same" then return input, self.padW, self.padH end
  images.check(self, input, 2, self.nInputPlane)
  local d = input:dim()
  local left, right = convolution.padding(self, "W", input:size(d))
  local top, bottom = convolution.padding(self, "H", input:size(d - 1))
  if left == right and top == bottom then return input, left, top end
  C.padForward(self, input, self.padded, 2, 0, left, right, top, bottom)
  return self.padded, 0, 0, { left, right, top, bottom }
end

--- The gradient to the input from that to the padded one.
function convolution.unpad_images(self, padded_gradient, added)
  return C.padForward(self, padded_gradient, self.gradInput, 2, 0, -added[1], -added[2],
    -added[3], -added[4])
end

return convolution
