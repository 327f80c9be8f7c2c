-- What holds for every layer (see layer_checks), for the layers on images.
local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn

local function image_error(name, form, got)
  return ("%s: input must be (N x %s) or (%s), got %s"):format(name, form, form, got)
end

local function check(class, args, options)
  describe("nn." .. class, function()
    local name = options.tostring
    options.errors = options.errors or {}
    if options.form then
      table.insert(options.errors,
        { input = { 3, 4 }, message = image_error(name, options.form, "(3 x 4)") })
    end
    layer_checks(function()
      local layer = nn[class](table.unpack(args))
      return options.prepare and options.prepare(layer) or layer
    end, options)
  end)
end

local any = "C x H x W"
local batches = { { 2, 2, 4, 5 }, { 1, 1, 5, 4 }, { 2, 5, 5 } }

check("SpatialZeroPadding", { 1, 2, -1, 0 }, {
  inputs = batches, form = any, tostring = "nn.SpatialZeroPadding(l=1, r=2, t=-1, b=0)",
  errors = {
    { input = { 1, 1, 4 }, message = "nn.SpatialZeroPadding(l=1, r=2, t=-1, b=0): padding of -1 "
      .. "and 0 leaves nothing of an input of 1 along H" },
  },
})
check("SpatialReflectionPadding", { 3 }, {
  inputs = batches, form = any, tostring = "nn.SpatialReflectionPadding(l=3, r=3, t=3, b=3)",
  errors = {
    { input = { 1, 5, 3 }, message = "nn.SpatialReflectionPadding(l=3, r=3, t=3, b=3): padding "
      .. "must be smaller than the input to reflect it, got 3 and 3 for 3 along W" },
  },
})
check("SpatialReplicationPadding", { 1, 0, 2, 3 }, {
  inputs = batches, form = any, tostring = "nn.SpatialReplicationPadding(l=1, r=0, t=2, b=3)",
})
check("SpatialUpSamplingNearest", { 2 }, {
  inputs = batches, form = any, tostring = "nn.SpatialUpSamplingNearest(2)",
})
check("SpatialUpSamplingBilinear", { 2 }, {
  inputs = batches, form = any, tostring = "nn.SpatialUpSamplingBilinear(2)",
})
check("SpatialUpSamplingBilinear", { { oheight = 3, owidth = 9 } }, {
  inputs = batches, form = any, tostring = "nn.SpatialUpSamplingBilinear(3, 9)",
})
check("UpSampling", { 3 }, {
  inputs = { { 2, 2, 3, 2 }, { 1, 1, 2, 2, 1 } }, tostring = "nn.UpSampling(3x, nearest)",
  errors = {
    { input = { 2, 3, 4 }, message = "nn.UpSampling(3x, nearest): input must be (N x C x H x W) or "
      .. "(N x C x T x H x W), got (2 x 3 x 4)" },
  },
})
check("UpSampling", { { oheight = 3, owidth = 4 }, "bilinear" }, {
  inputs = { { 2, 2, 3, 2 } }, tostring = "nn.UpSampling(3x4, linear)",
  errors = {
    { input = { 1, 2, 2, 2, 2 }, message = "nn.UpSampling(3x4, linear): volumes need an odepth, "
      .. "got an input of (1 x 2 x 2 x 2 x 2)" },
  },
})
check("PixelShuffle", { 2 }, {
  inputs = { { 2, 8, 2, 3 }, { 1, 4, 1, 1 }, { 4, 3, 2 } }, form = any,
  tostring = "nn.PixelShuffle(2)",
  errors = {
    { input = { 2, 6, 2, 2 }, message = "nn.PixelShuffle(2): the number of planes must be a "
      .. "multiple of 4, got an input of (2 x 6 x 2 x 2)" },
  },
})
check("SpatialCrossMapLRN", { 3, 1, 0.75, 2 }, {
  inputs = { { 2, 5, 2, 3 }, { 1, 1, 2, 2 }, { 4, 3, 2 } }, form = any,
  tostring = "nn.SpatialCrossMapLRN(3, 1, 2)",
})
check("SpatialCrossMapLRN", { 4, 0.5, 0.6 }, {
  inputs = { { 2, 6, 12, 13 } }, tostring = "nn.SpatialCrossMapLRN(4, 0.5, 0.6)",
})
check("SpatialAdaptiveMaxPooling", { 3, 2 }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 1, 5, 7 }, { 2, 1, 2 } }, form = any,
  tostring = "nn.SpatialAdaptiveMaxPooling(3, 2)",
})
check("SpatialAdaptiveAveragePooling", { 3, 2 }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 1, 5, 7 }, { 2, 1, 2 } }, form = any,
  tostring = "nn.SpatialAdaptiveAveragePooling(3, 2)",
})
check("SpatialDilatedMaxPooling", { 2, 3, 1, 2, 1, 1, 2, 1 }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 1, 5, 7 }, { 2, 5, 4 } }, form = any,
  tostring = "nn.SpatialDilatedMaxPooling(2x3, 1,2, 1,1)",
  errors = {
    { input = { 1, 2, 0 + 1 }, message = "nn.SpatialDilatedMaxPooling(2x3, 1,2, 1,1): window 1 "
      .. "along W lies in the padding alone" },
  },
})
for _, size in ipairs { { 2, 2, 6, 7 }, { 1, 1, 5, 5 }, { 2, 4, 4 } } do
  check("SpatialFractionalMaxPooling", { 2, 2, 3, 3 }, {
    inputs = { size }, form = any, tostring = "nn.SpatialFractionalMaxPooling(3x3, 2,2)",
    prepare = function(layer)
      layer:forward(cresset.zeros(table.unpack(size)))
      return layer:fixPoolingRegions()
    end,
    errors = {
      { input = { 1, 3, 9 }, message = "nn.SpatialFractionalMaxPooling(3x3, 2,2): 3 windows of 2 "
        .. "elements along H need an input of at least 4, got (1 x 3 x 9)" },
    },
  })
