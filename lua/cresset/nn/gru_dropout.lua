--- Steps of nn.GRU with dropout inside, in training: the input and the state are masked before each
-- product, by masks that stay the same for a whole sequence (Gal and Ghahramani 2016).
--
--     r = sigmoid((x mxr) Wxr + (h mhr) Whr + br),  u alike
--     n = tanh((x mxn) Wxn + (r h mhn) Whn + bn),   h' = (1 - u) n + u h
local gru_dropout = {}

local R, U, N = 1, 2, 3 -- gates, in the order of the weight's blocks of columns

-- The rows of the input (1) or the state (2) of a weight, in the columns of a gate.
local function block(self, weight, side, gate)
  local first = side == 1 and 1 or self.inputSize + 1
  local rows = side == 1 and self.inputSize or self.outputSize
  return weight:narrow(1, first, rows):narrow(2, (gate - 1) * self.outputSize + 1, self.outputSize)
end

local function matrix(t) return t:dim() == 1 and t:view(1, t:size(1)) or t end

-- Masks [side][gate] for a sequence whose first step is x; with `mono` all its samples share them.
local function draw_masks(self, x)
  local masks = {}
  for side, width in ipairs { self.inputSize, self.outputSize } do
    masks[side] = {}
    for gate = R, N do
      local mask = x.new(self.mono and 1 or x:size(1), width):bernoulli(1 - self.p)
      masks[side][gate] = mask:div(1 - self.p):expand(x:size(1), width)
    end
  end
  return masks
end

-- side 1 and 2's shares of a gate, and its bias.
local function gate_sum(self, state, gate, x, h)
  local module, masks = self.recurrentModule, self.masks
  local xm, hm = x:clone():cmul(masks[1][gate]), h:clone():cmul(masks[2][gate])
  state.x[gate], state.h[gate] = xm, hm
  local sum = xm * block(self, module.weight, 1, gate) + hm * block(self, module.weight, 2, gate)
  return sum:add(module.bias:narrow(1, (gate - 1) * self.outputSize + 1, self.outputSize)
    :view(1, self.outputSize):expandAs(sum))
end

--- Computes a step from the input (N x inputSize) and the state before it (nil: zeros); returns the
-- state behind it.
function gru_dropout.forward(self, step, input, before)
  local x = matrix(input)
  if step == 1 then self.masks = draw_masks(self, x) end
  local h = before and matrix(before) or x.new(x:size(1), self.outputSize):zero()
  local state = { x = {}, h = {}, before = h }
  state.r = gate_sum(self, state, R, x, h):sigmoid()
  state.u = gate_sum(self, state, U, x, h):sigmoid()
  state.n = gate_sum(self, state, N, x, h:clone():cmul(state.r)):tanh()
  self.states[step], self.states[step - self.rho - 1] = state, nil
  return (h - state.n):cmul(state.u):add(state.n)
end

-- The gradients of the gates' sums: { r, u, n }.
local function backward_gates(self, state, gradient)
  local r, u, n, h = state.r, state.u, state.n, state.before
  local of_n = gradient:clone():cmul(1 - u):cmul(1 - n:clone():cmul(n))
  local of_u = gradient:clone():cmul(h - n):cmul(u):cmul(1 - u)
  local of_rh = (of_n * block(self, self.recurrentModule.weight, 2, N):t()):cmul(self.masks[2][N])
  local of_r = of_rh:clone():cmul(h):cmul(r):cmul(1 - r)
  state.gates = { of_r, of_u, of_n }
  return of_rh:cmul(r):addcmul(gradient, u) -- the state's share that goes through no gate's sum
end

--- From the gradient of the state behind a step to those of its input and of the state before.
function gru_dropout.backward(self, step, gradient)
  local state, weight = self.states[step], self.recurrentModule.weight
  local of_h = backward_gates(self, state, matrix(gradient))
  local of_x
  for gate = R, N do
    local g = state.gates[gate]
    local share = (g * block(self, weight, 1, gate):t()):cmul(self.masks[1][gate])
    of_x = of_x and of_x:add(share) or share
    if gate ~= N then
      of_h:add((g * block(self, weight, 2, gate):t()):cmul(self.masks[2][gate]))
    end
  end
  return of_x, of_h
end

--- Adds scale times the parameters' gradients of a step that has gone backward.
function gru_dropout.accumulate(self, step, scale)
  local state, module = self.states[step], self.recurrentModule
  for gate = R, N do
    local g = state.gates[gate]
    for side, given in ipairs { state.x[gate], state.h[gate] } do
      block(self, module.gradWeight, side, gate):add(scale, given:t() * g)
    end
    module.gradBias:narrow(1, (gate - 1) * self.outputSize + 1, self.outputSize)
      :add(scale, g:sum(1):view(self.outputSize))
  end
end

return gru_dropout
