local command = require("spec.support.command")

describe("the REPL", function()
  local function types(expected, ...)
    local out, err = command.type(...)
    assert.equal("", err)
    assert.equal(expected, out)
  end

  it("shows the values of expressions and nothing for statements", function()
    types('3\nnil\n1  2  "a"\n', "1 + 2", "x = 5", "nil", "1, 2, 'a'", "(function() end)()")
  end)

  it("keeps the last value in _", function()
    types("5\n6\n", "=5", "_ + 1")
    types("1\n1\n", "1", "y = 2", "_")
  end)

  it("reads statements of several lines", function()
    types("1\n2\n", "for i = 1, 2 do", "  print(i)", "end")
    types('"a\\nb"\n', "[[a", "b]]")
  end)

  it("has the packages at hand", function()
    types("true  true\n", "cresset == torch, type(cresset.zeros) == 'function'")
  end)

  it("reports errors and goes on", function()
    local out, err, status = command.type("error('a')", "x = = 1", "error({})", "f = nil", "f()",
      "print(7)")
    assert.equal("7\n", out)
    assert.equal("stdin:1: a\n"
      .. "stdin:1: unexpected symbol near '='\n"
      .. "(error object is a table value)\nstack traceback:\n\tstdin:1: in the main chunk\n"
      .. "stdin:1: attempt to call a nil value (global 'f')\n", err)
    assert.equal(0, status)
  end)

  it("says when the input ends inside a statement", function()
    local _, err = command.type("if x then")
    assert.equal("stdin: the input ended before the statement did\n", err)
  end)

  it("survives Ctrl-C in a Lua loop, in a coroutine and after a call", function()
    local kill = "io.popen('kill -INT $PPID'):close() "
    local out, err = command.type(kill .. "while true do end", "1",
      "coroutine.wrap(function() " .. kill .. "while true do end end)()", "2",
      "c = coroutine.create(function() " .. kill .. "while true do end end)",
      "(coroutine.resume(c))", kill, "3")
    assert.equal("1\n2\nfalse\n3\n", out)
    assert.equal("stdin:1: interrupted\n", err:match("^[^\n]*\n"))
  end)

  it("keeps the behaviour of coroutines", function()
    types('1  2\n3\n"stdin:1: x"\ntrue  4\nfalse  "cannot resume dead coroutine"\n',
      "w = coroutine.wrap(function(a) local b = coroutine.yield(a, 2) error(b) end)",
      "w(1)", "3", "select(2, pcall(w, 'x')):match('stdin:1: x')",
      "c = coroutine.create(function() return 4 end)", "coroutine.resume(c)", "coroutine.resume(c)")
  end)

  it("explains", function()
    local out = command.type("help()")
    assert.truthy(out:find("help(nn.Linear)", 1, true))
    out = command.type("?terminal.width")
    assert.truthy(out:find("terminal.width()", 1, true))
    assert.equal(out, (command.type("help(cresset.terminal.width)")))
    assert.equal(out, (command.type("help 'terminal.width'")))
    assert.truthy((command.type("?terminal.widht")):find("Did you mean\n  terminal.width", 1, true))
    assert.equal("There is no help for 'xyzzyxyzzy'.\n", (command.type("?xyzzyxyzzy")))
  end)
end)

describe("pretty printing", function()
  local pretty = require("cresset.repl.pretty")

  it("shows tables flat where they fit and indented where they do not", function()
    assert.equal("{}", pretty.format({}))
    assert.equal('{ 1, "a", [7] = 0, b = true, ["c d"] = 2.5 }',
      pretty.format({ 1, "a", b = true, ["c d"] = 2.5, [7] = 0 }))
    assert.equal("{\n  1,\n  { 2, 3 },\n  a = {\n    100000\n  }\n}",
      pretty.format({ 1, { 2, 3 }, a = { 100000 } }, 12))
  end)

  it("stops at depth, at length and at itself", function()
    local loop = {}
    loop.me = loop
    assert.equal("{ me = { itself } }", pretty.format(loop))
    assert.equal("{ { { { { ... } } } } }", pretty.format { { { { { 1 } } } } })
    local long = {}
    for i = 1, 1000 do long[i] = i end
    local text = pretty.format(long)
    assert.truthy(text:find("60,\n  ... (940 more)\n}", 1, true))
    assert.truthy(pretty.format(("x"):rep(1000)):find("... (1000 bytes)", 1, true))
  end)

  it("lets objects show themselves", function()
    local object = setmetatable({}, { __tostring = function() return "two\nlines" end })
    assert.equal("two\nlines", pretty.format(object))
    assert.equal("{\n  a = two\n  lines\n}", pretty.format { a = object })
  end)

  it("never runs code of a table without own text", function()
    local trap = setmetatable({}, { __index = error, __pairs = error, __len = error })
    assert.equal("{}", pretty.format(trap))
  end)
end)

describe("completion", function()
  local complete = require("cresset.repl.complete")
  local base = { forward = function() end, name = 1 }
  base.__index = base
  local environment = {
    network = setmetatable({ weight = 1, modules = { { bias = 1 } } }, base),
    next_one = 1, text = "s",
    trap = setmetatable({}, { __index = error }),
  }

  local function completes(line, word)
    return complete(line, word or line:match("[%w_.:]*$"), environment)
  end

  it("offers globals and keywords", function()
    assert.same({ "network", "next_one" }, completes("x = ne"))
    assert.same({ "while" }, completes("wh"))
  end)

  it("offers fields and methods, own and inherited", function()
    assert.same({ "network.forward", "network.modules", "network.name", "network.weight" },
      completes("network."))
    assert.same({ "network:forward" }, completes("print(network:"))
    assert.same({ "bias" }, completes("network.modules[1].bi", "bi"))
    assert.same({ "text:upper" }, completes("text:upp"))
  end)

  it("offers nothing where there is nothing, and runs no code", function()
    assert.same({}, completes("nothing.at.all"))
    assert.same({}, completes("trap.a"))
    assert.same({}, completes("trap.a.b"))
  end)
end)
