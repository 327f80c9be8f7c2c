local C = require("cresset.core").nn
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- Clustering by k means: input (N x dim), output (N), the number of the nearest centroid of each
-- row. `loss` is the sum of the squared distances to these. gradInput is zero; the gradient of each
-- row of `weight`, the centroids (k x dim), is the centroid less the mean of its samples, times
-- `scale` where given, so that updateParameters(1) is a step of the k-means algorithm.
local Kmeans = layer("nn.Kmeans", {
  args = {
    { "k", "size" }, { "dim", "size" },
    { "scale", "number", optional = true },
  },
  parameters = function(self) return { { "weight", self.k, self.dim } } end,
  buffers = { "columns", "distances", "nearest", "indices", "difference", "total", "count" },
  init = function(self)
    if self.scale and self.scale <= 0 then
      self:fail("'scale' must be larger than 0, got %g", self.scale)
    end
    self.loss = 0
  end,
  tostring = function(self) return ("(%d, %d)"):format(self.k, self.dim) end,
})

--- Draws the centroids' coordinates from [-stdv, stdv], stdv being 1 unless given.
function Kmeans:reset(stdv)
  arguments.of_method(self, "reset", { "stdv", "number", optional = true, min = 0 }, stdv)
  self.weight:uniform(-(stdv or 1), stdv or 1)
  return self
end

local function check(self, input)
  expect.tensor(self, input, "input", self.weight:type())
  if input:dim() ~= 2 or input:size(2) ~= self.dim then
    self:fail("input must be (N x %d), got %s", self.dim, expect.size_text(input))
  end
  return input:size(1)
end

local function check_samples(self, input)
  local n = check(self, input)
  if n < self.k then self:fail("input must have at least %d samples, got %d", self.k, n) end
  return n
end

--- Makes k of the samples, drawn without replacement, the centroids; returns the layer.
function Kmeans:initRandom(input)
  local n = check_samples(self, input)
  self.weight:copy(input:index(1, core.randperm(n):type("torch.LongTensor"):narrow(1, 1, self.k)))
  return self
end

--- Chooses centroids among the samples that are far from each other: each next one is drawn from
-- the 1 - p of the samples (p = 0.95 unless told otherwise) that are farthest from those before.
-- Returns the layer.
function Kmeans:initKmeansPlus(input, p)
  local n = check_samples(self, input)
  p = p or self.p or 0.95
  if type(p) ~= "number" or not (p >= 0 and p <= 1) then
    self:fail("'p' must be a number from 0 to 1, got %s", tostring(p))
  end
  self.p = p
  local candidates = math.max(1, math.ceil((1 - p) * n))
  self.weight:select(1, 1):copy(input:select(1, core.random(n)))
  local nearest
  for k = 2, self.k do
    local last = self.weight:narrow(1, k - 1, 1)
    local distance = C.centersForward(self, input, last:t():contiguous(), nil, input.new())
    nearest = nearest and nearest:cmin(distance) or distance
    local _, order = nearest:view(n):sort(1, true)
    self.weight:select(1, k):copy(input:select(1, order[core.random(candidates)]))
  end
  return self
end

function Kmeans:updateOutput(input)
  local n = check(self, input)
  self.columns:resize(self.dim, self.k):copy(self.weight:t())
  C.centersForward(self, input, self.columns, nil, self.distances)
  if self.indices:type() ~= "torch.LongTensor" then self.indices = core.LongTensor() end
  core.min(self.nearest, self.indices, self.distances, 2)
  self.loss = self.nearest:pow(2):sum()
  return self.output:resize(n):copy(self.indices:view(n))
end

function Kmeans:updateGradInput(input)
  check(self, input)
  return self.gradInput:resizeAs(input):zero()
end

function Kmeans:accGradParameters(input, _, scale)
  local n = check(self, input)
  if self.indices:nElement() ~= n then self:fail("call forward with this input first") end
  local indices = self.indices:view(n)
  core.index(self.difference, self.weight, 1, indices)
  self.difference:add(-1, input)
  self.total:resizeAs(self.weight):zero():indexAdd(1, indices, self.difference)
  self.count:resize(self.k):zero()
  self.count:indexAdd(1, indices, self.columns:resize(n):fill(1))
  self.total:cdiv(self.count:clamp(1, math.huge):view(self.k, 1):expandAs(self.total))
  self.gradWeight:add(self.scale or scale or 1, self.total)
end

return Kmeans
