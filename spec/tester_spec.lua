local cresset = require("cresset")

-- What `f` prints by io.write.
local function printed(f)
  local parts, write = {}, io.write
  io.write = function(...) parts[#parts + 1] = table.concat({ ... }) end -- luacheck: ignore 122
  local ok, err = pcall(f)
  io.write = write -- luacheck: ignore 122
  return table.concat(parts), ok, err
end

-- Whether one check passes in a tester of its own, and what it notes.
local function check(method, ...)
  local tester = cresset.Tester()
  local passed = tester[method](tester, ...)
  assert.equal(passed, #tester.errors == 0)
  return passed, tester.errors[1]
end

local function passes(...)
  local passed, report = check(...)
  assert.is_true(passed, report)
end

local function fails(expected, ...)
  local passed, report = check(...)
  assert.is_false(passed)
  assert.equal(expected, report:match("^(.-)\nstack traceback:\n"))
  assert.matches("stack traceback:\n\t[^\n]*tester_spec.lua:%d+: in function <", report)
end

describe("Tester", function()
  it("compares numbers, texts and other values", function()
    passes("eq", 1, 1)
    passes("eq", 1, 1.05, 0.1)
    passes("eq", 1, 1.05, "message", 0.1)
    passes("eq", math.huge, math.huge)
    fails("EQ failed: 1 ~= 2", "eq", 1, 2)
    fails("why\nEQ failed: 1 ~= 1.5 with tolerance=0.25", "eq", 1, 1.5, 0.25, "why")
    fails("EQ failed: values have different types (first: number, second: string)", "eq", 1, "1")
    fails("EQ failed: a (string) ~= b (string)", "eq", "a", "b")
    local nan = 0 / 0
    assert.is_false((check("eq", nan, nan)))
    passes("ne", 1, 2)
    passes("ne", nan, nan)
    fails("NE failed: 1 (number) == 1 (number)", "ne", 1, 1)
    fails("NE failed: 1 (number) == 1.5 (number)", "assertGeneralNe", 1, 1.5, 1)
    passes("assertGeneralEq", "a", "a")
  end)

  it("compares tensors and storages by their elements", function()
    local a, b = cresset.Tensor { 1, 2, 3 }, cresset.Tensor { 1, 2, 4 }
    passes("eq", a, a:clone())
    passes("eq", a, b, 1)
    fails("TensorEQ(==) violation: max diff=1, tolerance=0", "eq", a, b)
    fails("The tensors have different sizes", "eq", a, cresset.Tensor { 1, 2 })
    fails("The tensors have different dimensions", "eq", a, a:view(1, 3))
    fails("The tensors have different types", "eq", a, a:double())
    fails("StorageEQ(==) violation: max diff=1, tolerance=0", "eq", a:storage(), b:storage())
    fails("The storages have different sizes", "eq", a:storage(), cresset.FloatStorage(2))
    passes("eq", cresset.Tensor { 1 / 0 }, cresset.Tensor { 1 / 0 })
    assert.is_false((check("eq", cresset.Tensor { 0 / 0 }, cresset.Tensor { 0 / 0 }, 1)))
    assert.is_false((check("eq", cresset.LongTensor { (1 << 60) + 1 },
      cresset.LongTensor { 1 << 60 })))
    passes("eq", cresset.Tensor(), cresset.Tensor())
    passes("eq", cresset.ByteTensor { 1, 255 }, cresset.ByteTensor { 0, 254 }, 1)
    passes("ne", a, b)
    passes("assertTensorEq", a, b, 1)
    local x, y = cresset.DoubleTensor({ 1, 2 }), cresset.DoubleTensor({ 1, 2.5 })
    passes("assertTensorEq", x, y, 1)
    assert.same({ { 1, 2 }, { 1, 2.5 } }, { x:totable(), y:totable() }) -- not changed
    passes("assertTensorNe", a, b, 0.5)
    fails("m\nTensorNE(~=) violation: no difference beyond tolerance=1", "assertTensorNe", a, b, 1,
      "m")
    assert.has_error(function() check("assertTensorEq", a, 1) end,
      "Tester:assertTensorEq: Second argument should be a Tensor, got 1")
    check("eq", x, cresset.DoubleTensor { 3, 4 })
    assert.same({ 1, 2 }, x:totable()) -- what is compared is not changed
  end)

  it("compares tables deeply", function()
    passes("eq", { 1, { x = { 2 } } }, { 1, { x = { 2 } } })
    passes("eq", { 2, cresset.Tensor { 1, 2 } }, { 2, cresset.Tensor { 1, 2.001 } }, 0.01)
    fails("At table location 2.x.1: EQ failed: 2 ~= 3", "eq", { 1, { x = { 2 } } },
      { 1, { x = { 3 } } })
    fails("Entry y missing in second table (is 1 in first)", "eq", { y = 1 }, {})
    fails("Entry a.y missing in first table (is 1 in second)", "eq", { a = {} }, { a = { y = 1 } })
    passes("assertTableEq", {}, {})
    passes("assertTableNe", { 1 }, { 2 })
    assert.is_false((check("assertTableNe", { 1 }, { 1.5 }, 1)))
    local loop, same = {}, {}
    loop[1], same[1] = loop, same
    passes("eq", loop, same)
  end)

  it("checks conditions, orders and identity", function()
    passes("assert", true)
    fails("text\nBOOL violation condition=false", "assert", false, "text")
    passes("assertlt", 1, 2)
    fails("LT failed: 2 >= 2", "assertlt", 2, 2)
    passes("assertgt", 2, 1)
    fails("GT failed: 2 <= 2", "assertgt", 2, 2)
    passes("assertle", 2, 2)
    fails("LE failed: 3 > 2", "assertle", 3, 2)
    passes("assertge", 2, 2)
    fails("GE failed: 1 < 2", "assertge", 1, 2)
    assert.has_error(function() check("assertlt", 1, "2") end,
      "Tester:assertlt: 'a' and 'b' must be numbers, got 1 and the string \"2\"")
    passes("asserteq", "a", "a")
    fails("EQ failed: 1 ~= 2", "asserteq", 1, 2)
    local t = cresset.Tensor { 1 }
    passes("asserteq", t, t)
    passes("assertne", t, t:clone())
    fails("NE failed: 1 == 1", "assertne", 1, 1)
    passes("assertalmosteq", 1, 1 + 1e-17)
    fails("ALMOST_EQ failed: 1 ~= 1.1 with tolerance=0.01", "assertalmosteq", 1, 1.1, 0.01)
  end)

  it("warns of what looks like a mistake", function()
    local tester = cresset.Tester()
    tester:add(cresset.TestSuite()):add({ x = function()
      tester:assert(5)
      tester:assertne({}, {})
      tester:assertTensorEq(cresset.ones(2), cresset.ones(1, 2))
    end })
    local output, ok = printed(function() tester:run() end)
    assert.is_true(ok)
    assert.matches("and 0 errors and 4 warnings\n", output)
    assert.matches("use TestSuite rather than plain lua table", output)
    assert.matches("x\nTester:assert should only be used for boolean conditions", output)
    assert.matches("x\nTester:assertne should only be used to compare basic Lua values", output)
    assert.matches("x\nThe tensors have the same content but different dimensions", output)
    tester._assertTensorEqIgnoresDims = false
    printed(function() tester:run() end)
    assert.equal(1, tester.counts.x.failed)
    assert.has_error(function() tester:assert(true, "a", "b") end,
      "Tester:assert: Unexpected arguments passed to test function")
    assert.has_error(function() tester:add({ { print } }) end,
      "Tester:add: Nested sets of tests are not supported")
  end)

  it("checks errors", function()
    local function failing() error("no such thing", 0) end
    local function good() end
    passes("assertError", failing)
    fails("ERROR violation: no error was raised", "assertError", good)
    passes("assertNoError", good)
    fails("x\nERROR violation: err=no such thing", "assertNoError", failing, "x")
    passes("assertErrorMsg", failing, "no such thing")
    fails("ERROR violation: err=no such thing expected=other", "assertErrorMsg", failing, "other")
    passes("assertErrorPattern", failing, "s%w+h")
    fails("ERROR violation: err=no such thing pattern=%d", "assertErrorPattern", failing, "%d")
    passes("assertErrorObj", failing, function(err) return err == "no such thing" end)
    fails("ERROR violation: err=no such thing", "assertErrorObj", failing, function() end)
    assert.has_error(function() check("assertErrorPattern", failing, "%") end,
      "Tester:assertErrorPattern: 'errPattern' must be a pattern, got the string \"%\"")
    assert.has_error(function() check("assertError", 5) end,
      "Tester:assertError: 'f' must be a function, got 5")
  end)

  it("runs tests and reports", function()
    local tests, tester = cresset.TestSuite(), cresset.Tester()
    function tests.testA()
      tester:eq(cresset.Tensor { 1, 2, 3 }, cresset.Tensor { 1, 2, 4 },
        "a and b should be equal")
    end
    function tests.testB() tester:eq({ 2 }, { 2.001 }, 0.01, "approximately") end
    function tests.testC() error("broken", 0) end
    local output, ok, err = printed(function() tester:add(tests):run() end)
    assert.is_false(ok)
    assert.matches("An error was found while running tests!$", err)
    local lines = {}
    for line in output:gmatch("[^\n]*") do lines[#lines + 1] = line end
    assert.equal("Running 3 tests", lines[1])
    assert.equal("1/3 testA " .. ("."):rep(63) .. " [FAIL]", lines[2])
    assert.equal("2/3 testB " .. ("."):rep(63) .. " [PASS]", lines[3])
    assert.equal("3/3 testC " .. ("."):rep(63) .. " [ERROR]", lines[4])
    assert.equal("Completed 2 asserts in 3 tests with 1 failure and 1 error", lines[5])
    assert.equal(("-"):rep(80), lines[6])
    assert.equal("testA", lines[7])
    assert.equal("a and b should be equal", lines[8])
    assert.equal("TensorEQ(==) violation: max diff=1, tolerance=0", lines[9])
    assert.matches("testC\n Function call failed\nbroken\nstack traceback:", output)
    output = printed(function() tester:setSummaryOnly(true) tester:run() end)
    assert.is_nil(output:find("---", 1, true))
    output, ok = printed(function() tester:run("testB") end)
    assert.is_true(ok)
    assert.matches("Completed 1 assert in 1 test with 0 failures and 0 errors\n$", output)
    assert.has_error(function() tester:run("nothing") end,
      "Tester:run: there is no test 'nothing'")
    output = printed(function() tester:setEarlyAbort(true) tester:run() end)
    assert.matches("Aborting on first error", output)
  end)

  it("skips, sets up and cleans up", function()
    local calls, tester = {}, cresset.Tester()
    tester:add(function(name) calls[#calls + 1] = "up " .. name end, "_setUp")
    tester:add(function(name) calls[#calls + 1] = "down " .. name end, "_tearDown")
    local tests = cresset.TestSuite()
    function tests.a() end
    function tests.b() calls[#calls + 1] = "b" end
    tester:add(tests)
    tester:disable("a")
    local output = printed(function() tester:run() end)
    assert.same({ "up b", "b", "down b" }, calls)
    assert.matches("1/2 a %.+ %[SKIP%]\n", output)
    assert.matches("0 errors and 1 disabled\n$", output)
    assert.has_error(function() tester:add(print, "a") end,
      "Tester:add: a test 'a' exists already")
    assert.has_error(function() tester:add(print, "_setUp") end,
      "Tester:add: Only one function '_setUp' is possible")
    assert.has_error(function() tester:disable("z") end, "Tester:disable: there is no test 'z'")
  end)

  it("raises what it would note, when it is asked to", function()
    local tester = cresset.Tester()
    tester:setRethrowErrors(true)
    assert.error_matches(function() tester:eq(1, 2) end, "EQ failed: 1 ~= 2")
    tester:add(function() error("inside", 0) end, "x")
    local _, ok, err = printed(function() tester:run() end)
    assert.is_false(ok)
    assert.equal("inside", err)
  end)
end)

describe("TestSuite", function()
  it("is a table that notices tests of the same name", function()
    local suite = cresset.TestSuite()
    function suite.b() end
    function suite.a() end
    assert.equal("function", type(suite.a))
    assert.is_nil(suite.c)
    local names = {}
    for name in pairs(suite) do names[#names + 1] = name end
    assert.same({ "b", "a" }, names)
    assert.has_error(function() suite.a = function() end end,
      "TestSuite: Test a is already defined.")
    assert.has_error(function() suite.c = {} end,
      "TestSuite: only functions with names can be tests, got table for c")
  end)
end)
