--- cresset: neural networks for Lua 5.4.
-- `require "cresset"` returns the table that plays the role of Torch7's `torch`: tensor functions
-- (`cresset.zeros`, `cresset.randn`, ...) and the packages `cresset.nn`, `cresset.optim`, ...
local core = require("cresset.core")

local cresset = {}
local packages = {} -- name -> true: loaded when first used, so that a small script starts fast
for _, name in ipairs(require("cresset.packages")) do packages[name] = true end

local function add(source)
  for name, value in pairs(source) do
    if not packages[name] and name ~= "stream" then cresset[name] = value end
  end
end

add(core)
add(require("cresset.join"))
add(require("cresset.statistics"))
add(require("cresset.rearrange"))
add(require("cresset.einsum"))
add(require("cresset.types"))
add(require("cresset.serialize"))
add(require("cresset.utility"))
require("cresset.file")
require("cresset.print")
cresset.version = require("cresset.version")
cresset.class = require("cresset.class")
cresset.Timer = require("cresset.timer")
cresset.CmdLine = require("cresset.cmdline")
cresset.Tester = require("cresset.tester")
cresset.TestSuite = require("cresset.tester.suite").TestSuite

return setmetatable(cresset, {
  __index = function(_, name)
    if not packages[name] then return nil end
    local package = require("cresset." .. name)
    cresset[name] = package
    return package
  end,
})
