local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")
local reshape_back = require("cresset.nn.reshape_back")

--- Gives its input other sizes without copying where its strides allow: View(sizes...) or
-- View(table) or View(LongStorage), one of which may be -1. With setNumInputDims(n), dimensions
-- beyond the last n are the batch's, and become one. Without it, an input with more elements than
-- the sizes hold is taken as a batch.
local View = layer("nn.View", {
  args = {},
  tostring = function(self) return "(" .. table.concat(self.size, ", ") .. ")" end,
})

local declared_init = View.__init

local function read_sizes(first, ...)
  if type(first) ~= "table" and not core.isStorage(first) then return { first, ... } end
  local sizes = {}
  for i = 1, type(first) == "table" and rawlen(first) or #first do sizes[i] = first[i] end
  return sizes
end

function View:__init(...)
  local sizes, count, open = read_sizes(...), 1, 0
  for _, size in ipairs(sizes) do
    local whole = math.type(size) and math.tointeger(size)
    if not whole or whole < -1 then
      error(("nn.View: 'sizes' must be integers of at least -1, got %s"):format(tostring(size)), 0)
    end
    if whole == -1 then open = open + 1 else count = count * whole end
  end
  if #sizes == 0 or open > 1 then
    error("nn.View: 'sizes' must be at least one integer, of which at most one is -1", 0)
  end
  declared_init(self)
  self.size, self.numElements, self.hasOpenSize = sizes, count, open == 1
end

--- Changes the sizes; returns the layer.
function View:resetSize(...)
  self:__init(...)
  return self
end

--- How many dimensions one sample has.
function View:setNumInputDims(count)
  self.numInputDims = arguments.of_method(self, "setNumInputDims", { "count", "size" }, count)
  return self
end

-- The sizes for this input, the batch's first.
local function sizes_for(self, input)
  local dims, of_batch, elements = input:dim(), 1, 1
  local own = math.min(self.numInputDims or dims, dims)
  for d = 1, dims do
    if d <= dims - own then
      of_batch = of_batch * input:size(d)
    else
      elements = elements * input:size(d)
    end
  end
  local fits = self.numElements > 0 and elements % self.numElements == 0
  if self.hasOpenSize then
    if own == dims or not fits then return self.size end
    local sizes = { of_batch }
    for _, size in ipairs(self.size) do
      sizes[#sizes + 1] = size == -1 and elements // self.numElements or size
    end
    return sizes
  end
  if fits then of_batch = of_batch * (elements // self.numElements) end
  if of_batch == 1 and own == dims then return self.size end
  return { of_batch, table.unpack(self.size) }
end

function View:updateOutput(input)
  expect.tensor(self, input, "input")
  local sizes = sizes_for(self, input)
  local dense = input:isContiguous() and input or input:clone()
  local ok, output = pcall(dense.view, dense, table.unpack(sizes))
  if not ok then
    self:fail("input of %d elements does not fit: %s", input:nElement(),
      (output:gsub("^.-Tensor:view: ", "")))
  end
  self.output = output
  return output
end

View.updateGradInput = reshape_back

return View
