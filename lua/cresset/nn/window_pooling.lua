--- Pooling with dilation, and of volumes.
local pooling = require("cresset.nn.pooling")

--- nn.SpatialMaxPooling over windows whose elements are dilationW and dilationH apart.
--
--     nn.SpatialDilatedMaxPooling(kW, kH, [dW], [dH], [padW], [padH], [dilationW], [dilationH])
local SpatialDilatedMaxPooling = pooling.maximum("nn.SpatialDilatedMaxPooling", 2, true)

--- The maximum of each kT x kW x kH window, which moves by dT, dW and dH (the window's size unless
-- given).
--
--     nn.VolumetricMaxPooling(kT, kW, kH, [dT], [dW], [dH], [padT], [padW], [padH])
--
-- Input (N x C x T x H x W) or (C x T x H x W); sizes of the output, padding and rounding as
-- nn.SpatialMaxPooling. `indices` holds 1 + ((t - 1) H + y - 1) W + x - 1 of each maximum.
local VolumetricMaxPooling = pooling.maximum("nn.VolumetricMaxPooling", 3, false)

--- nn.VolumetricMaxPooling over windows whose elements are dilationT, dilationW and dilationH
-- apart.
--
--     nn.VolumetricDilatedMaxPooling(kT, kW, kH, [dT], [dW], [dH], [padT], [padW], [padH],
--       [dilationT], [dilationW], [dilationH])
local VolumetricDilatedMaxPooling = pooling.maximum("nn.VolumetricDilatedMaxPooling", 3, true)

--- The mean of each kT x kW x kH window, which moves by dT, dW and dH (the window's size unless
-- given).
--
--     nn.VolumetricAveragePooling(kT, kW, kH, [dT], [dW], [dH], [padT], [padW], [padH])
--
-- Input (N x C x T x H x W) or (C x T x H x W). Padding counts as zeros, or after
-- setCountExcludePad() not at all.
local VolumetricAveragePooling = pooling.average("nn.VolumetricAveragePooling", 3)

return {
  SpatialDilatedMaxPooling = SpatialDilatedMaxPooling,
  VolumetricMaxPooling = VolumetricMaxPooling,
  VolumetricDilatedMaxPooling = VolumetricDilatedMaxPooling,
  VolumetricAveragePooling = VolumetricAveragePooling,
}
