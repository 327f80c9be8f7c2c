local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local nn = { Linear = require("cresset.nn.Linear"), View = require("cresset.nn.View"),
  Max = require("cresset.nn.extremes").Max }

--- nn.Maxout(inputSize, outputSize, maxoutNumber, [preprocess]): the largest of maxoutNumber linear
-- maps for each output (Goodfellow et al. 2013). `preprocess` is a layer for what the maps give,
-- (N x maxoutNumber x outputSize). Input (N x inputSize) or (inputSize).
local Maxout, parent = class("nn.Maxout", "nn.Sequential")

local declared = {
  { "inputSize", "size" }, { "outputSize", "size" }, { "maxoutNumber", "size" },
  { "preprocess", "module", optional = true },
}

function Maxout:__init(...)
  parent.__init(self)
  local given = {}
  arguments.assign(given, "nn.Maxout", declared, ...)
  self:add(nn.Linear(given.inputSize, given.outputSize * given.maxoutNumber))
  self:add(nn.View(given.maxoutNumber, given.outputSize):setNumInputDims(1))
  if given.preprocess then self:add(given.preprocess) end
  self:add(nn.Max(1, 2))
end

return Maxout
