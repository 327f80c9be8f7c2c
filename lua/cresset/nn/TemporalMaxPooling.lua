local C = require("cresset.core").nn
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

--- The maximum of each feature over kW frames of a sequence, which move by dW (kW unless given).
--
--     nn.TemporalMaxPooling(kW, [dW])
--
-- Input (N x T x F) or (T x F), output (N x T' x F) or (T' x F) with T' = floor((T - kW) / dW) + 1.
-- `indices` holds 1 + (t - 1) F + f - 1 of each maximum, frame t of feature f.
local TemporalMaxPooling = layer("nn.TemporalMaxPooling", {
  args = { { "kW", "size" }, { "dW", "size", optional = true } },
  buffers = { "indices" },
  init = function(self)
    self.dW = self.dW or self.kW
    self.has_indices = false
  end,
  tostring = function(self) return ("(%d, %d)"):format(self.kW, self.dW) end,
})

--- Sequences as images of one plane, whose rows are frames.
local function forward(self, input, indices)
  local x = images.sequence_as_image(self, input)
  C.maxPoolForward(self, x, self.output, indices, 1, self.kW, 1, self.dW, 0, 0, false)
  return images.image_as_sequence(self.output, input)
end

function TemporalMaxPooling:updateOutput(input)
  self.has_indices = self.train ~= false
  return forward(self, input, self.has_indices and images.indices_of(self) or nil)
end

function TemporalMaxPooling:updateGradInput(input, gradOutput)
  local indices = images.indices_of(self)
  local x = images.sequence_as_image(self, input)
  if not self.has_indices or indices:nElement() == 0 then
    forward(self, input, indices)
    self.has_indices = true
  end
  C.maxPoolBackward(self, x, images.sequence_as_image(self, gradOutput, "gradOutput"), indices,
    self.gradInput, 1, self.kW, 1, self.dW, 0, 0, false)
  return images.image_as_sequence(self.gradInput, input)
end

return TemporalMaxPooling
