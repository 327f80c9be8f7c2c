--- Hooks and frozen layers: the methods of nn.Module for them. How they work: overrides.lua.
local Module = require("cresset.nn.Module")
local overrides = require("cresset.nn.overrides")
local state = require("cresset.nn.state")

local function register(self, method, kind, f)
  if type(f) ~= "function" then
    error(("%s:%s: 'f' must be a function, got %s"):format(self.__typename, method, type(f)), 3)
  end
  local name = overrides.lists[kind]
  -- A new list, so that a hook may add or remove hooks while the old list is being walked.
  self[name] = table.move(self[name] or {}, 1, #(self[name] or {}), 1, {})
  table.insert(self[name], f)
  overrides.install(self)
  return function()
    local rest, found = {}, false
    for _, other in ipairs(self[name] or {}) do
      if other == f and not found then found = true else rest[#rest + 1] = other end
    end
    self[name] = #rest > 0 and rest or nil
    overrides.install(self)
  end
end

--- Has f(layer, input) called before each forward of this layer; what it returns, unless nil, takes
-- the input's place. Hooks are not saved; a clone has them too.
-- @return a function that removes the hook
function Module:registerForwardPreHook(f)
  return register(self, "registerForwardPreHook", "forwardPre", f)
end

--- Has f(layer, input, output) called after each forward of this layer; what it returns, unless
-- nil, takes the output's place. Hooks are not saved; a clone has them too.
-- @return a function that removes the hook
function Module:registerForwardHook(f)
  return register(self, "registerForwardHook", "forward", f)
end

--- Has f(layer, gradInput, gradOutput) called after each backward (or updateGradInput) of this
-- layer; what it returns, unless nil, takes gradInput's place. Hooks are not saved; a clone has
-- them too.
-- @return a function that removes the hook
function Module:registerBackwardHook(f)
  return register(self, "registerBackwardHook", "backward", f)
end

local function set_frozen(self, frozen)
  self:apply(function(module)
    if frozen and #state.own(module) == 0 then return end
    module.frozen = frozen
    overrides.install(module)
  end)
  return self
end

--- Freezes the layer, or all layers inside: parameters() and getParameters() leave their parameters
-- out, backward computes no gradients for them, and nothing moves them. They are saved and appear
-- in stateDict() as before. Running statistics of batch normalization are no parameters: evaluate()
-- stops these. Freeze before getParameters(). Returns the layer.
function Module:freeze() return set_frozen(self, true) end

--- Undoes freeze(). Returns the layer.
function Module:unfreeze() return set_frozen(self, nil) end

return Module
