-- What all optimizers do with their arguments.
local core = require("cresset.core")
local describe = require("cresset.describe")

local options = {}

local function is_callable(value)
  if type(value) == "function" then return true end
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__call ~= nil
end

local function fail(name, what, expected, value)
  error(("optim.%s: %s must be %s, got %s"):format(name, what, expected, describe(value)), 4)
end

--- Checks an optimizer's arguments, before anything runs.
-- @return config and state; without a state, config holds it too, as in Torch7
function options.open(name, opfunc, x, config, state)
  if not is_callable(opfunc) then fail(name, "'opfunc'", "a function", opfunc) end
  if not core.isTensor(x) then fail(name, "'x'", "a tensor", x) end
  if config ~= nil and type(config) ~= "table" then
    fail(name, "'config'", "a table or nil", config)
  end
  if state ~= nil and type(state) ~= "table" then
    fail(name, "'state'", "a table or nil", state)
  end
  config = config or {}
  return config, state or config
end

--- Checks a further argument that must be a tensor of x's size.
function options.check_tensor(name, argument, value, x)
  if not core.isTensor(value) or not value:isSameSizeAs(x) then
    fail(name, "'" .. argument .. "'", "a tensor of x's size", value)
  end
end

--- Checks a further argument that must be a number.
function options.check_number(name, argument, value)
  if type(value) ~= "number" then fail(name, "'" .. argument .. "'", "a number", value or nil) end
end

--- Calls opfunc(x); the loss must be a number and the gradient a tensor of x's size.
function options.evaluate(name, opfunc, x)
  local fx, dfdx = opfunc(x)
  if type(fx) ~= "number" then fail(name, "the loss that opfunc returns", "a number", fx) end
  if not core.isTensor(dfdx) or not dfdx:isSameSizeAs(x) then
    fail(name, "the gradient that opfunc returns", "a tensor of x's size", dfdx)
  end
  return fx, dfdx
end

--- config[key], or the default when it is nil. NaN is refused, for it would spoil x for good.
-- @param what  what the messages call config ("config")
function options.number(name, config, key, default, what)
  local value = config[key]
  if value == nil then return default end
  if type(value) ~= "number" or value ~= value then
    fail(name, (what or "config") .. "." .. key, "a number", value)
  end
  return value
end

--- config[key] as true or false; nil is the default.
function options.boolean(name, config, key, default)
  local value = config[key]
  if value == nil then return default end
  if type(value) ~= "boolean" then fail(name, "config." .. key, "true or false", value) end
  return value
end

--- Raises an error about a combination of options.
function options.fail(name, message) error(("optim.%s: %s"):format(name, message), 3) end

return options
