--- How good drawn samples are, and whether they have collapsed: Frechet distance, conditional
-- accuracy, class coverage, nearest neighbours, distances between pairs.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local scores = {}

local function fail(name, message, ...)
  error(("gan.scores.%s: %s"):format(name, message:format(...)), 0)
end

local function check(name, declared, value)
  return arguments.check("gan.scores." .. name, declared, value)
end

-- A batch as a matrix of float64, a row for each sample.
local function matrix(name, what, samples, least)
  if not core.isTensor(samples) or samples:dim() < 2 or samples:nElement() == 0 then
    fail(name, "'%s' must be a tensor of samples (N x ...), got %s", what,
      arguments.describe(samples))
  end
  if samples:size(1) < (least or 1) then
    fail(name, "'%s' must have at least %d samples, got %d", what, least, samples:size(1))
  end
  return samples:double():contiguous():view(samples:size(1), -1)
end

local function two(name, first, second, a, b, least)
  a, b = matrix(name, first, a, least), matrix(name, second, b, least)
  if a:size(2) ~= b:size(2) then
    fail(name, "samples of '%s' and '%s' must be of one size, got %d and %d elements", first,
      second, a:size(2), b:size(2))
  end
  return a, b
end

-- ---- Frechet distance ----

-- Mean (1 x D) and covariance (D x D), which is divided by N - 1.
local function moments(x)
  local mean = x:mean(1)
  local centered = x - mean:expandAs(x)
  return mean, centered:t() * centered / (x:size(1) - 1)
end

-- The square root of a symmetric matrix without negative eigenvalues: v sqrt(e) v'.
local function square_root(a)
  local e, v = core.symeig(a, "V")
  local roots = e:clamp(0, math.huge):sqrt():view(1, -1)
  return core.cmul(v, roots:expandAs(v)) * v:t()
end

--- The Frechet distance between two normal distributions fitted to features of real and drawn
-- samples (Dowson and Landau 1982; Heusel et al. 2017):
-- |m1 - m2|^2 + trace(c1 + c2 - 2 (c1^(1/2) c2 c1^(1/2))^(1/2)), with means m and covariances c.
-- Two sets from one distribution do not reach 0, the less so the smaller they are: compare with a
-- floor, the distance between two sets of real samples of the same number.
-- @param real, drawn  features (N x D), N at least 2; they need not be equally many. Computed in
--                     float64; needs LAPACK
-- @return the distance
function scores.frechet(real, drawn)
  local x, y = two("frechet", "real", "drawn", real, drawn, 2)
  local mean_x, cov_x = moments(x)
  local mean_y, cov_y = moments(y)
  local root = square_root(cov_x)
  local product = root * cov_y * root
  product = (product + product:t()) / 2 -- of what rounding has made of it
  local values = core.symeig(product, "N"):clamp(0, math.huge):sqrt()
  local distance = (mean_x - mean_y):pow(2):sum() + cov_x:trace() + cov_y:trace()
    - 2 * values:sum()
  return math.max(distance, 0)
end

