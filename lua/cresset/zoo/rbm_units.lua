--- The two layers of an RBM: half a step of Gibbs sampling each, which may be scaled and have other
-- biases, as in annealing.
local core = require("cresset.core")

local C = core.zoo
local units_of = {}

--- Probabilities of the hidden units into `mean`, and a sample of them, where wanted.
function units_of.hiddenMeans(self, mean, sample, visible, scale, bias)
  return C.means(mean, sample, visible, self.weight, bias or self.hiddenBias, false, true,
    scale or 1)
end

--- One label for each row of probabilities, as a row of one 1 and zeros.
local function draw_labels(sample, probabilities)
  local drawn = core.multinomial(probabilities:contiguous(), 1)
  sample:zero():scatter(2, drawn, 1)
end

-- What a plain binary layer does not have: Gaussian units and labels. `mean` holds the fields.
local function finish_visible(self, mean, sample)
  local units = self.visible - self.classes
  if sample then sample:resizeAs(mean) end
  if units > 0 then
    local pixels = mean:narrow(2, 1, units)
    local drawn = sample and sample:narrow(2, 1, units)
    if self.units == "binary" then
      pixels:sigmoid()
      if drawn then drawn:bernoulli(pixels) end
    elseif drawn then
      drawn:normal(0, 1):add(pixels)
    end
  end
  if self.classes == 0 then return mean end
  local labels = mean:narrow(2, units + 1, self.classes)
  labels:csub((labels:max(2))):exp()
  labels:cdiv(labels:sum(2))
  if sample then draw_labels(sample:narrow(2, units + 1, self.classes), labels) end
  return mean
end

--- Means of the visible units into `mean`, and a sample of them, where wanted.
function units_of.visibleMeans(self, mean, sample, hidden, scale, bias)
  bias, scale = bias or self.visibleBias, scale or 1
  if self.units == "binary" and self.classes == 0 then
    return C.means(mean, sample, hidden, self.weight, bias, true, true, scale)
  end
  C.means(mean, nil, hidden, self.weight, bias, true, false, scale)
  return finish_visible(self, mean, sample)
end

--- The part of the energy that the visible units have alone, for each row: -b.v, or |v - b|^2 / 2
-- where Gaussian.
function units_of.visibleEnergy(self, visible)
  local units = self.visible - self.classes
  if self.units == "binary" then return core.mv(visible, self.visibleBias):mul(-1) end
  local energy = visible.new(visible:size(1)):zero()
  if units > 0 then
    local gap = core.csub(visible:narrow(2, 1, units), self.visibleBias:narrow(1, 1, units))
    energy:add(0.5, gap:cmul(gap):sum(2):view(-1))
  end
  if self.classes > 0 then
    energy:add(-1, core.mv(visible:narrow(2, units + 1, self.classes),
      self.visibleBias:narrow(1, units + 1, self.classes)))
  end
  return energy
end

return units_of
