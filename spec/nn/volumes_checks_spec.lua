-- What holds for every layer (see layer_checks), for the layers on volumes.
local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn

local function check(class, args, options)
  describe("nn." .. class, function()
    local name = options.tostring
    options.errors = options.errors or {}
    if options.form then
      table.insert(options.errors, { input = { 3, 4 }, message =
        ("%s: input must be (N x %s) or (%s), got (3 x 4)"):format(name, options.form,
          options.form) })
    end
    layer_checks(function()
      local layer = nn[class](table.unpack(args))
      return options.prepare and options.prepare(layer) or layer
    end, options)
  end)
end

local any = "C x T x H x W"
local batches = { { 2, 2, 2, 3, 2 }, { 1, 1, 3, 2, 3 }, { 2, 2, 2, 2 } }

check("VolumetricReplicationPadding", { 1, 0, 2, 0, 0, 1 }, {
  inputs = { { 1, 2, 2, 1, 2 }, { 2, 1, 2, 1 } }, form = any,
  tostring = "nn.VolumetricReplicationPadding(left=1, right=0, top=2, bottom=0, front=0, back=1)",
})
check("VolumetricMaxPooling", { 2, 2, 2, 1, 1, 1 }, {
  inputs = batches, form = any, tostring = "nn.VolumetricMaxPooling(2x2x2, 1,1,1)",
})
check("VolumetricMaxPooling", { 2, 2, 3, 2, 1, 2, 1, 1, 1 }, {
  inputs = batches, form = any, prepare = function(layer) return layer:ceil() end,
  tostring = "nn.VolumetricMaxPooling(2x2x3, 2,1,2, 1,1,1)",
})
check("VolumetricDilatedMaxPooling", { 2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 2, 1 }, {
  inputs = { { 2, 1, 2, 3, 3 } }, form = any,
  tostring = "nn.VolumetricDilatedMaxPooling(2x2x2, 1,1,1)",
  errors = {
    { input = { 1, 2, 2, 2 }, message = "nn.VolumetricDilatedMaxPooling(2x2x2, 1,1,1): the window "
      .. "of 3 is larger than the input with its padding, 2, along W; got an input of "
      .. "(1 x 2 x 2 x 2)" },
  },
})
do
  local name = "nn.VolumetricFractionalMaxPooling(2x2x3, 2,2,2)"
  check("VolumetricFractionalMaxPooling", { 2, 2, 2, 2, 2, 3 }, {
    inputs = { { 2, 2, 5, 4, 4 } }, form = "C x H x W x T", tostring = name, large = false,
    prepare = function(layer)
      layer:forward(cresset.zeros(2, 2, 5, 4, 4))
      return layer:fixPoolingRegions()
    end,
    errors = { { input = { 2, 5, 4, 2 }, message = name .. ": 2 windows of 2 elements along T need "
      .. "an input of at least 3, got (2 x 5 x 4 x 2)" } },
  })

  describe("nn.VolumetricFractionalMaxPooling", function()
    it("has the time last, as Torch7", function()
      local layer = nn.VolumetricFractionalMaxPooling(2, 2, 2, 0.5, 0.7, 0.9)
      local output = layer:forward(cresset.zeros(3, 20, 10, 8))
      assert.are.same({ 3, 18, 7, 4 }, output:size():totable())
    end)
  end)
