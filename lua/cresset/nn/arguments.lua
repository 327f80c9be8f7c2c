--- Checks a constructor's arguments against its declaration and stores them as fields.
--
-- An argument is declared as { name, kind, default = ..., min = ..., max = ..., field = ... }; it
-- may be left out when it has a default or `optional = true`.

local class = require("cresset.class")
local core = require("cresset.core")
local describe = require("cresset.describe")

local arguments = {}

local function integer_kind(lowest)
  return function(value, declared)
    local integer = math.type(value) and math.tointeger(value)
    local min = declared.min or lowest
    local fits = integer and (not min or integer >= min)
      and (not declared.max or integer <= declared.max)
    if fits then return integer end
    if min and declared.max then
      return nil, ("an integer from %d to %d"):format(min, declared.max)
    end
    return nil, min and ("an integer of at least %d"):format(min) or "an integer"
  end
end

local function number_kind(value, declared)
  local min, max = declared.min, declared.max
  local fits = math.type(value) and value == value and (not min or value >= min)
    and (not max or value <= max)
  if fits then return value end
  if min and max then return nil, ("a number from %g to %g"):format(min, max) end
  return nil, min and ("a number of at least %g"):format(min) or "a number"
end

local function type_kind(lua_type, words)
  return function(value)
    if type(value) == lua_type then return value end
    return nil, words
  end
end

local kinds = {
  size = integer_kind(1),
  count = integer_kind(0),
  integer = integer_kind(nil),
  number = number_kind,
  padding = function(value, declared)
    if value == "same" then return value end
    local count = integer_kind(0)(value, declared)
    if count then return count end
    return nil, 'an integer of at least 0 or "same"'
  end,
  boolean = type_kind("boolean", "true or false"),
  string = type_kind("string", "a string"),
  table = type_kind("table", "a table"),
  ["function"] = type_kind("function", "a function"),
  tensor = function(value)
    if core.isTensor(value) then return value end
    return nil, "a tensor"
  end,
  type = function(value) -- the name of a tensors' type
    if type(value) == "string" and pcall(core.zeros().type, core.zeros(), value) then
      return value
    end
    return nil, "the name of a type, such as torch.FloatTensor"
  end,
  module = function(value)
    if class.isA(value, "nn.Module") then return value end
    return nil, "an nn.Module"
  end,
  criterion = function(value)
    if class.isA(value, "nn.Criterion") then return value end
    return nil, "an nn.Criterion"
  end,
  choice = function(value, declared)
    for _, choice in ipairs(declared.choices) do
      if value == choice then return value end
    end
    return nil, 'one of "' .. table.concat(declared.choices, '", "') .. '"'
  end,
  any = function(value) return value end,
}

--- Checks one value. Returns it (integral floats become integers), or raises
-- "<who>: '<name>' must be <expected>, got <value>".
function arguments.check(who, declared, value)
  local name, kind = declared[1], declared[2]
  if value == nil then
    if declared.default ~= nil then return declared.default end
    if declared.optional then return nil end
  end
  local checked, expected = kinds[kind](value, declared)
  if expected then
    error(("%s: '%s' must be %s, got %s"):format(who, name, expected, describe(value)), 0)
  end
  return checked
end

--- Checks a table of options, all of which are declared: returns a new table of the checked values
-- and the defaults, or raises "<who>: there is no option 'x'" or what check raises.
function arguments.options(who, declared, given)
  given = arguments.check(who, { "options", "table", default = {} }, given)
  local checked, known = {}, {}
  for _, option in ipairs(declared) do
    local name = option[1]
    known[name] = true
    checked[name] = arguments.check(who, option, rawget(given, name))
  end
  for name in next, given do
    if not known[name] then
      error(("%s: there is no option '%s'"):format(who, tostring(name)), 0)
    end
  end
  return checked
end

--- Checks an argument of a method: "nn.Linear:reset: 'stdv' must be a number, got true".
function arguments.of_method(object, method, declared, value)
  return arguments.check(object.__typename .. ":" .. method, declared, value)
end

--- Raises an error about a call of a method: "nn.Sequential:add: ...".
function arguments.fail_method(object, method, format, ...)
  error(("%s:%s: %s"):format(object.__typename, method, format:format(...)), 0)
end

--- Raises an error that starts with the object's text, or with its class where the text is a tree.
function arguments.fail(object, format, ...)
  local text = tostring(object)
  if text:find("\n", 1, true) then text = object.__typename end
  local is_formatted, message = pcall(string.format, format, ...)
  error(("%s: %s"):format(text, is_formatted and message or tostring(format)), 0)
end

--- Checks all arguments and sets the object's fields.
function arguments.assign(object, who, declared, ...)
  local given = select("#", ...)
  if given > #declared then
    for i = #declared + 1, given do
      if select(i, ...) ~= nil then
        error(("%s: takes at most %d arguments, got %d"):format(who, #declared, given), 0)
      end
    end
  end
  for i, argument in ipairs(declared) do
    object[argument.field or argument[1]] = arguments.check(who, argument, (select(i, ...)))
  end
end

--- Gives fields that a file did not have their defaults.
function arguments.fill_defaults(object, declared)
  for _, argument in ipairs(declared) do
    local field = argument.field or argument[1]
    if object[field] == nil then object[field] = argument.default end
  end
end

arguments.describe = describe

return arguments
