local Fused = require("cresset.nn.Fused")
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local plan = require("cresset.nn.fusion_buffers")

--- The convolution at the end of a layer, which may add another tensor to its output; or nil.
local function tail_of(module)
  while module and module.__typename == "nn.Fused" do module = module.modules[#module.modules] end
  local name = module and module.__typename
  local is_free = name == "nn.SpatialConvolution" and not module.low and not module.added
  return is_free and module or nil
end

--- nn.FusedSum(shortcut, main): the sum of what two layers make of the same input, limited to `low`
-- ... `high` where these are set. Where main ends with a convolution, that adds and limits.
local FusedSum = class("nn.FusedSum", "nn.Fused")

function FusedSum:__init(shortcut, main)
  Fused.__init(self)
  arguments.check(self.__typename, { "shortcut", "module" }, shortcut)
  arguments.check(self.__typename, { "main", "module" }, main)
  if tail_of(shortcut) and not tail_of(main) then shortcut, main = main, shortcut end
  self.modules = { shortcut, main }
  self.tail = tail_of(main)
  self.output = self.output:type(main:type())
end

function FusedSum:updateOutput(input)
  if not self.isPlanned then plan.share(self) end
  local shortcut, main = self.modules[1], self.modules[2]
  local added = self:rethrowErrors(shortcut, 1, "updateOutput", input)
  local tail = self.tail
  if not tail then
    local output = self:rethrowErrors(main, 2, "updateOutput", input)
    core.add(self.output, output, added)
    if self.low then self.output:clamp(self.low, self.high) end
    return self.output
  end
  tail.added, tail.low, tail.high = added, self.low, self.high
  local ok, output = pcall(self.rethrowErrors, self, main, 2, "updateOutput", input)
  tail.added, tail.low, tail.high = nil, nil, nil
  if not ok then error(output, 0) end
  self.output = output
  return output
end

return FusedSum
