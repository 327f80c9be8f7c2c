--- Tables of tests that notice when a name is used twice.
local suite = {}

local known = setmetatable({}, { __mode = "k" }) -- suite -> { tests by name, names in order }

local Suite = {}

function Suite:__index(name) return known[self].tests[name] end

function Suite:__newindex(name, test)
  local own = known[self]
  if own.tests[name] ~= nil then
    error(("TestSuite: Test %s is already defined."):format(tostring(name)), 2)
  elseif type(name) ~= "string" or type(test) ~= "function" then
    error(("TestSuite: only functions with names can be tests, got %s for %s")
      :format(type(test), tostring(name)), 2)
  end
  own.tests[name] = test
  own.names[#own.names + 1] = name
end

function Suite:__pairs()
  local own, i = known[self], 0
  return function()
    i = i + 1
    local name = own.names[i]
    if name ~= nil then return name, own.tests[name] end
  end
end

--- A table for test functions, for Tester:add. Defining a test of the same name again, which would
-- silently drop the first from a plain table, is an error.
function suite.TestSuite()
  local self = {}
  known[self] = { tests = {}, names = {} }
  return setmetatable(self, Suite)
end

--- The names of a suite's tests in the order of their definition; nil for other tables.
function suite.names(tests) return known[tests] and known[tests].names end

return suite
