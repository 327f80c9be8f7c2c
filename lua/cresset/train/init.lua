--- cresset.train: what training scripts share.
local core = require("cresset.core")

return {
  Progress = require("cresset.train.progress"),
  script = require("cresset.train.script"),
  terminalWidth = core.train.terminalWidth,
  clock = core.train.clock,
}