end
check("SpatialSubSampling", { 2, 2, 3, 1, 2 }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 2, 3, 2 }, { 2, 5, 5 } }, form = "2 x H x W",
  tostring = "nn.SpatialSubSampling(2, 2, 3, 2)",
})
check("SpatialDepthWiseConvolution", { 2, 3, 3, 2, 2, 1, 1, 0 }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 2, 2, 2 }, { 2, 5, 5 } }, form = "2 x H x W",
  tostring = "nn.SpatialDepthWiseConvolution(2 -> 3, 3x2, 2,1, 1,0)",
  errors = {
    { input = { 2, 1, 5 }, message = "nn.SpatialDepthWiseConvolution(2 -> 3, 3x2, 2,1, 1,0): the "
      .. "kernel is larger than the input with its padding, got an input of (2 x 1 x 5)" },
  },
})
check("SpatialDepthWiseConvolution", { 2, 1, 2, 2 }, {
  inputs = { { 2, 2, 3, 3 } }, prepare = function(layer) return layer:noBias() end,
  tostring = "nn.SpatialDepthWiseConvolution(2 -> 1, 2x2) without bias",
})
check("SpatialConvolution", { 2, 3, 3, 2, 2, 1, "same" }, {
  inputs = { { 2, 2, 4, 5 }, { 1, 2, 1, 1 }, { 2, 5, 4 } }, form = "2 x H x W",
  tostring = "nn.SpatialConvolution(2 -> 3, 3x2, 2,1, same)",
})

