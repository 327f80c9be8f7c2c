local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

--- The mean of each kW x kH window, which moves by dW and dH (1 unless given).
--
--     nn.SpatialAveragePooling(kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x C x H x W) or (C x H x W); output (N x C x H' x W') with
-- H' = floor((H + 2 padH - kH) / dH) + 1, W' likewise; after ceil() rounded up, so that windows
-- which reach past the end count when they start inside. Padding, at most half the window, counts
-- as zeros, or after setCountExcludePad() not at all.
local SpatialAveragePooling = layer("nn.SpatialAveragePooling", {
  args = {
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
    { "padW", "count", default = 0 },
    { "padH", "count", default = 0 },
  },
  init = function(self)
    if self.padW > self.kW // 2 or self.padH > self.kH // 2 then
      error(("nn.SpatialAveragePooling: padding must be at most half the kernel's size, got "
        .. "%d x %d for a kernel of %d x %d (W x H)")
        :format(self.padW, self.padH, self.kW, self.kH), 0)
    end
    self.ceil_mode = false
    self.count_include_pad = true
  end,
  tostring = function(self)
    local text = ("%dx%d, %d,%d"):format(self.kW, self.kH, self.dW, self.dH)
    if self.padW ~= 0 or self.padH ~= 0 then
      text = text .. (", %d,%d"):format(self.padW, self.padH)
    end
    return "(" .. text .. ")"
  end,
})

--- Rounds the output's size up.
-- @return the layer
function SpatialAveragePooling:ceil()
  self.ceil_mode = true
  return self
end

--- Rounds the output's size down (as from the start).
-- @return the layer
function SpatialAveragePooling:floor()
  self.ceil_mode = false
  return self
end

--- Lets padding count as zeros (as from the start).
-- @return the layer
function SpatialAveragePooling:setCountIncludePad()
  self.count_include_pad = true
  return self
end

--- Takes the mean over the elements inside the image alone.
-- @return the layer
function SpatialAveragePooling:setCountExcludePad()
  self.count_include_pad = false
  return self
end

function SpatialAveragePooling:updateOutput(input)
  return C.averagePoolForward(self, input, self.output, self.kW, self.kH, self.dW, self.dH,
    self.padW, self.padH, self.ceil_mode, self.count_include_pad)
end

function SpatialAveragePooling:updateGradInput(input, gradOutput)
  return C.averagePoolBackward(self, input, gradOutput, self.gradInput, self.kW, self.kH, self.dW,
    self.dH, self.padW, self.padH, self.ceil_mode, self.count_include_pad)
end

return SpatialAveragePooling
