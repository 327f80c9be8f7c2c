--- A progress bar for training.
--
--     local progress = train.Progress { epochs = 10, samples = 1442 }
--     for epoch = 1, 10 do
--       progress:start(epoch)
--       for images, labels in batches do
--         ...
--         progress:step(images:size(1), { loss = loss, accuracy = accuracy })
--       end
--       progress:finish { loss = ..., accuracy = ..., test = ... }
--     end
--
-- On a terminal it draws a bar with the values, images per second and the time left; elsewhere it
-- prints one plain line per epoch.
local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

local Progress = class("train.Progress")

local check = arguments.check

local who = "train.Progress"

local known = {
  { "epochs", "size" },
  { "samples", "size" },
  { "unit", "string", default = "images" },
  { "names", "table", default = { "loss", "accuracy" } },
  { "percent", "table", default = { accuracy = true, test = true } },
}

local redraw_after = 0.1 -- seconds

--- @param options  a table:
--   `epochs`   how many there will be
--   `samples`  in an epoch
--   `stream`   an open file to write to (io.stdout)
--   `unit`     what is counted a second ("images")
--   `names`    the values in the order to show them in; others follow by name ("loss", "accuracy")
--   `percent`  a table of the values that are shares and shown in percent ({ accuracy = true })
function Progress:__init(options)
  check(who, { "options", "table" }, options)
  for _, declared in ipairs(known) do
    self[declared[1]] = check(who, declared, options[declared[1]])
  end
  self.stream = options.stream or io.stdout
  self.width = core.train.terminalWidth(self.stream) -- nil: not a terminal
  self.began = core.train.clock()
  self:start(1)
end

--- Begins an epoch.
-- @param epoch  its number, from 1
function Progress:start(epoch)
  epoch = check("train.Progress:start", { "epoch", "size" }, epoch)
  self.epoch, self.done, self.values = epoch, 0, {}
  self.startedAt, self.drawnAt = core.train.clock(), 0
end

--- 75 as "1:15", 3700 as "1:01:40".
local function duration(seconds)
  if seconds ~= seconds or seconds > 359999 then return "-:--" end
  seconds = math.floor(seconds + 0.5)
  local minutes = seconds // 60
  if minutes < 60 then return ("%d:%02d"):format(minutes, seconds % 60) end
  return ("%d:%02d:%02d"):format(minutes // 60, minutes % 60, seconds % 60)
end

--- 12345.6 as "12,346".
local function thousands(number)
  if number ~= number or math.abs(number) > 1e15 then return "-" end
  local text, groups = ("%.0f"):format(number), ""
  while text:match("%d%d%d%d$") do
    text, groups = text:sub(1, -4), "," .. text:sub(-3) .. groups
  end
  return text .. groups
end

local function format_value(self, name, value)
  name = tostring(name)
  if type(value) ~= "number" then return name .. " " .. tostring(value) end
  if self.percent[name] then return ("%s %.2f%%"):format(name, 100 * value) end
  return ("%s %.4f"):format(name, value)
end

--- The values' texts in the order of self.names, then by name.
local function value_texts(self)
  local names, listed = {}, {}
  for _, name in ipairs(self.names) do
    listed[name] = true
    if self.values[name] ~= nil then names[#names + 1] = name end
  end
  local others = {}
  for name in pairs(self.values) do
    if type(name) == "string" and not listed[name] then others[#others + 1] = name end
  end
  table.sort(others)
  table.move(others, 1, #others, #names + 1, names)
  for k, name in ipairs(names) do names[k] = format_value(self, name, self.values[name]) end
  return names
end

local function head(self)
  local epochs = tostring(self.epochs)
  return ("epoch %" .. #epochs .. "d/%s"):format(self.epoch, epochs)
end

local function bar(share, width)
  local full = math.floor(share * width)
  local tip = full < width and ">" or ""
  return "[" .. ("="):rep(full) .. tip .. (" "):rep(width - full - #tip) .. "]"
end

--- The line of a moment: as many of the values as fit, and a bar in what is left.
local function line(self, now)
  local share = math.min(self.done / self.samples, 1)
  local rate = self.done / math.max(now - self.startedAt, 1e-9)
  local left = (self.samples * (self.epochs - self.epoch + 1) - self.done) / rate
  local parts = value_texts(self)
  parts[#parts + 1] = ("%s %s/s"):format(thousands(rate), self.unit)
  parts[#parts + 1] = "ETA " .. duration(left)
  local room = self.width - 1 -- the last column would wrap on some terminals
  local text = head(self)
  local smallest, largest = 8, 30
  local used = #text
  local shown = {}
  for _, part in ipairs(parts) do
    if used + 2 + #part <= room then
      shown[#shown + 1] = part
      used = used + 2 + #part
    end
  end
  local width = math.min(room - used - 3, largest)
  if width >= smallest then text = text .. " " .. bar(share, width) end
  for _, part in ipairs(shown) do text = text .. "  " .. part end
  return text:sub(1, math.max(room, 0))
end

--- Reports progress within the epoch; on a terminal the bar is redrawn now and then.
-- @param count  samples done since the last step
-- @param values  a table of numbers by name, such as { loss = 0.3, accuracy = 0.9 }
function Progress:step(count, values)
  count = check("train.Progress:step", { "count", "number" }, count)
  check("train.Progress:step", { "values", "table", optional = true }, values)
  self.done = self.done + count
  if not self.width then return end
  local now = core.train.clock()
  if now - self.drawnAt < redraw_after then return end
  self.drawnAt, self.values = now, values or self.values
  self.width = core.train.terminalWidth(self.stream) or self.width
  self.stream:write("\r", line(self, now), "\27[K"):flush()
end

--- Ends the epoch with one line: its values, the speed and the time it took.
-- @param values  a table of numbers by name
function Progress:finish(values)
  check("train.Progress:finish", { "values", "table", optional = true }, values)
  self.values = values or self.values
  local seconds = core.train.clock() - self.startedAt
  local parts = value_texts(self)
  parts[#parts + 1] = ("%s %s/s"):format(thousands(self.done / math.max(seconds, 1e-9)), self.unit)
  parts[#parts + 1] = ("%.1f s"):format(seconds)
  local text = head(self) .. "  " .. table.concat(parts, "  ")
  if self.width then text = "\r" .. text .. "\27[K" end
  self.stream:write(text, "\n"):flush()
end

return Progress
