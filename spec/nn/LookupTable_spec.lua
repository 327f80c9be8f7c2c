local cresset = require("cresset")
local recorded = require("spec.support.recorded")

local nn = cresset.nn

--- A table of 5 rows of 3, its rows 1 1 1, 2 2 2, ...
local function table_of_five(...)
  local layer = nn.LookupTable(5, 3, ...)
  for i = 1, 5 do layer.weight[i]:fill(i) end
  layer:zeroGradParameters()
  return layer
end

describe("nn.LookupTable", function()
  it("looks up rows by numbers of every type", function()
    local layer = table_of_five()
    for _, type_name in ipairs { "LongTensor", "IntTensor", "FloatTensor", "DoubleTensor",
      "ByteTensor" } do
      local output = layer:forward(cresset[type_name] { 4, 1, 4 })
      assert.same({ 3, 3 }, output:size():totable())
      assert.same({ 4, 4, 4, 1, 1, 1, 4, 4, 4 }, recorded.elements(output))
    end
  end)

  it("takes batches, in any layout", function()
    local layer = table_of_five()
    local indices = cresset.LongTensor { { 1, 2 }, { 3, 4 }, { 5, 1 } }
    local output = layer:forward(indices)
    assert.same({ 3, 2, 3 }, output:size():totable())
    assert.equal(3, output[2][1][3])
    assert.equal(5, layer:forward(indices:t())[1][3][1])
  end)

  it("adds up the gradients of a row", function()
    local layer = table_of_five(2)
    local indices = cresset.LongTensor { 1, 2, 5, 1 }
    local gradOutput = cresset.FloatTensor { { 1, 2, 3 }, { 9, 9, 9 }, { 4, 5, 6 }, { 1, 1, 1 } }
    layer:forward(indices)
    layer:accGradParameters(indices, gradOutput, 0.5)
    assert.same({ 1, 1.5, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2.5, 3 },
      recorded.elements(layer.gradWeight))
    layer:setPadding(0):scaleGradByFreq()
    layer:zeroGradParameters()
    layer:accGradParameters(indices, gradOutput:t():contiguous():t())
    assert.same({ 1, 1.5, 2, 9, 9, 9, 0, 0, 0, 0, 0, 0, 4, 5, 6 },
      recorded.elements(layer.gradWeight))
  end)

  it("has a gradInput of zeros", function()
    local layer = table_of_five()
    local indices = cresset.LongTensor { 1, 2 }
    layer:forward(indices)
    assert.same({ 0, 0 }, recorded.elements(layer:backward(indices, cresset.ones(2, 3))))
  end)

  it("shortens the rows that it uses", function()
    local layer = table_of_five(0, 3)
    layer:forward(cresset.LongTensor { 1, 5, 5 })
    local norm = 0
    for i = 1, 3 do norm = norm + layer.weight[5][i] ^ 2 end
    assert.is_true(math.abs(norm - 9) < 1e-4)
    assert.equal(1, layer.weight[1][1])
    assert.equal(4, layer.weight[4][1])
    layer:setNormType(1):forward(cresset.LongTensor { 4 })
    assert.is_true(math.abs(layer.weight[4][1] - 1) < 1e-4)
  end)

  it("takes no indices at all", function()
    local layer = table_of_five()
    local none = cresset.LongTensor(2, 0)
    assert.same({ 2, 0, 3 }, layer:forward(none):size():totable())
    layer:backward(none, layer.output)
  end)

  it("says what is wrong", function()
    local layer = table_of_five()
    local name = "nn.LookupTable(5 -> 3): "
    local whole = name .. "input must hold whole numbers from 1 to 5, got "
    assert.has_error(function() layer:forward(cresset.LongTensor { 1, 6 }) end, whole .. "6")
    assert.has_error(function() layer:forward(cresset.LongTensor { 0 }) end, whole .. "0")
    assert.has_error(function() layer:forward(cresset.FloatTensor { 1.5 }) end, whole .. "1.5")
    assert.has_error(function() layer:forward(cresset.FloatTensor { 0 / 0 }) end,
      whole .. tostring(0 / 0))
    assert.has_error(function() layer:forward("1") end,
      name .. 'input must be a tensor, got the string "1"')
    local indices = cresset.LongTensor { 1, 2 }
    layer:forward(indices)
    assert.has_error(function() layer:backward(indices, cresset.ones(2, 4)) end,
      name .. "gradOutput must be (2 x 3), got (2 x 4)")
  end)
end)