end
check("VolumetricAveragePooling", { 2, 2, 2, 1, 1, 1, 1, 0, 1 }, {
  inputs = batches, form = any, tostring = "nn.VolumetricAveragePooling(2x2x2, 1,1,1, 1,0,1)",
})
check("VolumetricConvolution", { 2, 3, 2, 1, 2, 1, 2, 1, 1, 0, 0 }, {
  inputs = { { 2, 2, 2, 3, 2 }, { 1, 2, 1, 2, 2 }, { 2, 2, 2, 2 } }, form = "2 x T x H x W",
  tostring = "nn.VolumetricConvolution(2 -> 3, 2x1x2, 1,2,1, 1,0,0)",
  errors = {
    { input = { 2, 1, 1, 1 }, message = "nn.VolumetricConvolution(2 -> 3, 2x1x2, 1,2,1, 1,0,0): "
      .. "the kernel's 2 is larger than the input with its padding, 1, along H; got an input of "
      .. "(2 x 1 x 1 x 1)" },
  },
})
check("VolumetricConvolution", { 2, 2, 2, 3, 2, 2, 1, 1, "same", "same", "same", 1, 1, 1, 2 }, {
  inputs = { { 2, 2, 2, 1, 3 } }, prepare = function(layer) return layer:noBias() end,
  tostring = "nn.VolumetricConvolution(2 -> 2, 2x3x2, 2,1,1, same, groups 2) without bias",
})
check("VolumetricFullConvolution", { 2, 3, 2, 2, 1, 2, 1, 1, 1, 0, 0, 1 }, {
  inputs = { { 2, 2, 2, 1, 2 }, { 2, 1, 2, 2 } }, form = "2 x T x H x W",
  tostring = "nn.VolumetricFullConvolution(2 -> 3, 2x2x1, 2,1,1, 1,0,0, 1,0,0)",
})
check("VolumetricDilatedConvolution", { 1, 2, 2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 2, 1 }, {
  inputs = { { 2, 1, 2, 2, 3 } },
  tostring = "nn.VolumetricDilatedConvolution(1 -> 2, 2x2x2, dilation 1,2,1)",
})
check("SpatialDilatedConvolution", { 1, 2, 2, 2, 1, 1, 0, 0, 2, 1 }, {
  inputs = { { 2, 1, 3, 3 } },
  tostring = "nn.SpatialDilatedConvolution(1 -> 2, 2x2, dilation 2,1)",
})
check("SpatialConvolutionLocal", { 2, 3, 3, 4, 2, 3, 1, 2, 1 }, {
  inputs = { { 3, 2, 4, 3 }, { 1, 2, 4, 3 }, { 2, 4, 3 } },
  tostring = "nn.SpatialConvolutionLocal(2 -> 3, 3x4, 2x3, 1,2, 1,1)",
  errors = {
    { input = { 2, 4, 4 }, message = "nn.SpatialConvolutionLocal(2 -> 3, 3x4, 2x3, 1,2, 1,1): "
      .. "input must be (N x 2 x 4 x 3) or (2 x 4 x 3), got (2 x 4 x 4)" },
  },
})
check("VolumetricBatchNormalization", { 2 }, {
  inputs = { { 2, 2, 2, 1, 2 }, { 1, 2, 1, 3, 2 } },
  tostring = "nn.VolumetricBatchNormalization(2)",
  errors = {
    { input = { 2, 2, 3, 3 }, message = "nn.VolumetricBatchNormalization(2): input must be "
      .. "(N x 2 x T x H x W), got (2 x 2 x 3 x 3)" },
  },
})
check("VolumetricDropout", { 0.4 }, {
  inputs = batches, form = any, tostring = "nn.VolumetricDropout(0.4)",
  prepare = function(layer) return layer:evaluate() end,
})

local planes = { inputs = { { 2, 2, 3, 4 }, { 1, 2, 2, 2 }, { 2, 4, 3 } }, form = "2 x H x W" }
local vector = cresset.FloatTensor { 1, 2, 1 }

local function spatial(class, args, name)
  describe("nn." .. class, function()
    layer_checks(function() return nn[class](table.unpack(args)) end, {
      inputs = planes.inputs, tostring = name,
      errors = { { input = { 3, 4 }, message = name
        .. ": input must be (N x 2 x H x W) or (2 x H x W), got (3 x 4)" } },
    })
  end)
end
spatial("SpatialSubtractiveNormalization", { 2, cresset.ones(5, 3) },
  "nn.SpatialSubtractiveNormalization(2, (5 x 3))")
spatial("SpatialDivisiveNormalization", { 2, vector, 0.8, 0.5 },
  "nn.SpatialDivisiveNormalization(2, (3), 0.8, 0.5)")
spatial("SpatialContrastiveNormalization", { 2, vector },
  "nn.SpatialContrastiveNormalization(2, (3), 0.0001, 0.0001)")

describe("nn.SpatialLPPooling", function()
  layer_checks(function() return nn.SpatialLPPooling(2, 3, 2, 2, 1, 1) end, {
    inputs = { { 2, 2, 3, 3 }, { 2, 2, 3 } }, range = { 0.5, 2 },
  })
end)

describe("nn.FeatureLPPooling", function()
  local text = "nn.FeatureLPPooling(2, 2, 3, true)"
  layer_checks(function() return nn.FeatureLPPooling(2, 2, 3, true) end, {
    inputs = { { 2, 5, 3 }, { 1, 2 }, { 3, 4, 2, 2 } }, range = { 0.5, 2 }, tostring = text,
    errors = {
      { input = { 5 }, message = text
        .. ": input must be (N x F), (N x F x H) or (N x F x H x W), got (5)" },
      { input = { 5, 1 }, message = text .. ": input must have at least 2 features, got (5 x 1)" },
    },
  })
  it("pools the only dimension of a vector", function()
    local y = nn.FeatureLPPooling(2, 1, 2):forward(cresset.FloatTensor { 3, 4, -3 })
    assert.same({ 5, 5 }, y:totable())
  end)
end)

