--- Chooses the memory format of what the layers of a fused network hand to each other. Between
-- convolutions that look at each plane by itself, or at each pixel by itself, channels lie
-- innermost: vectors run along them then, whatever the size of the image.
local layout = {}

-- Channels that fill whole vectors with every instruction set.
local vector = 16

local function is_depthwise(module)
  return module.groups > 1 and module.groups == module.nInputPlane
    and module.nInputPlane == module.nOutputPlane
end

local function is_pointwise(module)
  return module.kW * module.kH * module.dW * module.dH * module.groups == 1
    and module.padW == 0 and module.padH == 0
end

--- Whether the layer is faster for an input whose channels lie innermost.
local function reads(module)
  local name = module.__typename
  if name == "nn.SpatialAdaptiveAveragePooling" then return module.W == 1 and module.H == 1 end
  return name == "nn.SpatialConvolution" and (is_depthwise(module) or is_pointwise(module))
end

local function writes(module)
  return module.__typename == "nn.SpatialConvolution" and module.nOutputPlane % vector == 0
    and module.weight:type() == "torch.FloatTensor"
    and (module.groups == 1 or is_depthwise(module))
end

--- Sets `innermost` of the convolutions in a fused network.
function layout.choose(module)
  local modules = module.modules or {}
  for i, inner in ipairs(modules) do
    layout.choose(inner)
    local reader = module.__typename == "nn.Fused" and modules[i + 1]
    if reader and writes(inner) and reads(reader) then inner.innermost = true end
  end
end

return layout
