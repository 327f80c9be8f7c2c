--- Fractional max pooling (Graham 2015), with windows at pseudorandom places.
local core = require("cresset.core")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

local C = core.nn

--- The output's length along an axis whose input has the given size.
local function length_of(self, axis, size)
  local ratio = self["ratio" .. axis]
  return ratio and math.max(1, math.floor(size * ratio)) or self["out" .. axis]
end

-- The axes from the last to the first: Torch7 has the time of volumes behind their width here.
local orders = { [2] = { "W", "H" }, [3] = { "T", "W", "H" } }

--- The input's length along an axis.
local function input_length(input, dims, axis)
  for i, name in ipairs(orders[dims]) do
    if name == axis then return input:size(input:dim() + 1 - i) end
  end
end

local function check_length(self, input, dims, axis)
  local size = input_length(input, dims, axis)
  local count, kernel = length_of(self, axis, size), self["poolSize" .. axis]
  local needed = count + kernel - 1
  if needed <= size then return end
  self:fail("%d windows of %d elements along %s need an input of at least %d, got %s", count,
    kernel, axis, needed, images.sizes(input))
end

--- Random numbers that place the windows of each plane, for an input of this size.
local function draw(self, input, first, dims)
  local count, planes = first == 2 and input:size(1) or 1, input:size(first)
  local samples = self.randomSamples or core.DoubleTensor() -- none in Torch7's files
  if samples:type() ~= "torch.DoubleTensor" then samples = samples:double() end
  local fits = samples:dim() == 3 and samples:size(1) == count and samples:size(2) == planes
  if not fits or not self.newRandomPool then
    samples = samples:resize(count, planes, dims):uniform()
  end
  self.randomSamples = samples
end

local function fractional(name, dims)
  local axes = dims == 3 and { "T", "W", "H" } or { "W", "H" }
  local args = {}
  for i, axis in ipairs(axes) do
    args[i] = { "kernel" .. axis, "size", min = 2, field = "poolSize" .. axis }
    args[dims + i] = { "out" .. axis, "number", min = 0 }
  end

  --- Which of the two constructors was called: the numbers are sizes, or ratios below 1.
  local function take_sizes(self)
    local is_ratio = false
    for _, axis in ipairs(axes) do is_ratio = is_ratio or self["out" .. axis] < 1 end
    for _, axis in ipairs(axes) do
      local value = self["out" .. axis]
      local whole = math.tointeger(value)
      if is_ratio and not (value > 0 and value < 1) then
        error(("%s: 'ratio%s' must be between 0 and 1, got %g"):format(name, axis, value), 0)
      elseif not is_ratio and not whole then
        error(("%s: 'out%s' must be an integer or below 1, got %g"):format(name, axis, value), 0)
      end
      self["out" .. axis] = not is_ratio and whole or nil
      self["ratio" .. axis] = is_ratio and value or nil
    end
  end

  local Fractional = layer(name, {
    args = args,
    buffers = { "indices" },
    init = function(self)
      take_sizes(self)
      self.randomSamples = core.DoubleTensor()
      self.newRandomPool, self.has_indices = false, false
    end,
    tostring = function(self)
      local sizes, kernel = {}, {}
      for i, axis in ipairs(axes) do
        sizes[i] = ("%g"):format(self["out" .. axis] or self["ratio" .. axis])
        kernel[i] = ("%d"):format(self["poolSize" .. axis])
      end
      return ("(%s, %s)"):format(table.concat(sizes, "x"), table.concat(kernel, ","))
    end,
  })

  --- Keeps the windows where they are from now on (false: draws them again at each forward).
  -- @return the layer
  function Fractional:fixPoolingRegions(value)
    self.newRandomPool = value == nil or value
    return self
  end

  local function forward(self, input, indices)
    local kernel, length = {}, {} -- of the first axis (1 for images), the last and the one between
    for i, place in ipairs { 3, 1, 2 } do
      local axis = orders[dims][place]
      kernel[i] = axis and self["poolSize" .. axis] or 1
      length[i] = axis and length_of(self, axis, input_length(input, dims, axis)) or 1
    end
    return C.windowMaxForward(self, input, self.output, indices, dims, 2, kernel[1], kernel[2],
      kernel[3], length[1], length[2], length[3], self.randomSamples)
  end

  local function backward(self, input, gradOutput, indices)
    images.expect_gradient(self, gradOutput, indices)
    return C.windowMaxBackward(self, input, gradOutput, indices, self.gradInput, dims)
  end

  function Fractional:updateOutput(input)
    local first = images.check(self, input, dims, nil, dims == 3 and "%s x H x W x T")
    for _, axis in ipairs(axes) do check_length(self, input, dims, axis) end
    draw(self, input, first, dims)
    self.has_indices = true
    return forward(self, input, images.indices_of(self))
  end

  function Fractional:updateGradInput(input, gradOutput)
    images.check(self, input, dims, nil, dims == 3 and "%s x H x W x T")
    if not self.has_indices or self.indices:nElement() == 0 then
      self:fail("call forward first: the windows are random")
    end
    return backward(self, input, gradOutput, self.indices)
  end

  return Fractional
end

--- Max pooling to an output of a given size, or a given part of the input's size, over windows of
-- kW x kH elements at random places (Graham 2015, the "pseudorandom" mode with overlapping
-- windows).
--
--     nn.SpatialFractionalMaxPooling(kW, kH, outW, outH)
--     nn.SpatialFractionalMaxPooling(kW, kH, ratioW, ratioH)     -- below 1
--
-- Input (N x C x H x W) or (C x H x W). Every plane has windows of its own, which are drawn at each
-- forward unless fixPoolingRegions() was called; `randomSamples` (N x C x 2) places them along W
-- and H.
local SpatialFractionalMaxPooling = fractional("nn.SpatialFractionalMaxPooling", 2)

--- nn.SpatialFractionalMaxPooling of volumes (N x C x H x W x T) or (C x H x W x T): here the time
-- comes last, as in Torch7, whose other volumetric layers have it first.
--
--     nn.VolumetricFractionalMaxPooling(kT, kW, kH, outT, outW, outH)
--     nn.VolumetricFractionalMaxPooling(kT, kW, kH, ratioT, ratioW, ratioH)
--
-- `randomSamples` (N x C x 3) places the windows along T, W and H.
local VolumetricFractionalMaxPooling = fractional("nn.VolumetricFractionalMaxPooling", 3)

return {
  SpatialFractionalMaxPooling = SpatialFractionalMaxPooling,
  VolumetricFractionalMaxPooling = VolumetricFractionalMaxPooling,
}
