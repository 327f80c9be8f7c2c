-- Checks of the schedules' options.
local describe = require("cresset.describe")

local check = {}

--- Raises an error about an option.
function check.fail(self, name, expected, value)
  error(("%s: '%s' must be %s, got %s")
    :format(self.__typename, name, expected, describe(value)), 0)
end

--- Sets the fields from options; each of `declared` is { name, default, lowest, integer }; without
-- a default the option must be given.
function check.read(self, given, declared)
  if type(given) ~= "table" then check.fail(self, "options", "a table", given) end
  for _, entry in ipairs(declared) do
    local name, default, lowest, integer = table.unpack(entry, 1, 4)
    lowest = lowest or 0
    local value = given[name]
    if value == nil then value = default end
    local fits = type(value) == "number" and value >= lowest
      and (not integer or math.tointeger(value))
    if not fits then
      local kind = integer and "an integer" or "a number"
      check.fail(self, name, ("%s of at least %g"):format(kind, lowest), value)
    end
    self[name] = integer and math.tointeger(value) or value
  end
end

--- Checks a number of a step.
function check.step(self, t)
  local fits = type(t) == "number" and t >= 1
  if not fits then check.fail(self, "t", "a number of at least 1", t) end
end

return check
