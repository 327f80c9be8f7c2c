--- Checks of what a layer is given at run time; a failure names the layer, what was expected and
-- what came.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local expect = {}

local function size_text(t)
  return t:dim() == 0 and "(empty)" or "(" .. table.concat(t:size():totable(), " x ") .. ")"
end

expect.size_text = size_text

--- Fails unless value is a tensor, of the named type where one is given; returns it.
function expect.tensor(layer, value, what, name)
  if not core.isTensor(value) then
    layer:fail("%s must be a tensor, got %s", what, arguments.describe(value))
  end
  if name and value:type() ~= name then
    layer:fail("%s must be a %s, got a %s", what, name, value:type())
  end
  return value
end

--- Fails unless value is a tensor with the type and the size of `like`; returns it.
function expect.like(layer, value, like, what)
  if not core.isTensor(like) then expect.tensor(layer, like, "input") end
  expect.tensor(layer, value, what, like:type())
  if not value:isSameSizeAs(like) then
    layer:fail("%s must be %s, got %s", what, size_text(like), size_text(value))
  end
  return value
end

--- Fails unless value is a table of exactly (or, with `at_least`, at least) count elements.
function expect.table(layer, value, what, count, at_least)
  local is_table = type(value) == "table"
  if is_table and (#value == count or at_least and #value > count) then return value end
  layer:fail("%s must be a table of %s%d element%s, got %s", what, at_least and "at least " or "",
    count, count == 1 and "" or "s", is_table and tostring(#value) or arguments.describe(value))
end

--- The same, and each element must be a tensor (of the named type, where one is given).
function expect.tensors(layer, value, what, count, at_least, name)
  expect.table(layer, value, what, count, at_least)
  for i = 1, #value do expect.tensor(layer, value[i], ("%s[%d]"):format(what, i), name) end
  return value
end

--- The same, and all have the size and type of the first one.
function expect.equal_tensors(layer, value, what, count, at_least, name)
  expect.tensors(layer, value, what, count, at_least, name)
  for i = 2, #value do expect.like(layer, value[i], value[1], ("%s[%d]"):format(what, i)) end
  return value
end

local deepest = 100 -- levels; deeper tables hold themselves

local function is_nested(value, depth)
  if core.isTensor(value) then return true end
  if type(value) ~= "table" or depth > deepest then return false end
  for _, part in pairs(value) do
    if not is_nested(part, depth + 1) then return false end
  end
  return true
end

--- Fails unless value is a tensor or a table of such, at any depth; returns it.
function expect.nested(layer, value, what)
  if is_nested(value, 1) then return value end
  layer:fail("%s must be a tensor or a table of tensors, got %s", what,
    type(value) == "table" and "a table of other values" or arguments.describe(value))
end

--- Fails unless value has the form of `like`: a tensor of its type and size, or a table of such
-- (other elements may be anything); returns it.
function expect.nested_like(layer, value, like, what)
  if core.isTensor(like) then return expect.like(layer, value, like, what) end
  if type(like) ~= "table" then return value end
  expect.table(layer, value, what, #like)
  for key, part in pairs(like) do
    expect.nested_like(layer, value[key], part, ("%s[%s]"):format(what, key))
  end
  return value
end

return expect
