local files = require("spec.support.files")
local optim = require("cresset.optim")

describe("optim.Logger", function()
  after_each(files.clean)

  it("logs rows under names, and plots them", function()
    local folder = files.folder()
    local logger = optim.Logger(folder .. "/logs/loss.log")
    logger:setNames { "Training acc.", "Test acc." }
    logger:add { 70, 59 }
    logger:add { 76, "n/a" }
    assert.equal("Training acc.\tTest acc.\t\n 7.0000e+01\t 5.9000e+01\t\n 7.6000e+01\tn/a\t\n",
      files.read(folder .. "/logs/loss.log"))
    assert.equal(folder .. "/logs/loss.svg", logger:style({ "-", "-" }):plot())
    assert.matches("Training acc%.", files.read(folder .. "/logs/loss.svg"))
  end)

  it("takes the names from the first row", function()
    local name = files.name(".log")
    local logger = optim.Logger(name)
    logger:add { loss = 1, accuracy = 0.5 }
    logger:add { accuracy = 0.75, loss = 0.5 }
    assert.equal("accuracy\tloss\t\n 5.0000e-01\t 1.0000e+00\t\n 7.5000e-01\t 5.0000e-01\t\n",
      files.read(name))
    os.remove(logger:plot("loss"))
  end)

  it("has nothing to plot before the second row", function()
    local logger = optim.Logger(files.name(".log"))
    assert.is_nil(logger:plot())
  end)

  it("checks its arguments", function()
    local logger = optim.Logger(files.name(".log")):setNames { "a" }
    assert.has_error(function() logger:add { {} } end,
      "optim.Logger:add: can only log numbers and strings, got a table for 'a'")
    assert.has_error(function() logger:setNames { "b" } end,
      "optim.Logger:setNames: the columns have their names already")
    assert.has_error(function() optim.Logger("/proc/nowhere/x.log") end)
  end)
end)
