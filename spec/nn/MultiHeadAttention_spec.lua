local cresset = require("cresset")
local harness = require("spec.support.harness")
local layer_checks = require("spec.support.layer_checks")
local learning = require("spec.support.learning")
local reference = require("spec.support.reference.attention")
local table_checks = require("spec.support.table_checks")

local nn = cresset.nn
local fill, values, assert_near = learning.fill, learning.values, learning.assert_near

local padding = cresset.ByteTensor({ { 0, 0, 0, 1 }, { 0, 1, 0, 0 } })
local masks = {
  none = function() return nil end,
  bytes = function()
    return cresset.ByteTensor({ { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 0 } })
  end,
  sum = function(word) return fill(word, 9, { 3, 4 }) end,
}

local function check(entry, word, tolerance, arrange)
  local layer = nn.MultiHeadAttention(table.unpack(entry.args))
  layer:type(word == "double" and "torch.DoubleTensor" or "torch.FloatTensor")
  local parameters = layer:parameters()
  for i, parameter in ipairs(parameters) do
    parameter:copy(fill(word, 9 + i, learning.size(parameter), 0.5))
  end
  layer:setMask(masks[entry.mask](word))
  if entry.padding then layer:setPaddingMask(padding) end
  local input = {}
  for i, size in ipairs(entry.sizes) do
    input[i] = arrange(fill(word, i == 1 and 1 or 3 + i, size))
  end
  if #input == 1 then input = input[1] end
  local output = layer:forward(input)
  assert_near(entry.output, output, tolerance, "output")
  assert_near(entry.weights, layer.attention, tolerance, "weights")
  layer:zeroGradParameters()
  local gradInput = layer:backward(input, arrange(fill(word, 4, learning.size(output))))
  if #entry.sizes == 1 then gradInput = { gradInput } end
  for i, expected in ipairs(entry.gradInput) do
    assert_near(expected, gradInput[i], tolerance, "gradInput " .. i)
  end
  learning.assert_gradients(entry, layer, tolerance)
end

harness.check_recorded("nn.MultiHeadAttention gives PyTorch's results:", reference, check)

describe("nn.MultiHeadAttention of one input", function()
  layer_checks(function() return nn.MultiHeadAttention(4, 2, 0, true, nil, nil, false, true) end, {
    inputs = { { 3, 2, 4 }, { 1, 1, 4 } },
    large = { 30, 20, 4 },
    range = { -1, 1 },
    tostring = "nn.MultiHeadAttention(4, 2 heads, causal)",
    errors = { { input = { 3, 2, 5 }, message = "nn.MultiHeadAttention(4, 2 heads, causal): input "
      .. "must be (T x N x 4) and not empty, got (3 x 2 x 5)" } },
  })
end)

describe("nn.MultiHeadAttention of three inputs", function()
  table_checks(function() return nn.MultiHeadAttention(4, 2, 0, false, 3, 2, true) end,
    { { { 2, 3, 4 }, { 2, 2, 3 }, { 2, 2, 2 } }, { { 1, 1, 4 }, { 1, 1, 3 }, { 1, 1, 2 } } },
    { large = { { 20, 30, 4 }, { 20, 25, 3 }, { 20, 25, 2 } } })
end)

for _, case in ipairs({
  { {}, { { 3, 2, 5 }, { 1, 1, 5 }, { 4, 5 } }, "T x N" },
  { { true, 100 }, { { 3, 2, 5 }, { 4, 5 } }, "N x T" },
}) do
  describe("nn.PositionalEncoding", function()
    layer_checks(function() return nn.PositionalEncoding(5, table.unpack(case[1])) end, {
      inputs = case[2], tostring = "nn.PositionalEncoding(5)", anyType = true,
      errors = { { input = { 2, 3 }, message = ("nn.PositionalEncoding(5): input must be (%s x 5) "
        .. "or (T x 5), got (2 x 3)"):format(case[3]) } },
    })
  end)
end

