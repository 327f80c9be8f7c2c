local core = require("cresset.core")
local convolution = require("cresset.nn.convolution")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

local C = core.nn

--- The rows of the connection table as Lua numbers, checked.
local function read_table(t)
  local function fail(what)
    error(("nn.SpatialConvolutionMap: 'connTable' must be %s, got %s"):format(
      "a tensor (connections x 2) of the numbers of input and output planes", what), 0)
  end
  if t:dim() ~= 2 or t:size(2) ~= 2 or t:size(1) == 0 then fail(images.sizes(t)) end
  local rows, planes = t:totable(), { 0, 0 }
  for _, row in ipairs(rows) do
    for i = 1, 2 do
      local plane = math.tointeger(row[i])
      if not plane or plane < 1 or plane > 1 << 20 then fail("a plane " .. tostring(row[i])) end
      row[i], planes[i] = plane, math.max(planes[i], plane)
    end
  end
  return rows, planes[1], planes[2]
end

--- True when no connection leaves its group.
local function stays_inside(rows, inputs, outputs)
  for _, row in ipairs(rows) do
    if (row[1] - 1) // inputs ~= (row[2] - 1) // outputs then return false end
  end
  return true
end

--- The largest number of groups that no connection leaves.
local function count_groups(rows, nin, nout)
  local a, b = nin, nout
  while b ~= 0 do a, b = b, a % b end
  for groups = a, 2, -1 do
    local divides = nin % groups == 0 and nout % groups == 0
    if divides and stays_inside(rows, nin // groups, nout // groups) then return groups end
  end
  return 1
end

--- Convolution in which each output plane sees those input planes that a table connects it with.
--
--     nn.SpatialConvolutionMap(connTable, kW, kH, [dW], [dH])
--
-- `connTable` has a row { input plane, output plane } for each connection; nn.tables makes some:
-- `full`, `oneToOne`, `random` and `lenet5`. `weight` is connections x kH x kW, `bias` one element
-- for each output plane. Sizes are those of nn.SpatialConvolution without padding.
--
-- The connections are computed as a convolution (in groups where the table allows) whose other
-- weights are 0.
local SpatialConvolutionMap = layer("nn.SpatialConvolutionMap", {
  args = {
    { "connTable", "tensor" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
  },
  parameters = function(self)
    local rows, nin, nout = read_table(self.connTable)
    self.nInputPlane, self.nOutputPlane = nin, nout
    return { { "weight", #rows, self.kH, self.kW }, { "bias", nout } }
  end,
  buffers = { "dense", "gradDense" },
  multiplyAdds = function(self, _, output)
    return self.weight:nElement() * (output:nElement() // self.nOutputPlane)
  end,
  tostring = function(self)
    return ("(%d -> %d, %dx%d, %d,%d, %d connections)"):format(self.nInputPlane, self.nOutputPlane,
      self.kW, self.kH, self.dW, self.dH, self.weight:size(1))
  end,
})

--- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv, for each
-- output plane, from [-s, s], s = 1 / sqrt(kW kH connections of the plane), as Torch7 does.
-- @param stdv  standard deviation, or nil
-- @return the layer
function SpatialConvolutionMap:reset(stdv)
  if stdv ~= nil then return convolution.reset(self, stdv) end
  local rows = read_table(self.connTable)
  local inputs = {}
  for _, row in ipairs(rows) do inputs[row[2]] = (inputs[row[2]] or 0) + 1 end
  for i, row in ipairs(rows) do
    local bound = 1 / math.sqrt(self.kW * self.kH * inputs[row[2]])
    self.weight:select(1, i):uniform(-bound, bound)
  end
  for plane = 1, self.nOutputPlane do
    local bound = 1 / math.sqrt(self.kW * self.kH * math.max(1, inputs[plane] or 1))
    self.bias:narrow(1, plane, 1):uniform(-bound, bound)
  end
  return self
end

-- What follows from the tables; layers that are cleared or saved need not keep it.
local plans = setmetatable({}, { __mode = "k" })

--- Number of groups, and the row of each connection in a weight of (planes * planes per group)
-- rows.
local function plan_of(self)
  local plan = plans[self]
  if plan then return plan end
  local rows, nin, nout = read_table(self.connTable)
  local groups = count_groups(rows, nin, nout)
  local width, places = nin // groups, {}
  for i, row in ipairs(rows) do places[i] = (row[2] - 1) * width + (row[1] - 1) % width + 1 end
  plan = { groups = groups, width = width, places = core.LongTensor(places) }
  plans[self] = plan
  return plan
end

--- A tensor of zeros for all weights of a convolution, and its view with a row for each.
local function prepare(self, dense, plan)
  dense:resize(self.nOutputPlane, plan.width, self.kH, self.kW):zero()
  return dense, dense:view(self.nOutputPlane * plan.width, self.kH * self.kW)
end

--- The weights of the convolution.
local function dense_weight(self, plan)
  local dense, rows = prepare(self, self.dense, plan)
  rows:indexAdd(1, plan.places, self.weight:view(self.weight:size(1), self.kH * self.kW))
  return dense
end

function SpatialConvolutionMap:updateOutput(input)
  local plan = plan_of(self)
  return C.convForward(self, input, dense_weight(self, plan), self.bias, self.output, self.dW,
    self.dH, 0, 0, 1, 1, plan.groups)
end

function SpatialConvolutionMap:updateGradInput(input, gradOutput)
  local plan = plan_of(self)
  return C.convBackwardInput(self, input, gradOutput, dense_weight(self, plan), self.gradInput,
    self.dW, self.dH, 0, 0, 1, 1, plan.groups)
end

function SpatialConvolutionMap:accGradParameters(input, gradOutput, scale)
  local plan = plan_of(self)
  local dense, rows = prepare(self, self.gradDense, plan)
  C.convBackwardWeight(self, input, gradOutput, dense, self.gradBias, scale or 1, self.dW, self.dH,
    0, 0, 1, 1, plan.groups)
  self.gradWeight:add(rows:index(1, plan.places):view(self.gradWeight:size(1), self.kH, self.kW))
end

return SpatialConvolutionMap
