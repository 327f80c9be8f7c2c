local cresset = require("cresset")

describe("printing", function()
  local function prints(expected, t) assert.equal(expected, tostring(t)) end

  it("whole numbers", function()
    prints(" 1  1  1\n 1  1  1\n[torch.FloatTensor of size 2x3]\n", cresset.ones(2, 3))
    prints("  1\n-20\n[torch.FloatTensor of size 2]\n", cresset.Tensor { 1, -20 })
    prints(" 1152921504606846977\n                  -5\n[torch.LongTensor of size 2]\n",
      cresset.LongTensor { (1 << 60) + 1, -5 })
  end)

  it("fractions, with one factor or exponents where they need it", function()
    prints(" 0.5000\n-1.2500\n[torch.FloatTensor of size 2]\n", cresset.Tensor { 0.5, -1.25 })
    prints("1e-08 *\n 1.0000\n 2.0000\n[torch.FloatTensor of size 2]\n",
      cresset.Tensor { 1e-8, 2e-8 })
    prints("100000 *\n 1.2346\n 0.0200\n[torch.DoubleTensor of size 2]\n",
      cresset.DoubleTensor { 123456.5, 2000 })
    prints(" 1.0000e+10\n 1.0000e-03\n[torch.DoubleTensor of size 2]\n",
      cresset.DoubleTensor { 1e10, 1e-3 })
  end)

  it("NaN and infinities", function()
    prints("    1\n  nan\n  inf\n -inf\n[torch.FloatTensor of size 4]\n",
      cresset.Tensor { 1, 0 / 0, math.huge, -math.huge })
  end)

  it("empty tensors", function()
    prints("[torch.FloatTensor with no dimension]\n", cresset.Tensor())
    prints("[torch.FloatTensor of size 0x3]\n", cresset.zeros(0, 3))
  end)

  it("slices of three and more dimensions", function()
    prints("(1,.,.) = \n  1  2\n  3  4\n\n(2,.,.) = \n  5  6\n  7  8\n"
      .. "[torch.FloatTensor of size 2x2x2]\n", cresset.range(1, 8):view(2, 2, 2))
    prints("(1,1,.,.) = \n  1  2\n\n(2,1,.,.) = \n  3  4\n[torch.FloatTensor of size 2x1x1x2]\n",
      cresset.range(1, 4):view(2, 1, 1, 2))
  end)

  it("slices with the first dimension's index running fastest", function()
    prints("(1,1,.,.) = \n  1\n\n(2,1,.,.) = \n  3\n\n(1,2,.,.) = \n  2\n\n(2,2,.,.) = \n  4\n"
      .. "[torch.FloatTensor of size 2x2x1x1]\n", cresset.range(1, 4):view(2, 2, 1, 1))
  end)

  it("matrices of both signs, and with one factor", function()
    prints("-2.9718  1.7070\n-2.2820  0.5237\n[torch.DoubleTensor of size 2x2]\n",
      cresset.DoubleTensor { { -2.9718, 1.7070 }, { -2.2820, 0.5237 } })
    prints("1e+06 *\n -1.2000  3.5000\n  0.5000  0.2500\n[torch.DoubleTensor of size 2x2]\n",
      cresset.DoubleTensor { { -1.2e6, 3.5e6 }, { 0.5e6, 0.25e6 + 0.5 } })
  end)

  it("wide matrices in groups of columns", function()
    local text = tostring(cresset.range(1, 60):view(2, 30))
    assert.truthy(text:find("^Columns 1 to 20\n"))
    assert.truthy(text:find("\n\nColumns 21 to 30\n", 1, true))
    for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 80) end
  end)

  it("the ends of large tensors", function()
    local text = tostring(cresset.zeros(300, 300, 300))
    assert.is_true(#text < 5000)
    assert.truthy(text:find("...", 1, true))
    assert.truthy(text:find("(300,.,.)", 1, true))
  end)

  it("storages", function()
    local text = tostring(cresset.zeros(2, 3):size())
    assert.truthy(text:find("^ 2\n 3\n%[torch%.%a*Storage of size 2%]"))
  end)

  it("refuses other things", function()
    local show = debug.getmetatable(cresset.zeros()).__tostring
    assert.has_error(function() show(1) end,
      "Tensor.__tostring: 'self' must be a tensor, got number")
  end)
end)
