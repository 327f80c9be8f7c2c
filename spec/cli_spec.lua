local command = require("spec.support.command")

local folder = assert(io.popen("pwd")):read("l")

describe("the cresset command", function()
  local script

  local function run_script(text, ...)
    script = command.file(text)
    return command.run { script, ... }
  end

  after_each(function()
    if script then os.remove(script) end
    script = nil
  end)

  it("runs a script with its arguments", function()
    local out, err, status = run_script(
      "print(#arg, arg[1], arg[2], arg[-1], ...) print(#arg[0] > 0)", "a b", "-e")
    assert.equal("", err)
    assert.equal("2\ta b\t-e\tbin/cresset\ta b\t-e\ntrue\n", out)
    assert.equal(0, status)
  end)

  it("finds the library from a script, in any folder and through a symbolic link", function()
    local link = os.tmpname()
    os.remove(link)
    local out, err = command.shell(("ln -s '%s/bin/cresset' '%s' && cd / && '%s' -e "
      .. "'print(require(\"cresset\") ~= nil)'; rm '%s'"):format(folder, link, link, link))
    assert.equal("", err)
    assert.equal("true\n", out)
    out = command.shell("cd bin && ./cresset -e 'print(1)' && sh -c 'PATH=.:$PATH cresset -e "
      .. '"print(2)"' .. "'")
    assert.equal("1\n2\n", out)
  end)

  it("reports a script's error with the user's frames and exits with status 1", function()
    local out, err, status = run_script("local function f() error('boom') end\nf()\n")
    assert.equal("", out)
    assert.equal(("cresset: %s:1: boom\nstack traceback:\n\t%s:1: in upvalue 'f'\n\t"
      .. "%s:2: in the main chunk\n"):format(script, script, script):gsub("upvalue", "local"), err)
    assert.equal(1, status)
  end)

  it("leaves the library's own frames out", function()
    local _, err = run_script("local function fail() error('mine') end\n"
      .. "require('cresset.repl').set_globals(setmetatable({}, { __newindex = fail }))")
    assert.equal(("cresset: %s:1: mine\nstack traceback:\n\t%s:1: in metamethod 'newindex'\n\t"
      .. "%s:2: in the main chunk\n"):format(script, script, script), err)
  end)

  it("shows errors of every kind", function()
    local cases = {
      ["error('plain', 0)"] = "cresset: plain\n",
      ["error(setmetatable({}, { __tostring = function() return 'mine' end }))"] =
        "cresset: mine\n",
      ["error({})"] = "cresset: (error object is a table value)\n",
      ["error()"] = "cresset: (error object is a nil value)\n",
      ["error(12)"] = "cresset: 12\n",
      ["error(setmetatable({}, { __tostring = error }))"] =
        "cresset: (error object whose __tostring fails)\n",
    }
    for code, expected in pairs(cases) do
      local _, err, status = command.run { "-e", code }
      assert.equal(expected, (err:gsub("stack traceback:.*", "")), code)
      assert.equal(1, status)
    end
  end)

  it("reports a script that does not exist or does not compile", function()
    local _, err, status = command.run { "/no/such/file.lua" }
    assert.equal("cresset: cannot open /no/such/file.lua", err:match("^[^:]*: [^:\n]*"))
    assert.equal(1, status)
    _, err, status = run_script("x = = 1")
    assert.equal(("cresset: %s:1: unexpected symbol near '='\n"):format(script), err)
    assert.equal(1, status)
  end)

  it("passes on the status that a script exits with", function()
    local _, _, status = run_script("os.exit(7)")
    assert.equal(7, status)
  end)

  it("runs code of the command line, with the packages at hand", function()
    local out, err, status = command.run { "-e", "x = 2", "-e", "print(x, cresset == torch)" }
    assert.equal("", err)
    assert.equal("2\ttrue\n", out)
    assert.equal(0, status)
    local _, message, failed = command.run { "-e" }
    assert.equal("cresset: -e needs code to run; --help lists the options\n", message)
    assert.equal(1, failed)
  end)

  it("runs what comes through a pipe", function()
    assert.equal("3\n", (command.run({}, "print(1 + 2)")))
    assert.equal("3\tx\n", (command.run({ "-", "x" }, "print(1 + 2, ...)")))
  end)

  it("answers a wrong option with one line and status 1", function()
    local out, err, status = command.run { "--wrong", "x.lua" }
    assert.equal("", out)
    assert.equal("cresset: unknown option --wrong; --help lists the options\n", err)
    assert.equal(1, status)
  end)

  it("tells its version, its options and its parts", function()
    assert.equal("cresset " .. require("cresset").version .. "\n", (command.run { "--version" }))
    assert.truthy((command.run { "--help" }):find("usage: cresset", 1, true))
    local out, err, status = command.run { "info" }
    assert.equal("", err)
    assert.equal(0, status)
    for _, part in ipairs { "cresset", "Lua", "CPU", "kernels", "BLAS", "threads", "libpng",
      "libjpeg", "zlib", "readline" } do
      assert.truthy(("\n" .. out):find("\n" .. part .. " +%S"), part)
    end
  end)

  it("says what to do when the library is not built", function()
    local _, err, status = command.shell("CRESSET_BUILD=no/build bin/cresset -e 'x = 1'")
    assert.equal("cresset: not built yet: run `make` in ", err:match("^.-in "))
    assert.equal(1, status)
  end)

  it("ends a script on Ctrl-C with status 130", function()
    local _, err, status = run_script("io.popen('kill -INT $PPID'):close()\nwhile true do end")
    assert.truthy(err:find("^cresset: [^\n]*interrupted"))
    assert.equal(130, status)
  end)
end)
