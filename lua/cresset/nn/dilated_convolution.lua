--- Torch7's classes for convolution with dilation: nn.SpatialConvolution and
-- nn.VolumetricConvolution, which know it too, under other names.
local layer = require("cresset.nn.layer")

--- nn.SpatialConvolution whose kernel's elements are dilationW and dilationH apart (Yu and Koltun
-- 2016).
--
--     nn.SpatialDilatedConvolution(nInputPlane, nOutputPlane, kW, kH, [dW], [dH], [padW], [padH],
--       [dilationW], [dilationH])
local Spatial = layer("nn.SpatialDilatedConvolution", { parent = "nn.SpatialConvolution" })

--- nn.VolumetricConvolution whose kernel's elements are dilationT, dilationW and dilationH apart.
--
--     nn.VolumetricDilatedConvolution(nInputPlane, nOutputPlane, kT, kW, kH, [dT], [dW], [dH],
--       [padT], [padW], [padH], [dilationT], [dilationW], [dilationH])
local Volumetric = layer("nn.VolumetricDilatedConvolution", { parent = "nn.VolumetricConvolution" })

return { SpatialDilatedConvolution = Spatial, VolumetricDilatedConvolution = Volumetric }
