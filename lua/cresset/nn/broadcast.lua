--- How the parameter of nn.Add, nn.CAdd and nn.CMul lies over an input: elements of its own for all
-- or some of the dimensions, the same ones for every sample of a batch.
local expect = require("cresset.nn.expect")

local broadcast = {}

local function sizes(t)
  local list = {}
  for d = 1, t:dim() do list[d] = t:size(d) end
  return list
end

--- A view of t with the input's number of dimensions, or nil.
local function spread(t, input)
  local count, dims, sample = t:nElement(), input:dim(), sizes(input)
  if count == input:nElement() then return t:view(input:size()) end
  if t:dim() == dims then return t end
  if count == 1 then
    for d = 1, dims do sample[d] = 1 end
    return t:view(table.unpack(sample))
  end
  if count * sample[1] == input:nElement() then
    sample[1] = 1
    return t:view(table.unpack(sample))
  end
  return t:dim() == dims - 1 and t:unsqueeze(1) or nil
end

--- A view of the parameter that broadcasts over the input; fails where the sizes do not fit.
function broadcast.over(layer, parameter, input, name)
  expect.tensor(layer, input, "input", parameter:type())
  local view
  if input:dim() > 0 then view = spread(parameter, input) end
  for d = 1, view and input:dim() or 0 do
    if view:size(d) ~= 1 and view:size(d) ~= input:size(d) then view = nil break end
  end
  if not view then
    layer:fail("input must have the size of %s %s, or a batch of that, got %s", name,
      expect.size_text(parameter), expect.size_text(input))
  end
  return view
end

--- Adds scale times t, summed where the parameter has one element for many, to the gradient.
-- gradient and t have as many dimensions; the layer's `partial` holds two tensors for the sums.
function broadcast.accumulate(layer, gradient, t, scale)
  local which = 1
  for d = 1, t:dim() do
    if gradient:size(d) ~= t:size(d) then
      local into = layer.partial[which] or t.new()
      layer.partial[which] = into
      into:sum(t, d)
      t, which = into, 3 - which
    end
  end
  gradient:add(scale, t)
end

return broadcast
