local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- The p-norm of each kW x kH window, (sum of x^p)^(1/p), which moves by dW and dH (kW and kH
-- unless given). As in Torch7 it is a sequence of a power, nn.SpatialAveragePooling, a factor and a
-- power.
--
--     nn.SpatialLPPooling(nInputPlane, pnorm, kW, kH, [dW], [dH])
--
-- Input (N x C x H x W) or (C x H x W); nInputPlane does not matter.
local SpatialLPPooling, parent = class("nn.SpatialLPPooling", "nn.Sequential")

local declared = {
  { "nInputPlane", "size" },
  { "pnorm", "number" },
  { "kW", "size" },
  { "kH", "size" },
  { "dW", "size", optional = true },
  { "dH", "size", optional = true },
}

function SpatialLPPooling:__init(...)
  parent.__init(self)
  arguments.assign(self, "nn.SpatialLPPooling", declared, ...)
  self.dW, self.dH = self.dW or self.kW, self.dH or self.kH
  if self.pnorm == 0 then error("nn.SpatialLPPooling: 'pnorm' must not be 0", 0) end
  local nn = class.find
  local is_square = self.pnorm == 2
  self:add(is_square and nn("nn.Square")() or nn("nn.Power")(self.pnorm))
  self:add(nn("nn.SpatialAveragePooling")(self.kW, self.kH, self.dW, self.dH))
  self:add(nn("nn.MulConstant")(self.kW * self.kH))
  self:add(is_square and nn("nn.Sqrt")() or nn("nn.Power")(1 / self.pnorm))
  self.output = core.zeros()
end

return SpatialLPPooling
