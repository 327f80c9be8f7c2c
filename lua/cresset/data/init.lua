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
  Text = require("cresset.data.Text"),
  TextStreams = require("cresset.data.TextStreams"),
  devilsDictionary = require("cresset.data.devils_dictionary"),
  Table = require("cresset.data.Table"),
  ImageFolder = require("cresset.data.ImageFolder"),
  Workers = require("cresset.data.Workers"),
  Loader = require("cresset.data.Loader"),
}

return data
