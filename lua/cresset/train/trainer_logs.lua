--- A train.Trainer's files: the JSON log, the log for TensorBoard, and the picture of its curves.
local EventLog = require("cresset.train.EventLog")
local JsonLog = require("cresset.train.JsonLog")
local plot = require("cresset.plot")

local logs = {}

--- Opens the logs in the folder.
-- @param saved  what positions gave at the checkpoint to go on from; nil: new logs
function logs.open(folder, saved)
  saved = saved or { json = 0 }
  return {
    json = JsonLog(folder .. "/log.jsonl", saved.json),
    events = EventLog(folder, { name = saved.eventsName, length = saved.events }),
  }
end

--- Where the logs end.
function logs.positions(open)
  return { json = open.json:length(), events = open.events:length(),
    eventsName = open.events.name }
end

function logs.close(open)
  open.json:close()
  open.events:close()
end

local function sorted_names(record)
  local names = {}
  for name, value in pairs(record) do
    if type(value) == "number" and name ~= "epoch" and name ~= "step" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

-- "validation.loss" stands with "loss" in TensorBoard.
local function tag_of(name)
  local part, metric = name:match("^(%w+)%.(.+)$")
  if part then return metric .. "/" .. part end
  return name == "learningRate" and name or name .. "/training"
end

--- Writes a record of numbers, `step` among them, to both logs.
function logs.write(open, kind, record)
  local line = { kind = kind }
  for name, value in pairs(record) do line[name] = value end
  open.json:write(line)
  for _, name in ipairs(sorted_names(record)) do
    local tag = kind == "step" and "steps/" .. name or tag_of(name)
    open.events:scalar(tag, record[name], record.step)
  end
end

local function series(history, name, label)
  local x, y = {}, {}
  for _, record in ipairs(history) do
    if record[name] then
      x[#x + 1], y[#y + 1] = record.epoch, record[name]
    end
  end
  return #y > 0 and { name = label, x = x, y = y } or nil
end

local function panel(history, name)
  local made = { title = name, xlabel = "epoch" }
  made[#made + 1] = series(history, name, "training")
  made[#made + 1] = series(history, "validation." .. name, "validation")
  return #made > 0 and made or nil
end

--- The curves of the loss, the metrics and the learning rate as panels for cresset.plot.
function logs.panels(history, metrics)
  local panels, names = { panel(history, "loss") }, {}
  for name in pairs(metrics or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do panels[#panels + 1] = panel(history, name) end
  local rate = series(history, "learningRate")
  if rate then panels[#panels + 1] = { title = "learning rate", xlabel = "epoch", rate } end
  return panels
end

--- Writes the curves to a file.
function logs.draw(path, history, metrics)
  local panels = logs.panels(history, metrics)
  if #panels > 0 then plot.save(path, table.unpack(panels)) end
end

return logs
