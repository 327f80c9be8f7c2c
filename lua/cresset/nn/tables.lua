--- Connection tables for nn.SpatialConvolutionMap, `nn.tables`: tensors of as many rows as there
-- are connections, each with the number of an input plane and that of an output plane.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local tables = {}

local function check(name, argument, value, max)
  return arguments.check("nn.tables." .. name, { argument, "size", max = max or 1 << 20 }, value)
end

--- A tensor of rows { from, to }.
local function tensor_of(rows) return core.FloatTensor(rows) end

--- Every input plane with every output plane.
-- @param nin  number of input planes
-- @param nout  number of output planes
function tables.full(nin, nout)
  nin, nout = check("full", "nin", nin), check("full", "nout", nout, (1 << 22) // nin)
  local rows = {}
  for to = 1, nout do
    for from = 1, nin do rows[#rows + 1] = { from, to } end
  end
  return tensor_of(rows)
end

--- Each input plane with the output plane of the same number.
-- @param n  number of planes
function tables.oneToOne(n)
  n = check("oneToOne", "n", n)
  local rows = {}
  for i = 1, n do rows[i] = { i, i } end
  return tensor_of(rows)
end

--- Each output plane with nto random input planes; the input planes are dealt out like cards, so
-- that they get about as many connections.
-- @param nin  number of input planes
-- @param nout  number of output planes
-- @param nto  connections of an output plane, at most nin
function tables.random(nin, nout, nto)
  nin = check("random", "nin", nin)
  nto = check("random", "nto", nto, nin)
  nout = check("random", "nout", nout, (1 << 22) // nto)
  local rows, deck, at = {}, nil, nil
  for to = 1, nout do
    if not deck or at + nto > nin then deck, at = core.randperm(nin):totable(), 0 end
    for i = 1, nto do rows[#rows + 1] = { deck[at + i], to } end
    at = at + nto
  end
  return tensor_of(rows)
end

--- The connections between the 6 planes of S2 and the 16 of C3 in LeNet-5 (LeCun et al. 1998, table
-- I): the first 6 take 3 neighbouring planes, the next 6 take 4, the next 3 take 4 that are not
-- all neighbours, and the last takes all.
function tables.lenet5()
  local groups = {
    "123", "234", "345", "456", "156", "126",
    "1234", "2345", "3456", "1456", "1256", "1236",
    "1245", "2356", "1346", "123456",
  }
  local rows = {}
  for to, group in ipairs(groups) do
    for from in group:gmatch("%d") do rows[#rows + 1] = { tonumber(from), to } end
  end
  return tensor_of(rows)
end

return tables
