--- Declares a layer once: its arguments, parameters, state and temporary tensors. Constructor,
-- tostring, saving, clearState and summary derive from the declaration.
--
--     local Linear = layer("nn.Linear", {
--       args = { { "inputSize", "size" }, { "outputSize", "size" } },
--       parameters = function(self) return { { "weight", self.outputSize, self.inputSize } } end,
--       state = {},            -- names of tensors that are saved but not trained
--       buffers = {},          -- names of temporary tensors: not saved, emptied by clearState
--       init = function(self) end,
--       tostring = function(self) return "(...)" end,
--       multiplyAdds = function(self, input, output) return n end, -- for summary; without it, each
--                              -- element of `weight` counts once for each place of the output
--     })
--
-- Each parameter gets its gradient: "weight" has "gradWeight". A class may have a method `reset`,
-- which gives the parameters their initial values and is called at the end of the constructor.

local arguments = require("cresset.nn.arguments")
local class = require("cresset.class")
local core = require("cresset.core")

--- "weight" -> "gradWeight"
local function gradient_name(name)
  return "grad" .. name:sub(1, 1):upper() .. name:sub(2)
end

local function make_parameters(self, declaration)
  if not declaration.parameters then return end
  for _, parameter in ipairs(declaration.parameters(self)) do
    if parameter then
      local name = parameter[1]
      self[name] = core.zeros(table.unpack(parameter, 2))
      self[gradient_name(name)] = core.zeros(table.unpack(parameter, 2))
    end
  end
end

local function make_buffers(self, declaration)
  for _, name in ipairs(declaration.buffers or {}) do self[name] = core.zeros() end
end

local function default_text(self, declaration)
  local values = {}
  for _, argument in ipairs(declaration.args or {}) do
    local value = self[argument.field or argument[1]]
    if value ~= nil and value ~= argument.default then
      values[#values + 1] = (type(value) == "table" or type(value) == "userdata") and "..."
        or tostring(value)
    end
  end
  return #values > 0 and "(" .. table.concat(values, ", ") .. ")" or ""
end

--- What a declaration leaves out comes from the parent's, where that is declared too.
local function inherit(declaration, parent)
  for key, value in pairs(parent.__declaration or {}) do
    if declaration[key] == nil then declaration[key] = value end
  end
end

--- The nearest class above that is not declared here: nn.Module, nn.Criterion.
local function root_of(parent)
  while class.own(parent, "__declaration") do parent = class.parentOf(parent) end
  return parent
end

local function new_layer(name, declaration)
  local layer, parent = class(name, declaration.parent or "nn.Module")
  local root = root_of(parent)
  inherit(declaration, parent)
  layer.__declaration = declaration
  local declared_args = declaration.args or {}

  function layer:__init(...)
    root.__init(self)
    arguments.assign(self, name, declared_args, ...)
    make_parameters(self, declaration)
    make_buffers(self, declaration)
    if declaration.init then declaration.init(self) end
    if self.reset then self:reset() end
  end

  function layer:__tostring__()
    local text = declaration.tostring or default_text
    return self.__typename .. text(self, declaration)
  end

  return layer, parent
end

return setmetatable({ gradientName = gradient_name, makeBuffers = make_buffers }, {
  __call = function(_, ...) return new_layer(...) end,
})
