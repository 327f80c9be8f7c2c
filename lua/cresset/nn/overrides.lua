--- What single objects do otherwise than their class: layers with hooks and frozen layers get
-- methods of their own, which stand before their class's and cost nothing where there are none.
local overrides = {}

local lists = { forwardPre = "_forwardPreHooks", forward = "_forwardHooks",
  backward = "_backwardHooks" }

local function method_of_class(self, name) return getmetatable(self).__index[name] end

-- ---- the methods that an object may get ----

local function hooked_updateOutput(self, input)
  for _, f in ipairs(self[lists.forwardPre] or {}) do
    local changed = f(self, input)
    if changed ~= nil then input = changed end
  end
  local output = method_of_class(self, "updateOutput")(self, input)
  for _, f in ipairs(self[lists.forward] or {}) do
    local changed = f(self, input, output)
    if changed ~= nil then
      output = changed
      self.output = changed
    end
  end
  return output
end

local function call_backward_hooks(self, gradInput, gradOutput)
  for _, f in ipairs(self[lists.backward]) do
    local changed = f(self, gradInput, gradOutput)
    if changed ~= nil then
      gradInput = changed
      self.gradInput = changed
    end
  end
  return gradInput
end

local function hooked_updateGradInput(self, input, gradOutput)
  local gradInput = method_of_class(self, "updateGradInput")(self, input, gradOutput)
  if self._insideBackward then return gradInput end
  return call_backward_hooks(self, gradInput, gradOutput)
end

-- A class's backward may or may not go through updateGradInput: the hooks are called once.
local function hooked_backward(self, input, gradOutput, scale)
  self._insideBackward = true
  local name = self.frozen and "updateGradInput" or "backward"
  local ok, result = pcall(method_of_class(self, name), self, input, gradOutput, scale)
  self._insideBackward = nil
  if not ok then error(result, 0) end
  return call_backward_hooks(self, result, gradOutput)
end

local function frozen_backward(self, input, gradOutput)
  return self:updateGradInput(input, gradOutput)
end

local function no_parameters() return nil end

local own_methods = {
  [hooked_updateOutput] = true, [hooked_updateGradInput] = true, [hooked_backward] = true,
  [frozen_backward] = true, [no_parameters] = true,
}

local function has(self, kind)
  local list = self[lists[kind]]
  return list ~= nil and #list > 0
end

--- Gives the object the methods that its hooks and `frozen` ask for, and takes the others away.
function overrides.install(self)
  local forward = has(self, "forward") or has(self, "forwardPre")
  local backward = has(self, "backward")
  self.updateOutput = forward and hooked_updateOutput or nil
  self.updateGradInput = backward and hooked_updateGradInput or nil
  self.backward = backward and hooked_backward or self.frozen and frozen_backward or nil
  self.parameters = self.frozen and no_parameters or nil
  self.accGradParameters = self.frozen and no_parameters or nil
  self.accUpdateGradParameters = self.frozen and no_parameters or nil
end

--- Takes what this file and nn.noGrad add to an object out of a table of fields that is to be
-- saved. `frozen` stays: it is installed again after loading.
function overrides.strip(fields)
  for name, value in pairs(fields) do
    if own_methods[value] then fields[name] = nil end
  end
  for _, name in pairs(lists) do fields[name] = nil end
  fields._insideBackward, fields._turns, fields.withoutGradient = nil, nil, nil
  fields._gradients, fields.gradientsShared = nil, nil
end

overrides.lists = lists

return overrides
