--- cresset.train: what training scripts share.
local core = require("cresset.core")

return {
  Progress = require("cresset.train.progress"),
  backprop = require("cresset.train.backprop"),
  script = require("cresset.train.script"),
  terminalWidth = core.train.terminalWidth,
  clock = core.train.clock,
}
