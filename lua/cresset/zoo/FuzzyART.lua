--- Fuzzy ART, the base of the networks of adaptive resonance.
local arguments = require("cresset.nn.arguments")
local check = require("cresset.zoo.check")
local class = require("cresset.class")
local core = require("cresset.core")

--- Fuzzy ART (Carpenter, Grossberg, Rosen: Fast stable learning and categorization of analog
-- patterns by an adaptive resonance system, 1991): finds categories in samples from 0 to 1, as many
-- as the vigilance asks for, and forgets none of them. Each category is a box around its samples.
--
-- With complement coding an input a becomes I = (a, 1 - a). Of all categories w whose match
-- |I min w| / |I| reaches the vigilance the one with the largest choice |I min w| / (choice + |w|)
-- takes the input, w = rate (I min w) + (1 - rate) w; if there is none, a new one begins with I
-- (|.| is the sum). The search over all categories is a few whole-tensor operations.
-- @param options  a table: `inputSize`; `vigilance` from 0 to 1 (0.75): larger makes smaller and
--   more categories; `choice` (0.001); `learningRate` (1, "fast learning", which is stable after
--   one pass when `choice` is small); `complement` coding (true); `maxCategories` (10,000)
local FuzzyART = class("zoo.FuzzyART")

local tolerance = 1e-6 -- of the match, which float sums reach not to the last digit

FuzzyART._declared = {
  { "inputSize", "size" },
  { "vigilance", "number", default = 0.75, min = 0, max = 1 },
  { "choice", "number", default = 0.001, min = 1e-9, max = 1e6 },
  { "learningRate", "number", default = 1, min = 0, max = 1 },
  { "complement", "boolean", default = true },
  { "maxCategories", "size", default = 10000 },
}

function FuzzyART:__init(options)
  options = arguments.options(self.__typename, self._declared, options)
  for _, option in ipairs(self._declared) do self[option[1]] = options[option[1]] end
  self.codeSize = self.complement and 2 * self.inputSize or self.inputSize
  self.count = 0
  self.memory = core.zeros(8, self.codeSize) -- the categories, and room for more
  self.sizes = core.zeros(8) -- |w| of each
end

--- How many categories there are.
function FuzzyART:size() return self.count end

--- The categories w, as coded: count x codeSize; an empty tensor when there are none.
function FuzzyART:categories()
  if self.count == 0 then return self.memory.new() end
  return self.memory:narrow(1, 1, self.count)
end

-- Checked samples in their code.
function FuzzyART:_encode(method, inputs)
  local who = self.__typename .. ":" .. method
  local samples = check.unit_samples(who, "inputs", inputs, self.inputSize, self.memory)
  if self.complement then return core.cat(samples, samples:clone():mul(-1):add(1), 2) end
  if samples:sum(2):min() <= 0 then
    error(who .. ": each sample must have a number above 0 (without complement coding)", 0)
  end
  return samples
end

-- How well each category fits a code: choice and match, two vectors; memory for them is kept in
-- `work`.
local function compare(self, code, work)
  local n = self.count
  if work.count ~= n then
    work.count, work.overlap = n, self.memory.new(n, self.codeSize)
    work.choice, work.match = self.memory.new(n, 1), self.memory.new(n, 1)
  end
  core.cmin(work.overlap, self:categories(), code:view(1, -1):expandAs(work.overlap))
  core.sum(work.match, work.overlap, 2)
  core.add(work.choice, self.sizes:narrow(1, 1, n):view(n, 1), self.choice)
  core.cdiv(work.choice, work.match, work.choice)
  work.match:div(code:sum())
  return work.choice:view(n), work.match:view(n)
end

-- The category that resonates and its match: the best of those that reach the vigilance. 0 when
-- there is none.
local function search(choice, match, vigilance)
  local best, at = choice:clone():maskedFill(match:lt(vigilance - tolerance), -1):max(1)
  if best[1] < 0 then return 0, 0 end
  return at[1], match[at[1]]
end

--- The category of one code that reaches the vigilance and that accepts(category) does not refuse.
-- A refusal raises the vigilance just above the match of the one refused (match tracking).
function FuzzyART:_resonate(code, vigilance, work, accepts)
  if self.count == 0 then return 0 end
  local choice, match = compare(self, code, work)
  while true do
    local best, reached = search(choice, match, vigilance)
    if best == 0 or not accepts or accepts(best) then return best end
    vigilance = reached + 2 * tolerance
  end
