--- Declares a layer with one parameter whose sizes are its constructor's arguments: integers, or a
-- table or torch.LongStorage of them. reset draws it from [-1/sqrt(n), 1/sqrt(n)] for n elements,
-- or with the given standard deviation.
local core = require("cresset.core")
local layer = require("cresset.nn.layer")
local uniform = require("cresset.nn.uniform")

local function sizes_of(name, ...)
  local sizes, first = { ... }, (...)
  if select("#", ...) == 1 and (type(first) == "table" or core.isStorage(first)) then
    sizes = {}
    for i = 1, type(first) == "table" and rawlen(first) or #first do sizes[i] = first[i] end
  end
  for i, size in ipairs(sizes) do
    sizes[i] = math.type(size) and math.tointeger(size)
    if not sizes[i] or sizes[i] < 1 then
      error(("%s: 'sizes' must be integers of at least 1, got %s"):format(name, tostring(size)), 0)
    end
  end
  if #sizes == 0 then error(name .. ": 'sizes' must be at least one integer", 0) end
  return sizes
end

local function sized_parameter(name, parameter)
  local Sized = layer(name, {
    args = { { "size", "table" } },
    parameters = function(self) return { { parameter, table.unpack(self.size) } } end,
    init = function(self) self.partial = {} end,
    buffers = { "partial", "product" },
    multiplyAdds = function(_, input) return parameter == "weight" and input:nElement() or 0 end,
    tostring = function(self) return "(" .. table.concat(self.size, "x") .. ")" end,
  })
  local declared_init = Sized.__init

  function Sized:__init(...) declared_init(self, sizes_of(name, ...)) end

  --- Gives the parameter new values.
  function Sized:reset(stdv)
    return uniform(self, stdv, 1 / math.sqrt(self[parameter]:nElement()), parameter)
  end

  return Sized
end

return sized_parameter
