local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")
local FuzzyART = require("cresset.zoo.FuzzyART")

--- Fuzzy ARTMAP (Carpenter, Grossberg, Markuzon, Reynolds, Rosen: Fuzzy ARTMAP: a neural network
-- architecture for incremental supervised learning of analog multidimensional maps, 1992): the
-- categories of fuzzy ART, each of one class. When the category chosen is of another class than the
-- sample, the vigilance rises for this sample just above its match (match tracking), and the search
-- goes on, up to a new category.
-- @param options  a table: `inputSize`; `vigilance` at the start of each search, from 0 to 1 (0);
--   `choice` (0.001), `learningRate` (1), `complement` (true) and `maxCategories` (10,000), as for
--   zoo.FuzzyART
local ARTMAP, parent = class("zoo.ARTMAP", "zoo.FuzzyART")

ARTMAP._declared = {}
for k, option in ipairs(FuzzyART._declared) do ARTMAP._declared[k] = option end
ARTMAP._declared[2] = { "vigilance", "number", default = 0, min = 0, max = 1 }

function ARTMAP:__init(options)
  parent.__init(self, options)
  self.classes = {} -- of each category
end

--- Learns sample by sample, until a pass changes nothing or the limit is reached.
-- @param inputs  N x inputSize, from 0 to 1
-- @param labels  a torch.LongTensor of N class numbers from 1
-- @param options  `epochs`: passes at most (1); `shuffle`: in random order (false)
-- @return a table as for zoo.FuzzyART:train
function ARTMAP:train(inputs, labels, options)
  local codes, work = self:_encode("train", inputs), {}
  local wanted = check.labels("zoo.ARTMAP:train", "labels", labels, codes:size(1)):totable()
  return self:_passes("train", codes, options, function(code, position)
    local class_wanted = wanted[position]
    local function accepts(category) return self.classes[category] == class_wanted end
    local category = self:_resonate(code, self.vigilance, work, accepts)
    if category > 0 then return category, self:_learn(category, code) end
    category = self:_commit(code)
    if category > 0 then self.classes[category] = class_wanted end
    return category, category > 0
  end)
end

--- The class of each sample.
-- @param inputs  N x inputSize, from 0 to 1
-- @return a torch.LongTensor of N; 0 where no category reaches the vigilance
function ARTMAP:classify(inputs)
  local codes, work = self:_encode("classify", inputs), {}
  local result = core.LongTensor(codes:size(1)):zero()
  for k = 1, codes:size(1) do
    local category = self:_resonate(codes:select(1, k), self.vigilance, work)
    if category > 0 then result[k] = self.classes[category] end
  end
  return result
end

--- What several networks that saw the samples in different orders answer together: the class that
-- most of them name (Carpenter et al. 1992, voting).
-- @param networks  a list of zoo.ARTMAP
-- @param inputs  N x inputSize, from 0 to 1
-- @return a torch.LongTensor of N; 0 where none knows
function ARTMAP.vote(networks, inputs)
  local who = "zoo.ARTMAP.vote"
  arguments.check(who, { "networks", "table" }, networks)
  local count, answers, most = rawlen(networks), {}, 0
  if count == 0 then error(who .. ": 'networks' must be a list of zoo.ARTMAP", 0) end
  for k = 1, count do
    local network = rawget(networks, k)
    if not class.isA(network, "zoo.ARTMAP") then
      error(("%s: 'networks[%d]' must be a zoo.ARTMAP, got %s"):format(who, k,
        arguments.describe(network)), 0)
    end
    answers[k] = network:classify(inputs)
    most = math.max(most, answers[k]:max())
  end
  local n = answers[1]:size(1)
  local votes = core.zeros(n, most + 1)
  local one = core.ones(n, 1)
  for k = 1, count do votes:scatterAdd(2, answers[k]:view(n, 1) + 1, one) end
  votes:select(2, 1):mul(1e-3) -- "I do not know" loses against any answer
  local _, best = votes:max(2)
  return best:view(n) - 1
end

return ARTMAP
