--- What files can do besides reading and writing numbers: whole values, booleans. The rest is in C
-- (csrc/lua/file.c).
local core = require("cresset.core")
local read = require("cresset.serialize.read")
local write = require("cresset.serialize.write")

local File = getmetatable(core.MemoryFile())

-- file -> { write, read, is_referenced }: what was written and read, so that it stays one.
local states = setmetatable({}, { __mode = "k" })

local function check_file(who, file)
  if not core.isFile(file) then
    error(("%s: 'self' must be a file, got %s"):format(who, type(file)), 3)
  end
end

local function state_of(file)
  local state = states[file]
  if not state then
    state = { write = write.state(file), read = read.state(file, "the file") }
    states[file] = state
  end
  return state
end

-- Runs f and puts the method's name before its message, in place of the names of what it called.
local function named(who, f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if type(result) ~= "string" then error(result, 0) end
  local message = result:gsub("^.-stream%.%w+: ", ""):gsub("^.-%f[%u]File:%w+: ", "")
  error(who .. ": " .. message, 3)
end

--- Writes a value of any kind that cresset.save can save. What was written to this file before is
-- not written again, but referred to (see referenced).
-- @param value  the value
-- @param _  a name for messages in Torch7, not used here
-- @param hook  a function of each value in it, which returns what is written instead (optional)
-- @return the file
function File:writeObject(value, _, hook)
  check_file("File:writeObject", self)
  if hook ~= nil and type(hook) ~= "function" then
    error(("File:writeObject: 'hook' must be a function, got %s"):format(type(hook)), 2)
  end
  named("File:writeObject", write.value, state_of(self).write, value, hook)
  return self
end

--- Reads the next value that writeObject wrote. Functions are refused, nothing is executed. A
-- damaged value is an error even when the file is quiet.
-- @return the value
function File:readObject()
  check_file("File:readObject", self)
  return (named("File:readObject", read.value, state_of(self).read))
end

--- Whether what occurs several times is written once and read as one (the default). Every object is
-- kept alive meanwhile; without, the same tensor can be written again and again as it changes.
-- @param yes  true or false
-- @return the file
function File:referenced(yes)
  check_file("File:referenced", self)
  if type(yes) ~= "boolean" then
    error(("File:referenced: 'yes' must be true or false, got %s"):format(type(yes)), 2)
  end
  local state = state_of(self)
  state.write.is_referenced, state.read.is_referenced = yes, yes
  return self
end

--- What referenced was set to.
function File:isReferenced()
  check_file("File:isReferenced", self)
  return state_of(self).write.is_referenced
end

--- Reads an integer; true when it is 1.
function File:readBool()
  check_file("File:readBool", self)
  return named("File:readBool", File.readInt, self) == 1
end

--- Writes the integer 1 for a true value, 0 for false and nil.
-- @return how many were written: 1
function File:writeBool(value)
  check_file("File:writeBool", self)
  return (named("File:writeBool", File.writeInt, self, value and 1 or 0))
end
