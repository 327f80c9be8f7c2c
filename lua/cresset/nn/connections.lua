--- Connection tables (nn.tables) as weights of a convolution: what nn.SpatialConvolutionMap and
-- nn.SpatialFullConvolutionMap share.
local convolution = require("cresset.nn.convolution")
local core = require("cresset.core")
local images = require("cresset.nn.images")
local layer = require("cresset.nn.layer")

local connections = {}

--- The rows of the connection table as Lua numbers, checked, and the numbers of planes.
local function read_table(name, t)
  local function fail(what)
    error(("%s: 'connTable' must be a tensor (connections x 2) of the numbers of input and output "
      .. "planes, got %s"):format(name, what), 0)
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

local declaration = {
  args = {
    { "connTable", "tensor" },
    { "kW", "size" },
    { "kH", "size" },
    { "dW", "size", default = 1 },
    { "dH", "size", default = 1 },
  },
  parameters = function(self)
    local rows, nin, nout = read_table(self.__typename, self.connTable)
    self.nInputPlane, self.nOutputPlane = nin, nout
    return { { "weight", #rows, self.kH, self.kW }, { "bias", nout } }
  end,
  buffers = { "dense", "gradDense" },
  tostring = function(self)
    return ("(%d -> %d, %dx%d, %d,%d, %d connections)"):format(self.nInputPlane, self.nOutputPlane,
      self.kW, self.kH, self.dW, self.dH, self.weight:size(1))
  end,
}

local function reset(self, stdv)
  if stdv ~= nil then return convolution.reset(self, stdv) end
  local rows = read_table(self.__typename, self.connTable)
  local inputs = {}
  for _, row in ipairs(rows) do inputs[row[2]] = (inputs[row[2]] or 0) + 1 end
  for i, row in ipairs(rows) do
    local bound = 1 / math.sqrt(self.kW * self.kH * inputs[row[2]])
    self.weight:select(1, i):uniform(-bound, bound)
  end
  for plane = 1, self.nOutputPlane do
    local bound = 1 / math.sqrt(self.kW * self.kH * (inputs[plane] or 1))
    self.bias:narrow(1, plane, 1):uniform(-bound, bound)
  end
  return self
end

-- What follows from the tables; layers that are cleared or saved need not keep it.
local plans = setmetatable({}, { __mode = "k" })

--- Number of groups, sizes of the convolution's weight, and the row of each connection in it: first
-- the planes of one side, then those of a group on the other side.
-- @param is_full  the input's planes come first, as in transposed convolution
function connections.plan(self, is_full)
  if plans[self] then return plans[self] end
  local rows, nin, nout = read_table(self.__typename, self.connTable)
  local groups = count_groups(rows, nin, nout)
  local first, second = is_full and 1 or 2, is_full and 2 or 1
  local width = (is_full and nout or nin) // groups
  local places = {}
  for i, row in ipairs(rows) do
    places[i] = (row[first] - 1) * width + (row[second] - 1) % width + 1
  end
  plans[self] = {
    groups = groups,
    planes = is_full and nin or nout,
    width = width,
    places = core.LongTensor(places),
  }
  return plans[self]
end

--- A tensor of zeros for all weights of the convolution, and its view with a row for each.
local function prepare(self, dense, plan)
  dense:resize(plan.planes, plan.width, self.kH, self.kW):zero()
  return dense, dense:view(plan.planes * plan.width, self.kH * self.kW)
end

--- The weights of the convolution, 0 where there is no connection.
function connections.weight(self, plan)
  local dense, rows = prepare(self, self.dense, plan)
  rows:indexAdd(1, plan.places, self.weight:view(self.weight:size(1), self.kH * self.kW))
  return dense
end

--- Adds the gradients that accumulate(dense) leaves in the convolution's weights to gradWeight.
function connections.accumulate(self, plan, accumulate)
  local dense, rows = prepare(self, self.gradDense, plan)
  accumulate(dense)
  self.gradWeight:add(rows:index(1, plan.places):view(self.gradWeight:size(1), self.kH, self.kW))
end

--- Declares the class.
function connections.declare(name, multiplyAdds)
  local own = { multiplyAdds = multiplyAdds }
  for key, value in pairs(declaration) do own[key] = value end
  local Map = layer(name, own)

  --- Draws weight and bias uniformly from [-stdv sqrt(3), stdv sqrt(3)]; without stdv, for each
  -- output plane, from [-s, s], s = 1 / sqrt(kW kH connections of the plane), as Torch7 does.
  -- @param stdv  standard deviation, or nil
  -- @return the layer
  function Map:reset(stdv) return reset(self, stdv) end

  return Map
end

return connections
