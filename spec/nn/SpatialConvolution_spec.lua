local cresset = require("cresset")
local recorded = require("spec.support.recorded")
local reference = dofile("spec/support/reference/spatial.lua")

local nn = cresset.nn

local function sizes(t) return t:size():totable() end

local function same(t) return t end

--- Forward and backward of one recorded case.
local function check(class, case, type_name, tolerance, arrange)
  local layer = nn[class](table.unpack(case.args)):type(type_name)
  layer.weight:copy(recorded.fill(2, sizes(layer.weight), type_name))
  layer.bias:copy(recorded.fill(3, sizes(layer.bias), type_name))
  layer:zeroGradParameters()
  local x = arrange(recorded.fill(1, case.size, type_name))
  local output = layer:forward(x)
  assert.same(case.outputSize, sizes(output))
  recorded.compare("output", output, case.output, tolerance)
  local gradOutput = arrange(recorded.fill(4, case.outputSize, type_name))
  recorded.compare("gradInput", layer:backward(x, gradOutput), case.gradInput, tolerance)
  recorded.compare("gradWeight", layer.gradWeight, case.gradWeight, tolerance)
  recorded.compare("gradBias", layer.gradBias, case.gradBias, tolerance)
end

local classes = { SpatialConvolution = "convolution", SpatialFullConvolution = "fullConvolution" }

for class, section in pairs(classes) do
  describe("nn." .. class .. " against PyTorch", function()
    for i, case in ipairs(reference[section]) do
      for _, kind in ipairs(recorded.types) do
        local name = ("case %d, %s"):format(i, kind[1])
        it(name, function() check(class, case, kind[1], kind[2], same) end)
        it(name .. ", spread out in memory", function()
          check(class, case, kind[1], kind[2], recorded.spread)
        end)
        it(name .. ", channels innermost", function()
          check(class, case, kind[1], kind[2], recorded.channelsLast)
        end)
      end
    end
  end)
end

--- Largest difference between a float32 layer and the same in float64.
local function float_error(class, args, size)
  local exact = nn[class](table.unpack(args)):double()
  local layer = exact:clone():float()
  exact.weight:copy(layer.weight) -- the same rounded weights
  exact.bias:copy(layer.bias)
  local x = recorded.fill(1, size, "torch.FloatTensor")
  local output, expected = layer:forward(x), exact:forward(x:double())
  recorded.compare("output", output, recorded.elements(expected), 3e-5)
  local gradOutput = recorded.fill(4, sizes(output), "torch.FloatTensor")
  layer:zeroGradParameters()
  exact:zeroGradParameters()
  local gradInput = layer:backward(x, gradOutput)
  expected = exact:backward(x:double(), gradOutput:double())
  recorded.compare("gradInput", gradInput, recorded.elements(expected), 3e-5)
  recorded.compare("gradWeight", layer.gradWeight, recorded.elements(exact.gradWeight), 3e-5)
end

describe("nn.SpatialConvolution in float32", function()
  it("of many planes comes near float64 (3 x 3: minimal filtering)", function()
    float_error("SpatialConvolution", { 33, 35, 3, 3, 1, 1, 1, 1 }, { 3, 33, 17, 22 })
    float_error("SpatialConvolution", { 32, 40, 3, 3 }, { 1, 32, 20, 18 })
  end)

  it("of many planes comes near float64 (other kernels)", function()
    float_error("SpatialConvolution", { 70, 65, 1, 1 }, { 3, 70, 5, 7 })
    float_error("SpatialConvolution", { 130, 20, 4, 4, 2, 2, 1, 1 }, { 5, 130, 8, 8 })
    float_error("SpatialFullConvolution", { 70, 12, 4, 4, 2, 2, 1, 1 }, { 5, 70, 4, 4 })
  end)

  it("gives the same whatever the number of threads", function()
    local threads = cresset.getNumThreads()
    -- Few planes; so many that they are summed up in blocks; minimal filtering.
    for _, case in ipairs({ { 5, 7, 40, 5 }, { 300, 8, 9, 5 }, { 32, 33, 20, 3 } }) do
      local into, out, size, kernel = table.unpack(case)
      local layer = nn.SpatialConvolution(into, out, kernel, kernel)
      local x = recorded.fill(1, { 3, into, size, size }, "torch.FloatTensor")
      cresset.setNumThreads(1)
      local one = recorded.elements(layer:forward(x))
      cresset.setNumThreads(3)
      local three = recorded.elements(layer:forward(x))
      cresset.setNumThreads(threads)
      assert.same(one, three)
    end
  end)
end)

