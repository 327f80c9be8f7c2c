--- cresset.data: data sets as tensors, and minibatches of them.
local core = require("cresset.core")

local data = {
  readIDX = core.data.readIDX,
  saveText = core.data.saveText,
  Dataset = require("cresset.data.dataset"),
  Encoder = require("cresset.data.Encoder"),
  batches = require("cresset.data.batches"),
  digits = require("cresset.data.digits"),
  mnist = require("cresset.data.mnist"),
  fashion = require("cresset.data.fashion"),
  Sampler = require("cresset.data.Sampler"),
  RandomSampler = require("cresset.data.RandomSampler"),
  SubsetSampler = require("cresset.data.SubsetSampler"),
  WeightedSampler = require("cresset.data.WeightedSampler"),
  StratifiedSampler = require("cresset.data.StratifiedSampler"),
  augment = require("cresset.data.augment"),
  Workers = require("cresset.data.Workers"),
  Loader = require("cresset.data.Loader"),
}

return data
