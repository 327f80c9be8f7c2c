local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")
local describe = require("cresset.describe")
local options = require("cresset.optim.options")

-- These call opfunc several times, at places that their own x alone decides.
local unsuited = { cg = true, lbfgs = true }

local function check_group(i, group)
  if type(group) ~= "table" then
    error(("optim.groups: group %d must be a table, got %s"):format(i, describe(group)), 4)
  end
  for _, name in ipairs { "x", "dfdx" } do
    if not core.isTensor(group[name]) then
      error(("optim.groups: group %d must have a tensor '%s', got %s")
        :format(i, name, describe(group[name])), 4)
    end
  end
  if group.config ~= nil and type(group.config) ~= "table" then
    error(("optim.groups: 'config' of group %d must be a table, got %s")
      :format(i, describe(group.config)), 4)
  end
end

local function check(method, opfunc, groups, config)
  local optim = require("cresset.optim")
  for name in pairs(unsuited) do
    if rawequal(method, optim[name]) then
      error(("optim.groups: optim.%s calls its function at several places and cannot move groups")
        :format(name), 3)
    end
  end
  arguments.check("optim.groups", { "method", "function" }, method)
  if type(groups) ~= "table" or #groups == 0 then
    error("optim.groups: 'groups' must be a list of groups { x = ..., dfdx = ..., config = ... }",
      3)
  end
  for i, group in ipairs(groups) do check_group(i, group) end
  options.open("groups", opfunc, groups[1].x, config)
end

local function options_of(group, config)
  local own = {}
  for name, value in pairs(config or {}) do own[name] = value end
  for name, value in pairs(group.config or {}) do own[name] = value end
  return own
end

-- Goes on with a group's step until it asks for the gradient ("suspended") or ends ("dead").
local function advance(step, ...)
  local ok, failure = coroutine.resume(step, ...)
  if not ok then error(failure, 0) end
  return coroutine.status(step)
end

--- One step of an optimizer for several groups of parameters, each with options of its own: a lower
-- learning rate for layers that were trained before, no weight decay for biases.
--
--     local body, gradBody = net:get(1):getParameters()
--     local head, gradHead = net:get(2):getParameters()
--     optim.groups(optim.adam, feval, {
--       { x = body, dfdx = gradBody, config = { learningRate = 1e-5 } },
--       { x = head, dfdx = gradHead },
--     }, { learningRate = 1e-3 })
--
-- @param method  an optimizer that calls opfunc once: any but cg and lbfgs, whose searches choose
--                their places from all parameters together
-- @param opfunc  opfunc() returns the loss and leaves the gradients in the groups' dfdx. It is
--                called once, when all groups' x are where the method wants the gradient (nag moves
--                them before)
-- @param groups  a list of { x, dfdx, config }; what a group's config does not say comes from
--                `config`. Each group keeps the optimizer's memory in its field `state`
-- @param config  options for all groups
-- @return groups and a table with the loss before the step
local function groups_step(method, opfunc, groups, config)
  check(method, opfunc, groups, config)
  local steps = {}
  for i, group in ipairs(groups) do
    group.state = group.state or {}
    steps[i] = coroutine.create(function()
      method(coroutine.yield, group.x, options_of(group, config), group.state)
    end)
    if advance(steps[i]) == "dead" then
      error("optim.groups: 'method' must call its function", 2)
    end
  end
  local loss = opfunc()
  for i, group in ipairs(groups) do
    if advance(steps[i], loss, group.dfdx) ~= "dead" then
      error("optim.groups: 'method' must call its function once", 2)
    end
  end
  return groups, { loss }
end

return groups_step
