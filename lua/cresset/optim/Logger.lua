--- Logs numbers during training to a text file, and plots them.
--
--     local logger = optim.Logger("out/loss.log")
--     logger:setNames { "training loss", "test loss" }
--     for epoch = 1, 10 do logger:add { train_loss, test_loss } end
--     logger:plot()                                      -- writes out/loss.svg
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")
local plot = require("cresset.plot")

local Logger = class("optim.Logger")

local function check(condition, method, message, ...)
  if not condition then error(("optim.Logger%s: %s"):format(method, message:format(...)), 0) end
end

--- @param filename  the log, one line a step, columns separated by tabs; nil: standard output
-- @param timestamp  true to append date and time to the name
function Logger:__init(filename, timestamp)
  check(filename == nil or type(filename) == "string", "", "'filename' must be a string, got %s",
    arguments.describe(filename))
  if filename then
    local folder = filename:match("^(.*)/[^/]*$")
    if folder and folder ~= "" then core.paths.mkdir(folder) end
    self.name = filename
    self.plotfile = filename:gsub("%.log$", "") .. ".svg"
    if timestamp then filename = filename .. "-" .. os.date("%Y_%m_%d_%X") end
    local file, reason = io.open(filename, "w")
    check(file, "", "%s", reason)
    self.file = file
  else
    self.name, self.file = "stdout", io.stdout
  end
  self.symbols, self.names, self.columns = {}, {}, {}
  self.showPlot, self.logscale = true, false
end

local function write_row(self, texts)
  self.file:write(table.concat(texts, "\t"), "\t\n")
  self.file:flush()
end

--- Names the columns. Needed before the first `add` of values without names.
function Logger:setNames(names)
  check(type(names) == "table" and #names > 0, ":setNames", "'names' must be a list of names")
  check(#self.columns == 0, ":setNames", "the columns have their names already")
  for k, name in ipairs(names) do
    self.columns[k], self.names[k], self.symbols[k] = k, tostring(name), {}
  end
  write_row(self, self.names)
  return self
end

--- The columns of a first row with names: in the order of the names, so that each run has the same.
local function name_columns(self, symbols)
  for key in pairs(symbols) do self.columns[#self.columns + 1] = key end
  table.sort(self.columns, function(a, b) return tostring(a) < tostring(b) end)
  local texts = {}
  for k, key in ipairs(self.columns) do
    self.names[key], self.symbols[key], texts[k] = tostring(key), {}, tostring(key)
  end
  write_row(self, texts)
end

--- Logs one row.
-- @param symbols  a list of numbers (or texts) in the order of setNames, or a table by name
function Logger:add(symbols)
  check(type(symbols) == "table", ":add", "'symbols' must be a table, got %s",
    arguments.describe(symbols))
  if #self.columns == 0 then name_columns(self, symbols) end
  local texts = {}
  for k, key in ipairs(self.columns) do
    local value = symbols[key]
    check(type(value) == "number" or type(value) == "string", ":add",
      "can only log numbers and strings, got %s for '%s'", arguments.describe(value),
      self.names[key])
    texts[k] = type(value) == "number" and ("%11.4e"):format(value) or value
  end
  write_row(self, texts)
  for _, key in ipairs(self.columns) do table.insert(self.symbols[key], symbols[key]) end
end

--- Accepts Torch7's plotting styles; plots here are lines with points.
function Logger:style(_)
  return self
end

--- Sets whether plots have a logarithmic y axis.
function Logger:setlogscale(state)
  self.logscale = state and true or false
end

--- Sets whether `plot` shows its plot; it writes the file alone either way.
function Logger:display(state)
  self.showPlot = state
end

--- Plots the columns (all, or those named) to a file beside the log, ending in .svg.
-- @return the file's path, or nil when there is nothing to draw yet
function Logger:plot(...)
  local wanted, spec = {}, { title = self.name, xlabel = "step", logy = self.logscale }
  for k = 1, select("#", ...) do
    wanted[tostring((select(k, ...)))] = true
  end
  for _, key in ipairs(self.columns) do
    local is_wanted = next(wanted) == nil or wanted[self.names[key]]
    if is_wanted and #self.symbols[key] > 1 then
      spec[#spec + 1] = { name = self.names[key], y = self.symbols[key] }
    end
  end
  if #spec == 0 or not self.plotfile then return nil end
  plot.save(self.plotfile, spec)
  return self.plotfile
end

return Logger
