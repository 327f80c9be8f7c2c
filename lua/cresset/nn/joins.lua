--- Layers of an nn.Sequential that run as one, where the results that the ones in front would have
-- alone are overwritten at once and nobody can see them: batch normalization followed by a ReLU in
-- place, and a residual block's sum in place, followed by a ReLU in place, whose first branch ends
-- with batch normalization. Then that layer's pass over its output adds and limits as well. So it
-- does backward: the ReLU behind batch normalization leaves its work to that layer's first pass.
-- What can be read of each layer afterwards is what it would be otherwise, to the bit.
--
-- Layers register their classes here. A layer counts as what its class is while the methods in use
-- are those that were registered: not with hooks, nor with methods of its own.
local class = require("cresset.class")
local core = require("cresset.core")
local invoke = require("cresset.nn.invoke")
local placed_error = require("cresset.nn.placed_error")

local C = core.nn

local joins = {}

local known = {} -- updateOutput -> { kind, updateGradInput, backward }
local forward = {} -- updateOutput -> function(container, i, input)
local leaving = {} -- updateGradInput -> function(modules, i, method, gradOutput)

--- Says what a class is: "normalization", "rectifier", "sum", "branches" or "chain".
function joins.register(kind, layer)
  local updateOutput = class.unguarded(layer.updateOutput)
  local updateGradInput = class.unguarded(layer.updateGradInput)
  known[updateOutput] = {
    kind = kind,
    updateGradInput = updateGradInput,
    backward = class.unguarded(layer.backward),
  }
  forward[updateOutput] = joins["forward_" .. kind]
  leaving[updateGradInput] = joins["leave_" .. kind]
end

--- Whether the layer is one of the kind; false for nil.
function joins.is(layer, kind)
  local of = layer and known[layer.updateOutput]
  return of ~= nil and of.kind == kind and layer.updateGradInput == of.updateGradInput
    and layer.backward == of.backward
end

local function is_in_place(layer, kind, like)
  return joins.is(layer, kind) and layer.inplace == true and core.isTensor(layer.output)
    and layer.output:type() == like:type()
end

--- For the updateOutput of a layer that may begin a group: runs layer i of the container, and those
-- behind it that it can do the work of; returns the output and the place of the last one that ran.
joins.forward = forward

-- Has the normalization do more in its pass, while run(...) goes on.
local function finish(norm, added, run, ...)
  norm.rectifies, norm.added = true, added
  local ok, output = pcall(run, ...)
  norm.rectifies, norm.added = nil, nil
  return ok, output
end

function joins.forward_normalization(container, i, input)
  local norm, relu = container.modules[i], container.modules[i + 1]
  if not (joins.is(norm, "normalization") and is_in_place(relu, "rectifier", norm.output)) then
    return invoke(container, norm, i, "updateOutput", input), i
  end
  local ok, output = finish(norm, nil, norm.updateOutput, norm, input)
  if not ok then placed_error(container, i, output) end
  return relu.output:set(output), i + 1
end

-- Whether the first thing that the layer does is to overwrite its input.
local function begins_in_place(layer)
  while layer.modules and layer.modules[1] do layer = layer.modules[1] end
  return layer.inplace == true
end

-- The normalization that the first of two branches ends with, unless it matters which runs first.
local function last_norm(branches)
  local main, shortcut = branches.modules[1], branches.modules[2]
  if #branches.modules ~= 2 or begins_in_place(main) or begins_in_place(shortcut) then
    return nil
  end
  while joins.is(main, "chain") do main = main.modules[#main.modules] end
  return joins.is(main, "normalization") and main or nil
end

local function run_branches(branches, input, norm)
  local main, shortcut = branches.modules[1], branches.modules[2]
  local added = invoke(branches, shortcut, 2, "updateOutput", input)
  local ok, output = finish(norm, added, invoke, branches, main, 1, "updateOutput", input)
  if not ok then error(output, 0) end
  branches.output = { output, added }
  return output
end

function joins.forward_branches(container, i, input)
  local branches, sum, relu = table.unpack(container.modules, i, i + 2)
  local norm = joins.is(branches, "branches") and last_norm(branches)
  if not (norm and is_in_place(sum, "sum", norm.output)
    and is_in_place(relu, "rectifier", norm.output)) then
    return invoke(container, branches, i, "updateOutput", input), i
  end
  local ok, output = pcall(run_branches, branches, input, norm)
  if not ok then placed_error(container, i, output) end
  sum.output:set(output)
  return relu.output:set(output), i + 2
end

--- For the updateGradInput of a layer that may leave its work to the one in front: whether layer
-- i, of which `method` is to be called, does so. Then the same method of that one is to be called
-- next, with the same gradOutput.
joins.leaving = leaving

function joins.leave_rectifier(modules, i, method, gradOutput)
  local relu, norm = modules[i], modules[i - 1]
  if method == "accGradParameters" or method == "accUpdateGradParameters"
    or not (joins.is(norm, "normalization") and joins.is(relu, "rectifier"))
    or relu.inplace ~= true or not core.isTensor(relu.gradInput)
    or not C.areAlike(gradOutput, relu.output) then
    return false
  end
  relu.gradInput:set(gradOutput)
  norm.kept = relu.output
  return true
end

return joins
