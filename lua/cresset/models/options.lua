--- Reads the table of options that makes a model.
local arguments = require("cresset.nn.arguments")
local describe = require("cresset.describe")

local function names(declared)
  local list = {}
  for i, option in ipairs(declared) do list[i] = option[1] end
  return table.concat(list, ", ")
end

local function check_choice(who, option, value)
  for _, choice in ipairs(option.choices) do
    if value == choice then return end
  end
  local list = {}
  for i, choice in ipairs(option.choices) do list[i] = tostring(choice) end
  error(("%s: '%s' must be one of %s, got %s"):format(who, option[1], table.concat(list, ", "),
    describe(value)), 0)
end

local function check_known(who, declared, given)
  for name in pairs(given) do
    local known = false
    for _, option in ipairs(declared) do known = known or option[1] == name end
    if not known then
      error(("%s: there is no option '%s' (options: %s)"):format(who, tostring(name),
        names(declared)), 0)
    end
  end
end

--- The options with their defaults.
-- @param who  the model's name, for messages
-- @param declared  a list of { name, kind, default = ..., choices = { ... } }, else as the
-- arguments of a layer's declaration
-- @param given  the user's table, or nil
return function(who, declared, given)
  if given ~= nil and type(given) ~= "table" then
    error(("%s: 'options' must be a table, got %s"):format(who, describe(given)), 0)
  end
  given = given or {}
  check_known(who, declared, given)
  local options = {}
  for _, option in ipairs(declared) do
    local value = arguments.check(who, option, given[option[1]])
    if option.choices and value ~= nil then check_choice(who, option, value) end
    options[option[1]] = value
  end
  return options
end
