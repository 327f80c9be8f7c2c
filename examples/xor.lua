-- What one neuron can learn, and what it cannot.
--
-- Rosenblatt's perceptron (1958) learns AND, OR and NOT. It cannot learn XOR, since no straight
-- line separates the two classes (Minsky and Papert 1969). A network with two hidden neurons can.
-- Writes out/xor.png: what each of them answers over the plane of inputs.
local cresset = require("cresset")
local nn, optim = cresset.nn, cresset.optim
local image, train = cresset.image, cresset.train

local inputs = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }

-- Each problem: the inputs, and the answer to each (0 or 1).
local problems = {
  AND = { inputs, { 0, 0, 0, 1 } },
  OR = { inputs, { 0, 1, 1, 1 } },
  XOR = { inputs, { 0, 1, 1, 0 } },
  NOT = { { { 0 }, { 1 } }, { 1, 0 } },
}

local function tensors(problem)
  local x = cresset.Tensor(problem[1])
  local t = cresset.Tensor(problem[2]):view(#problem[2], 1)
  return x, t
end

-- A perceptron: answers 1 where weight * x + bias is positive.
local function perceptron(inputSize)
  local neuron = nn.Linear(inputSize, 1)
  neuron.weight:zero()
  neuron.bias:zero()
  return neuron
end

local function count_right(net, x, t)
  local answer = net:forward(x):gt(0)
  return answer:eq(t:byte()):sum()
end

-- Rosenblatt's rule: after each wrong answer, a step towards the input or away from it. When a line
-- separates the classes, this comes to an end (Novikoff 1962); else it never does.
local function train_perceptron(neuron, x, t, epochs)
  local best = 0
  for epoch = 1, epochs do
    for k = 1, x:size(1) do
      local answer = neuron:forward(x[k])[1] > 0 and 1 or 0
      local wrong = t[k][1] - answer
      neuron.weight[1]:add(wrong, x[k])
      neuron.bias:add(wrong)
    end
    best = math.max(best, count_right(neuron, x, t))
    if best == x:size(1) then return best, epoch end
  end
  return best, epochs
end

-- Two hidden neurons make lines of their own; the output joins them.
local function network()
  return nn.Sequential():add(nn.Linear(2, 2)):add(nn.Tanh()):add(nn.Linear(2, 1))
end

-- Gradient descent may end in a local minimum, where two answers stay wrong. Then begin again.
local function train_network(x, t, epochs)
  local criterion = nn.BCEWithLogitsCriterion()
  for attempt = 1, 20 do
    local net = network()
    local parameters, gradients = net:getParameters()
    local function loss_and_gradient()
      gradients:zero()
      local loss = criterion:forward(net:forward(x), t)
      net:backward(x, criterion:backward(net.output, t))
      return loss, gradients
    end
    local config, loss = { learningRate = 0.1 }, nil
    for _ = 1, epochs do
      local _, losses = optim.adam(loss_and_gradient, parameters, config)
      loss = losses[1]
    end
    if count_right(net, x, t) == x:size(1) or attempt == 20 then return net, attempt, loss end
  end
end

-- The answers over the square from -0.5 to 1.5, with a dot for each example: white for 1.
local function picture(net, problem, title)
  local side = 121
  local points = cresset.Tensor(side * side, 2)
  local axis = cresset.linspace(-0.5, 1.5, side)
  local grid = points:view(side, side, 2)
  grid:select(3, 1):copy(axis:view(1, side):expand(side, side))
  grid:select(3, 2):copy(axis:view(side, 1):expand(side, side) * -1 + 1) -- upwards
  local answers = cresset.sigmoid(net:forward(points):view(side, side):mul(4))
  local panel = image.colorize(answers:mul(0.8):add(0.1), "redblue")
  for k, x in ipairs(problem[1]) do
    local column = math.floor((x[1] + 0.5) / 2 * (side - 1)) + 1
    local row = math.floor((1.5 - x[2]) / 2 * (side - 1)) + 1
    panel:narrow(2, row - 4, 9):narrow(3, column - 4, 9):fill(0.5)
    panel:narrow(2, row - 3, 7):narrow(3, column - 3, 7):fill(problem[2][k])
  end
  local framed = cresset.Tensor(3, side + 14, side):fill(1)
  framed:narrow(2, 15, side):copy(panel)
  return image.drawText(framed, title, 1, 4, 0)
end

local function main(options)
  local results, panels = {}, {}
  for _, name in ipairs { "AND", "OR", "NOT", "XOR" } do
    local x, t = tensors(problems[name])
    local neuron = perceptron(x:size(2))
    local right, epochs = train_perceptron(neuron, x, t, options.epochs)
    local total = x:size(1)
    print(("perceptron  %-3s  %d of %d right %s %d epochs"):format(name, right, total,
      right == total and "after" or "at best in", epochs))
    results[#results + 1] = { "perceptron_" .. name:lower(), ("%d/%d"):format(right, total) }
    if name ~= "NOT" then
      panels[#panels + 1] = picture(neuron, problems[name], "perceptron " .. name)
    end
  end
  local x, t = tensors(problems.XOR)
  local net, attempts, loss = train_network(x, t, options.epochs)
  local right = count_right(net, x, t)
  print(("2-2-1 net   XOR  %d of 4 right, loss %.4f, attempt %d"):format(right, loss, attempts))
  panels[#panels + 1] = picture(net, problems.XOR, "2-2-1 net XOR")
  local path = options.out .. "/xor.png"
  image.save(path, image.scale(image.makeGrid(panels, { nrow = 4, padding = 6, background = 1 }),
    "*2", "simple"))
  print("wrote " .. path)
  results[#results + 1] = { "network_xor", ("%d/4"):format(right) }
  results[#results + 1] = { "loss", loss }
  return results
end

train.script({
  name = "xor.lua",
  description = "A perceptron learns AND, OR and NOT but not XOR; a 2-2-1 network learns XOR.",
  options = {
    { name = "epochs", default = 400, min = 1, help = "passes over the examples at most" },
  },
  main = main,
}, arg)