end

local function grow(self)
  local memory, sizes = self.memory, self.sizes
  local room = memory:size(1)
  if self.count < room then return end
  self.memory, self.sizes = memory.new(2 * room, self.codeSize):zero(), sizes.new(2 * room):zero()
  self.memory:narrow(1, 1, room):copy(memory)
  self.sizes:narrow(1, 1, room):copy(sizes)
end

--- Begins a category; returns its number, or 0 when there are maxCategories.
function FuzzyART:_commit(code)
  if self.count >= self.maxCategories then return 0 end
  grow(self)
  self.count = self.count + 1
  self.memory:select(1, self.count):copy(code)
  self.sizes[self.count] = code:sum()
  return self.count
end

--- Moves a category towards a code; whether it changed.
function FuzzyART:_learn(category, code)
  local w = self.memory:select(1, category)
  local new = core.cmin(w, code)
  if self.learningRate < 1 then
    new:mul(self.learningRate):add(1 - self.learningRate, w)
  end
  if new:equal(w) then return false end
  w:copy(new)
  self.sizes[category] = w:sum()
  return true
end

local options_of_train = {
  { "epochs", "size", default = 1 },
  { "shuffle", "boolean", default = false },
}

--- Passes over codes until none changes a category: calls present(code, position), which returns
-- the code's category and whether it was changed.
function FuzzyART:_passes(method, codes, options, present)
  options = arguments.options(self.__typename .. ":" .. method, options_of_train, options)
  local n = codes:size(1)
  local report = { changes = {}, stable = false, categories = core.LongTensor(n) }
  for epoch = 1, options.epochs do
    local order = options.shuffle and core.randperm(n):long():totable()
    local changes = 0
    for k = 1, n do
      local at = order and order[k] or k
      local category, is_changed = present(codes:select(1, at), at)
      report.categories[at] = category
      if is_changed then changes = changes + 1 end
    end
    report.epochs, report.changes[epoch] = epoch, changes
    if changes == 0 then
      report.stable = true
      break
    end
  end
  return report
end

--- Learns sample by sample, until a pass changes nothing or the limit is reached.
-- @param inputs  N x inputSize, from 0 to 1
-- @param options  `epochs`: passes at most (1); `shuffle`: in random order (false)
-- @return a table: `epochs` done; `changes`: samples that changed a category, in each; `stable`:
--   true when the last pass changed nothing; `categories`: a torch.LongTensor of N, 0 for a sample
--   that found no category and no room for a new one
function FuzzyART:train(inputs, options)
  local codes, work = self:_encode("train", inputs), {}
  return self:_passes("train", codes, options, function(code)
    local category = self:_resonate(code, self.vigilance, work)
    if category > 0 then return category, self:_learn(category, code) end
    category = self:_commit(code)
    return category, category > 0
  end)
end

--- The category of each sample, without learning.
-- @param inputs  N x inputSize, from 0 to 1
-- @return a torch.LongTensor of N; 0 where no category reaches the vigilance
function FuzzyART:forward(inputs)
  local codes, work = self:_encode("forward", inputs), {}
  local result = core.LongTensor(codes:size(1))
  for k = 1, codes:size(1) do
    result[k] = self:_resonate(codes:select(1, k), self.vigilance, work)
  end
  return result
end

--- The corners of the categories' boxes (with complement coding).
-- @return two tensors of count x inputSize: the smallest and the largest coordinates
function FuzzyART:boxes()
  if not self.complement or self.count == 0 then
    arguments.fail_method(self, "boxes", "%s", self.complement and "there are no categories yet"
      or "there are boxes with complement coding alone")
  end
  local w = self:categories()
  return w:narrow(2, 1, self.inputSize):clone(),
    w:narrow(2, self.inputSize + 1, self.inputSize):clone():mul(-1):add(1)
end

function FuzzyART:__tostring__()
  return ("%s(%d, vigilance %g, %d categories)"):format(self.__typename, self.inputSize,
    self.vigilance, self.count)
end

return FuzzyART
