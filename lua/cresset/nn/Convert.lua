local expect = require("cresset.nn.expect")
local layer = require("cresset.nn.layer")

--- nn.Convert([inputShape, outputShape]): converts between arrangements of dimensions, each named
-- by a letter, b for the batch ("chw" is the same as "bchw", and an input without a batch is
-- accepted): Convert("bchw", "bhwc") moves them, Convert("bchw", "bf") puts all but the batch's
-- together, Convert("bf", "b") and Convert("bt", "b") take the one feature and the first target,
-- Convert("b", "bt") adds a dimension. The input is converted to the layer's type, and without
-- shapes that is all.
local Convert = layer("nn.Convert", {
  args = {
    { "inputShape", "string", optional = true },
    { "outputShape", "string", optional = true },
  },
  tostring = function(self)
    return self.inputShape == "b*" and "" or ("(%s -> %s)"):format(self.inputShape,
      self.outputShape)
  end,
})

local declared_init = Convert.__init

local function letters(name, shape)
  if not shape:find("b", 1, true) then shape = "b" .. shape end
  if not shape:match("^%a+$") or shape:find("(%a).*%1") then
    error(("nn.Convert: '%s' must be different letters, such as \"bchw\", got \"%s\"")
      :format(name, shape), 0)
  end
  return shape
end

local function place(shape, letter) return shape:find(letter, 1, true) end

--- How to get from one arrangement to the other: "permute", "collapse", "first" or "append".
local function way(from, to)
  local is_permutation = #from == #to
  for letter in from:gmatch(".") do is_permutation = is_permutation and place(to, letter) end
  if is_permutation then return "permute" end
  if to == "bf" and #from > 2 then return "collapse" end
  if to == "b" and #from == 2 and (place(from, "t") or place(from, "f")) then return "first" end
  if from == "b" and (to == "bt" or to == "bf") then return "append" end
end

function Convert:__init(inputShape, outputShape)
  declared_init(self, inputShape, outputShape)
  if not inputShape and not outputShape then
    self.inputShape, self.outputShape = "b*", "b*"
    return
  end
  if not inputShape then
    error("nn.Convert: 'inputShape' must be a string, got nil", 0)
  end
  self.inputShape = letters("inputShape", inputShape)
  self.outputShape = letters("outputShape", outputShape or inputShape)
  self.way = way(self.inputShape, self.outputShape)
  if not self.way then
    error(("nn.Convert: cannot convert \"%s\" to \"%s\""):format(self.inputShape,
      self.outputShape), 0)
  end
end

--- The order of the input's dimensions in the output (or, to collapse them, the batch's first).
local function order_of(self)
  local from, order = self.inputShape, {}
  local to = self.way == "permute" and self.outputShape or "b" .. from:gsub("b", "")
  for letter in to:gmatch(".") do order[#order + 1] = place(from, letter) end
  return order
end

local function inverse(order)
  local result = {}
  for to, from in ipairs(order) do result[from] = to end
  return result
end

--- The input in the layer's type and with a batch's dimension, and whether it had none.
local function batch_of(self, input)
  expect.tensor(self, input, "input")
  local dims = #self.inputShape
  if self.inputShape ~= "b*" and input:dim() ~= dims and input:dim() ~= dims - 1 then
    self:fail("input must have %d dimensions, or %d without a batch, got %d", dims, dims - 1,
      input:dim())
  end
  local single = self.inputShape ~= "b*" and input:dim() == dims - 1
  return single and input:unsqueeze(place(self.inputShape, "b")) or input, single
end

local function arranged(self, t)
  if self.inputShape == "b*" then return t end
  if self.way == "append" then return t:unsqueeze(2) end
  if self.way == "first" then
    local at = 3 - place(self.inputShape, "b")
    if place(self.inputShape, "f") and t:size(at) ~= 1 then
      self:fail("input must have 1 feature, got %d", t:size(at))
    end
    return t:select(at, 1)
  end
  t = t:permute(table.unpack(order_of(self)))
  if self.way == "permute" then return t end
  local rows = t:size(1)
  return t:contiguous():view(rows, rows > 0 and t:nElement() // rows or 0)
end

function Convert:updateOutput(input)
  local batch, single = batch_of(self, input)
  local output = arranged(self, batch)
  if single then output = output:select(place(self.outputShape, "b"), 1) end
  local word = self.output:type()
  self.output = output:type() == word and output or output:type(word)
  return self.output
end

function Convert:updateGradInput(input, gradOutput)
  local batch, single = batch_of(self, input)
  expect.like(self, gradOutput, self.output, "gradOutput")
  local g = single and gradOutput:unsqueeze(place(self.outputShape, "b")) or gradOutput
  if self.way == "first" then
    local whole = g.new():resizeAs(batch):zero()
    arranged(self, whole):copy(g)
    g = whole
  elseif self.way == "append" then
    g = g:select(2, 1)
  elseif self.way then
    local order = order_of(self)
    if self.way == "collapse" then
      g = g:contiguous():view(batch:permute(table.unpack(order)):size())
    end
    g = g:permute(table.unpack(inverse(order)))
  end
  if single then g = g:select(place(self.inputShape, "b"), 1) end
  self.gradInput = g:type() == input:type() and g or g:type(input:type())
  return self.gradInput
end

return Convert
