-- Calls public functions with bad arguments: lua5.4 spec/support/fuzz.lua [options].
-- spec/bad_input_spec.lua runs it as a process of its own, in a folder where files may be made.
--
--   --calls N      calls of each function (60)
--   --only PATTERN functions whose name contains the Lua pattern
--   --seed N       another sequence of arguments (1)
--   --trace FILE   file that holds the call under way, to find what crashed
--   --verbose      print every error once
--
-- Writes, to the standard error stream, one line for each broken promise: an error that is no
-- string, that names no function or layer, or that is Lua's own complaint about the library's code;
-- an object that a failed call left unusable; a call that does not end. A crash ends the process:
-- the trace names the call.

local root = arg[0]:match("^(.*)spec/support/fuzz%.lua$")
local build = os.getenv("CRESSET_BUILD") or "build/release"
if build:sub(1, 1) ~= "/" then build = root .. build end
package.path = ("%slua/?.lua;%slua/?/init.lua;%s?.lua;"):format(root, root, root) .. package.path
package.cpath = build .. "/?.so;" .. package.cpath

local record = require("spec.support.fuzz_record")
record.install()

local classes = require("cresset.class")
local cresset = require("cresset")
local core = require("cresset.core")
local symbols = require("cresset.help.symbols")
local values = require("spec.support.fuzz_values")

local options = { calls = 60, seed = 1 }
do
  local i = 1
  while arg[i] do
    local name = arg[i]:match("^%-%-(%w+)$")
    if name == "verbose" then
      options.verbose, i = true, i + 1
    else
      options[name] = tonumber(arg[i + 1]) or arg[i + 1]
      i = i + 2
    end
  end
end

_G.print = function() end -- what the called functions print is of no interest

-- ---- the report ----

local broken, broken_count = {}, 0

-- Says what is wrong with a function, a few times for each kind of wrong.
local function complain(name, what, call)
  local key = name .. "\0" .. what:match("^[^:]*")
  broken[key] = (broken[key] or 0) + 1
  if broken[key] > (options.verbose and 100 or 2) then return end
  broken_count = broken_count + 1
  io.stderr:write(("%s: %s\n    in %s\n"):format(name, what, call))
end

local lua_complaints = {
  "attempt to %a+ ", "attempt to perform arithmetic", "bad argument #", "stack overflow",
  "invalid value %(", "invalid order function", "table index is", "number has no integer",
  "initial value must be", "limit must be", "step must be", "string expected",
  "invalid option '", "too many results", "wrong number of arguments",
}

local function check_message(name, failure, call)
  if type(failure) ~= "string" then
    return complain(name, "the error is no string but " .. tostring(failure), call)
  end
  if options.verbose then complain(name, "(error) " .. failure, call) end
  if failure:find("the call does not end", 1, true) then return complain(name, failure, call) end
  for _, pattern in ipairs(lua_complaints) do
    if failure:find(pattern) then
      return complain(name, "Lua's own error: " .. failure, call)
    end
  end
  if not failure:find("[%a_][%w_]*[.:][%a_][%w_]*.-: ") and not failure:find("out of memory") then
    complain(name, "the error names no function: " .. failure, call)
  end
end

-- ---- one call ----

local trace = options.trace and assert(io.open(options.trace, "w"))
if trace then trace:setvbuf("no") end

local function note(call)
  if not trace then return end
  trace:seek("set")
  trace:write(call, "\n", (" "):rep(200), "\n")
end

local events = 0
local function count_events()
  events = events + 1
  if events > 2000 then
    events = 0
    error("the call does not end", 0)
  end
end

local function settle()
  cresset.setNumThreads(2)
  cresset.setdefaulttensortype("torch.FloatTensor")
end

local function check_usable(name, object, call)
  local ok, failure = pcall(tostring, object)
  if not ok then complain(name, "an object cannot be shown afterwards: " .. failure, call) end
end

