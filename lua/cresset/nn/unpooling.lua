--- The inverse of max pooling (Zeiler and Fergus 2014).
local class = require("cresset.class")
local C = require("cresset.core").nn
local describe = require("cresset.describe")
local layer = require("cresset.nn.layer")

local function unpooling(name, pooling_name, dims)
  local axes = dims == 3 and { "T", "W", "H" } or { "W", "H" }

  local Unpooling = layer(name, {
    args = { { "poolingModule", "module", field = "pooling" } },
    init = function(self)
      local pooling = self.pooling
      if not class.isA(pooling, pooling_name) then
        error(("%s: 'poolingModule' must be an %s, got %s"):format(name, pooling_name,
          describe(pooling)), 0)
      end
      for _, axis in ipairs(axes) do
        if pooling["k" .. axis] ~= pooling["d" .. axis] then
          error(("%s: the pooling's kernel must be as large as its step, got %s")
            :format(name, tostring(pooling)), 0)
        end
      end
      pooling.keeps_indices = true
    end,
    tostring = function(self) return " associated to " .. tostring(self.pooling) end,
  })

  local largest = 1 << 24 -- elements of a plane whose numbers float32 holds exactly

  --- The places and the size that the pooling layer's last forward had.
  local function places(self)
    local pooling = self.pooling
    pooling.keeps_indices = true
    if not pooling.iwidth then self:fail("call forward of the pooling layer first") end
    local indices = pooling.indices
    if indices:type() ~= "torch.LongTensor" then -- converted with the layer
      local plane = (pooling.itime or 1) * pooling.iwidth * pooling.iheight
      if plane > largest then self:fail("call forward of the pooling layer again") end
      pooling.indices = indices:long()
    end
    return pooling.indices, pooling.itime or 1, pooling.iwidth, pooling.iheight
  end

  function Unpooling:updateOutput(input)
    local indices, t, w, h = places(self)
    return C.unpoolForward(self, input, indices, self.output, dims, t, w, h)
  end

  function Unpooling:updateGradInput(input, gradOutput)
    local indices, t, w, h = places(self)
    return C.unpoolBackward(self, input, gradOutput, indices, self.gradInput, dims, t, w, h)
  end

  return Unpooling
end

--- Undoes nn.SpatialMaxPooling: each element goes back to the place that its maximum came from, all
-- else is 0.
--
--     nn.SpatialMaxUnpooling(poolingModule)
--
-- The pooling layer's kernel must be as large as its step. The input has the size of its last
-- output, the output that of its last input.
local SpatialMaxUnpooling = unpooling("nn.SpatialMaxUnpooling", "nn.SpatialMaxPooling", 2)

--- Undoes nn.VolumetricMaxPooling, as nn.SpatialMaxUnpooling does for images.
--
--     nn.VolumetricMaxUnpooling(poolingModule)
local Volumetric = unpooling("nn.VolumetricMaxUnpooling", "nn.VolumetricMaxPooling", 3)

return {
  SpatialMaxUnpooling = SpatialMaxUnpooling,
  VolumetricMaxUnpooling = Volumetric,
}