describe("nn.PositionalEncoding", function()
  it("adds the sines and cosines of its definition", function()
    for _, size in ipairs { 6, 5 } do
      local x = fill("double", 1, { 7, 2, size })
      local expected = {}
      for t = 0, 6 do
        for n = 0, 1 do
          for j = 0, size - 1 do
            local angle = t / 10000 ^ ((j - j % 2) / size)
            expected[#expected + 1] = x[t + 1][n + 1][j + 1]
              + (j % 2 == 0 and math.sin(angle) or math.cos(angle))
          end
        end
      end
      local layer = nn.PositionalEncoding(size):double()
      assert_near(expected, layer:forward(x), 1e-12)
      assert_near(values(layer.output:narrow(1, 1, 3)), layer:forward(x:narrow(1, 1, 3)), 0)
      local first = nn.PositionalEncoding(size, true):double()
      assert_near(expected, first:forward(x:transpose(1, 2)):transpose(1, 2), 1e-12)
      assert_near(values(x), layer:backward(x, x), 0)
    end
    assert.has_error(function() nn.PositionalEncoding(4, false, 0) end,
      "nn.PositionalEncoding(4): 'base' must be above 0, got 0")
  end)
end)

describe("nn.MultiHeadAttention", function()
  local x = fill("float", 1, { 3, 2, 4 })

  it("drops weights in training alone", function()
    local layer = nn.MultiHeadAttention(4, 2, 0.5)
    cresset.manualSeed(1)
    local first = values(layer:forward(x))
    assert.are_not.same(first, values(layer:forward(x)))
    layer:backward(x, x)
    layer:evaluate()
    assert.are.same(values(layer:forward(x)), values(layer:forward(x)))
  end)

  it("gives queries that see nothing the last layer's bias", function()
    local layer = nn.MultiHeadAttention(4, 2):setMask(cresset.ByteTensor(3, 3):fill(1))
    layer.outBias:fill(0.5)
    assert_near(values(x:clone():fill(0.5)), layer:forward(x), 0)
    assert_near(values(x:clone():zero()), layer:backward(x, x), 0)
  end)

  it("keeps its masks when it is converted and saved", function()
    local layer = nn.MultiHeadAttention(4, 2):setMask(cresset.ByteTensor({ { 0, 1, 1 }, { 0, 0, 1 },
      { 0, 0, 0 } })):setPaddingMask(cresset.ByteTensor({ { 0, 0, 1 }, { 0, 0, 0 } }))
    local expected = values(layer:forward(x))
    local loaded = cresset.deserialize(cresset.serialize(layer))
    assert_near(expected, loaded:forward(x), 0)
    assert_near(expected, layer:double():forward(x:double()), 1e-5)
  end)

  it("refuses what does not fit", function()
    local layer = nn.MultiHeadAttention(4, 2)
    local name = "nn.MultiHeadAttention(4, 2 heads): "
    for _, case in ipairs({
      { "nn.MultiHeadAttention(4, 3 heads): 'embedDim' must be a multiple of 'numHeads', got 4 and "
        .. "3", nn.MultiHeadAttention, 4, 3 },
      { name .. "input must be a table of 3 elements, got 2", layer.forward, layer, { x, x } },
      { name .. "keys and values must be of one length, got 3 and 2", layer.forward, layer,
        { x, x, x:narrow(1, 1, 2) } },
      { name .. "queries, keys and values must have one batch size", layer.forward, layer,
        { x, x:narrow(2, 1, 1), x } },
      { name .. "setMask: 'mask' must be a tensor, got 3", layer.setMask, layer, 3 },
      { name .. "call forward with this input first", layer.updateGradInput,
        nn.MultiHeadAttention(4, 2), x, x },
    }) do
      local ok, err = pcall(table.unpack(case, 2))
      assert.is_false(ok)
      assert.are.equal(case[1], err)
    end
    layer:setMask(cresset.ByteTensor(2, 3))
    local ok, err = pcall(layer.forward, layer, x)
    assert.is_false(ok)
    assert.are.equal(name .. "the mask must be (3 x 3), got (2 x 3)", err)
  end)
end)
