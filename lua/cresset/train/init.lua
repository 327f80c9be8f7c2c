--- cresset.train: what training scripts share.
local core = require("cresset.core")

return {
  Trainer = require("cresset.train.Trainer"),
  EventLog = require("cresset.train.EventLog"),
  JsonLog = require("cresset.train.JsonLog"),
  metrics = require("cresset.train.metrics"),
  Progress = require("cresset.train.progress"),
  backprop = require("cresset.train.backprop"),
  script = require("cresset.train.script"),
  terminalWidth = core.train.terminalWidth,
  clock = core.train.clock,
}