--- What a layer of a network says of samples, the network in evaluate mode.
-- @param net  an nn.Sequential, such as a classifier
-- @param samples  a tensor (N x ...)
-- @param layer  the place of the layer whose output is wanted, counted from 1, or from the end when
--               negative; -2 (the input of the last layer) unless told otherwise
-- @param batch  samples at a time (250)
-- @return a tensor (N x D)
function scores.features(net, samples, layer, batch)
  check("features", { "net", "module" }, net)
  matrix("features", "samples", samples)
  layer = check("features", { "layer", "integer", default = -2 }, layer)
  batch = check("features", { "batch", "size", default = 250 }, batch)
  if net.__typename ~= "nn.Sequential" or #net.modules == 0 then
    fail("features", "'net' must be an nn.Sequential with layers")
  end
  local place = layer < 0 and #net.modules + layer + 1 or layer
  if place < 1 or place > #net.modules then
    fail("features", "'layer' must be one of the net's %d, got %d", #net.modules, layer)
  end
  local was_training, result = net.train, nil
  net:evaluate()
  local count = samples:size(1)
  for first = 1, count, batch do
    local length = math.min(batch, count - first + 1)
    net:forward(samples:narrow(1, first, length))
    local found = net.modules[place].output
    found = found:contiguous():view(length, -1)
    result = result or found.new(count, found:size(2))
    result:narrow(1, first, length):copy(found)
  end
  if was_training then net:training() end
  return result
end

-- ---- classes ----

-- Which class a classifier takes each sample for.
local function classify(name, classifier, samples)
  check(name, { "classifier", "module" }, classifier)
  local logits = scores.features(classifier, samples, -1)
  local _, best = logits:max(2)
  return best:view(-1), logits:size(2)
end

--- The share of samples that a classifier takes for the class that they were asked to be.
-- @param classifier  an nn.Sequential that gives scores (N x classes)
-- @param samples  a tensor (N x ...)
-- @param labels  a torch.LongTensor of N classes
function scores.conditionalAccuracy(classifier, samples, labels)
  local best = classify("conditionalAccuracy", classifier, samples)
  if not core.isTensor(labels) or labels:type() ~= "torch.LongTensor"
    or labels:nElement() ~= best:nElement() then
    fail("conditionalAccuracy", "'labels' must be a torch.LongTensor of %d classes, got %s",
      best:nElement(), arguments.describe(labels))
  end
  return best:eq(labels:contiguous():view(-1)):sum() / best:nElement()
end

--- How samples spread over the classes that a classifier sees in them.
-- @param classifier  an nn.Sequential that gives scores (N x classes)
-- @param samples  a tensor (N x ...)
-- @return a table: counts (one for each class), covered (classes with at least a tenth of their
--         even share), effective (exp of the counts' entropy: as many equally frequent classes are
--         as various), classes
function scores.coverage(classifier, samples)
  local best, classes = classify("coverage", classifier, samples)
  local total = best:nElement()
  local counts, covered, entropy = {}, 0, 0
  for class = 1, classes do
    local count = best:eq(class):sum()
    counts[class] = count
    if count >= 0.1 * total / classes then covered = covered + 1 end
    if count > 0 then entropy = entropy - count / total * math.log(count / total) end
  end
  return { counts = counts, covered = covered, effective = math.exp(entropy), classes = classes }
end

-- ---- distances ----

-- Squared distances between all rows of two matrices.
local function squared_distances(a, b)
  local squares_a, squares_b = core.cmul(a, a):sum(2), core.cmul(b, b):sum(2)
  local result = (a * b:t()):mul(-2)
  result:add(squares_a:expandAs(result)):add(squares_b:view(1, -1):expandAs(result))
  return result:clamp(0, math.huge)
end

--- The nearest training sample of each drawn one, by Euclidean distance: a generator that learned
-- its samples by heart has distances near 0.
-- @param drawn, training  tensors (N x ...) and (M x ...) of samples of one size
-- @return a tensor of N distances (float64) and a torch.LongTensor of N positions in training
function scores.nearest(drawn, training)
  local a, b = two("nearest", "drawn", "training", drawn, training)
  local count = a:size(1)
  local distances, positions = core.DoubleTensor(count), core.LongTensor(count)
  local chunk = math.max(1, 4000000 // b:size(1))
  for first = 1, count, chunk do
    local length = math.min(chunk, count - first + 1)
    local least, at = squared_distances(a:narrow(1, first, length), b):min(2)
    distances:narrow(1, first, length):copy(least:view(-1))
    positions:narrow(1, first, length):copy(at:view(-1))
  end
  return distances:sqrt(), positions
end

--- The mean Euclidean distance between two of the samples.
-- @param samples  a tensor (N x ...), N at least 2
function scores.pairwiseDistance(samples)
  local x = matrix("pairwiseDistance", "samples", samples, 2)
  local count = x:size(1)
  -- What rounding leaves of a row's distance to itself does not belong to the sum.
  local distances = squared_distances(x, x):sqrt()
  return (distances:sum() - distances:trace()) / (count * (count - 1))
end

--- How many of the centers of a mixture of Gaussians samples reach, for toys in few dimensions.
-- @param samples  a tensor (N x D)
-- @param centers  a tensor (K x D)
-- @param deviation  of each Gaussian; a sample within 3 of them belongs to the center
-- @return a table: covered (centers with at least a tenth of their even share), counts, quality
--         (the share of samples that belong to a center)
function scores.modes(samples, centers, deviation)
  local a, b = two("modes", "samples", "centers", samples, centers)
  deviation = check("modes", { "deviation", "number", min = 0 }, deviation)
  local least, at = squared_distances(a, b):min(2)
  local belongs = least:le((3 * deviation) ^ 2):view(-1)
  at = at:view(-1)
  local counts, covered, total = {}, 0, a:size(1)
  for k = 1, b:size(1) do
    counts[k] = core.cmul(at:eq(k), belongs):sum()
    if counts[k] >= 0.1 * total / b:size(1) then covered = covered + 1 end
  end
  return { covered = covered, counts = counts, quality = belongs:sum() / total }
end

return scores
