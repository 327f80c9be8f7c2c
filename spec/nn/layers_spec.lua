-- Entries in the harness of layers that have no spec file of their own, or whose own spec has other
-- aims.
local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn

local function floats(word, ...)
  return cresset.rand(...):type(word == "double" and "torch.DoubleTensor" or "torch.FloatTensor")
end

-- An unpooling layer whose pooling layer has seen an input of the size.
local function unpooling(name, size, ...)
  local pooling = nn[name .. "MaxPooling"](...)
  pooling:forward(cresset.rand(table.unpack(size)))
  return nn[name .. "MaxUnpooling"](pooling)
end

-- Saving and other sizes need a forward of the pooling layer.
local beside = { saves = false, batch = false, large = false }

local passing = { anyInput = true, anyType = true, anyGradient = true, keepsInput = true }

-- The options of a layer that passes everything on.
local function passes(options) return setmetatable(options, { __index = passing }) end

for _, case in ipairs({
  { function() return nn.Sequential():add(nn.Linear(3, 4)):add(nn.Tanh()) end,
    { inputs = { { 5, 3 }, { 3 } },
      errors = { { input = { 5, 4 },
        message = "nn.Sequential[1] nn.Linear(3 -> 4): input must be (N x 3), got (5 x 4)" } } } },
  { function() return nn.Flatten() end,
    { inputs = { { 2, 3, 4 }, { 5, 3 } }, anyType = true, keepsInput = true } },
  { function() return nn.View(12) end,
    { inputs = { { 2, 3, 4 }, { 12 } }, anyType = true, keepsInput = true } },
  { function() return nn.Reshape(6, 2) end,
    { inputs = { { 2, 3, 4 }, { 12 } }, anyType = true, keepsInput = true } },
  { function() return nn.Identity() end, passes { inputs = { { 2, 3 }, { { 2, 3 }, { 4 } } } } },
  { function() return nn.Copy() end,
    { inputs = { { 2, 3 } }, keepsInput = true, anyGradient = true } },
  { function() return nn.GradientReversal(-1) end, passes { inputs = { { 2, 3 } } } },
  { function() return nn.L1Penalty(0) end, { inputs = { { 2, 3 } }, keepsInput = true } },
  { function() return nn.LookupTable(7, 3) end,
    { inputs = { { 5 }, { 2, 4 } }, integers = 7, tostring = "nn.LookupTable(7 -> 3)" } },
  { function() return nn.LookupTableMaskZero(7, 3) end,
    { inputs = { { 5 }, { 2, 4 } }, integers = 7 } },
  { function() return nn.SpatialConvolutionMM(2, 3, 3, 2) end,
    { inputs = { { 2, 2, 4, 3 }, { 2, 3, 3 } } } },
  { function() return nn.OneHot(4) end,
    { inputs = { { 5 }, { 2, 3 } }, integers = 4, anyInput = true, anyGradient = true } },
  { function() return nn.Constant(cresset.Tensor({ 1, 2 }), 1) end,
    { inputs = { { 2, 3 } }, anyType = true, anyGradient = true } },
  { function() return nn.Index(1) end, { inputs = { function(word)
    return { floats(word, 4, 3), cresset.LongTensor({ 3, 1, 3 }) }
  end }, batch = false, large = false } },
  { function() return nn.MaskedSelect() end, { inputs = { function(word)
    return { floats(word, 2, 3), cresset.ByteTensor({ { 1, 0, 1 }, { 0, 0, 1 } }) }
  end }, batch = false, large = false } },
  { function() return nn.SparseLinear(6, 4) end, { inputs = { function(word)
    local samples = { floats(word, 2, 2), floats(word, 1, 2) }
    for _, sample in ipairs(samples) do sample:select(2, 1):fill(3) end
    samples[1][1][1] = 6
    return samples
  end }, batch = false, large = false } },
  { function() return nn.IndexLinear(6, 4, true) end, { inputs = { function(word)
    return { cresset.LongTensor({ 3, 6, 3 }), floats(word, 3) }
  end }, batch = false, large = false } },
  { function() return nn.ModuleFromCriterion(nn.ClassNLLCriterion()) end,
    { inputs = { function(word)
      return { floats(word, 3, 4), cresset.LongTensor({ 4, 1, 2 }) }
    end }, batch = false, large = false, anyType = true } },
  { function() return nn.VolumetricReplicationPadding(1, 0, 2, 0, 0, 1) end,
    { inputs = { { 1, 2, 2, 1, 2 } } } },
  { function() return nn.VolumetricMaxPooling(2, 2, 2, 1, 1, 1) end,
    { inputs = { { 2, 2, 2, 3, 2 } } } },
  { function() return nn.VolumetricDilatedMaxPooling(2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 2, 1) end,
    { inputs = { { 2, 1, 2, 3, 3 } } } },
  { function() return nn.VolumetricAveragePooling(2, 2, 2, 1, 1, 1, 1, 0, 1) end,
    { inputs = { { 2, 2, 2, 3, 2 } } } },
  { function() return unpooling("Spatial", { 2, 2, 4, 5 }, 2, 2) end,
    setmetatable({ inputs = { { 2, 2, 2, 2 } } }, { __index = beside }) },
  { function() return unpooling("Volumetric", { 1, 2, 4, 5, 2 }, 2, 2, 2) end,
    setmetatable({ inputs = { { 1, 2, 2, 2, 1 } } }, { __index = beside }) },
  { function() return nn.Kmeans(3, 2) end,
    { inputs = { { 5, 2 } }, derivatives = false, anyGradient = true } },
  { function() return nn.ZeroGrad() end,
    passes { inputs = { { 2, 3 }, { { 2, 3 }, { 4 } } }, derivatives = false, anyInput = false } },
  { function() return nn.DontCast(nn.Linear(3, 2):double(), true) end,
    { inputs = { { 4, 3 }, { 3 } }, anyType = true, ownType = true,
      tostring = "nn.DontCast @ nn.Linear(3 -> 2)" } },
  { function() return nn.PrintSize("sizes") end,
    passes { inputs = { { 2, 3 }, { { 2, 3 }, { 4 } } }, silent = true,
      tostring = "nn.PrintSize(sizes)" } },
  { function() return nn.CriterionTable(nn.ClassNLLCriterion()) end,
    { inputs = { function(word)
      return { floats(word, 3, 4), cresset.LongTensor({ 4, 1, 2 }) }
    end }, batch = false, large = false, anyType = true, anyGradient = true } },
}) do
  describe(case[1]().__typename, function() layer_checks(case[1], case[2]) end)
end
