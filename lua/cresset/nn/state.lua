--- A network's state by name: parameters and running statistics, as stateDict() gives them. A name
-- is the path of the layer and the name of the tensor: "3.1.weight" is the weight of the first
-- layer inside the third.
local class = require("cresset.class")
local core = require("cresset.core")
local Module = require("cresset.nn.Module")

local state = {}

-- The names of the parameters of a layer without a declaration: the fields that hold them.
local function undeclared_names(module)
  local names = {}
  for _, parameter in ipairs((getmetatable(module).__index.parameters(module)) or {}) do
    for name, value in pairs(module) do
      if rawequal(value, parameter) then names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

--- The layer's own parameters and state, without those of layers inside: a list of
-- { name, tensor, isParameter }.
function state.own(module)
  local list, declaration = {}, module.__declaration
  local function add(name, is_parameter)
    if core.isTensor(module[name]) then list[#list + 1] = { name, module[name], is_parameter } end
  end
  if declaration then
    for _, parameter in ipairs(declaration.parameters and declaration.parameters(module) or {}) do
      if parameter then add(parameter[1], true) end
    end
    for _, name in ipairs(declaration.state or {}) do add(name, false) end
  elseif not class.isA(module, "nn.Container") then
    for _, name in ipairs(undeclared_names(module)) do add(name, true) end
  end
  return list
end

--- The tensors of a network that are not trained, such as running means: a list.
function state.untrained(network)
  local list = {}
  for _, module in ipairs(network:listModules()) do
    for _, entry in ipairs(state.own(module)) do
      if not entry[3] then list[#list + 1] = entry[2] end
    end
  end
  return list
end

local function visit(module, prefix, f)
  for _, entry in ipairs(state.own(module)) do f(prefix .. entry[1], entry[2]) end
  for i, inner in ipairs(module.modules or {}) do
    local name = module.names and module.names[i] or i
    visit(inner, prefix .. name .. ".", f)
  end
end

--- The network's parameters and running statistics by name: { ["1.weight"] = tensor, ... }. The
-- tensors are the network's own, not copies; frozen layers are included.
function Module:stateDict()
  local dict = {}
  visit(self, "", function(name, tensor) dict[name] = tensor end)
  return dict
end

local function sizes(t)
  return t:dim() == 0 and "(empty)" or "(" .. table.concat(t:size():totable(), " x ") .. ")"
end

local function check_dict(self, dict)
  if type(dict) ~= "table" then
    error(("%s:loadStateDict: 'dict' must be a table of tensors by name, got %s")
      :format(self.__typename, type(dict)), 3)
  end
  for name, tensor in next, dict do
    if type(name) ~= "string" or not core.isTensor(tensor) then
      error(("%s:loadStateDict: 'dict' must hold tensors by name, got %s for %s")
        :format(self.__typename, type(tensor), tostring(name)), 3)
    end
  end
end

local function listed(what, names)
  if #names == 0 then return "" end
  local rest = #names > 5 and (" and %d more"):format(#names - 5) or ""
  return ("; %s: %s%s"):format(what, table.concat(names, ", ", 1, math.min(#names, 5)), rest)
end

--- Copies the tensors of a dictionary, as stateDict gives it, into the network's own, converting
-- their type. Nothing is changed unless all sizes fit.
-- @param dict  a table of tensors by name
-- @param strict  true (default): a missing or a surplus name is an error
-- @return lists of the names that dict lacks, and of those that the network does not have
function Module:loadStateDict(dict, strict)
  check_dict(self, dict)
  local own, missing, surplus, wrong = self:stateDict(), {}, {}, {}
  for name, tensor in pairs(own) do
    local given = dict[name]
    if not given then
      missing[#missing + 1] = name
    elseif not given:isSameSizeAs(tensor) then
      wrong[#wrong + 1] = ("%s is %s, given %s"):format(name, sizes(tensor), sizes(given))
    end
  end
  for name in next, dict do
    if not own[name] then surplus[#surplus + 1] = name end
  end
  for _, list in ipairs { missing, surplus, wrong } do table.sort(list) end
  local refused = #wrong > 0 or strict ~= false and #missing + #surplus > 0
  if refused then
    error(("%s:loadStateDict: the dictionary does not fit%s%s%s"):format(self.__typename,
      listed("wrong sizes", wrong), listed("missing", missing), listed("unknown", surplus)), 2)
  end
  for name, tensor in pairs(own) do
    if dict[name] then tensor:copy(dict[name]) end
  end
  return missing, surplus
end

return state
