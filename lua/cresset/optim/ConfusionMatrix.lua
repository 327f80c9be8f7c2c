--- Counts how often each class was taken for which.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local ConfusionMatrix = class("optim.ConfusionMatrix")

local most_classes = 46340 -- their square is still an int32

local function check(condition, method, message, ...)
  if condition then return end
  error(("optim.ConfusionMatrix%s: %s"):format(method, message:format(...)), 0)
end

--- @param nclasses  how many classes, or a table of their names
-- @param classes  a table of their names
--
-- `mat[t][p]` counts the samples of class t that were taken for class p.
function ConfusionMatrix:__init(nclasses, classes)
  local given = nclasses
  if type(nclasses) == "table" then nclasses, classes = #nclasses, nclasses end
  nclasses = math.type(nclasses) and math.tointeger(nclasses)
  check(nclasses and nclasses >= 1 and nclasses <= most_classes, "",
    "'nclasses' must be an integer from 1 to %d or a table of names, got %s", most_classes,
    arguments.describe(given))
  check(classes == nil or type(classes) == "table", "",
    "'classes' must be a table of names, got %s", arguments.describe(classes))
  self.nclasses, self.classes = nclasses, classes or {}
  self.mat = core.LongTensor(nclasses, nclasses)
  self.valids, self.unionvalids = core.FloatTensor(nclasses), core.FloatTensor(nclasses)
  self._flat = self.mat:view(nclasses * nclasses)
  self:zero()
end

--- Sets all counts to 0.
function ConfusionMatrix:zero()
  self.mat:zero()
  self.valids:zero()
  self.unionvalids:zero()
  self.totalValid, self.averageValid, self.averageUnionValid = 0, 0, 0
  return self
end

--- The class a vector of scores or a number stands for.
local function to_class(value, name)
  local number = math.type(value) and math.tointeger(value)
  if number then return number end
  check(core.isTensor(value) and value:dim() == 1 and value:size(1) > 0, ":add",
    "'%s' must be a class number or a vector of scores, got %s", name, arguments.describe(value))
  local _, index = value:max(1)
  return index[1]
end

--- Adds one sample.
-- @param prediction  a class number, or a vector of scores whose largest counts
-- @param target  a class number, or a vector; 0 or less: missing, the sample is not counted
function ConfusionMatrix:add(prediction, target)
  local p, t = to_class(prediction, "prediction"), to_class(target, "target")
  if t <= 0 then return end
  check(p >= 1 and p <= self.nclasses, ":add",
    "the prediction must be a class from 1 to %d, got %d", self.nclasses, p)
  check(t <= self.nclasses, ":add", "the target must be a class up to %d, got %d", self.nclasses,
    t)
  self.mat[t][p] = self.mat[t][p] + 1
end

--- A vector of class numbers from a batch of them, or of scores in rows.
local function to_classes(values, name)
  check(core.isTensor(values) and values:nElement() > 0 and values:dim() <= 2, ":batchAdd",
    "'%s' must be a vector of classes or a matrix of scores, got %s", name,
    arguments.describe(values))
  if values:dim() == 1 then return values:long() end
  if values:size(2) == 1 then return values:select(2, 1):long() end
  local _, index = values:max(2)
  return index:select(2, 1)
end

--- Adds a batch.
-- @param predictions  a vector of class numbers, or a matrix of N x nclasses scores
-- @param targets  the same; targets of 0 or less are missing and not counted
function ConfusionMatrix:batchAdd(predictions, targets)
  local p, t = to_classes(predictions, "predictions"), to_classes(targets, "targets")
  check(p:size(1) == t:size(1), ":batchAdd", "%d predictions and %d targets do not go together",
    p:size(1), t:size(1))
  local counts, n = {}, self.nclasses
  local ps, ts = p:totable(), t:totable()
  for k = 1, #ts do -- all are checked before anything is counted
    check(ts[k] <= 0 or (ps[k] >= 1 and ps[k] <= n and ts[k] <= n), ":batchAdd",
      "classes must be from 1 to %d, sample %d has the prediction %d and the target %d", n, k,
      ps[k], ts[k])
    if ts[k] > 0 then
      local at = (ts[k] - 1) * n + ps[k]
      counts[at] = (counts[at] or 0) + 1
    end
  end
  for at, count in pairs(counts) do self._flat[at] = self._flat[at] + count end
