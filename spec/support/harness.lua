-- What layer_checks, table_checks and criterion_checks share: inputs from descriptions, comparing
-- results, differences, and the record of what was checked.
--
-- A form describes an input: its sizes, { 5, 3 }; a table of forms; or a function(word) that makes
-- it, where word is "float" or "double".
local busted = require("busted")
local cresset = require("cresset")
local learning = require("spec.support.learning")

local harness = {}

-- ---- the record ----

local record

--- Runs a spec file without its specs and returns the classes that its checks name:
-- class name -> true. spec/nn/coverage_spec.lua compares them with the library's classes.
function harness.classes_checked_by(path)
  record = {}
  local function ignore() end
  local environment = setmetatable({
    describe = function(_, f) f() end, it = ignore, pending = ignore, setup = ignore,
    teardown = ignore, before_each = ignore, after_each = ignore, lazy_setup = ignore,
  }, { __index = _G })
  local found = record
  local ok, failure = pcall(assert(loadfile(path, "t", environment)))
  record = nil
  if not ok then error(("%s: %s"):format(path, tostring(failure)), 0) end
  return found
end

--- Notes that the objects that make() gives are checked. True when nothing else is to be done.
function harness.is_recording(make)
  if record then record[make().__typename] = true end
  return record ~= nil
end

-- ---- inputs ----

--- Applies f to every tensor of value, a tensor, a number or nested tables of such.
function harness.map(value, f)
  if cresset.isTensor(value) then return f(value) end
  if type(value) ~= "table" then return value end
  local result = {}
  for key, part in pairs(value) do result[key] = harness.map(part, f) end
  return result
end

--- value with its float32 tensors converted to float64.
function harness.doubled(value)
  return harness.map(value, function(t)
    return t:type() == "torch.FloatTensor" and t:double() or t
  end)
end

