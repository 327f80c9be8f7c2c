--- Tests in Torch7's manner.
local class = require("cresset.class")
local compare = require("cresset.tester.compare")
local core = require("cresset.core")
local describe = require("cresset.describe")
local suite = require("cresset.tester.suite")

local pack, unpack = table.pack, table.unpack

--- Runs tests and reports what failed.
--
--     local tests, tester = cresset.TestSuite(), cresset.Tester()
--     function tests.sum() tester:eq(cresset.ones(3):sum(), 3, 1e-6, "sum of ones") end
--     tester:add(tests):run()
--
-- Checks note failures and go on; each returns whether it passed. A tolerance and a message may
-- come in either order.
local Tester = class("torch.Tester")

local columns = 80

--- A tester without tests.
function Tester:__init()
  self.tests, self.names = {}, {}
  self.disabled = {}
  self.errors, self.warnings = {}, {}
  self.current = "" -- the test that runs
  self.counts = {}  -- test -> { passed, failed, broken }
  self.countasserts = 0 -- of the last run
  -- As in Torch7 assertTensorEq takes { { 1 } } and { 1 } for equal, with a warning.
  self._assertTensorEqIgnoresDims = true
end

local function wrong(method, format, ...)
  error(("Tester:%s: "):format(method) .. format:format(...), 3)
end

-- ---- noting ----

local function counts_of(self, name)
  local counts = self.counts[name]
  if not counts then
    counts = { passed = 0, failed = 0, broken = 0 }
    self.counts[name] = counts
  end
  return counts
end

local own_folder = debug.getinfo(1, "S").source:match("^(.*)init%.lua$")

