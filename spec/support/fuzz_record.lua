-- Right calls of the C functions that layers use, to be made wrong one argument at a time.
--
-- The functions are wrapped before the layers that take them as locals are loaded; running every
-- layer once then records what they are called with.
local core = require("cresset.core")

local record = {}

local most_calls = 3 -- recorded of each function

local recorded = {} -- in the order of the first call: { name, value = function, calls = { ... } }
local is_recording = false

local function copied(value)
  if type(value) ~= "userdata" or not core.isTensor(value) then return value end
  local ok, copy = pcall(value.clone, value)
  return ok and copy or value
end

local function copies(arguments)
  local result = { n = arguments.n }
  for i = 1, arguments.n do result[i] = copied(arguments[i]) end
  return result
end

local function wrap(name, fn)
  local entry = { name = name, value = fn, calls = {} }
  return function(...)
    if is_recording and #entry.calls < most_calls then
      if #entry.calls == 0 then recorded[#recorded + 1] = entry end
      entry.calls[#entry.calls + 1] = copies(table.pack(...))
    end
    return fn(...)
  end
end

--- Wraps the functions of core.nn, core.optim and core.zoo. To be called before anything is loaded.
function record.install()
  for _, name in ipairs { "nn", "optim", "zoo" } do
    for key, value in pairs(core[name] or {}) do
      if type(value) == "function" then core[name][key] = wrap(name .. "." .. key, value) end
    end
  end
end

local function exercise_module(module, inputs)
  for _, input in ipairs(inputs) do
    local ok, output = pcall(module.forward, module, input[2]())
    if ok and type(output) == "userdata" then
      pcall(module.backward, module, input[2](), output:clone())
    elseif ok then
      pcall(module.backward, module, input[2](), output)
    end
  end
end

local function exercise_criterion(criterion, inputs)
  for _, input in ipairs(inputs) do
    for _, target in ipairs(inputs) do
      if pcall(criterion.forward, criterion, input[2](), target[2]()) then
        pcall(criterion.backward, criterion, input[2](), target[2]())
      end
    end
  end
end

local function exercise_machine(machine, inputs)
  for _, input in ipairs(inputs) do pcall(machine.contrast, machine, input[2]()) end
end

local function exercise_optimizer(optimizer, make_tensor)
  for _ = 1, 2 do
    local state = {}
    local x = make_tensor()
    local function feval() return 1, x:clone() end
    for _ = 1, 2 do pcall(optimizer, feval, x, state) end
  end
end

--- Runs layers, criteria and optimizers on the inputs ({ label, maker } pairs).
-- @param objects  a list of objects
-- @param optimizers  a list of functions
function record.run(objects, optimizers, inputs)
  is_recording = true
  for _, object in ipairs(objects) do
    if object.updateGradInput and object.accGradParameters then
      exercise_module(object, inputs)
    elseif object.forward then
      exercise_criterion(object, inputs)
    elseif object.contrast then
      exercise_machine(object, inputs)
    end
  end
  for _, optimizer in ipairs(optimizers) do
    exercise_optimizer(optimizer, function() return core.ones(3) end)
  end
  is_recording = false
  table.sort(recorded, function(a, b) return a.name < b.name end)
  return recorded
end

--- One of the recorded calls with copies of its tensors.
function record.arguments(entry, random) return copies(entry.calls[random(#entry.calls)]) end

return record
