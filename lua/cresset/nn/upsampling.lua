--- Layers that enlarge images and volumes.
local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- Takes a whole-numbered scale, or a table of the output's size, into the layer's fields.
local function take_size(self, params, may_be_table)
  local name = self.__typename
  if type(params) == "table" and may_be_table then
    self.oheight = arguments.check(name, { "oheight", "size" }, params.oheight)
    self.owidth = arguments.check(name, { "owidth", "size" }, params.owidth)
    self.odepth = arguments.check(name, { "odepth", "size", optional = true }, params.odepth)
  else
    self.scale_factor = arguments.check(name, { "scale", "size" }, params)
  end
end

--- The output's T, W and H; of images T does not count.
local function output_size(self, input)
  local scale, d = self.scale_factor, input:dim()
  if not scale then return self.odepth or 1, self.owidth, self.oheight end
  return input:size(d - 2) * scale, input:size(d) * scale, input:size(d - 1) * scale
end

local function linear_forward(self, input, dims)
  images.check(self, input, dims)
  return C.interpolateForward(self, input, self.output, dims, output_size(self, input))
end

local function linear_backward(self, input, gradOutput, dims)
  images.check(self, input, dims)
  return C.interpolateBackward(self, input, gradOutput, self.gradInput, dims,
    output_size(self, input))
end

--- Enlarges images `scale` times: each pixel becomes scale x scale equal ones.
--
--     nn.SpatialUpSamplingNearest(scale)
--
-- Input (N x C x H x W) or (C x H x W).
local SpatialUpSamplingNearest = layer("nn.SpatialUpSamplingNearest", {
  args = { { "scale", "size", field = "scale_factor" } },
})

function SpatialUpSamplingNearest:updateOutput(input)
  return C.enlargeForward(self, input, self.output, 2, self.scale_factor)
end

function SpatialUpSamplingNearest:updateGradInput(input, gradOutput)
  return C.enlargeBackward(self, input, gradOutput, self.gradInput, 2, self.scale_factor)
end

--- Enlarges images by linear interpolation between the pixels; corners stay corners.
--
--     nn.SpatialUpSamplingBilinear(scale)
--     nn.SpatialUpSamplingBilinear({ oheight = H, owidth = W })
--
-- Input (N x C x H x W) or (C x H x W), output scale H x scale W pixels, or the given number, at
-- which Torch7's code arrives too (its documentation speaks of (H - 1)(scale - 1) + H).
local SpatialUpSamplingBilinear = layer("nn.SpatialUpSamplingBilinear", {
  args = { { "params", "any" } },
  init = function(self)
    take_size(self, self.params, true)
    self.params = nil
  end,
  tostring = function(self)
    if self.scale_factor then return ("(%d)"):format(self.scale_factor) end
    return ("(%d, %d)"):format(self.oheight, self.owidth)
  end,
})

function SpatialUpSamplingBilinear:updateOutput(input) return linear_forward(self, input, 2) end

function SpatialUpSamplingBilinear:updateGradInput(input, gradOutput)
  return linear_backward(self, input, gradOutput, 2)
end

--- Enlarges images (N x C x H x W) or volumes (N x C x T x H x W).
--
--     nn.UpSampling(scale, [mode = "nearest"])
--     nn.UpSampling({ [odepth = T,] oheight = H, owidth = W }, "linear")
--
-- The mode is "nearest", as nn.SpatialUpSamplingNearest, or "linear" ("bilinear", "trilinear"), as
-- nn.SpatialUpSamplingBilinear; nearest neighbours need a scale.
local UpSampling = layer("nn.UpSampling", {
  args = { { "params", "any" }, { "mode", "string", default = "nearest" } },
  init = function(self)
    local is_linear = ({ linear = true, bilinear = true, trilinear = true })[self.mode]
    if not is_linear and self.mode ~= "nearest" then
      error(("nn.UpSampling: 'mode' must be \"nearest\" or \"linear\", got \"%s\"")
        :format(self.mode), 0)
    end
    self.mode = is_linear and "linear" or "nearest"
    take_size(self, self.params, self.mode == "linear")
    self.params = nil
  end,
  tostring = function(self)
    if self.scale_factor then return ("(%dx, %s)"):format(self.scale_factor, self.mode) end
    local depth = self.odepth and self.odepth .. "x" or ""
    return ("(%s%dx%d, %s)"):format(depth, self.oheight, self.owidth, self.mode)
  end,
})

local function dims_of(self, input)
  images.expect_tensor(self, input)
  local dims = input:dim() - 2
  if dims < 2 or dims > 3 then
    self:fail("input must be (N x C x H x W) or (N x C x T x H x W), got %s", images.sizes(input))
  end
  if dims == 3 and not self.scale_factor and not self.odepth then
    self:fail("volumes need an odepth, got an input of %s", images.sizes(input))
  end
  return dims
end

function UpSampling:updateOutput(input)
  local dims = dims_of(self, input)
  if self.mode == "linear" then return linear_forward(self, input, dims) end
  return C.enlargeForward(self, input, self.output, dims, self.scale_factor)
end

function UpSampling:updateGradInput(input, gradOutput)
  local dims = dims_of(self, input)
  if self.mode == "linear" then return linear_backward(self, input, gradOutput, dims) end
  return C.enlargeBackward(self, input, gradOutput, self.gradInput, dims, self.scale_factor)
end

return {
  SpatialUpSamplingNearest = SpatialUpSamplingNearest,
  SpatialUpSamplingBilinear = SpatialUpSamplingBilinear,
  UpSampling = UpSampling,
}
