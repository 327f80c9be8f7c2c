local C = require("cresset.core").nn
local criterion = require("cresset.nn.criterion.declare")

-- For each kind and role: the loss of loss.h, its target, its parameter a, a factor.
local kinds = {
  nonSaturating = {
    real = { "bceWithLogits", 1 }, fake = { "bceWithLogits", 0 },
    generator = { "bceWithLogits", 1 },
  },
  minimax = {
    real = { "bceWithLogits", 1 }, fake = { "bceWithLogits", 0 },
    generator = { "bceWithLogits", 0, nil, -1 },
  },
  leastSquares = {
    real = { "mse", 1, nil, 0.5 }, fake = { "mse", 0, nil, 0.5 },
    generator = { "mse", 1, nil, 0.5 },
  },
  hinge = {
    real = { "margin", 1, 1 }, fake = { "margin", -1, 1 }, generator = { "mean", nil, nil, -1 },
  },
  wasserstein = {
    real = { "mean", nil, nil, -1 }, fake = { "mean", nil, nil, 1 },
    generator = { "mean", nil, nil, -1 },
  },
}

--- The losses of adversarial training, means over the discriminator's scores x (without a sigmoid).
--
--     nn.GANCriterion([kind = "nonSaturating"], [realLabel = 1])
--     loss = criterion:forward(scores, "real")        -- the discriminator's, of real samples
--     loss = criterion:forward(scores, "fake")        -- the discriminator's, of generated samples
--     loss = criterion:forward(scores, "generator")   -- the generator's
--
-- kind "nonSaturating" (Goodfellow et al. 2014): log(1 + exp(-x)), log(1 + exp(x)),
-- log(1 + exp(-x)); "minimax", the game of the same paper's equation 1: the generator's is
-- -log(1 + exp(x)); "leastSquares" (Mao et al. 2017): (x - 1)^2 / 2, x^2 / 2, (x - 1)^2 / 2;
-- "hinge" (Lim and Ye 2017): max(0, 1 - x), max(0, 1 + x), -x; "wasserstein" (Arjovsky et al.
-- 2017): -x, x, -x. realLabel below 1 smooths the label of real samples (Salimans et al. 2016), for
-- the first three kinds.
local GANCriterion = criterion("nn.GANCriterion", {
  args = {
    { "kind", "string", default = "nonSaturating" },
    { "realLabel", "number", default = 1, min = 0, max = 1 },
  },
  buffers = { "labels" },
  init = function(self)
    if not kinds[self.kind] then
      error(("nn.GANCriterion: 'kind' must be nonSaturating, minimax, leastSquares, hinge or "
        .. 'wasserstein, got the string "%s"'):format(self.kind), 0)
    end
  end,
  tostring = function(self) return "(" .. self.kind .. ")" end,
})

local function find(self, input, role)
  local loss = kinds[self.kind][role]
  if not loss then
    self:fail('target must be "real", "fake" or "generator", got %s', tostring(role))
  end
  if type(input) ~= "userdata" then self:fail("input must be a tensor, got %s", type(input)) end
  return loss
end

local function labels_for(self, input, role, label)
  if role == "real" and label == 1 and self.kind ~= "hinge" then label = self.realLabel end
  if self.labels:type() ~= input:type() then self.labels = input.new() end
  return self.labels:resizeAs(input):fill(label)
end

function GANCriterion:updateOutput(input, role)
  local loss = find(self, input, role)
  if loss[1] == "mean" then
    self.output = input:nElement() > 0 and loss[4] * input:mean() or 0
  else
    local labels = labels_for(self, input, role, loss[2])
    self.output = (loss[4] or 1)
      * C[loss[1] .. "LossForward"](self, input, labels, true, loss[3])
  end
  return self.output
end

function GANCriterion:updateGradInput(input, role)
  local loss = find(self, input, role)
  if loss[1] == "mean" then
    self.gradInput:resizeAs(input):fill(loss[4] / math.max(input:nElement(), 1))
    return self.gradInput
  end
  local labels = labels_for(self, input, role, loss[2])
  self.gradInput = C[loss[1] .. "LossBackward"](self, input, labels, self.gradInput, true, loss[3])
  if loss[4] then self.gradInput:mul(loss[4]) end
  return self.gradInput
end

return GANCriterion
