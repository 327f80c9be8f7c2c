-- What train.script gives `main` of the command line. Messages: spec/examples_spec.lua.
local command = require("spec.support.command")
local files = require("spec.support.files")

-- Runs a script with these options; `main` shows them in the order of their names.
local function run(options, ...)
  local path = files.write(([[
    require("cresset").train.script({ name = "it.lua", description = "A trial.", options = %s,
      main = function(options)
        local shown = {}
        for name, value in pairs(options) do
          if name ~= "out" and name ~= "seed" and name ~= "threads" then
            shown[#shown + 1] = { name, math.type(value) and value or '"' .. value .. '"' }
          end
        end
        table.sort(shown, function(a, b) return a[1] < b[1] end)
        return shown
      end }, arg)]]):format(options))
  local text, problem, status = command.run { path, "--out", files.folder(), ... }
  return text .. problem, status
end

describe("train.script", function()
  after_each(files.clean)

  it("knows usual options by their names", function()
    local all = [[{ "setting", "data", "folder", "epochs", "samples", "run" }]]
    assert.equal('result data="digits" epochs=0 samples=0 setting="small"\n', (run(all)))
    assert.equal('result data="fashion" epochs=3 folder="x y" run="z" samples=0 setting="full"\n',
      (run(all, "--data", "fashion", "--epochs", "3", "--folder", "x y", "--setting", "full",
        "--run", "z")))
    local text, status = run(all, "--epochs=-1")
    assert.equal("it.lua: option '--epochs' must be at least 0, got -1 (see --help)\n", text)
    assert.equal(1, status)
  end)

  it("takes from them what an option leaves out", function()
    local changed = [[{ { name = "epochs", default = 7 },
      { name = "data", choices = { "digits", "mnist" } } }]]
    assert.equal('result data="mnist" epochs=7\n', (run(changed, "--data", "mnist")))
    assert.matches("at least 0", (run(changed, "--epochs=-1")))
    assert.matches("digits %(come with cresset%) or fashion", (run(changed, "--help")))
  end)

  it("leaves out empty strings alone where they are the default", function()
    local own = [[{ { name = "text", default = "" }, { name = "start", default = "a" } }]]
    assert.equal('result start=""\n', (run(own, "--start", "")))
    assert.equal('result start="a" text="b"\n', (run(own, "--text", "b")))
    assert.equal('result start="a"\n', (run(own, "--text", "")))
  end)
end)
