-- Runs busted on this checkout: lua5.4 spec/support/run.lua [busted's arguments].
-- CRESSET_BUILD names the build folder (build/release unless told otherwise).
local build = os.getenv("CRESSET_BUILD") or "build/release"
package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path
package.cpath = "./" .. build .. "/?.so;" .. package.cpath
if not pcall(require, "system") then
  -- Ubuntu 22.04 packages parts of busted for older Luas alone. Those in Lua run all the same; of
  -- lua-system busted wants nothing but the clocks.
  package.path = package.path .. ";/usr/share/lua/5.3/?.lua;/usr/share/lua/5.3/?/init.lua"
  package.preload["system"] = function()
    return { gettime = os.time, monotime = os.clock, sleep = function() end }
  end
end
require("busted.runner")({ standalone = false })
