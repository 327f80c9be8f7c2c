--- Layers that pad images and volumes at their borders.
local C = require("cresset.core").nn
local layer = require("cresset.nn.layer")

local modes = { zero = 0, reflection = 1, replication = 2 }

local function padding(name, mode, dims)
  local args = {}
  local fields = { "pad_l", "pad_r", "pad_t", "pad_b", "pad_f", "pad_bk" }
  local names = { "padLeft", "padRight", "padTop", "padBottom", "padFront", "padBack" }
  for i = 1, 2 * dims do
    args[i] = { names[i], "integer", field = fields[i], optional = i > 1 }
  end
  mode = modes[mode]

  local Padding = layer(name, {
    args = args,
    init = function(self)
      for i = 2, 2 * dims do self[fields[i]] = self[fields[i]] or self.pad_l end
    end,
    tostring = function(self)
      if dims == 2 then
        return ("(l=%d, r=%d, t=%d, b=%d)"):format(self.pad_l, self.pad_r, self.pad_t, self.pad_b)
      end
      return ("(left=%d, right=%d, top=%d, bottom=%d, front=%d, back=%d)"):format(self.pad_l,
        self.pad_r, self.pad_t, self.pad_b, self.pad_f, self.pad_bk)
    end,
  })

  function Padding:updateOutput(input)
    return C.padForward(self, input, self.output, dims, mode, self.pad_l, self.pad_r, self.pad_t,
      self.pad_b, self.pad_f, self.pad_bk)
  end

  function Padding:updateGradInput(input, gradOutput)
    return C.padBackward(self, input, gradOutput, self.gradInput, dims, mode, self.pad_l,
      self.pad_r, self.pad_t, self.pad_b, self.pad_f, self.pad_bk)
  end

  return Padding
end

--- Adds rows and columns of zeros at the borders; negative numbers take rows and columns away.
--
--     nn.SpatialZeroPadding(padLeft, [padRight], [padTop], [padBottom])
--
-- Input (N x C x H x W) or (C x H x W). What is not given is padLeft.
local SpatialZeroPadding = padding("nn.SpatialZeroPadding", "zero", 2)

--- As nn.SpatialZeroPadding, with the image mirrored at its border, whose own pixels are not
-- repeated; the image must be larger than the padding.
--
--     nn.SpatialReflectionPadding(padLeft, [padRight], [padTop], [padBottom])
local SpatialReflectionPadding = padding("nn.SpatialReflectionPadding", "reflection", 2)

--- As nn.SpatialZeroPadding, with the pixels of the border repeated.
--
--     nn.SpatialReplicationPadding(padLeft, [padRight], [padTop], [padBottom])
local SpatialReplicationPadding = padding("nn.SpatialReplicationPadding", "replication", 2)

--- Repeats the border of volumes (N x C x T x H x W) or (C x T x H x W).
--
--     nn.VolumetricReplicationPadding(padLeft, [padRight], [padTop], [padBottom], [padFront],
--       [padBack])
--
-- padFront and padBack are those of T. What is not given is padLeft.
local Volumetric = padding("nn.VolumetricReplicationPadding", "replication", 3)

return {
  SpatialZeroPadding = SpatialZeroPadding,
  SpatialReflectionPadding = SpatialReflectionPadding,
  SpatialReplicationPadding = SpatialReplicationPadding,
  VolumetricReplicationPadding = Volumetric,
}