describe("nn.SpatialConvolution", function()
  it("does without a bias after noBias", function()
    local layer = nn.SpatialConvolution(2, 3, 3, 3):noBias()
    local with_zeros = layer:clone()
    with_zeros.bias, with_zeros.gradBias = cresset.zeros(3), cresset.zeros(3)
    local x = recorded.fill(1, { 2, 2, 5, 5 }, "torch.FloatTensor")
    assert.same(recorded.elements(with_zeros:forward(x)), recorded.elements(layer:forward(x)))
    layer:backward(x, layer.output)
    assert.equal("nn.SpatialConvolution(2 -> 3, 3x3) without bias", tostring(layer))
  end)

  it("takes an empty batch", function()
    local layer = nn.SpatialConvolution(2, 3, 3, 3)
    layer:zeroGradParameters()
    local x = cresset.zeros(0, 2, 5, 5)
    assert.same({ 0, 3, 3, 3 }, sizes(layer:forward(x)))
    assert.same({ 0, 2, 5, 5 }, sizes(layer:backward(x, cresset.zeros(0, 3, 3, 3))))
  end)

  it("adds scale times the gradients", function()
    local layer = nn.SpatialConvolution(2, 3, 3, 3):double()
    local x = recorded.fill(1, { 2, 2, 5, 5 }, "torch.DoubleTensor")
    local gradOutput = recorded.fill(2, { 2, 3, 3, 3 }, "torch.DoubleTensor")
    layer:zeroGradParameters()
    layer:accGradParameters(x, gradOutput)
    local once, bias = recorded.elements(layer.gradWeight), recorded.elements(layer.gradBias)
    layer:accGradParameters(x, gradOutput, 0.5)
    for i, value in ipairs(once) do once[i] = 1.5 * value end
    for i, value in ipairs(bias) do bias[i] = 1.5 * value end
    recorded.compare("gradWeight", layer.gradWeight, once, 1e-12)
    recorded.compare("gradBias", layer.gradBias, bias, 1e-12)
  end)

  local function error_of(f, ...) return select(2, pcall(f, ...)) end

  it("says what is wrong with an input", function()
    local layer = nn.SpatialConvolution(3, 8, 5, 5)
    local name = "nn.SpatialConvolution(3 -> 8, 5x5): "
    assert.equal(name .. "input must be (N x 3 x H x W) or (3 x H x W), got (2 x 4 x 9 x 9)",
      error_of(layer.forward, layer, cresset.zeros(2, 4, 9, 9)))
    assert.equal(name .. "the kernel reaches over 5 x 5 (H x W), more than the input with its "
      .. "padding, 4 x 9; got an input of (2 x 3 x 4 x 9)",
      error_of(layer.forward, layer, cresset.zeros(2, 3, 4, 9)))
    assert.equal(name .. "input must be a torch.FloatTensor, got a torch.DoubleTensor: convert it "
      .. "or the layer with :type()", error_of(layer.forward, layer, cresset.DoubleTensor(3, 9, 9)))
    assert.equal(name .. "input must be a tensor, got nil", error_of(layer.updateOutput, layer))
    local x = cresset.zeros(2, 3, 9, 9)
    layer:forward(x)
    assert.equal(name .. "gradOutput must be (2 x 8 x 5 x 5), got (2 x 8 x 5 x 4)",
      error_of(layer.backward, layer, x, cresset.zeros(2, 8, 5, 4)))
  end)

  it("says what is wrong with its arguments", function()
    assert.equal("nn.SpatialConvolution: 'groups' must divide nInputPlane and nOutputPlane, "
      .. "got 2 for 3 and 4",
      error_of(nn.SpatialConvolution, 3, 4, 3, 3, 1, 1, 0, 0, 1, 1, 2))
    assert.equal("nn.SpatialFullConvolution: 'adjW' and 'adjH' must be smaller than the step or "
      .. "the dilation, got 0 and 2",
      error_of(nn.SpatialFullConvolution, 3, 4, 3, 3, 2, 2, 0, 0, 0, 2))
    local layer = nn.SpatialFullConvolution(3, 4, 3, 3, 1, 1, 2, 2)
    assert.equal("nn.SpatialFullConvolution(3 -> 4, 3x3, 1,1, 2,2): the output's size would be "
      .. "0 x 1 (H x W) for an input of (3 x 2 x 3)",
      error_of(layer.forward, layer, cresset.zeros(3, 2, 3)))
  end)
end)
