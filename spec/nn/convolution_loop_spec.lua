-- Convolution and its gradients compared with loops that follow the definition, in the shapes that
-- have kernels of their own. Elements are small integers, so that sums are exact in any order.
local cresset = require("cresset")
local nn = cresset.nn

local function integers(kind, seed, ...)
  local count = 1
  for _, size in ipairs({ ... }) do count = count * size end
  return cresset.arange(0, count):long():mul(seed):remainder(7):add(-3):type(kind):view(...)
end

local function zeros(n, c, h, w)
  local t = {}
  for i = 1, n do
    t[i] = {}
    for j = 1, c do
      t[i][j] = {}
      for y = 1, h do
        t[i][j][y] = {}
        for x = 1, w do t[i][j][y][x] = 0 end
      end
    end
  end
  return t
end

-- Calls visit(image, output plane, input plane, plane of the group, output y, x, kernel y, x,
-- input y, x) for every product that the definition sums up.
local function products(l, input, output, visit)
  local per_in, per_out = l.nInputPlane // l.groups, l.nOutputPlane // l.groups
  for m = 1, l.nOutputPlane do
    local first = (m - 1) // per_out * per_in
    for c = 1, per_in do
      for ky = 1, l.kH do
        for kx = 1, l.kW do
          for oy = 1, output:size(3) do
            local y = (oy - 1) * l.dH - l.padH + (ky - 1) * l.dilationH + 1
            for ox = 1, output:size(4) do
              local x = (ox - 1) * l.dW - l.padW + (kx - 1) * l.dilationW + 1
              if y >= 1 and y <= input:size(3) and x >= 1 and x <= input:size(4) then
                visit(m, first + c, c, oy, ox, ky, kx, y, x)
              end
            end
          end
        end
      end
    end
  end
end

local function same(name, expected, got)
  got = got:totable()
  for i, planes in ipairs(expected) do
    for c, rows in ipairs(planes) do
      for y, row in ipairs(rows) do
        for x, value in ipairs(row) do
          if got[i][c][y][x] ~= value then
            error(("%s[%d][%d][%d][%d] is %s, expected %s"):format(name, i, c, y, x,
              got[i][c][y][x], value), 2)
          end
        end
      end
    end
  end
end

local function check(kind, size, args, arrange)
  local l = nn.SpatialConvolution(table.unpack(args)):type(kind)
  local x = arrange(integers(kind, 5, table.unpack(size)))
  l.weight:copy(integers(kind, 3, table.unpack(l.weight:size():totable())))
  l.bias:copy(integers(kind, 2, l.nOutputPlane))
  l:zeroGradParameters()
  local output = l:forward(x)
  local g = arrange(integers(kind, 4, table.unpack(output:size():totable())))
  l:backward(x, g)
  local n, h, w = size[1], output:size(3), output:size(4)
  local y, gx = zeros(n, l.nOutputPlane, h, w), zeros(table.unpack(size))
  local gw = zeros(table.unpack(l.weight:size():totable()))
  local X, W, G, B = x:totable(), l.weight:totable(), g:totable(), l.bias:totable()
  for i = 1, n do
    for m = 1, l.nOutputPlane do
      for r = 1, h do
        for c = 1, w do y[i][m][r][c] = B[m] end
      end
    end
    products(l, x, output, function(m, c, gc, oy, ox, ky, kx, iy, ix)
      y[i][m][oy][ox] = y[i][m][oy][ox] + W[m][gc][ky][kx] * X[i][c][iy][ix]
      gx[i][c][iy][ix] = gx[i][c][iy][ix] + W[m][gc][ky][kx] * G[i][m][oy][ox]
      gw[m][gc][ky][kx] = gw[m][gc][ky][kx] + X[i][c][iy][ix] * G[i][m][oy][ox]
    end)
  end
  same("output", y, output)
  same("gradInput", gx, l.gradInput)
  same("gradWeight", gw, l.gradWeight)
end

local arrangements = {
  ["planes apart"] = function(t) return t end,
  ["channels innermost"] = function(t)
    return t:permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3)
  end,
}