describe("nn.SpatialConvolutionMap", function()
  local text = "nn.SpatialConvolutionMap(3 -> 4, 3x2, 2,1, 6 connections)"
  layer_checks(function()
    local rows = { { 1, 1 }, { 2, 1 }, { 3, 3 }, { 1, 4 }, { 1, 1 }, { 2, 2 } }
    return nn.SpatialConvolutionMap(cresset.FloatTensor(rows), 3, 2, 2, 1)
  end, {
    inputs = { { 2, 3, 4, 5 }, { 1, 3, 2, 3 }, { 3, 5, 5 } }, tostring = text,
    errors = { { input = { 3, 4 }, message = image_error(text, "3 x H x W", "(3 x 4)") } },
  })
  layer_checks(function() return nn.SpatialConvolutionMap(nn.tables.oneToOne(4), 2, 2) end, {
    inputs = { { 2, 4, 3, 3 } },
  })

  local full = "nn.SpatialFullConvolutionMap(3 -> 2, 2x3, 2,1, 4 connections)"
  layer_checks(function()
    local rows = { { 1, 1 }, { 2, 1 }, { 3, 2 }, { 1, 2 } }
    return nn.SpatialFullConvolutionMap(cresset.FloatTensor(rows), 2, 3, 2, 1)
  end, {
    inputs = { { 2, 3, 2, 3 }, { 1, 3, 1, 1 }, { 3, 2, 2 } }, tostring = full,
    errors = { { input = { 3, 4 }, message = image_error(full, "3 x H x W", "(3 x 4)") } },
  })

  it("is a transposed convolution where all planes are connected", function()
    local x = cresset.DoubleTensor(2, 3, 4, 5):uniform(-1, 1)
    local all = nn.SpatialFullConvolutionMap(nn.tables.full(3, 2), 2, 3, 2, 2):double()
    local conv = nn.SpatialFullConvolution(3, 2, 2, 3, 2, 2):double()
    for k, row in ipairs(all.connTable:totable()) do
      conv.weight[row[1] // 1 | 0][row[2] // 1 | 0]:copy(all.weight[k])
    end
    conv.bias:copy(all.bias)
    assert.is_true(all:forward(x):dist(conv:forward(x)) < 1e-12)
  end)

  it("is a convolution where all planes are connected", function()
    local x = cresset.DoubleTensor(2, 3, 6, 5):uniform(-1, 1)
    local all = nn.SpatialConvolutionMap(nn.tables.full(3, 2), 2, 3):double()
    local conv = nn.SpatialConvolution(3, 2, 2, 3):double()
    conv.weight:copy(all.weight:view(2, 3, 3, 2))
    conv.bias:copy(all.bias)
    assert.is_true(all:forward(x):dist(conv:forward(x)) < 1e-12)
  end)

  it("refuses tables that are none", function()
    local start = "nn.SpatialConvolutionMap: 'connTable' must be a tensor (connections x 2) of the "
      .. "numbers of input and output planes, got "
    for _, case in ipairs {
      { cresset.zeros(2, 3), "(2 x 3)" },
      { cresset.zeros(3, 2), "a plane 0.0" },
      { cresset.FloatTensor { { 1, 2.5 } }, "a plane 2.5" },
      { cresset.zeros(), "(empty)" },
    } do
      assert.has_error(function() nn.SpatialConvolutionMap(case[1], 2, 2) end, start .. case[2])
    end
  end)
end)

describe("nn.tables", function()
  it("has LeNet-5's table", function()
    local table5 = nn.tables.lenet5()
    assert.same({ 60, 2 }, table5:size():totable())
    local inputs, outputs = {}, {}
    for _, row in ipairs(table5:totable()) do
      inputs[row[1]] = (inputs[row[1]] or 0) + 1
      outputs[row[2]] = (outputs[row[2]] or 0) + 1
    end
    assert.same({ 10, 10, 10, 10, 10, 10 }, inputs)
    assert.same({ 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6 }, outputs)
  end)

  it("deals out random connections evenly", function()
    cresset.manualSeed(5)
    local connections = nn.tables.random(8, 6, 4)
    local inputs, seen = {}, {}
    for i, row in ipairs(connections:totable()) do
      assert.equal((i - 1) // 4 + 1, row[2])
      inputs[row[1]] = (inputs[row[1]] or 0) + 1
      local key = row[1] .. " " .. row[2]
      assert.is_nil(seen[key])
      seen[key] = true
    end
    assert.same({ 3, 3, 3, 3, 3, 3, 3, 3 }, inputs)
  end)

  it("says what is wrong", function()
    assert.has_error(function() nn.tables.random(3, 2, 4) end,
      "nn.tables.random: 'nto' must be an integer from 1 to 3, got 4")
    assert.has_error(function() nn.tables.full(0, 2) end,
      "nn.tables.full: 'nin' must be an integer from 1 to 1048576, got 0")
  end)
end)

describe("padding that keeps the size", function()
  it("divides the size by the step, rounded up", function()
    for size = 1, 9 do
      for step = 1, 3 do
        for kernel = 1, 4 do
          local layer = nn.SpatialConvolution(1, 1, kernel, kernel, step, step, "same")
          local out = (size + step - 1) // step
          assert.same({ 1, out, out }, layer:forward(cresset.zeros(1, size, size)):size():totable())
        end
      end
    end
  end)
end)

describe("nn.SpatialFullConvolution with a tensor for the size", function()
  it("chooses the adjustment", function()
    for height = 5, 6 do
      local layer = nn.SpatialFullConvolution(2, 3, 3, 3, 2, 2, 1, 1):double()
      local x = cresset.DoubleTensor(1, 2, 3, 4):uniform(-1, 1)
      local other = cresset.zeros(1, 7, height, 8):double()
      local output = layer:forward { x, other }
      assert.same({ 1, 3, height, 8 }, output:size():totable())
      local plain = layer:clone()
      plain.adjW, plain.adjH = 1, height - 5
      assert.is_true(plain:forward(x):dist(output) == 0)
      local gradOutput = output:clone():uniform(-1, 1)
      local gradients = layer:backward({ x, other }, gradOutput)
      assert.is_true(plain:backward(x, gradOutput):dist(gradients[1]) == 0)
      assert.same({ 1, 7, height, 8 }, gradients[2]:size():totable())
      assert.equal(0, gradients[2]:sum())
      assert.is_true(cresset.isTensor(layer:backward(x, layer:forward(x))))
    end
  end)

  it("reads the last sizes of tensors of any number of dimensions", function()
    local layer = nn.SpatialFullConvolution(2, 3, 3, 3, 2, 2, 1, 1)
    assert.same({ 3, 6, 8 },
      layer:forward({ cresset.zeros(2, 3, 4), cresset.zeros(6, 8) }):size():totable())
    assert.has_error(function() layer:forward { cresset.zeros(2, 3, 4), cresset.zeros(8) } end,
      "nn.SpatialFullConvolution(2 -> 3, 3x3, 2,2, 1,1): input[2] must have at least 2 dimensions, "
        .. "the last of which are the output's, got (8)")
  end)

  it("refuses a size that cannot be", function()
    local layer = nn.SpatialFullConvolution(2, 3, 3, 3, 2, 2, 1, 1)
    assert.has_error(function()
      layer:forward { cresset.zeros(1, 2, 3, 4), cresset.zeros(1, 7, 9, 8) }
    end, "nn.SpatialFullConvolution(2 -> 3, 3x3, 2,2, 1,1): the output cannot have the size of "
      .. "input[2], (1 x 7 x 9 x 8): along H it would be 5")
  end)
end)
