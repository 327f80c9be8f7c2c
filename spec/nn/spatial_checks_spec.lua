-- What holds for every layer (gradients against differences, both types, any strides, copies,
-- text, errors), for the layers on images.
local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn

local function image_error(name, planes, got)
  return ("%s: input must be (N x %d x H x W) or (%d x H x W), got %s")
    :format(name, planes, planes, got)
end

describe("nn.SpatialConvolution", function()
  local name = "nn.SpatialConvolution(2 -> 3, 3x2, 2,1, 1,1)"
  layer_checks(function() return nn.SpatialConvolution(2, 3, 3, 2, 2, 1, 1, 1) end, {
    inputs = { { 2, 2, 5, 4 }, { 1, 2, 3, 3 }, { 2, 4, 5 } },
    tostring = name,
    errors = {
      { input = { 2, 3, 5, 5 }, message = image_error(name, 2, "(2 x 3 x 5 x 5)") },
      { input = { 2, 5 }, message = image_error(name, 2, "(2 x 5)") },
    },
  })

  layer_checks(function() return nn.SpatialConvolution(4, 4, 2, 2, 1, 1, 0, 0, 2, 1, 2) end, {
    inputs = { { 2, 4, 4, 5 } },
    tostring = "nn.SpatialConvolution(4 -> 4, 2x2, dilation 2,1, groups 2)",
  })

  layer_checks(function() return nn.SpatialConvolution(2, 3, 1, 1):noBias() end, {
    inputs = { { 2, 2, 3, 4 } },
    tostring = "nn.SpatialConvolution(2 -> 3, 1x1) without bias",
  })
end)

describe("nn.SpatialFullConvolution", function()
  local name = "nn.SpatialFullConvolution(2 -> 3, 3x3, 2,2, 1,1, 1,0)"
  layer_checks(function() return nn.SpatialFullConvolution(2, 3, 3, 3, 2, 2, 1, 1, 1, 0) end, {
    inputs = { { 2, 2, 2, 3 }, { 1, 2, 1, 1 }, { 2, 2, 2 } },
    threads = 1e-3, -- sums of weight gradients of 60,000 images, split by threads
    tostring = name,
    errors = { { input = { 2, 3, 5, 5 }, message = image_error(name, 2, "(2 x 3 x 5 x 5)") } },
  })
end)

describe("nn.SpatialMaxPooling", function()
  layer_checks(function() return nn.SpatialMaxPooling(2, 2) end, {
    inputs = { { 2, 2, 4, 6 }, { 1, 1, 3, 2 }, { 2, 5, 5 } },
    tostring = "nn.SpatialMaxPooling(2x2, 2,2)",
  })
  layer_checks(function() return nn.SpatialMaxPooling(3, 2, 2, 1, 1, 1):ceil() end, {
    inputs = { { 2, 2, 4, 6 }, { 2, 5, 5 } },
    tostring = "nn.SpatialMaxPooling(3x2, 2,1, 1,1)",
  })
end)

describe("nn.SpatialAveragePooling", function()
  layer_checks(function() return nn.SpatialAveragePooling(3, 2, 2, 1, 1, 1) end, {
    inputs = { { 2, 2, 4, 6 }, { 1, 1, 3, 2 }, { 2, 5, 5 } },
    tostring = "nn.SpatialAveragePooling(3x2, 2,1, 1,1)",
  })
end)

describe("nn.BatchNormalization", function()
  layer_checks(function() return nn.BatchNormalization(3) end, {
    inputs = { { 5, 3 }, { 2, 3 } },
    tostring = "nn.BatchNormalization(3)",
    batch = false, -- one value has no variance
    errors = {
      { input = { 5, 4 },
        message = "nn.BatchNormalization(3): input must be (N x 3), got (5 x 4)" },
    },
  })
end)

describe("nn.SpatialBatchNormalization", function()
  layer_checks(function() return nn.SpatialBatchNormalization(3, 1e-3, 0.2, false) end, {
    inputs = { { 2, 3, 2, 3 }, { 1, 3, 2, 2 } },
    tostring = "nn.SpatialBatchNormalization(3)",
  })
end)

describe("nn.Dropout", function()
  -- In training each forward draws another mask; that has specs of its own.
  layer_checks(function() return nn.Dropout(0.3, true):evaluate() end, {
    inputs = { { 5, 3 }, { 7 } },
    tostring = "nn.Dropout(0.3)",
  })
end)

describe("nn.SpatialDropout", function()
  layer_checks(function() return nn.SpatialDropout(0.3):evaluate() end, {
    inputs = { { 2, 5, 3, 2 }, { 4, 2, 2 } },
    tostring = "nn.SpatialDropout(0.3)",
  })
end)
