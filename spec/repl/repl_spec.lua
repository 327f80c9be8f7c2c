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
    types("3\n", "1 +", "2")
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

  it("survives Ctrl-C in long computations", function()
    local out, err = command.type("t = cresset.zeros(1000, 1000)",
      "io.popen('(sleep 0.2; kill -INT '..io.popen('echo $PPID'):read('l')..') &'):close()",
      "while true do t:exp() end", "t:fill(2) and 'still here'")
    assert.truthy(err:find("^[^\n]*interrupted\n$"))
    assert.truthy(out:find('"still here"', 1, true))
  end)

  it("survives Ctrl-C while a tensor of a billion elements is filled", function()
    for _, call in ipairs { "range", "linspace" } do
      local out, err = command.type(
        "io.popen('(sleep 0.2; kill -INT '..io.popen('echo $PPID'):read('l')..') &'):close()",
        ("cresset.%s(cresset.ByteTensor(), 1, 1e9, %s)"):format(call,
          call == "range" and 1 or "1000000000"), "'still here'")
      assert.truthy(err:find("cresset." .. call .. ": interrupted", 1, true), err)
      assert.truthy(out:find('"still here"', 1, true))
    end
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

describe("the REPL on a terminal", function()
  local function has_terminal()
    local terminal = require("cresset").terminal
    return terminal.readlineName() and command.shell("command -v script") ~= ""
  end

  -- The util-linux program `script` gives it a terminal.
  local function types_on_terminal(history, input)
    return command.shell(("TERM=xterm CRESSET_HISTORY=%s script -qec bin/cresset /dev/null")
      :format(history), input)
  end

  it("edits lines, completes names and remembers lines", function()
    if not has_terminal() then return pending("needs readline and script") end
    local history = os.tmpname()
    local out, _, status = types_on_terminal(history, "cresset.getNumCo\t() > 0\nx = 1\n\4")
    assert.equal(0, status)
    assert.truthy(out:find("help() explains, Ctrl-D leaves", 1, true))
    assert.truthy(out:find("cresset.getNumCores() > 0", 1, true))
    assert.truthy(out:find("true", 1, true))
    out = types_on_terminal(history, "\16\16\n\4") -- Ctrl-P: the line before
    assert.truthy(out:find("true", 1, true))
    local file = assert(io.open(history))
    assert.equal("cresset.getNumCores() > 0\nx = 1\ncresset.getNumCores() > 0\n", file:read("a"))
    file:close()
    os.remove(history)
  end)

  it("tells beginners about locals once", function()
    if not has_terminal() then return pending("needs readline and script") end
    local out = types_on_terminal("", "local x = 1\nlocal y = 2\n\4")
    assert.equal(1, select(2, out:gsub("a local lasts only", "")))
  end)

  it("does without readline", function()
    if not has_terminal() then return pending("needs readline and script") end
    local out = command.shell("CRESSET_READLINE=none script -qec bin/cresset /dev/null",
      "x = 5\nx + 1\n\4")
    assert.truthy(out:find("install the library readline", 1, true))
    assert.truthy(out:find("\n6\r?\n") or out:find("> 6\r?\n"))
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
