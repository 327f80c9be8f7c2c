local core = require("cresset.core")
local C = core.nn
local layer = require("cresset.nn.layer")

--- The maximum of each kW x kH window, which moves by dW and dH (kW and kH unless given).
--
--     nn.SpatialMaxPooling(kW, kH, [dW], [dH], [padW], [padH])
--
-- Input (N x C x H x W) or (C x H x W); output (N x C x H' x W') with
-- H' = floor((H + 2 padH - kH) / dH) + 1, W' likewise; after ceil() rounded up, so that windows
-- which reach past the end count when they start inside. Padding, at most half the window, is
-- never a maximum; NaN always is. Of equal maxima the first gets the gradient.
--
-- `indices`, a LongTensor of the output's size, holds 1 + (y - 1) W + (x - 1) of each maximum; it
-- is filled by forward in training mode, by backward otherwise.
local SpatialMaxPooling = layer("nn.SpatialMaxPooling", {
  args = {
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", optional = true },
    { "dH", "size", optional = true },
    { "padW", "count", default = 0 },
    { "padH", "count", default = 0 },
  },
  buffers = { "indices" },
  init = function(self)
    self.dW, self.dH = self.dW or self.kW, self.dH or self.kH
    if self.padW > self.kW // 2 or self.padH > self.kH // 2 then
      error(("nn.SpatialMaxPooling: padding must be at most half the kernel's size, got %d x %d "
        .. "for a kernel of %d x %d (W x H)"):format(self.padW, self.padH, self.kW, self.kH), 0)
    end
    self.ceil_mode = false
    self.has_indices = false
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
function SpatialMaxPooling:ceil()
  self.ceil_mode = true
  return self
end

--- Rounds the output's size down (as from the start).
-- @return the layer
function SpatialMaxPooling:floor()
  self.ceil_mode = false
  return self
end

local function forward(self, input, indices)
  return C.maxPoolForward(self, input, self.output, indices, self.kW, self.kH, self.dW, self.dH,
    self.padW, self.padH, self.ceil_mode)
end

--- A buffer starts, and is converted, like all of a layer's tensors; indices stay whole numbers.
local function indices_of(self)
  if self.indices:type() ~= "torch.LongTensor" then self.indices = core.LongTensor() end
  return self.indices
end

function SpatialMaxPooling:updateOutput(input)
  self.has_indices = self.train ~= false
  return forward(self, input, self.has_indices and indices_of(self) or nil)
end

function SpatialMaxPooling:updateGradInput(input, gradOutput)
  local indices = indices_of(self)
  if not self.has_indices or indices:nElement() == 0 then
    forward(self, input, indices)
    self.has_indices = true
  end
  return C.maxPoolBackward(self, input, gradOutput, self.indices, self.gradInput, self.kW, self.kH,
    self.dW, self.dH, self.padW, self.padH, self.ceil_mode)
end

return SpatialMaxPooling
