-- In evaluate mode convolutions keep packed weights and choose kernels by the order of the images;
-- what they compute is what float64 computes in training mode.
local cresset = require("cresset")
local nn = cresset.nn

-- arguments of nn.SpatialConvolution after the planes: kernel, step, padding, dilation (W, H)
local kernels = {
  { 1, 1 }, { 1, 1, 2, 2 }, { 1, 1, 2, 3, 1, 1 }, { 3, 3, 1, 1, 1, 1 }, { 3, 3, 2, 2, 1, 1 },
  { 5, 3, 1, 2, 2, 0 }, { 3, 2, 1, 1, 3, 1, 2, 3 }, { 7, 7, 2, 2, 3, 3 }, { 5, 5 },
}
local sizes = { { 1, 16, 10, 9 }, { 3, 16, 7, 7 }, { 16, 6, 13 }, { 1, 35, 12, 12 },
  { 2, 3, 17, 8 } }

--- The same images with channels innermost, and more memory between the pixels.
local function innermost(x)
  local d = x:dim()
  local planes = x:size(d - 2)
  local rows = x:transpose(d - 2, d - 1):transpose(d - 1, d)
  local wide = rows:size():totable()
  wide[d] = planes + 3
  return cresset.Tensor(table.unpack(wide)):fill(0 / 0):narrow(d, 1, planes):copy(rows)
    :transpose(d - 1, d):transpose(d - 2, d - 1)
end

local function check(layer, x, what)
  local expected = layer:clone():double():training():forward(x:double())
  layer:evaluate()
  for _, input in ipairs({ x, innermost(x), x }) do
    for _, is_innermost in ipairs({ false, true }) do
      layer.innermost = is_innermost
      local output = layer:forward(input)
      assert.are.same(expected:size():totable(), output:size():totable())
      local difference = (output:double() - expected):abs():max()
      local is_near = difference <= 1e-5 * math.max(1, expected:clone():abs():max())
      if not is_near then
        error(("%s %s: differs by %g"):format(tostring(layer), what, difference))
      end
    end
  end
end

describe("layouts of convolutions", function()
  before_each(function() cresset.manualSeed(5) end)

  for _, kernel in ipairs(kernels) do
    it("compute the same: kernel " .. table.concat(kernel, ","), function()
      for _, size in ipairs(sizes) do
        local x = cresset.randn(table.unpack(size))
        for _, planes in ipairs({ 16, 37, 80 }) do
          local layer = nn.SpatialConvolution(x:size(x:dim() - 2), planes, table.unpack(kernel))
          if planes == 37 then layer:noBias() end
          local fits = pcall(layer.forward, layer, x)
          if fits then
            check(layer, x, table.concat(size, "x"))
            layer.weight:normal()
            check(layer, x, "after a change of weights")
            layer.low, layer.high = -0.25, 0.5
            local limited = layer:forward(x)
            assert.is_true(limited:min() >= -0.25 and limited:max() <= 0.5)
          end
        end
      end
    end)
  end

  it("keep NaN within limits", function()
    for _, groups in ipairs({ 1, 16 }) do
      local layer = nn.SpatialConvolution(16, 16, 3, 3, 1, 1, 1, 1, 1, 1, groups):evaluate()
      layer.low, layer.high, layer.innermost = 0, 1, true
      local x = cresset.zeros(1, 16, 8, 8)
      x[1][1][1][1] = 0 / 0
      local value = layer:forward(innermost(x))[1][1][1][1]
      assert.is_true(value ~= value)
      layer.innermost = false
      value = layer:forward(x)[1][1][1][1]
      assert.is_true(value ~= value)
    end
  end)
end)
