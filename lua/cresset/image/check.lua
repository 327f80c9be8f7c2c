-- What the functions of pictures do with their arguments.
local core = require("cresset.core")
local describe = require("cresset.describe")

local check = {}

--- Raises "<name>: <message>".
function check.fail(name, message, ...) error(name .. ": " .. message:format(...), 0) end

--- Sizes as "3x8x8".
function check.size_text(t)
  local sizes = {}
  for d = 1, t:dim() do sizes[d] = t:size(d) end
  return table.concat(sizes, "x")
end

--- Checks that t is a picture of 2 to `most` dimensions.
function check.picture(name, t, most)
  if not core.isTensor(t) then
    check.fail(name, "expected a picture (a tensor), got %s", describe(t))
  end
  if t:dim() < 2 or t:dim() > most or t:nElement() == 0 then
    check.fail(name,
      "expected a picture of height x width, with channels or a batch before them, got %s",
      t:dim() == 0 and "an empty tensor" or check.size_text(t))
  end
  return t
end

--- Checks that t is a picture of floats with 2 or 3 dimensions (and so many channels).
function check.floats(name, t, channels)
  check.picture(name, t, 3)
  local kind = t:type()
  if kind ~= "torch.FloatTensor" and kind ~= "torch.DoubleTensor" then
    check.fail(name, "expected a picture of floats, got a %s", kind)
  end
  if channels and (t:dim() ~= 3 or t:size(1) ~= channels) then
    check.fail(name, "expected a picture of %d x height x width, got %s", channels,
      check.size_text(t))
  end
  return t
end

--- The picture as channels x height x width.
function check.planes(t)
  return t:dim() == 2 and t:contiguous():view(1, t:size(1), t:size(2)) or t
end

--- Puts away the result: in `dst` where there is one. `like` has the number of dimensions wanted.
function check.finish(dst, result, like)
  if like and like:dim() == 2 and result:dim() == 3 then result = result:select(1, 1) end
  if not dst then return result end
  return dst:resizeAs(result):copy(result)
end

--- Tells [dst,] and the arguments apart: dst is there when there is one tensor more than `tensors`
-- at the beginning. Returns dst or nil, and the others.
function check.split(tensors, ...)
  for k = 1, tensors + 1 do
    if not core.isTensor((select(k, ...))) then return nil, ... end
  end
  return ...
end

return check
