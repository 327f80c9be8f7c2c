local cresset = require("cresset")
local recorded = require("spec.support.recorded")
local reference = dofile("spec/support/reference/spatial.lua")

local nn = cresset.nn

local function sizes(t) return t:size():totable() end

local function make(class, case, type_name)
  local layer = nn[class](table.unpack(case.args)):type(type_name)
  if case.ceil then layer:ceil() end
  if case.countPad == false then layer:setCountExcludePad() end
  return layer
end

local function check(class, case, type_name, tolerance, arrange)
  local layer = make(class, case, type_name)
  local x = arrange(recorded.fill(1, case.size, type_name))
  local output = layer:forward(x)
  assert.same(case.outputSize, sizes(output))
  recorded.compare("output", output, case.output, tolerance)
  if case.indices then assert.same(case.indices, recorded.elements(layer.indices)) end
  local gradOutput = arrange(recorded.fill(4, case.outputSize, type_name))
  recorded.compare("gradInput", layer:backward(x, gradOutput), case.gradInput, tolerance)
  layer:evaluate()
  recorded.compare("output in evaluation", layer:forward(x), case.output, tolerance)
  layer.gradInput:fill(7)
  recorded.compare("gradInput in evaluation", layer:backward(x, gradOutput), case.gradInput,
    tolerance)
end

local classes = { SpatialMaxPooling = "maxPooling", SpatialAveragePooling = "averagePooling" }

for class, section in pairs(classes) do
  describe("nn." .. class .. " against PyTorch", function()
    for i, case in ipairs(reference[section]) do
      for _, kind in ipairs(recorded.types) do
        local name = ("case %d, %s"):format(i, kind[1])
        it(name, function() check(class, case, kind[1], kind[2], function(t) return t end) end)
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

--- Maxima and their places by the definition, of windows of k x k by steps of k.
local function slow_maxima(x, k)
  local values, places = {}, {}
  local size = sizes(x)
  local wide = size[4]
  for n = 1, size[1] do
    for c = 1, size[2] do
      for y = 1, size[3] - k + 1, k do
        for left = 1, wide - k + 1, k do
          local best, at = -math.huge, nil
          for dy = 0, k - 1 do
            for dx = 0, k - 1 do
              local value = x[n][c][y + dy][left + dx]
              if value > best then best, at = value, (y + dy - 1) * wide + left + dx end
            end
          end
          values[#values + 1], places[#places + 1] = best, at
        end
      end
    end
  end
  return values, places
end

describe("nn.SpatialMaxPooling", function()
  it("finds the first maximum in rows of every length", function()
    for width = 2, 46, 4 do
      for _, k in ipairs { 2, 3 } do
        local x = recorded.fill(width, { 1, 2, 6, width }, "torch.FloatTensor"):mul(3):floor()
        local layer = nn.SpatialMaxPooling(k, k)
        if width >= k then
          local values, places = slow_maxima(x, k)
          recorded.compare("output", layer:forward(x), values, 0)
          assert.same(places, recorded.elements(layer.indices))
        end
      end
    end
  end)

  it("takes NaN for the largest", function()
    local layer = nn.SpatialMaxPooling(2, 2)
    for place = 1, 4 do
      local x = cresset.FloatTensor { { { 1, 2 }, { 4, 3 } } }
      x:view(-1)[place] = 0 / 0
      local y = layer:forward(x)[1][1][1]
      assert.is_true(y ~= y)
      assert.equal(place, layer.indices[1][1][1])
    end
  end)

  it("goes back after its buffers were emptied or converted", function()
    local layer = nn.SpatialMaxPooling(2, 2)
    local x = recorded.fill(1, { 1, 4, 4 }, "torch.FloatTensor")
    layer:forward(x)
    local expected = recorded.elements(layer:backward(x, cresset.ones(1, 2, 2)))
    layer:clearState()
    assert.same(expected, recorded.elements(layer:backward(x, cresset.ones(1, 2, 2))))
    layer:double()
    assert.same(expected,
      recorded.elements(layer:backward(x:double(), cresset.ones(1, 2, 2):double())))
  end)

  it("refuses indices that lie outside the image", function()
    local layer = nn.SpatialMaxPooling(2, 2)
    local x = cresset.ones(1, 4, 4)
    layer:forward(x)
    layer.indices[1][1][1] = 17
    local message = "nn.SpatialMaxPooling(2x2, 2,2): indices must be from 1 to 16, the number of "
      .. "pixels of a plane"
    assert.has_error(function() layer:backward(x, cresset.ones(1, 2, 2)) end, message)
    layer:forward(x)
    layer:backward(x, cresset.ones(1, 2, 2))
  end)

  it("says what is wrong", function()
    local layer = nn.SpatialMaxPooling(4, 4)
    assert.has_error(function() layer:forward(cresset.ones(1, 3, 9)) end,
      "nn.SpatialMaxPooling(4x4, 4,4): the window of 4 x 4 (H x W) is larger than the input with "
      .. "its padding, 3 x 9; got an input of (1 x 3 x 9)")
    assert.has_error(function() nn.SpatialMaxPooling(2, 2, 2, 2, 2, 0) end,
      "nn.SpatialMaxPooling: padding must be at most half the kernel's size, got 2 x 0 for a "
      .. "kernel of 2 x 2 (W x H)")
    assert.has_error(function() layer:forward(cresset.ones(9, 9)) end,
      "nn.SpatialMaxPooling(4x4, 4,4): input must be (N x C x H x W) or (C x H x W), got (9 x 9)")
  end)
end)

describe("nn.SpatialAveragePooling", function()
  it("averages whole planes", function()
    local x = recorded.fill(1, { 3, 2, 7, 7 }, "torch.DoubleTensor")
    local output = nn.SpatialAveragePooling(7, 7):double():forward(x)
    local expected, values = {}, recorded.elements(x)
    for plane = 0, 5 do
      local sum = 0
      for i = 1, 49 do sum = sum + values[plane * 49 + i] end
      expected[plane + 1] = sum / 49
    end
    recorded.compare("output", output, expected, 1e-12)
  end)

  it("takes an empty batch", function()
    local layer = nn.SpatialAveragePooling(2, 2)
    local x = cresset.zeros(0, 2, 5, 5)
    assert.same({ 0, 2, 4, 4 }, sizes(layer:forward(x)))
    assert.same({ 0, 2, 5, 5 }, sizes(layer:backward(x, layer.output)))
  end)
end)
