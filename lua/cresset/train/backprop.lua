--- Plain back-propagation.
local arguments = require("cresset.nn.arguments")
local core = require("cresset.core")

local who = "train.backprop"

local declared = {
  { "learningRate", "number", default = 0.5, min = 0 },
  { "momentum", "number", default = 0, min = 0 },
  { "epochs", "size", default = 1000 },
  { "batch", "count", default = 1 },
  { "shuffle", "boolean", default = true },
  { "stopRight", "number", default = math.huge, min = 0 },
  { "stopChange", "number", default = 0, min = 0 },
}

local function fail(message, ...) error(who .. ": " .. message:format(...), 0) end

local function check_pair(inputs, targets)
  for name, value in pairs { inputs = inputs, targets = targets } do
    arguments.check(who, { name, "tensor" }, value)
    if value:dim() < 2 or value:nElement() == 0 then
      fail("'%s' must be samples, one a row", name)
    end
  end
  if targets:dim() ~= 2 then fail("'targets' must be (N x outputs)") end
  if inputs:size(1) ~= targets:size(1) then
    fail("there are %d inputs and %d targets", inputs:size(1), targets:size(1))
  end
  if inputs:type() ~= targets:type() then
    fail("inputs and targets must be of one type, got %s and %s", inputs:type(), targets:type())
  end
end

-- Which output is the largest, or, of a single one, whether it is more than a half.
local function decide(t)
  if t:size(2) == 1 then return t:gt(0.5) end
  local _, best = t:max(2)
  return best
end

-- The mean of the squared errors' halves, and the share of right answers.
local function judge(net, inputs, targets)
  local output = net:forward(inputs)
  local n = inputs:size(1)
  return (output - targets):pow(2):sum() / (2 * n), decide(output):eq(decide(targets)):sum() / n
end

-- Cuts the samples into parts of `batch`, in the order given.
local function parts_of(t, order, batch)
  return (order and t:index(1, order) or t):split(batch, 1)
end

local function new_run(net, inputs, targets, options)
  local parameters, gradients = net:getParameters()
  return { net = net, parameters = parameters, gradients = gradients, options = options,
    velocity = parameters.new(parameters:nElement()):zero(), before = parameters:clone(),
    batch = options.batch == 0 and inputs:size(1) or math.min(options.batch, inputs:size(1)),
    inputs = inputs, targets = targets }
end

-- One pass over the samples: weight += velocity; velocity = momentum * velocity - rate * gradient.
local function run_epoch(run)
  local order = run.options.shuffle and core.randperm(run.inputs:size(1)):long() or nil
  local inputs, targets = parts_of(run.inputs, order, run.batch),
    parts_of(run.targets, order, run.batch)
  for k, input in ipairs(inputs) do
    run.gradients:zero()
    local wrong = run.net:forward(input) - targets[k] -- the gradient of half the squared error
    run.net:backward(input, wrong:div(input:size(1)))
    run.velocity:mul(run.options.momentum):add(-run.options.learningRate, run.gradients)
    run.parameters:add(run.velocity)
  end
end

--- Trains a network by plain back-propagation, as textbooks have it: gradient descent on half the
-- sum of the squared errors of a sample, weight by weight the same fixed rate.
-- @param net  an nn.Module, such as models.TextbookMLP makes; stays in training mode
-- @param inputs  samples, one a row, scaled to 0 ... 1 (see data.Encoder)
-- @param targets  N x outputs, from 0 to 1
-- @param options  a table:
--   `epochs`        passes over the samples at most (1000)
--   `batch`         samples for an update: 1, each by itself (the default), ..., 0: all of them
--   `learningRate`  (0.5) and `momentum` (0)
--   `shuffle`       another order in each epoch (true)
--   `stopRight`     stops when this share of the samples is answered rightly: the largest output
--                   is the largest target, or a single one is on the right side of 0.5
--   `stopChange`    stops when no weight changed by more than this during an epoch
-- @return a table: `epochs` done, `errors` after each (the mean over the samples), `right`: the
--   share of right answers in the end, `stopped`: "right", "change" or "epochs"
local function backprop(net, inputs, targets, options)
  arguments.check(who, { "net", "module" }, net)
  check_pair(inputs, targets)
  options = arguments.options(who, declared, options)
  local output = net:forward(inputs)
  if not core.isTensor(output) or not output:isSameSizeAs(targets) then
    fail("the network's output and 'targets' differ in size")
  end
  local run = new_run(net, inputs, targets, options)
  local report = { errors = {}, stopped = "epochs" }
  for epoch = 1, options.epochs do
    run.before:copy(run.parameters)
    run_epoch(run)
    report.epochs = epoch
    report.errors[epoch], report.right = judge(net, inputs, targets)
    if report.right >= options.stopRight then
      report.stopped = "right"
    elseif run.before:csub(run.parameters):abs():max() < options.stopChange then
      report.stopped = "change"
    end
    if report.stopped ~= "epochs" then break end
  end
  return report
end

return backprop