local function call(name, fn, arguments, labels)
  local text = ("%s(%s)"):format(name, table.concat(labels, ", "))
  note(text)
  events = 0
  debug.sethook(count_events, "", 10000)
  local ok, failure = pcall(fn, table.unpack(arguments, 1, arguments.n))
  debug.sethook()
  if not ok then
    check_message(name, failure, text)
    for i = 1, math.min(arguments.n, 2) do
      if type(arguments[i]) == "userdata" or type(arguments[i]) == "table" then
        check_usable(name, arguments[i], text)
      end
    end
  end
end

-- ---- what is called ----

local skipped = {
  ["terminal.catchInterrupts"] = true, -- would take the signal that ends this process
  -- These end the process, or replace print.
  ["torch.CmdLine:parse"] = true, ["torch.CmdLine:error"] = true, ["torch.CmdLine:log"] = true,
  ["cresset.PipeFile"] = true, -- runs what it is told to
}

-- Metamethods too can be called by hand.
local function add_metamethods(list, prefix, object)
  local meta = debug.getmetatable(object)
  for name, value in pairs(meta) do
    if type(value) == "function" then
      list[#list + 1] = { name = prefix .. "." .. name, value = value, kind = "method" }
    end
  end
end

local function add_bindings(list)
  local known = {}
  for _, symbol in ipairs(list) do known[symbol.value] = true end
  local function visit(prefix, source, depth)
    for name, value in pairs(source) do
      local full = prefix .. tostring(name)
      if type(value) == "function" and not known[value] then
        known[value] = true
        list[#list + 1] = { name = full, value = value, kind = "function" }
      elseif type(value) == "table" and depth < 2 then
        visit(full .. ".", value, depth + 1)
      end
    end
  end
  visit("core.", core, 0)
end

-- What a class inherits is called on its objects, too.
local function add_inherited(list)
  for i = 1, #list do
    local of = list[i].kind == "class" and list[i].value
    local seen = {}
    for name in pairs(of or {}) do seen[name] = true end
    local parent = classes.parentOf(of)
    while parent do
      for name, value in pairs(parent) do
        if type(value) == "function" and not seen[name] and name:sub(1, 1) ~= "_" then
          seen[name] = true
          list[#list + 1] = { name = list[i].name .. ":" .. name, value = value, kind = "method",
            class = of, is_inherited = true }
        end
      end
      parent = classes.parentOf(parent)
    end
  end
end

local function all_symbols()
  local list = symbols.list()
  add_inherited(list)
  add_bindings(list)
  add_metamethods(list, "Tensor", cresset.zeros(1))
  add_metamethods(list, "Storage", cresset.zeros(1):size())
  if cresset.Generator then add_metamethods(list, "Generator", cresset.Generator()) end
  add_metamethods(list, "File", cresset.MemoryFile())
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- Right calls of these read large files.
local most_calls = { ["data.fashion"] = 1, ["data.mnist"] = 5, ["data.digits"] = 5 }

local function fuzz(symbol)
  local random = values.random(symbol.name, options.seed)
  local calls = symbol.is_inherited and options.calls // 8 or options.calls
  for _ = 1, math.min(calls, most_calls[symbol.name] or math.huge) do
    local arguments, labels = values.arguments(symbol, random)
    call(symbol.name, symbol.value, arguments, labels)
  end
  settle()
end

local count = 0
for _, symbol in ipairs(all_symbols()) do
  local is_callable = type(symbol.value) == "function" or symbol.kind == "class"
    or symbol.kind == "constructor"
  local is_wanted = not options.only or symbol.name:find(options.only)
  if is_callable and is_wanted and not skipped[symbol.name] then
    count = count + 1
    fuzz(symbol)
    if count % 50 == 0 then collectgarbage() end
  end
end
-- Right calls with one or two arguments made wrong get past the first checks.
local function fuzz_recorded(entry)
  local random = values.random(entry.name, options.seed)
  for _ = 1, options.calls * 2 do
    local arguments = record.arguments(entry, random)
    local labels = {}
    for i = 1, arguments.n do labels[i] = values.describe(arguments[i]) end
    for _ = 1, arguments.n > 0 and random(2) or 0 do
      local at = random(arguments.n)
      arguments[at], labels[at] = values.any(random, arguments)
    end
    call(entry.name, entry.value, arguments, labels)
  end
  settle()
end

local function recorded_calls()
  local objects, optimizers = {}, {}
  for _, symbol in ipairs(symbols.list()) do
    if symbol.kind == "class" then
      objects[#objects + 1] = values.make(symbol.value)
    elseif symbol.name:find("^optim%.") and symbol.kind == "function" then
      optimizers[#optimizers + 1] = symbol.value
    end
  end
  return record.run(objects, optimizers, values.inputs)
end

-- ---- objects whose fields were spoiled ----

-- Inputs (and a target, for criteria) that an object of the class accepts.
local function accepted_inputs(class)
  local object = values.make(class)
  local found = {}
  if not object or not object.forward then return found end
  local is_module = object.accGradParameters ~= nil
  for _, input in ipairs(values.inputs) do
    for _, target in ipairs(is_module and { input } or values.inputs) do
      local ok = pcall(object.forward, object, input[2](), target[2]())
      if ok then found[#found + 1] = { input, target } end
      if #found == 4 then return found end
    end
  end
  return found
end

local function sorted_keys(object)
  local keys = {}
  for key in pairs(object) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

-- One field of a layer becomes something else, before or between forward and backward. Such an
-- error may be any text, but it must be an error.
local function use_spoiled(name, class, accepted, random)
  local object, pair = values.make(class), accepted[random(#accepted)]
  local input, target = pair[1][2](), pair[2][2]()
  local is_module = object.accGradParameters ~= nil
  local keys = sorted_keys(object)
  local key = keys[random(#keys)]
  local value, label = values.any(random, { n = 1, input })
  note(("%s with %s = %s, input %s, target %s"):format(name, key, label, pair[1][1], pair[2][1]))
  local spoils_first = random(2) == 1
  if spoils_first then object[key] = value end
  local ok, output = pcall(object.forward, object, input, target)
  object[key] = value
  local gradient = is_module and input or target
  if is_module and ok and core.isTensor(output) then
    if output:nElement() > 1e6 then return end -- a view of a few elements, say: right, but slow
    gradient = output:clone()
  end
  local methods = { "backward", "forward", "backward", "clearState", "float", "zeroGradParameters" }
  for _, method in ipairs(methods) do
    if object[method] then
      debug.sethook(count_events, "", 10000)
      local fine, failure = pcall(object[method], object, input, gradient)
      debug.sethook()
      if not fine and type(failure) ~= "string" then
        complain(name, "the error is no string but " .. tostring(failure), key .. " = " .. label)
      end
    end
  end
end

local function fuzz_spoiled(symbol)
  local accepted = accepted_inputs(symbol.value)
  local random = values.random(symbol.name, options.seed)
  for _ = 1, #accepted > 0 and options.calls or 0 do
    use_spoiled(symbol.name, symbol.value, accepted, random)
  end
  settle()
end

for _, symbol in ipairs(symbols.list()) do
  if symbol.kind == "class" and (not options.only or symbol.name:find(options.only)) then
    fuzz_spoiled(symbol)
  end
end

for _, entry in ipairs(recorded_calls()) do
  if not options.only or entry.name:find(options.only) then
    count = count + 1
    fuzz_recorded(entry)
  end
end
for label, failure in pairs(values.unmakeable()) do
  complain("fuzz_values.lua", ("cannot make '%s': %s"):format(label, failure), label)
end
if not options.only then
  for _, class in ipairs(values.unmade()) do
    complain(class, "no object of this class could be made: give its arguments in fuzz_values.lua",
      class)
  end
end
io.stderr:write(("%d functions, %d broken promises\n"):format(count, broken_count))
os.exit(broken_count == 0, true)