end

local function mean(values)
  local sum, count = 0, 0
  for _, value in ipairs(values) do
    if value == value then sum, count = sum + value, count + 1 end
  end
  return sum / count
end

--- Computes `valids` (each class's share of right answers), `averageValid` (their mean),
-- `unionvalids` and `averageUnionValid` (right answers in the union of a class's row and column)
-- and `totalValid` (the share of right answers in all). Classes that did not occur are NaN.
function ConfusionMatrix:updateValids()
  local n, right, all = self.nclasses, 0, 0
  local valids, unions = {}, {}
  for t = 1, n do
    local hits = self.mat[t][t]
    local row, column = self.mat:select(1, t):sum(), self.mat:select(2, t):sum()
    valids[t], unions[t] = hits / row, hits / (row + column - hits)
    if row == 0 then unions[t] = 0 / 0 end
    self.valids[t], self.unionvalids[t] = valids[t], hits / (row + column - hits)
    right, all = right + hits, all + row
  end
  self.totalValid = right / all
  self.averageValid, self.averageUnionValid = mean(valids), mean(unions)
end

--- False rejection and false acceptance rates, as Torch7 computes them.
-- @return rejection rates of all classes, acceptance rates of all classes (-1 for classes that did
-- not occur), and the two without those classes
function ConfusionMatrix:farFrr()
  local n = self.nclasses
  local frrs, fars = core.FloatTensor(n):fill(-1), core.FloatTensor(n):fill(-1)
  local present = {}
  for i = 1, n do
    if self.mat[i]:sum() > 0 then present[#present + 1] = i end
  end
  local some_frrs, some_fars = core.FloatTensor(#present), core.FloatTensor(#present)
  for k, i in ipairs(present) do
    local wrong = 0
    for _, j in ipairs(present) do
      if j ~= i then wrong = wrong + self.mat[j][i] / self.mat[j]:sum() end
    end
    frrs[i], fars[i] = 1 - self.mat[i][i] / self.mat[i]:sum(), wrong / (#present - 1)
    some_frrs[k], some_fars[k] = frrs[i], fars[i]
  end
  return frrs, fars, some_frrs, some_fars
end

--- The matrix with each row's share of right answers, and the averages.
function ConfusionMatrix:__tostring__()
  if not core.isTensor(self.mat) then return "optim.ConfusionMatrix" end
  self:updateValids()
  local n = self.nclasses
  local digits = math.max(8, 1 + math.ceil(math.log(math.max(self.mat:max(), 1), 10)))
  local lines = { "ConfusionMatrix:\n" }
  for t = 1, n do
    local counts = {}
    for p = 1, n do counts[p] = ("%" .. digits .. "d"):format(self.mat[t][p]) end
    local class_name = self.classes[t]
    local name = class_name ~= nil and ("\t[class: %s]"):format(tostring(class_name)) or ""
    lines[#lines + 1] = ("%s[%s]%s  %2.3f%% %s\n"):format(t == 1 and "[" or " ",
      table.concat(counts), t == n and "]" or " ", self.valids[t] * 100, name)
  end
  lines[#lines + 1] = (" + average row correct: %s%% \n"):format(self.averageValid * 100)
  lines[#lines + 1] = (" + average rowUcol correct (VOC measure): %s%% \n"):format(
    self.averageUnionValid * 100)
  lines[#lines + 1] = (" + global correct: %s%%"):format(self.totalValid * 100)
  return table.concat(lines)
end

--- The matrix as a picture (see image.matrix), to be saved.
-- @param options  of image.matrix
-- @return a torch.FloatTensor, 3 x height x width
function ConfusionMatrix:render(options)
  local all = { labels = #self.classes > 0 and self.classes or nil }
  arguments.check("optim.ConfusionMatrix:render", { "options", "table", default = {} }, options)
  for name, value in pairs(options or {}) do all[name] = value end
  return require("cresset.image").matrix(self.mat, all)
end

return ConfusionMatrix