local cases = {
  ["one plane in, one out, for each"] = {
    { { 2, 3, 9, 17 }, { 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 3 } },
    { { 1, 2, 4, 5 }, { 2, 2, 3, 3, 1, 1, 0, 0, 1, 1, 2 } },
    { { 1, 4, 8, 33 }, { 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 4 } },
    { { 2, 2, 9, 9 }, { 2, 4, 5, 3, 1, 2, 2, 1, 1, 1, 2 } },
    { { 1, 2, 9, 12 }, { 2, 2, 3, 3, 1, 1, 2, 2, 2, 2, 2 } },
    { { 1, 2, 3, 3 }, { 2, 6, 1, 1, 1, 1, 0, 0, 1, 1, 2 } },
  },
  ["1 x 1"] = {
    { { 1, 5, 6, 9 }, { 5, 13, 1, 1 } },
    { { 3, 20, 7, 7 }, { 20, 33, 1, 1 } },
    { { 2, 70, 1, 3 }, { 70, 2, 1, 1 } },
    { { 2, 3, 5, 6 }, { 3, 4, 1, 1, 2, 2 } },
    { { 2, 3, 6, 75 }, { 3, 5, 1, 1, 2, 2 } },
    { { 1, 2, 3, 70 }, { 2, 3, 1, 1, 2, 1 } },
    { { 2, 2, 8, 23 }, { 2, 3, 1, 1, 3, 4 } },
    { { 2, 3, 4, 4 }, { 3, 4, 1, 1, 1, 1, 1, 1 } },
  },
  ["general"] = {
    { { 2, 3, 9, 8 }, { 3, 5, 3, 3, 1, 1, 1, 1 } },
    { { 2, 4, 7, 9 }, { 4, 6, 4, 4, 2, 2, 1, 1 } },
    { { 1, 4, 9, 9 }, { 4, 6, 3, 2, 3, 1, 2, 0, 1, 2, 2 } },
  },
}

for name, list in pairs(cases) do
  describe("nn.SpatialConvolution, " .. name .. ",", function()
    for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
      for how, arrange in pairs(arrangements) do
        it(("equals the definition (%s, %s)"):format(kind, how), function()
          for _, case in ipairs(list) do check(kind, case[1], case[2], arrange) end
        end)
      end
    end
  end)
end

describe("nn.SpatialConvolution with planes of its own", function()
  it("does not spread NaN beyond what sees it", function()
    local l = nn.SpatialConvolution(2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 2)
    local x = cresset.ones(1, 2, 6, 20)
    x[1][1][6][20] = 0 / 0
    l:zeroGradParameters()
    local y = l:forward(x)
    local nans = y:ne(y):sum()
    assert.are.equal(4, nans)
    l:backward(x, cresset.ones(1, 2, 6, 20))
    assert.are.equal(0, l.gradInput:ne(l.gradInput):sum())
    assert.are.equal(0, l.gradWeight[2]:ne(l.gradWeight[2]):sum())
    -- The corner meets the taps that lie to its right and below only outside.
    local weight = l.gradWeight[1][1]
    assert.are.equal(4, weight:ne(weight):sum())
  end)
end)

describe("nn.SpatialFullConvolution of 1 x 1 kernels with a step", function()
  it("leaves the bias in the gaps, also behind the last pixel", function()
    for _, kind in ipairs({ "torch.FloatTensor", "torch.DoubleTensor" }) do
      local l = nn.SpatialFullConvolution(3, 4, 1, 1, 2, 3, 0, 0, 1, 2):type(kind)
      l.weight:copy(integers(kind, 5, 3, 4, 1, 1))
      l.bias:copy(integers(kind, 3, 4))
      local x = integers(kind, 2, 2, 3, 5, 37)
      local y = l:forward(x)
      assert.are.same({ 2, 4, 15, 74 }, y:size():totable())
      local expected = l.bias:view(1, 4, 1, 1):expand(2, 4, 15, 74):clone()
      for n = 1, 2 do
        local sums = l.weight:view(3, 4):t() * x[n]:view(3, -1)
        for row = 1, 5 do
          for column = 1, 37 do
            expected[{ n, {}, 3 * row - 2, 2 * column - 1 }]:add(sums:view(4, 5, 37)
              [{ {}, row, column }])
          end
        end
      end
      assert.is_true(expected:equal(y))
    end
  end)
end)
