-- Tensors are filled from blocks of bits; the numbers are those that single draws give.
local cresset = require("cresset")

local draws = {
  uniform = { -2, 3 }, normal = { 1, 2 }, exponential = { 0.5 }, logNormal = { 0.25, 0.5 },
  cauchy = { 1, 2 }, bernoulli = { 0.3 }, geometric = { 0.4 }, random = { -5, 1000 },
}

local function close(expected, got, tolerance, name)
  for i = 1, #expected do
    local error = math.abs(got[i] - expected[i])
    assert(error <= tolerance * math.max(1, math.abs(expected[i])), name .. " " .. i)
  end
end

describe("filling with random numbers", function()
  for name, arguments in pairs(draws) do
    it("draws " .. name .. " as one call after the other does", function()
      for _, n in ipairs { 1, 63, 64, 65, 1000, 1501 } do
        for lead = 0, 1 do -- a normal number that waits from before
          local one, many = cresset.Generator(), cresset.Generator()
          cresset.manualSeed(one, 11)
          cresset.manualSeed(many, 11)
          local expected = {}
          for _ = 1, lead do
            assert.equal(cresset.normal(one, 0, 1), cresset.normal(many, 0, 1))
          end
          for i = 1, n do expected[i] = cresset[name](one, table.unpack(arguments)) end
          local t = cresset.DoubleTensor(n)
          t[name](t, many, table.unpack(arguments))
          close(expected, t:totable(), 1e-12, name)
          assert.is_true(cresset.getRNGState(one):equal(cresset.getRNGState(many)))
        end
      end
    end)
  end

  it("gives exactly the single draws' geometric numbers", function()
    for _, p in ipairs { 0.5, 0.25, 0.9, 1e-3, 0.999999 } do
      local one, many = cresset.Generator(), cresset.Generator()
      cresset.manualSeed(one, 12)
      cresset.manualSeed(many, 12)
      local t = cresset.LongTensor(20000):geometric(many, p)
      t:apply(function(got) assert(got == cresset.geometric(one, p)) end)
    end
  end)

  it("gives float32 the rounded numbers, whatever the number of threads", function()
    local threads = cresset.getNumThreads()
    local wide = cresset.DoubleTensor(300001)
    cresset.manualSeed(5)
    wide:normal()
    for count = 1, 3 do
      cresset.setNumThreads(count)
      cresset.manualSeed(5)
      local x = cresset.FloatTensor(300001):normal()
      cresset.setNumThreads(threads)
      assert.is_true(x:equal(wide:float()))
    end
    assert.near(0, wide:mean(), 0.01)
    assert.near(1, wide:std(), 0.01)
  end)

  it("gives integers of every type", function()
    for _, word in ipairs { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" } do
      cresset.manualSeed(6)
      local t = cresset[word .. "Tensor"](500):random(3, 90)
      cresset.manualSeed(6)
      for i = 1, 500 do assert.equal(cresset.random(3, 90), t[i]) end
    end
    cresset.manualSeed(7)
    local wide = cresset.LongTensor(200):random(0, 1 << 40)
    cresset.manualSeed(7)
    for i = 1, 200 do assert.equal(cresset.random(0, 1 << 40), wide[i]) end
  end)
end)
