local command = require("spec.support.command")
local cresset = require("cresset")
local files = require("spec.support.files")

local function example()
  local cmd = cresset.CmdLine()
  cmd:text("Training a simple network")
  cmd:option("-seed", 123, "initial random seed")
  cmd:option("-quiet", false, "print less")
  cmd:option("--name", "mystring", "a text")
  return cmd
end

describe("CmdLine", function()
  after_each(files.clean)

  it("reads options", function()
    local cmd = example()
    assert.same({ seed = 123, quiet = false, name = "mystring" }, cmd:parse({}))
    assert.same({ seed = -4.5, quiet = true, name = "-seed" },
      cmd:parse({ "-seed", "-4.5", "-quiet", "--name", "-seed" }))
    assert.same({ seed = 123, quiet = false, name = "mystring" }, cmd:default())
  end)

  it("reads arguments by their places", function()
    local cmd = example()
    cmd:argument("file", "what to read")
    cmd:argument("count", "how many", "number")
    local params = cmd:parse({ "a.txt", "-quiet", "7" })
    assert.equal("a.txt", params.file)
    assert.equal(7, params.count)
    assert.is_true(params.quiet)
  end)

  it("names what differs from the defaults", function()
    local cmd = example()
    assert.equal("experiment", cmd:string("experiment", cmd:parse({})))
    local params = cmd:parse({ "--name", "x", "-seed", "456", "-quiet" })
    params.other = 1
    assert.equal("experiment,name=x,quiet=t,seed=456", cmd:string("experiment", params))
    assert.equal("e,quiet=t,seed=456", cmd:string("e", params, { name = true }))
    local other = cresset.CmdLine("_", ":")
    other:option("-a", 1)
    other:argument("b")
    assert.equal("p_b:x_a:2", other:string("p", other:parse({ "-a", "2", "x" })))
    assert.equal("b:x", other:string("", other:parse({ "x" })))
  end)

  it("checks what it is told", function()
    local cmd = cresset.CmdLine()
    assert.has_error(function() cmd:option("seed", 1) end,
      "CmdLine:option: 'name' must begin with '-', got 'seed'")
    assert.has_error(function() cmd:option("-x") end, "CmdLine:option: 'default' must be a "
      .. "number, a string, true or false, got nil")
    assert.has_error(function() cmd:text(5) end, "CmdLine:text: 'text' must be a string, got 5")
    assert.has_error(function() cmd:parse("x") end,
      "CmdLine:parse: 'arguments' must be a table, got the string \"x\"")
    assert.has_error(function() cmd:addTime("x", "%Q") end,
      "CmdLine:addTime: 'format' is not one that os.date knows: '%Q'")
    assert.error_matches(function() cmd:log("/nowhere/x") end,
      "CmdLine:log: cannot write /nowhere/x: No such file or directory")
  end)

  it("writes what is printed to a log, too", function()
    local cmd, path, before = example(), files.name(), print
    cmd:silent()
    cmd:log(path, { seed = 1, name = "x" })
    print("one", 2, nil)
    cmd:addTime("me", "time")
    print("three")
    cmd:endLog()
    assert.equal(before, print)
    assert.matches("^%[program started on .-%]\n%[command line arguments%]\nname\tx\nseed\t1\n"
      .. "%[%-+%]\none\t2\tnil\ntime%[me%]: three\n$", files.read(path))
    cmd:endLog()
  end)

  it("shows help, and ends the program where something is wrong", function()
    local script = files.write([[
      local cmd = require("cresset").CmdLine()
      cmd:text("About")
      cmd:option("-seed", 1, "a number")
      cmd:option("-all", false)
      cmd:argument("file", "what to read")
      print(cmd:parse(arg).file)
    ]], ".lua")
    local function run(arguments)
      return command.shell(("./bin/cresset '%s' %s"):format(script, arguments))
    end
    local help = "[options] <file>\nAbout\n  -seed  a number [1]\n  -all   [false]\n  <file> what "
      .. "to read\n"
    local out, _, status = run("-help")
    assert.equal(0, status)
    assert.equal("Usage: " .. script .. " " .. help, out)
    for arguments, message in pairs {
      ["x y"] = "invalid argument: y", [""] = "not enough arguments",
      ["-seed z x"] = "invalid type for option -seed (should be number)",
      ["x -seed"] = "missing argument for option -seed" } do
      local _, err, code = run(arguments)
      assert.equal(1, code)
      assert.equal(message .. "\n\nUsage: " .. help, err)
    end
    assert.equal("a b\n", (run("'a b' -all")))
  end)
end)