--- The tensors of value in order; numbers become tensors of one element.
function harness.leaves(value, into)
  into = into or {}
  if cresset.isTensor(value) then
    into[#into + 1] = value
  elseif type(value) == "number" then
    into[#into + 1] = cresset.DoubleTensor({ value })
  elseif type(value) == "table" then
    for _, part in ipairs(value) do harness.leaves(part, into) end
  end
  return into
end

function harness.is_size(form) return type(form) == "table" and type(form[1]) == "number" end

local function build(form, word, options)
  if type(form) == "function" then return form(word) end
  if harness.is_size(form) then
    local t = learning.tensor(word, { 0 }):resize(table.unpack(form))
    if options.integers then return t:copy(t:clone():random(1, options.integers)) end
    return t:uniform(table.unpack(options.range or { -2, 2 }))
  end
  local result = {}
  for i, part in ipairs(form) do result[i] = build(part, word, options) end
  return result
end

--- The input of a form; options.range are the limits of its elements, options.integers n makes them
-- whole numbers from 1 to n. The same numbers each time.
function harness.input(form, word, options)
  cresset.manualSeed(7)
  return build(form, word, options)
end

--- A form with each tensor's first size changed by f, or nil for functions.
local function resized(form, f)
  if type(form) == "function" then return nil end
  if harness.is_size(form) then
    return { f(form[1]), table.unpack(form, 2) }
  end
  local result = {}
  for i, part in ipairs(form) do
    result[i] = resized(part, f)
    if not result[i] then return nil end
  end
  return result
end

local function count(form)
  local total = 1
  if not harness.is_size(form) then
    total = 0
    for _, part in ipairs(form) do total = total + count(part) end
    return total
  end
  for _, size in ipairs(form) do total = total * size end
  return total
end

harness.resized = resized

--- The form with batches of one.
function harness.single(form) return resized(form, function() return 1 end) end

local enough = 50000 -- elements, for several threads to share the work

--- By how much the first sizes must grow for threads to share the work.
function harness.enlarging_factor(form) return math.ceil(enough / math.max(1, count(form))) end

--- The form with batches so large that threads share the work.
function harness.enlarged(form)
  if type(form) == "function" then return nil end
  local factor = harness.enlarging_factor(form)
  return resized(form, function(size) return size * factor end)
end

-- ---- results ----

--- The largest difference of two tensors, relative to the expected element where that is above 1.
local function distance(expected, actual)
  local a, b = expected:double(), actual:double()
  if a:nElement() == 0 then return 0 end
  local largest = (a - b):abs():cdiv(a:clone():abs():clamp(1, math.huge)):max()
  return largest == largest and largest or math.huge
end

--- Fails unless two lists of tensors agree to `tolerance`, relative to the expected elements where
-- these are above 1.
function harness.assert_same(expected, actual, tolerance, what)
  if #expected ~= #actual then
    error(("%s: %d results, expected %d"):format(what, #actual, #expected), 2)
  end
  for i, t in ipairs(expected) do
    if not t:isSameSizeAs(actual[i]) then
      error(("%s: result %d has the size %s, expected %s"):format(what, i,
        table.concat(learning.size(actual[i]), "x"), table.concat(learning.size(t), "x")), 2)
    end
    local largest = distance(t, actual[i])
    if largest > tolerance then
      error(("%s: result %d differs by %g"):format(what, i, largest), 2)
    end
  end
end

--- Copies of all tensors in the values, as one list.
function harness.copies(...)
  local list = {}
  for i = 1, select("#", ...) do
    for _, t in ipairs(harness.leaves((select(i, ...)))) do list[#list + 1] = t:clone() end
  end
  return list
end

--- Compares a gradient with differences: how `forward()`, a number, changes with the elements of
-- the contiguous tensor.
function harness.assert_gradient(forward, tensor, gradient, what)
  local flat, slopes = tensor:view(tensor:nElement()), learning.values(gradient)
  if flat:nElement() ~= #slopes then
    error(("%s has %d elements, expected %d"):format(what, #slopes, flat:nElement()), 2)
  end
  for i = 1, #slopes do
    local value = flat[i]
    flat[i] = value + 1e-6
    local high = forward()
    flat[i] = value - 1e-6
    local low = forward()
    flat[i] = value
    learning.assert_near({ (high - low) / 2e-6 }, { slopes[i] }, 1e-6, what)
  end
end

--- Fails unless the method raises an error that begins with the name of a layer or criterion, the
-- object's or one's inside, and is no complaint of Lua's.
function harness.assert_refused(object, method, ...)
  local ok, message = pcall(object[method], object, ...)
  if ok then error(("%s: %s accepts what does not fit"):format(tostring(object), method), 2) end
  if type(message) ~= "string" or not message:find("^%l+%.%a")
    or message:find("attempt to ", 1, true) then
    error(("%s: %s fails with: %s"):format(tostring(object), method, tostring(message)), 2)
  end
end

--- Calls f with one thread and with two; the number is as before afterwards.
function harness.each_thread_count(f)
  local before = cresset.getNumThreads()
  local ok, failure = pcall(function()
    for threads = 1, 2 do
      cresset.setNumThreads(threads)
      f(threads)
    end
  end)
  cresset.setNumThreads(before)
  if not ok then error(failure, 0) end
end

--- Checks recorded entries, each by check(entry, word, tolerance, arrange) in both types, with
-- inputs that arrange leaves as they are and with inputs of other strides.
function harness.check_recorded(title, entries, check)
  if record then return end
  busted.describe(title, function()
    for i, entry in ipairs(entries) do
      busted.it(("%d %s"):format(i, entry.layer and "nn." .. entry.layer or ""), function()
        for word, tolerance in pairs({ float = 1e-5, double = 1e-9 }) do
          check(entry, word, tolerance, function(t) return t end)
          check(entry, word, tolerance, learning.reversed)
        end
      end)
    end
  end)
end

return harness
