--- What pooling layers share: their text, rounding of the output's size, the indices of maxima, and
-- pooling over windows of every kind (csrc/ops/window.h).
local core = require("cresset.core")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

local C = core.nn

local pooling = {}

local axes_of = { [2] = { "W", "H" }, [3] = { "T", "W", "H" } }

--- The layer's numbers with a prefix ("k", "d", "pad"), put together.
local function numbers(self, prefix, axes, separator)
  local list = {}
  for i, axis in ipairs(axes) do list[i] = ("%d"):format(self[prefix .. axis]) end
  return table.concat(list, separator)
end

--- "(2x2, 2,2)", and the padding where there is some.
function pooling.text(dims)
  local axes = axes_of[dims]
  return function(self)
    local text = numbers(self, "k", axes, "x") .. ", " .. numbers(self, "d", axes, ",")
    local is_padded = false
    for _, axis in ipairs(axes) do is_padded = is_padded or self["pad" .. axis] ~= 0 end
    return "(" .. text .. (is_padded and ", " .. numbers(self, "pad", axes, ",") or "") .. ")"
  end
end

--- Fails when the padding is more than half the window.
function pooling.check_padding(self, dims)
  local axes = axes_of[dims]
  local fits = true
  for _, axis in ipairs(axes) do
    fits = fits and self["pad" .. axis] <= self["k" .. axis] // 2
  end
  if fits then return end
  error(("%s: padding must be at most half the kernel's size, got %s for a kernel of %s (%s)")
    :format(self.__typename, numbers(self, "pad", axes, " x "), numbers(self, "k", axes, " x "),
      table.concat(axes, " x ")), 0)
end

--- Gives the class ceil and floor.
function pooling.add_rounding(class)
  --- Rounds the output's size up.
  -- @return the layer
  function class:ceil()
    self.ceil_mode = true
    return self
  end

  --- Rounds the output's size down (as from the start).
  -- @return the layer
  function class:floor()
    self.ceil_mode = false
    return self
  end
end

--- Gives the class of a max pooling layer its verbs.
-- @param forward  called with the layer, the input and the tensor for indices (or nil)
-- @param backward  called with the layer, the input, gradOutput and the indices
function pooling.add_maximum(class, dims, forward, backward)
  function class:updateOutput(input)
    self.has_indices = self.train ~= false or self.keeps_indices == true
    local output = forward(self, input, self.has_indices and images.indices_of(self) or nil)
    local d = input:dim()
    if dims == 3 then self.itime = input:size(d - 2) end
    self.iheight, self.iwidth = input:size(d - 1), input:size(d)
    return output
  end

  function class:updateGradInput(input, gradOutput)
    local indices = images.indices_of(self)
    if not self.has_indices or indices:nElement() == 0 then
      forward(self, input, indices)
      self.has_indices = true
    end
    return backward(self, input, gradOutput, indices)
  end
end

--- The arguments of C's functions for regular windows.
local function windows(self, dims)
  return dims, 0, self.kT or 1, self.kW, self.kH, self.dT or 1, self.dW, self.dH, self.padT or 0,
    self.padW, self.padH, self.dilationT or 1, self.dilationW or 1, self.dilationH or 1,
    self.ceil_mode or false, self.count_include_pad
end

--- The arguments of a constructor: kernel, step (the kernel's size unless step_default), padding
-- and dilation.
function pooling.args(dims, step_default, is_dilated)
  local args = {}
  local function add(prefix, kind, options)
    for _, axis in ipairs(axes_of[dims]) do
      args[#args + 1] = { prefix .. axis, kind, default = options.default,
        optional = options.optional }
    end
  end
  add("k", "size", {})
  add("d", "size", { default = step_default, optional = true })
  add("pad", "count", { default = 0 })
  if is_dilated then add("dilation", "size", { default = 1 }) end
  return args
end

--- Sets what the constructor's arguments leave open.
function pooling.init(self, dims)
  for _, axis in ipairs(axes_of[dims]) do
    self["d" .. axis] = self["d" .. axis] or self["k" .. axis]
  end
  pooling.check_padding(self, dims)
  self.ceil_mode = false
end

--- Declares a max pooling layer over windows of `dims` dimensions.
function pooling.maximum(name, dims, is_dilated)
  local Pooling = layer(name, {
    args = pooling.args(dims, nil, is_dilated),
    buffers = { "indices" },
    init = function(self)
      pooling.init(self, dims)
      self.has_indices = false
    end,
    tostring = pooling.text(dims),
  })
  pooling.add_rounding(Pooling)
  pooling.add_maximum(Pooling, dims, function(self, input, indices)
    return C.windowMaxForward(self, input, self.output, indices, windows(self, dims))
  end, function(self, input, gradOutput, indices)
    return C.windowMaxBackward(self, input, gradOutput, indices, self.gradInput, dims)
  end)
  return Pooling
end

--- Gives the class of an average pooling layer setCountIncludePad and setCountExcludePad.
function pooling.add_counting(class)
  --- Lets padding count as zeros (as from the start).
  -- @return the layer
  function class:setCountIncludePad()
    self.count_include_pad = true
    return self
  end

  --- Takes the mean over the elements inside the image alone.
  -- @return the layer
  function class:setCountExcludePad()
    self.count_include_pad = false
    return self
  end
end

--- Declares an average pooling layer over windows of `dims` dimensions.
function pooling.average(name, dims)
  local Pooling = layer(name, {
    args = pooling.args(dims),
    init = function(self)
      pooling.init(self, dims)
      self.count_include_pad = true
    end,
    tostring = pooling.text(dims),
  })
  pooling.add_rounding(Pooling)
  pooling.add_counting(Pooling)

  function Pooling:updateOutput(input)
    return C.windowAverageForward(self, input, self.output, windows(self, dims))
  end

  function Pooling:updateGradInput(input, gradOutput)
    return C.windowAverageBackward(self, input, gradOutput, self.gradInput, windows(self, dims))
  end

  return Pooling
end

return pooling
