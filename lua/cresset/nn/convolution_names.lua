--- Torch7's other names for convolution: nn.SpatialConvolution and nn.VolumetricConvolution have
-- dilation, too.
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

--- nn.SpatialConvolution under Torch7's older name.
local Older = layer("nn.SpatialConvolutionMM", { parent = "nn.SpatialConvolution" })

return {
  SpatialDilatedConvolution = Spatial,
  VolumetricDilatedConvolution = Volumetric,
  SpatialConvolutionMM = Older,
}
