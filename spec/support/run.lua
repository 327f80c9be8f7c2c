-- Runs busted on this checkout: lua5.4 spec/support/run.lua [busted's arguments].
-- CRESSET_BUILD names the build folder (build/release unless told otherwise).
local build = os.getenv("CRESSET_BUILD") or "build/release"
package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path
package.cpath = "./" .. build .. "/?.so;" .. package.cpath
require("busted.runner")({ standalone = false })
