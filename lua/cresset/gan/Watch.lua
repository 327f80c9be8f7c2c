local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local scores = require("cresset.gan.scores")

--- Watches drawn samples for collapse: a generator that draws the same thing again and again,
-- leaves classes out, or has fallen behind what it could do before.
--
--     local watch = gan.Watch { real = images, classifier = net }
--     ... after an epoch:
--     local seen = watch:look(trainer:sample(500, labels))
--     if seen.collapsed then print(seen.text) end
--
-- Options: `real`, samples to compare with (N x ...); `classifier` (optional), an nn.Sequential
-- trained on these, for coverage of classes and for features in which the Frechet distance is
-- taken; `layer`, the place of the features (-2); `labels` (optional), the real samples' classes,
-- by which samples of one class are compared; the limits `spread` (0.5): the mean distance between
-- two samples by that of real ones; `coverage` (0.7): the share of classes; `jump` (2): the Frechet
-- distance by the best before.
local Watch = class("gan.Watch")

local who = "gan.Watch"

local declared = {
  { "real", "tensor" },
  { "classifier", "module", optional = true },
  { "labels", "tensor", optional = true },
  { "layer", "integer", default = -2 },
  { "spread", "number", default = 0.5, min = 0 },
  { "coverage", "number", default = 0.7, min = 0, max = 1 },
  { "jump", "number", default = 2, min = 1 },
}

-- As many samples as distances are taken between, so that looking stays cheap.
local most = 1000

local function first_of(t) return t:narrow(1, 1, math.min(most, t:size(1))) end

function Watch:__init(options)
  arguments.check(who, { "options", "table" }, options)
  for name, value in next, arguments.options(who, declared, options) do self[name] = value end
  if self.real:dim() < 2 or self.real:size(1) < 4 then
    error(("%s: 'real' must be at least 4 samples (N x ...), got %s"):format(who,
      arguments.describe(self.real)), 0)
  end
  local labels = self.labels
  if labels and (labels:type() ~= "torch.LongTensor" or labels:dim() ~= 1
    or labels:size(1) ~= self.real:size(1)) then
    error(("%s: 'labels' must be a torch.LongTensor of %d classes, got %s"):format(who,
      self.real:size(1), arguments.describe(labels)), 0)
  end
  self.realDistance = scores.pairwiseDistance(first_of(self.real))
  if self.labels then self.realWithin = self:within(self.real, self.labels) end
  if self.classifier then
    self.realFeatures = scores.features(self.classifier, self.real, self.layer)
  end
end

--- The mean distance between two samples of one class, over the classes with two and more.
-- @param samples  a tensor (N x ...)
-- @param labels  a torch.LongTensor of N classes
function Watch:within(samples, labels)
  arguments.of_method(self, "within", { "samples", "tensor" }, samples)
  arguments.of_method(self, "within", { "labels", "tensor" }, labels)
  if labels:dim() ~= 1 or samples:dim() < 2 or labels:size(1) ~= samples:size(1)
    or labels:type() ~= "torch.LongTensor" then
    error("gan.Watch:within: 'labels' must be a torch.LongTensor with a class for each sample", 0)
  end
  local sum, count = 0, 0
  for label = labels:min(), labels:max() do
    local places = labels:eq(label):nonzero()
    if places:nElement() > 1 then
      local chosen = first_of(places:view(-1))
      sum = sum + scores.pairwiseDistance(samples:index(1, chosen))
      count = count + 1
    end
  end
  return count > 0 and sum / count or 0
end

local function percent(share) return ("%.0f %%"):format(100 * share) end

local function note_spread(self, samples, labels, seen)
  seen.spread = scores.pairwiseDistance(first_of(samples)) / math.max(self.realDistance, 1e-12)
  if seen.spread < self.spread then
    seen.reasons[1] = ("two drawn samples differ by %s of what two real ones do"):format(
      percent(seen.spread))
  end
  if not labels or not self.realWithin then return end
  seen.within = self:within(samples, labels) / math.max(self.realWithin, 1e-12)
  if seen.within < self.spread then
    seen.reasons[#seen.reasons + 1] =
      ("two drawn samples of one class differ by %s of what two real ones do"):format(
        percent(seen.within))
  end
end

local function note_coverage(self, samples, seen)
  local found = scores.coverage(self.classifier, samples)
  seen.covered, seen.classes, seen.effective = found.covered, found.classes, found.effective
  if found.covered < self.coverage * found.classes then
    seen.reasons[#seen.reasons + 1] = ("%d of %d classes are drawn"):format(found.covered,
      found.classes)
  end
end

local function note_frechet(self, samples, seen)
  seen.frechet = scores.frechet(self.realFeatures,
    scores.features(self.classifier, samples, self.layer))
  if self.best and seen.frechet > self.jump * self.best then
    seen.reasons[#seen.reasons + 1] =
      ("the Frechet distance has risen to %.4g from %.4g"):format(seen.frechet, self.best)
  end
  self.best = math.min(self.best or math.huge, seen.frechet)
end

--- Looks at drawn samples.
-- @param samples  a tensor (N x ...) like the real ones, N at least 2
-- @param labels  what they were asked to be (optional), where the watch has the real ones'
-- @return a table: collapsed (true or false), text (a sentence), reasons (a list of texts), spread,
--         and, where there is what they need, within, covered, classes, effective, frechet
function Watch:look(samples, labels)
  arguments.of_method(self, "look", { "samples", "tensor" }, samples)
  local fits = samples:dim() == self.real:dim() and samples:size(1) > 1
  for d = 2, fits and samples:dim() or 0 do fits = fits and samples:size(d) == self.real:size(d) end
  if not fits then
    local sizes = table.concat(self.real:size():totable(), " x ", 2)
    error(("gan.Watch:look: 'samples' must be two or more like the real ones (N x %s), got %s")
      :format(sizes, arguments.describe(samples)), 0)
  end
  local seen = { reasons = {} }
  if core.isTensor(labels) and not self.labels then labels = nil end
  note_spread(self, samples, labels, seen)
  if self.classifier then
    note_coverage(self, samples, seen)
    note_frechet(self, samples, seen)
  end
  seen.collapsed = #seen.reasons > 0
  seen.text = seen.collapsed and "collapse: " .. table.concat(seen.reasons, "; ")
    or ("no collapse: two drawn samples differ by %s of what two real ones do"):format(
      percent(seen.spread))
  return seen
end

function Watch:__tostring__()
  return ("%s(%d real samples%s)"):format(who, self.real:size(1),
    self.classifier and ", with a classifier" or "")
end

return Watch
