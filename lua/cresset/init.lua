--- cresset: neural networks for Lua 5.4.
-- `require "cresset"` returns the table that plays the role of Torch7's `torch`: tensor functions
-- (`cresset.zeros`, `cresset.randn`, ...) and the packages `cresset.nn`, `cresset.optim`, ...
local core = require("cresset.core")

local cresset = {}
for name, value in pairs(core) do cresset[name] = value end
cresset.version = require("cresset.version")
require("cresset.print")
for name, value in pairs(require("cresset.join")) do cresset[name] = value end
cresset.class = require("cresset.class")
for name, value in pairs(require("cresset.types")) do cresset[name] = value end
cresset.nn = require("cresset.nn")
cresset.optim = require("cresset.optim")
cresset.image = require("cresset.image")
cresset.data = require("cresset.data")
cresset.plot = require("cresset.plot")
cresset.train = require("cresset.train")

return cresset
