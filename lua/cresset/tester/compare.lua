--- Deep comparison of values, for the tester: numbers within a tolerance, tensors and storages by
-- their elements, tables key by key. Each function returns nil when the values are equal, else a
-- text that says where they differ.
local core = require("cresset.core")

local compare = {}

local function number(a, b, tolerance)
  if a == b or math.abs(a - b) <= tolerance then return nil end
  local within = tolerance > 0 and (" with tolerance=%s"):format(tolerance) or ""
  return ("EQ failed: %s ~= %s%s"):format(a, b, within)
end

-- Elements that are equal differ by 0 even when they are infinite; NaN differs from all.
local function elements(kind, a, b, tolerance)
  if a:nElement() == 0 then return nil end
  local unequal = a:ne(b)
  if unequal:max() == 0 then return nil end
  local difference = core.csub(a:double(), b:double()):abs()
  difference:maskedFill(a:eq(b), 0)
  if tolerance > 0 and difference:le(tolerance):min() == 1 then return nil end
  return ("%sEQ(==) violation: max diff=%s, tolerance=%s")
    :format(kind, ("%.14g"):format(difference:max()), ("%.14g"):format(tolerance))
end

--- Tensors of the same type and size whose elements differ by the tolerance at most.
function compare.tensors(a, b, tolerance)
  if a:dim() ~= b:dim() then return "The tensors have different dimensions" end
  if a:type() ~= b:type() then return "The tensors have different types" end
  if not a:isSameSizeAs(b) then return "The tensors have different sizes" end
  return elements("Tensor", a, b, tolerance)
end

local function storages(a, b, tolerance)
  if #a ~= #b then return "The storages have different sizes" end
  if a:type() ~= b:type() then return "The storages have different types" end
  local make = core[a:type():match("^torch%.(%a+)Storage$") .. "Tensor"]
  return elements("Storage", make(a), make(b), tolerance)
end

local function missing(path, which, value, other)
  return ("Entry %s missing in %s table (is %s in %s)")
    :format(table.concat(path, "."), which, tostring(value), other)
end

-- Differences near the root are shown first: they say most.
local function tables(a, b, tolerance)
  local queue, at = { { a, b, {} } }, 1
  local seen = {} -- pairs of tables that are compared already: they may contain themselves
  while queue[at] do
    local first, second, path = table.unpack(queue[at])
    at = at + 1
    for key, value in next, first do
      local place = table.move(path, 1, #path, 1, {})
      place[#place + 1] = tostring(key)
      local other = rawget(second, key)
      if other == nil then return missing(place, "second", value, "first") end
      if type(value) == "table" and type(other) == "table" then
        seen[value] = seen[value] or {}
        if not seen[value][other] then
          seen[value][other] = true
          queue[#queue + 1] = { value, other, place }
        end
      else
        local difference = compare.values(value, other, tolerance)
        if difference then
          return ("At table location %s: %s"):format(table.concat(place, "."), difference)
        end
      end
    end
    for key, value in next, second do
      if rawget(first, key) == nil then
        local place = table.move(path, 1, #path, 1, {})
        place[#place + 1] = tostring(key)
        return missing(place, "first", value, "second")
      end
    end
  end
end

--- Values of any kind.
function compare.values(a, b, tolerance)
  if type(a) ~= type(b) then
    return ("EQ failed: values have different types (first: %s, second: %s)")
      :format(type(a), type(b))
  end
  if type(a) == "number" then return number(a, b, tolerance) end
  if type(a) == "table" then return tables(a, b, tolerance) end
  if core.isTensor(a) and core.isTensor(b) then return compare.tensors(a, b, tolerance) end
  if core.isStorage(a) and core.isStorage(b) then return storages(a, b, tolerance) end
  if rawequal(a, b) or type(a) ~= "userdata" and a == b then return nil end
  return ("EQ failed: %s (%s) ~= %s (%s)"):format(tostring(a), type(a), tostring(b), type(b))
end

return compare
