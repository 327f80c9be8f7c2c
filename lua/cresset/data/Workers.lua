--- Threads that call a function in the background, each in a Lua state of its own.
--
--     local workers = data.Workers(2, function(path) return image.load(path) end)
--     for _, path in ipairs(paths) do workers:submit(path) end
--     for _ = 1, #paths do local picture = workers:receive() ... end
--
-- Results come in the order in which jobs were submitted, whichever worker was faster.
--
-- The function goes to the workers as it is, with the values of its upvalues: numbers, strings,
-- booleans, tables, tensors (which share their memory), objects of classes, and other functions.
-- What a loaded module is or holds (`local image = cresset.image`) is taken from the same module
-- there, which the worker requires anew; so are the globals. What cannot go (files, coroutines) is
-- an error that says where it is. A change of an upvalue or of a global in one state is not seen in
-- the others. Arguments of jobs share the memory of their tensors; results are copied. Tensors
-- that were sent cannot be made larger afterwards.
--
-- A worker's operations run on its own thread alone, beside the threads of the program. With 0
-- workers the function is called in place, when its result is asked for.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local C = core.data

local Workers = class("data.Workers")

local who = "data.Workers"
local look_after = 0.05 -- seconds: how soon Ctrl-C is noticed

local known = {
  { "room", "size", max = 4096, optional = true },
  { "require", "table", default = {} },
}

-- Calls a binding; its message names the class, and no place in this file.
local function call(name, ...)
  local results = table.pack(pcall(C[name], ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  error((tostring(results[2]):gsub("^.-%f[%w](data%.Workers)", "%1", 1)), 0)
end

--- The code with which a worker's state begins.
local function prelude(modules)
  local lines = {
    ("package.path = %q"):format(package.path), ("package.cpath = %q"):format(package.cpath),
  }
  for k, name in ipairs(modules) do
    if type(name) ~= "string" then
      error(("%s: 'require' must be a list of modules' names, got %s at %d"):format(who,
        arguments.describe(name), k), 0)
    end
    lines[#lines + 1] = ("require(%q)"):format(name)
  end
  return table.concat(lines, "\n")
end

--- @param count  how many threads, from 0 to 64
-- @param f  the function to call for each job
-- @param options  `room`: how many jobs may be on their way at most, 1 to 4096 (4 for each worker,
--                 at least 4); `require`: names of modules that each worker loads first, such as
--                 those that declare the classes of objects that are sent
function Workers:__init(count, f, options)
  count = arguments.check(who, { "count", "count", max = 64 }, count)
  arguments.check(who, { "f", "function" }, f)
  options = arguments.options(who, known, options)
  self.count, self._f = count, f
  self.room = options.room or math.max(4 * count, 4)
  local code = prelude(options.require)
  if count > 0 then self._crew = call("Workers", f, code, count, self.room) end
  self._waiting, self._first = {}, 1 -- with 0 workers: the arguments of the jobs
end

local function check_open(self, method)
  if not self._closed then return end
  error(("%s:%s: the workers were closed"):format(who, method), 0)
end

--- Hands a job over: its function will be called with these arguments. An error when `room` jobs
-- are on their way already.
function Workers:submit(...)
  check_open(self, "submit")
  if self._crew then return call("Workers:submit", self._crew, ...) end
  if self:pending() >= self.room then
    error(("%s:submit: there is no room for more than %d jobs"):format(who, self.room), 0)
  end
  self._waiting[self._first + self:pending()] = table.pack(...)
end

local function perform_in_place(self)
  local job = self._waiting[self._first]
  if not job then error(("%s:receive: no job is on its way"):format(who), 0) end
  self._waiting[self._first] = nil
  self._first = self._first + 1
  return self._f(table.unpack(job, 1, job.n))
end

-- The results of the oldest job, when they are there.
local function pass(good, ...)
  if good then return ... end
  error(("%s: a worker failed: %s"):format(who, (...)), 0)
end

local function wait(crew)
  while true do
    local results = table.pack(call("Workers:receive", crew, look_after))
    if results.n > 0 then return results end
  end
end

--- Waits for the oldest job and returns what its function returned. When that failed, raises its
-- error with the worker's traceback; the workers go on with the other jobs.
function Workers:receive()
  check_open(self, "receive")
  if not self._crew then return perform_in_place(self) end
  local results = wait(self._crew)
  return pass(table.unpack(results, 1, results.n))
end

--- How many jobs are on their way: submitted and not received.
function Workers:pending()
  if self._closed then return 0 end
  if self._crew then return call("Workers:pending", self._crew) end
  local count = 0
  while self._waiting[self._first + count] do count = count + 1 end
  return count
end

--- Drops all jobs that are on their way.
function Workers:forget()
  check_open(self, "forget")
  self._waiting = {}
  if self._crew then call("Workers:forget", self._crew) end
end

--- Ends the threads. Happens by itself when nobody refers to the object any more, and at the end of
-- the program. Code of Lua is stopped where it is; a call of the system that does not return is
-- waited for at most two seconds.
function Workers:close()
  if self._crew then call("Workers:close", self._crew) end
  self._closed, self._crew, self._waiting = true, nil, {}
end

--- "data.Workers(2)"
function Workers:__tostring__()
  return ("%s(%s)"):format(who, self._closed and "closed" or tostring(self.count))
end

return Workers