describe("layers on volumes", function()
  it("give the same on one thread and on two, but for gradWeight to the bit", function()
    local x = cresset.FloatTensor(2, 24, 4, 9, 9):uniform(-1, 1)
    local threads = cresset.getNumThreads()
    for _, layer in ipairs {
      nn.VolumetricConvolution(24, 8, 3, 3, 3), nn.VolumetricFullConvolution(24, 8, 3, 3, 3),
      nn.VolumetricMaxPooling(2, 2, 2), nn.VolumetricAveragePooling(2, 2, 2),
    } do
      local results = {}
      for count = 1, 2 do
        cresset.setNumThreads(count)
        layer:zeroGradParameters()
        local output = layer:forward(x):clone()
        local list = { output, layer:backward(x, output):clone() }
        if layer.weight then list[3], list[4] = layer.gradWeight:clone(), layer.gradBias:clone() end
        results[count] = list
      end
      cresset.setNumThreads(threads)
      for i, expected in ipairs(results[1]) do
        local tolerance = i == 3 and 1e-6 * expected:norm() or 0
        assert.is_true(expected:dist(results[2][i]) <= tolerance,
          tostring(layer) .. ", result " .. i)
      end
    end
  end)
end)

describe("nn.SpatialClassNLLCriterion", function()
  it("takes a label for each pixel", function()
    local x = cresset.FloatTensor(2, 3, 2, 2):uniform(-1, 0)
    local labels = cresset.LongTensor { { { 1, 2 }, { 3, 1 } }, { { 2, 2 }, { 1, 3 } } }
    local weights = cresset.FloatTensor { 1, 2, 3 }
    local criterion = nn.SpatialClassNLLCriterion(weights)
    local sum, total = 0, 0
    for n = 1, 2 do
      for i = 1, 2 do
        for j = 1, 2 do
          local label = labels[n][i][j]
          sum, total = sum - weights[label] * x[n][label][i][j], total + weights[label]
        end
      end
    end
    assert.is_true(math.abs(criterion:forward(x, labels) - sum / total) < 1e-6)
    local gradient = criterion:backward(x, labels)
    assert.is_true(math.abs(gradient[1][3][2][1] + weights[3] / total) < 1e-6)
    assert.equal(0, gradient[1][1][2][1])
  end)
end)

describe("unpooling", function()
  it("puts the maxima back", function()
    local pooling = nn.SpatialMaxPooling(2, 2)
    local net = nn.Sequential():add(pooling):add(nn.SpatialMaxUnpooling(pooling)):evaluate()
    local x = cresset.FloatTensor { { { 1, 5, 2, 0 }, { 3, 4, 7, 6 } } }
    assert.same({ { { 0, 5, 0, 0 }, { 0, 0, 7, 0 } } }, net:forward(x):totable())
    local g = cresset.FloatTensor { { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } } }
    assert.same({ { { 0, 2, 0, 0 }, { 0, 0, 7, 0 } } }, net:backward(x, g):totable())
    local copy = cresset.deserialize(cresset.serialize(net))
    assert.equal(copy:get(1), copy:get(2).pooling)
    assert.same(net.output:totable(), copy:forward(x):totable())
    assert.equal("nn.SpatialMaxUnpooling associated to nn.SpatialMaxPooling(2x2, 2,2)",
      tostring(net:get(2)))
  end)

  it("says what is wrong", function()
    assert.has_error(function() nn.SpatialMaxUnpooling(nn.Tanh()) end,
      "nn.SpatialMaxUnpooling: 'poolingModule' must be an nn.SpatialMaxPooling, got an nn.Tanh")
    assert.has_error(function() nn.SpatialMaxUnpooling(nn.SpatialMaxPooling(2, 2, 1, 1)) end,
      "nn.SpatialMaxUnpooling: the pooling's kernel must be as large as its step, got "
      .. "nn.SpatialMaxPooling(2x2, 1,1)")
    local pooling = nn.VolumetricMaxPooling(2, 2, 2)
    local layer = nn.VolumetricMaxUnpooling(pooling)
    assert.has_error(function() layer:forward(cresset.zeros(1, 1, 1, 1, 1)) end,
      tostring(layer) .. ": call forward of the pooling layer first")
    pooling:forward(cresset.zeros(1, 2, 2, 2))
    pooling.indices:fill(9)
    assert.has_error(function() layer:forward(cresset.zeros(1, 1, 1, 1)) end,
      tostring(layer) .. ": indices must be from 1 to 8, the number of pixels of a plane")
  end)
end)

describe("nn.SpatialAutoCropMSECriterion", function()
  it("compares the middle of the target", function()
    local criterion = nn.SpatialAutoCropMSECriterion()
    local x = cresset.FloatTensor(2, 3, 2, 3):uniform(-1, 1)
    local target = cresset.FloatTensor(2, 3, 5, 4):uniform(-1, 1)
    local middle = target:narrow(3, 2, 2):narrow(4, 1, 3)
    local plain = nn.MSECriterion()
    assert.equal(plain:forward(x, middle:clone()), criterion:forward(x, target))
    assert.is_true(plain:backward(x, middle:clone()):dist(criterion:backward(x, target)) == 0)
    assert.has_error(function() criterion:forward(target, x) end,
      "nn.SpatialAutoCropMSECriterion: target must be (2 x 3 x 5 x 4) or larger in height and "
      .. "width, got (2 x 3 x 2 x 3)")
  end)
end)
