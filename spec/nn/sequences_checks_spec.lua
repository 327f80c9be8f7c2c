-- What holds for every layer (see layer_checks), for the layers on sequences.
local cresset = require("cresset")
local layer_checks = require("spec.support.layer_checks")

local nn = cresset.nn

local function check(class, args, options)
  describe("nn." .. class, function()
    local name = options.tostring
    options.errors = options.errors or {}
    if options.form then
      table.insert(options.errors, { input = { 4 }, message =
        ("%s: input must be (N x %s) or (%s), got (4)"):format(name, options.form, options.form) })
    end
    layer_checks(function()
      local layer = nn[class](table.unpack(args))
      return options.prepare and options.prepare(layer) or layer
    end, options)
  end)
end

check("TemporalConvolution", { 3, 4, 2, 2 }, {
  inputs = { { 2, 6, 3 }, { 1, 2, 3 }, { 5, 3 } }, form = "T x 3",
  tostring = "nn.TemporalConvolution(3 -> 4, 2, 2)",
  errors = {
    { input = { 1, 3 }, message = "nn.TemporalConvolution(3 -> 4, 2, 2): the kernel reaches over 2 "
      .. "frames, more than the input with its padding has; got an input of (1 x 3)" },
  },
})
check("TemporalConvolution", { 4, 2, 3, 1, "same", 2, 2 }, {
  inputs = { { 3, 5, 4 }, { 1, 4 } }, form = "T x 4",
  tostring = "nn.TemporalConvolution(4 -> 2, 3, 1, same, dilation 2, groups 2)",
})
check("TemporalConvolution", { 1, 2, 3 }, {
  inputs = { { 2, 9, 1 } }, prepare = function(layer) return layer:noBias() end,
  tostring = "nn.TemporalConvolution(1 -> 2, 3) without bias",
})
check("TemporalMaxPooling", { 3, 2 }, {
  inputs = { { 2, 7, 3 }, { 1, 3, 1 }, { 5, 2 } }, form = "T x F",
  tostring = "nn.TemporalMaxPooling(3, 2)",
})
check("TemporalSubSampling", { 3, 2 }, {
  inputs = { { 2, 5, 3 }, { 1, 2, 3 }, { 4, 3 } }, form = "T x 3",
  tostring = "nn.TemporalSubSampling(3, 2)",
})
check("TemporalRowConvolution", { 3, 2 }, {
  inputs = { { 2, 5, 3 }, { 1, 2, 3 }, { 4, 3 } }, form = "T x 3",
  tostring = "nn.TemporalRowConvolution(3, 2)",
  errors = {
    { input = { 1, 3 }, message = "nn.TemporalRowConvolution(3, 2): input must have at least 2 "
      .. "frames, got (1 x 3)" },
  },
})
check("TemporalRowConvolution", { 3, 2, 3, true }, {
  inputs = { { 2, 3, 5 }, { 3, 4 } }, form = "3 x T",
  prepare = function(layer) return layer:noBias() end,
  tostring = "nn.TemporalRowConvolution(3, 2, 3) without bias",
})
check("TemporalDynamicKMaxPooling", { 2, 0.5 }, {
  inputs = { { 2, 7, 3 }, { 1, 2, 1 }, { 5, 2 } }, form = "T x F",
  tostring = "nn.TemporalDynamicKMaxPooling(2, 0.5)",
  errors = {
    { input = { 1, 3 }, message = "nn.TemporalDynamicKMaxPooling(2, 0.5): input must have at least "
      .. "2 frames, got (1 x 3)" },
  },
})

describe("nn.TemporalConvolution", function()
  it("takes what nn.LookupTable gives", function()
    local net = nn.Sequential():add(nn.LookupTable(10, 4)):add(nn.TemporalConvolution(4, 3, 2))
    local words = cresset.LongTensor { { 1, 5, 10, 2 }, { 3, 3, 7, 9 } }
    assert.same({ 2, 3, 3 }, net:forward(words):size():totable())
    net:backward(words, net.output)
    assert.is_true(net:get(1).gradWeight:norm() > 0)
  end)

  it("takes long sequences in parts that overlap in memory", function()
    local layer = nn.TemporalConvolution(2, 3, 4, 3):double()
    local x = cresset.DoubleTensor(50, 2):uniform(-1, 1)
    local y = layer:forward(x)
    for t = 1, y:size(1) do
      local window = x:narrow(1, 3 * t - 2, 4):contiguous():view(8)
      for o = 1, 3 do
        local expected = layer.weight[o]:dot(window) + layer.bias[o]
        assert.is_true(math.abs(expected - y[t][o]) < 1e-12)
      end
    end
  end)
end)
