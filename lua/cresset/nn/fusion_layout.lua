--- Chooses the memory format of what the layers of a fused network hand to each other. Between
-- convolutions, channels lie innermost: vectors run along them then, whatever the size of the
-- image, and weights are brought once to the order in which they are read.
local layout = {}

-- Channels that fill whole vectors with every instruction set.
local vector = 16

local function is_depthwise(module)
  return module.groups > 1 and module.groups == module.nInputPlane
    and module.nInputPlane == module.nOutputPlane
end

--- Whether the convolution can give its output that format.
local function can_write(module)
  return module.nOutputPlane % vector == 0 and module.weight:type() == "torch.FloatTensor"
    and (module.groups == 1 or is_depthwise(module))
end

--- 3 x 3 convolutions that go by minimal filtering, which takes either format.
local function is_filtered(module)
  return module.kW == 3 and module.kH == 3 and module.dW * module.dH == 1
    and module.dilationW * module.dilationH * module.groups == 1
    and module.nInputPlane >= 32 and module.nOutputPlane >= 32
end

local choose

local chosen = {
  ["nn.SpatialConvolution"] = function(module, innermost)
    if innermost and can_write(module) then module.innermost = true end
    return module.innermost or is_filtered(module)
  end,
  ["nn.Fused"] = function(module, innermost)
    for i = #module.modules, 1, -1 do innermost = choose(module.modules[i], innermost) end
    return innermost
  end,
  ["nn.FusedSum"] = function(module, innermost)
    local shortcut = choose(module.modules[1], innermost)
    local main = choose(module.modules[2], innermost)
    return shortcut and main
  end,
  ["nn.SpatialMaxPooling"] = function(module, innermost)
    module.innermost = innermost and not module.keeps_indices
      and module.output:type() == "torch.FloatTensor" or nil
    return module.innermost
  end,
  ["nn.Identity"] = function(_, innermost) return innermost end,
  ["nn.SpatialAdaptiveAveragePooling"] = function(module) return module.W * module.H == 1 end,
}

--- Gives the layer's output channels innermost where that is wanted and possible; returns whether
-- the layer wants its input like that.
function choose(module, innermost)
  local known = chosen[module.__typename]
  if known then return known(module, innermost) end
  for _, inner in ipairs(module.modules or {}) do choose(inner, false) end
  return false
end

--- Sets `innermost` of the convolutions and max pooling layers in a fused network.
function layout.choose(network) choose(network, false) end

return layout