-- Where the test is that called the check.
local function place()
  local level = 2
  local info = debug.getinfo(level, "Sl")
  while info and (info.source:sub(1, #own_folder) == own_folder or info.currentline < 0
    or info.source:match("class%.lua$")) do
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  if not info then return "" end
  return ("stack traceback:\n\t%s:%d: in function <%s:%d>\n")
    :format(info.short_src, info.currentline, info.short_src, info.linedefined)
end

-- Notes that a check passed. Torch7's programs replace these two, to see what checks say.
function Tester:_success()
  local counts = counts_of(self, self.current)
  counts.passed = counts.passed + 1
  return true
end

-- Notes that a check failed.
function Tester:_failure(message)
  if self.rethrow then error(message, 4) end
  local counts = counts_of(self, self.current)
  counts.failed = counts.failed + 1
  local name = self.current ~= "" and self.current .. "\n" or ""
  self.errors[#self.errors + 1] = name .. message .. "\n" .. place()
  return false
end

-- Notes what is no failure, but looks like a mistake.
local function warn(self, message)
  local name = self.current ~= "" and self.current .. "\n" or ""
  self.warnings[#self.warnings + 1] = name .. message .. "\n" .. place()
end

local function note(self, passed, message)
  if passed then return self:_success() end
  return self:_failure(message)
end

-- The message's line of a report; nothing may follow the message among the arguments.
local function message_line(method, message, ...)
  if select("#", ...) > 0 then wrong(method, "Unexpected arguments passed to test function") end
  if message == nil or message == "" then return "" end
  if type(message) ~= "string" then
    wrong(method, "'message' must be a string, got %s", describe(message))
  end
  return message .. "\n"
end

-- A tolerance and a message in either order.
local function tolerance_and_message(method, default, ...)
  local tolerance, message
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if type(value) == "number" and not tolerance then
      if value < 0 or value ~= value then
        wrong(method, "'tolerance' must be 0 or more, got %s", value)
      end
      tolerance = value
    elseif type(value) == "string" and not message then
      message = value
    elseif value ~= nil then
      wrong(method, "expected one tolerance and one message, got %s", describe(value))
    end
  end
  return tolerance or default, message_line(method, message)
end

-- ---- checks ----

--- Checks that a condition is true.
-- @param condition  true or false
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assert(condition, ...)
  local text = message_line("assert", ...)
  if type(condition) ~= "boolean" then
    warn(self, "Tester:assert should only be used for boolean conditions: to check that something "
      .. "is there, write tester:assert(value ~= nil)")
  end
  return note(self, condition and true or false,
    ("%sBOOL violation condition=%s"):format(text, tostring(condition)))
end

--- Checks that two values have the same content: numbers within the tolerance, tensors and storages
-- of the same type and size element by element, tables key by key, all else by ==.
-- @param got  a value
-- @param expected  a value
-- @param tolerance  the largest difference of numbers (0)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:eq(got, expected, ...)
  local tolerance, text = tolerance_and_message("eq", 0, ...)
  local difference = compare.values(got, expected, tolerance)
  return note(self, difference == nil, text .. (difference or ""))
end

--- Checks that two values have different contents: see eq.
-- @param got  a value
-- @param unexpected  a value
-- @param tolerance  the largest difference of numbers that are taken for equal (0)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:ne(got, unexpected, ...)
  local tolerance, text = tolerance_and_message("ne", 0, ...)
  local difference = compare.values(got, unexpected, tolerance)
  return note(self, difference ~= nil, ("%sNE failed: %s (%s) == %s (%s)")
    :format(text, tostring(got), type(got), tostring(unexpected), type(unexpected)))
end

--- The same as eq.
function Tester:assertGeneralEq(got, expected, ...) return self:eq(got, expected, ...) end

--- The same as ne.
function Tester:assertGeneralNe(got, unexpected, ...) return self:ne(got, unexpected, ...) end

local orders = {
  assertlt = { "LT", ">=", function(a, b) return a < b end },
  assertgt = { "GT", "<=", function(a, b) return a > b end },
  assertle = { "LE", ">", function(a, b) return a <= b end },
  assertge = { "GE", "<", function(a, b) return a >= b end },
}

local function check_order(self, method, a, b, ...)
  if type(a) ~= "number" or type(b) ~= "number" then
    wrong(method, "'a' and 'b' must be numbers, got %s and %s", describe(a), describe(b))
  end
  local word, opposite, holds = unpack(orders[method])
  return note(self, holds(a, b), ("%s%s failed: %s %s %s")
    :format(message_line(method, ...), word, tostring(a), opposite, tostring(b)))
end

--- Checks that a < b.
-- @return whether it passed
function Tester:assertlt(a, b, ...) return check_order(self, "assertlt", a, b, ...) end

--- Checks that a > b.
-- @return whether it passed
function Tester:assertgt(a, b, ...) return check_order(self, "assertgt", a, b, ...) end

--- Checks that a <= b.
-- @return whether it passed
function Tester:assertle(a, b, ...) return check_order(self, "assertle", a, b, ...) end

--- Checks that a >= b.
-- @return whether it passed
function Tester:assertge(a, b, ...) return check_order(self, "assertge", a, b, ...) end

-- Lua's ==, but that of tensors compares elements.
local function is_same(a, b)
  if type(a) == "userdata" then return rawequal(a, b) end
  return a == b
end

--- Checks that a == b: of objects, that they are the same one (see eq).
-- @return whether it passed
function Tester:asserteq(a, b, ...)
  return note(self, is_same(a, b), ("%sEQ failed: %s ~= %s")
    :format(message_line("asserteq", ...), tostring(a), tostring(b)))
end

--- Checks that a ~= b: of objects, that they are not the same one (see ne).
-- @return whether it passed
function Tester:assertne(a, b, ...)
  if type(a) == type(b) and (type(a) == "table" or type(a) == "userdata") then
    warn(self, "Tester:assertne should only be used to compare basic Lua values: it does not look "
      .. "into tables and tensors, ne does")
  end
  return note(self, not is_same(a, b), ("%sNE failed: %s == %s")
    :format(message_line("assertne", ...), tostring(a), tostring(b)))
end

--- Checks that two numbers differ by the tolerance at most.
-- @param a  a number
-- @param b  a number
-- @param tolerance  the largest difference (1e-16)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertalmosteq(a, b, ...)
  local tolerance, text = tolerance_and_message("assertalmosteq", 1e-16, ...)
  if type(a) ~= "number" or type(b) ~= "number" then
    wrong("assertalmosteq", "'a' and 'b' must be numbers, got %s and %s", describe(a), describe(b))
  end
  return note(self, a == b or math.abs(a - b) <= tolerance,
    ("%sALMOST_EQ failed: %s ~= %s with tolerance=%s"):format(text, a, b, tolerance))
end

local function check_both(method, is_kind, kind, a, b)
  for place_of, value in pairs { First = { a }, Second = { b } } do
    if not is_kind(value[1]) then
      wrong(method, "%s argument should be a %s, got %s", place_of, kind, describe(value[1]))
    end
  end
end

local function is_table(value) return type(value) == "table" end

-- Where the two differ, or nil.
local function tensor_difference(self, ta, tb, tolerance)
  if self._assertTensorEqIgnoresDims and ta:type() == tb:type() and ta:dim() > 0 and tb:dim() > 0
    and ta:nElement() == tb:nElement() and not ta:isSameSizeAs(tb) then
    ta, tb = ta:contiguous():view(-1), tb:contiguous():view(-1)
    local difference = compare.tensors(ta, tb, tolerance)
    if not difference then
      warn(self, "The tensors have the same content but different dimensions: this will fail when "
        .. "tester._assertTensorEqIgnoresDims is false")
    end
    return difference
  end
  return compare.tensors(ta, tb, tolerance)
end

--- Checks that two tensors have the same type and number of elements and differ by the tolerance at
-- most. Other dimensions alone are no failure but a warning, as in Torch7; eq tells them apart.
-- @param ta  a tensor
-- @param tb  a tensor
-- @param tolerance  the largest difference (1e-16)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertTensorEq(ta, tb, ...)
  local tolerance, text = tolerance_and_message("assertTensorEq", 1e-16, ...)
  check_both("assertTensorEq", core.isTensor, "Tensor", ta, tb)
  local difference = tensor_difference(self, ta, tb, tolerance)
  return note(self, difference == nil, text .. (difference or ""))
end

--- Checks that two tensors differ in type, in size, or somewhere by more than the tolerance.
-- @param ta  a tensor
-- @param tb  a tensor
-- @param tolerance  the largest difference of equal elements (1e-16)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertTensorNe(ta, tb, ...)
  local tolerance, text = tolerance_and_message("assertTensorNe", 1e-16, ...)
  check_both("assertTensorNe", core.isTensor, "Tensor", ta, tb)
  return note(self, tensor_difference(self, ta, tb, tolerance) ~= nil,
    ("%sTensorNE(~=) violation: no difference beyond tolerance=%s"):format(text, tolerance))
end

--- Checks that two tables have the same content: see eq.
-- @param ta  a table
-- @param tb  a table
-- @param tolerance  the largest difference of numbers (0)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertTableEq(ta, tb, ...)
  check_both("assertTableEq", is_table, "table", ta, tb)
  return self:eq(ta, tb, ...)
end

--- Checks that two tables have different contents: see ne.
-- @param ta  a table
-- @param tb  a table
-- @param tolerance  the largest difference of equal numbers (0)
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertTableNe(ta, tb, ...)
  check_both("assertTableNe", is_table, "table", ta, tb)
  return self:ne(ta, tb, ...)
end

-- Calls f; `expect` says of (whether it succeeded, its error) what is wrong, or nil.
local function check_call(self, method, f, expect, ...)
  if type(f) ~= "function" then wrong(method, "'f' must be a function, got %s", describe(f)) end
  local text = message_line(method, ...)
  local ok, err = pcall(f)
  local violation = expect(ok, err)
  return note(self, violation == nil, text .. "ERROR violation: " .. (violation or ""))
end

--- Checks that a function raises an error.
-- @return whether it passed
function Tester:assertError(f, ...)
  return check_call(self, "assertError", f, function(ok)
    if ok then return "no error was raised" end
  end, ...)
end

--- Checks that a function raises no error.
-- @return whether it passed
function Tester:assertNoError(f, ...)
  return check_call(self, "assertNoError", f, function(ok, err)
    if not ok then return "err=" .. tostring(err) end
  end, ...)
end

--- Checks that a function raises an error with this message.
-- @param f  a function without arguments
-- @param errmsg  the whole message, with its place as Lua adds it
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertErrorMsg(f, errmsg, ...)
  return check_call(self, "assertErrorMsg", f, function(ok, err)
    if ok then return "no error was raised" end
    if err ~= errmsg then
      return ("err=%s expected=%s"):format(tostring(err), tostring(errmsg))
    end
  end, ...)
end

--- Checks that a function raises an error whose message contains the pattern (string.find).
-- @param f  a function without arguments
-- @param errPattern  a Lua pattern
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertErrorPattern(f, errPattern, ...)
  if type(errPattern) ~= "string" or not pcall(string.find, "", errPattern) then
    wrong("assertErrorPattern", "'errPattern' must be a pattern, got %s", describe(errPattern))
  end
  return check_call(self, "assertErrorPattern", f, function(ok, err)
    if ok then return "no error was raised" end
    if not tostring(err):find(errPattern) then
      return ("err=%s pattern=%s"):format(tostring(err), errPattern)
    end
  end, ...)
end

--- Checks that a function raises an error for which errcomp(err) is true.
-- @param f  a function without arguments
-- @param errcomp  a function of the error
-- @param message  what to report (optional)
-- @return whether it passed
function Tester:assertErrorObj(f, errcomp, ...)
  if type(errcomp) ~= "function" then
    wrong("assertErrorObj", "'errcomp' must be a function, got %s", describe(errcomp))
  end
  return check_call(self, "assertErrorObj", f, function(ok, err)
    if ok then return "no error was raised" end
    if not errcomp(err) then return "err=" .. tostring(err) end
  end, ...)
end

-- ---- tests ----

local function add_test(self, name, test)
  if name == "_setUp" or name == "_tearDown" then
    if self[name] then wrong("add", "Only one function '%s' is possible", name) end
    self[name] = test
    return
  end
  if self.tests[name] then wrong("add", "a test '%s' exists already", name) end
  self.tests[name] = test
  self.names[#self.names + 1] = name
end

local function sorted_names(tests)
  local names = {}
  for name, test in pairs(tests) do
    if type(test) == "table" then wrong("add", "Nested sets of tests are not supported") end
    if type(name) ~= "string" then wrong("add", "tests must have names, got %s", describe(name)) end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Adds a test or a table of tests. `_setUp` and `_tearDown` are called before and after every test
-- with its name.
-- @param f  a function; or a table of functions, whose keys are the names
-- @param name  the function's name ("unknown")
-- @return the tester
function Tester:add(f, name)
  if type(f) == "function" then
    if name == nil then name = "unknown" end
    if type(name) ~= "string" then
      wrong("add", "'name' must be a string, got %s", describe(name))
    end
    add_test(self, name, f)
    return self
  end
  if type(f) ~= "table" or name ~= nil then
    wrong("add", "a function and its name, or a table of functions was expected, got %s",
      describe(f))
  end
  if not suite.names(f) then
    warn(self, "Tester:add: use TestSuite rather than plain lua table, which cannot notice that a "
      .. "name is used twice")
  end
  for _, key in ipairs(suite.names(f) or sorted_names(f)) do
    if type(f[key]) ~= "function" then
      wrong("add", "'%s' must be a function, got %s", key, describe(f[key]))
    end
    add_test(self, key, f[key])
  end
  return self
end

local function check_names(method, names)
  if type(names) == "string" then names = { names } end
  if type(names) ~= "table" then
    wrong(method, "'testNames' must be a string or a list of strings, got %s", describe(names))
  end
  for i = 1, #names do
    if type(names[i]) ~= "string" or not pcall(string.match, "", names[i]) then
      wrong(method, "'testNames' must hold names or patterns, got %s", describe(names[i]))
    end
  end
  return names
end

--- Leaves tests out when the tests run; they are reported as skipped.
-- @param testNames  a name or a list of names
-- @return the tester
function Tester:disable(testNames)
  for _, name in ipairs(check_names("disable", testNames)) do
    if not self.tests[name] then wrong("disable", "there is no test '%s'", name) end
    self.disabled[name] = true
  end
  return self
end

--- Stop at the first test that fails (false).
function Tester:setEarlyAbort(earlyAbort) self.earlyAbort = earlyAbort and true or false end

--- Raise errors of tests and failures of checks instead of noting them (false).
function Tester:setRethrowErrors(rethrowErrors) self.rethrow = rethrowErrors and true or false end

--- Report how many tests failed, but not how (false).
function Tester:setSummaryOnly(summaryOnly) self.summaryOnly = summaryOnly and true or false end

-- ---- running ----

local function chosen(self, names)
  if names == nil then return self.names end
  local result, is_chosen = {}, {}
  for _, pattern in ipairs(check_names("run", names)) do
    local found = false
    for _, name in ipairs(self.names) do
      if name:match(pattern) then
        found = true
        if not is_chosen[name] then result[#result + 1] = name end
        is_chosen[name] = true
      end
    end
    if not found then wrong("run", "there is no test '%s'", pattern) end
  end
  return result
end

-- Runs one test; "PASS", "FAIL", "ERROR" or "SKIP".
local function run_test(self, name)
  local counts = { passed = 0, failed = 0, broken = 0 }
  self.counts[name] = counts
  if self.disabled[name] then return "SKIP" end
  self.current = name
  if self._setUp then self._setUp(name) end
  local result
  if self.rethrow then
    self.tests[name]()
  else
    result = pack(xpcall(self.tests[name], debug.traceback))
  end
  if self._tearDown then self._tearDown(name) end
  self.current = ""
  if result and not result[1] then
    counts.broken = 1
    self.errors[#self.errors + 1] =
      ("%s\n Function call failed\n%s\n"):format(name, tostring(result[2]))
    return "ERROR"
  end
  return counts.failed == 0 and "PASS" or "FAIL"
end

local function plural(count, word)
  return ("%d %s%s"):format(count, word, count == 1 and "" or "s")
end

local function report(self, names)
  local asserts, failures, errors, disabled = 0, 0, 0, 0
  for _, name in ipairs(names) do
    local counts = counts_of(self, name)
    asserts = asserts + counts.passed + counts.failed
    failures = failures + (counts.failed > 0 and 1 or 0)
    errors = errors + counts.broken
    disabled = disabled + (self.disabled[name] and 1 or 0)
  end
  self.countasserts = asserts
  io.write(("Completed %s in %s with %s and %s%s%s\n"):format(plural(asserts, "assert"),
    plural(#names, "test"), plural(failures, "failure"), plural(errors, "error"),
    #self.warnings > 0 and " and " .. plural(#self.warnings, "warning") or "",
    disabled > 0 and (" and %d disabled"):format(disabled) or ""))
  local line = ("-"):rep(columns) .. "\n"
  local texts = table.move(self.errors, 1, #self.errors, 1, {})
  table.move(self.warnings, 1, #self.warnings, #texts + 1, texts)
  for i, text in ipairs(self.summaryOnly and {} or texts) do
    if i == 1 then io.write(line) end
    io.write(text .. "\n")
    io.write(line)
  end
  return failures + errors == 0
end

--- Runs the tests, printing what each came to and a summary; raises an error when one failed.
-- @param testNames  a name or pattern (string.match), or a list of them; nil for all
function Tester:run(testNames)
  local names = chosen(self, testNames)
  self.errors = {}
  io.write(("Running %s\n"):format(plural(#names, "test")))
  for i, name in ipairs(names) do
    local head = ("%d/%d %s "):format(i, #names, name)
    io.write(head, ("."):rep(columns - 7 - #head), " ")
    io.flush()
    local result = run_test(self, name)
    io.write(("[%s]\n"):format(result))
    if self.earlyAbort and i < #names and (result == "FAIL" or result == "ERROR") then
      io.write("Aborting on first error, not all tests have been executed\n")
      break
    end
  end
  if not report(self, names) then error("An error was found while running tests!", 2) end
end

return Tester
