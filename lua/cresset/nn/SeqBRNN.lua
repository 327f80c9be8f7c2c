local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")

--- nn.SeqBRNN(inputSize, outputSize, [batchFirst = false], [merge]): an nn.SeqLSTM over a sequence,
-- another over its reverse, and their outputs merged, by nn.CAddTable() unless told otherwise.
-- Input (T x N x inputSize), output (T x N x outputSize); with batchFirst both begin with N.
-- nn.SeqLSTM's option bidirectional joins the two and has several layers.
local SeqBRNN, parent = class("nn.SeqBRNN", "nn.Sequential")

function SeqBRNN:__init(inputSize, outputSize, batchFirst, merge)
  local who = "nn.SeqBRNN"
  parent.__init(self)
  local function find(name) return class.find("nn." .. name) end
  local first = arguments.check(who, { "batchFirst", "boolean", default = false }, batchFirst)
  merge = arguments.check(who, { "merge", "module", optional = true }, merge) or find("CAddTable")()
  arguments.check(who, { "inputSize", "size" }, inputSize)
  arguments.check(who, { "outputSize", "size" }, outputSize)
  local dim = first and 2 or 1
  local function lstm() return find("SeqLSTM")(inputSize, outputSize, 1, first) end
  local backward = find("Sequential")():add(find("SeqReverseSequence")(dim)):add(lstm())
    :add(find("SeqReverseSequence")(dim))
  self:add(find("ConcatTable")():add(lstm()):add(backward)):add(merge)
end

return SeqBRNN
