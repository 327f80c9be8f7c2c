local cresset = require("cresset")

describe("Tensor:narrow", function()
  it("names itself and the argument in errors", function()
    local t = cresset.ones(3, 4)
    assert.has_error(function() t:narrow(1, 5, 2) end,
      "Tensor:narrow: 'start' must be an index from 1 to 3, got 5")
  end)
end)
