--- Filters: convolution with any kernel and with named ones, medians, local contrast. Pictures are
-- height x width or channels x height x width; each channel is treated by itself.
local arguments = require("cresset.nn.arguments")
local check = require("cresset.image.check")
local core = require("cresset.core")

local filter = {}

-- ---- kernels ----

local kernel_options = {
  { "size", "integer", default = 3, min = 1, max = 1001 },
  { "sigma", "number", default = 0.25, min = 1e-6 },
  { "amplitude", "number", default = 1 },
  { "normalize", "boolean", default = false },
  { "width", "integer", optional = true, min = 1, max = 1001 },
  { "height", "integer", optional = true, min = 1, max = 1001 },
  { "sigma_horz", "number", optional = true, min = 1e-6 },
  { "sigma_vert", "number", optional = true, min = 1e-6 },
  { "mean_horz", "number", default = 0.5 },
  { "mean_vert", "number", default = 0.5 },
}

-- Options by name, or in their order, as Torch7's image takes them.
local function read_options(name, ...)
  local given = ...
  if type(given) ~= "table" then
    given = {}
    for k, option in ipairs(kernel_options) do given[option[1]] = (select(k, ...)) end
  end
  local options = arguments.options(name, kernel_options, given)
  options.width, options.height = options.width or options.size, options.height or options.size
  options.sigma_horz = options.sigma_horz or options.sigma
  options.sigma_vert = options.sigma_vert or options.sigma
  return options
end

-- Places 1 ... size from the mean, in deviations; mean and deviation count in sizes.
local function places(size, mean, sigma)
  return core.range(1, size):type(core.Tensor():type()):add(-(mean * size + 0.5))
    :div(sigma * size)
end

--- A Gaussian kernel: image.gaussian(size, sigma, amplitude, normalize, ...) or
-- image.gaussian{...}.
-- @param ...  `size` (3), `sigma` (0.25 of the size), `amplitude` (1), `normalize`: true makes the
--   sum 1 (false), `width`, `height` (size), `sigma_horz`, `sigma_vert` (sigma), `mean_horz`,
--   `mean_vert` (0.5: the centre)
-- @return height x width
function filter.gaussian(...)
  local o = read_options("image.gaussian", ...)
  local across = places(o.width, o.mean_horz, o.sigma_horz):pow(2):mul(-0.5):exp()
  local down = places(o.height, o.mean_vert, o.sigma_vert):pow(2):mul(-0.5):exp()
  local kernel = core.ger(down, across):mul(o.amplitude)
  return o.normalize and kernel:div(kernel:sum()) or kernel
end

--- A Gaussian in one dimension; the options `size`, `sigma`, `amplitude` and `normalize` are as for
-- image.gaussian, the mean is mean_horz.
-- @return a tensor of `size` numbers
function filter.gaussian1D(...)
  local o = read_options("image.gaussian1D", ...)
  local kernel = places(o.size, o.mean_horz, o.sigma):pow(2):mul(-0.5):exp():mul(o.amplitude)
  return o.normalize and kernel:div(kernel:sum()) or kernel
end

--- The Laplacian of a Gaussian, which finds edges and blobs; options as for image.gaussian.
-- @return height x width
function filter.laplacian(...)
  local o = read_options("image.laplacian", ...)
  local across = places(o.width, o.mean_horz, o.sigma_horz):pow(2):mul(0.5)
  local down = places(o.height, o.mean_vert, o.sigma_vert):pow(2):mul(0.5)
  local sum = core.ger(down, core.ones(o.width)) + core.ger(core.ones(o.height), across)
  local kernel = core.mul(sum, -1):exp():cmul(core.mul(sum, -1):add(1)):mul(o.amplitude)
  return o.normalize and kernel:div(kernel:sum()) or kernel
end

-- The named kernels, as rows. Convolution turns them round, which for all but "emboss" and the
-- gradients is the same; these are given so that the light comes from the upper left, and values
-- that rise to the right or downwards count as positive.
local named = {
  blur = { { 1 / 9, 1 / 9, 1 / 9 }, { 1 / 9, 1 / 9, 1 / 9 }, { 1 / 9, 1 / 9, 1 / 9 } },
  sharpen = { { 0, -1, 0 }, { -1, 5, -1 }, { 0, -1, 0 } },
  emboss = { { 2, 1, 0 }, { 1, 1, -1 }, { 0, -1, -2 } },
  edge = { { -1, -1, -1 }, { -1, 8, -1 }, { -1, -1, -1 } },
  horizontal = { { 1, 0, -1 }, { 2, 0, -2 }, { 1, 0, -1 } },
  vertical = { { 1, 2, 1 }, { 0, 0, 0 }, { -1, -2, -1 } },
}

local names = { "blur", "sharpen", "emboss", "edge", "horizontal", "vertical" }

--- A named kernel: "blur" (the mean of 3 x 3), "sharpen", "emboss", "edge" (in all directions),
-- "horizontal" and "vertical" (Sobel's gradients), or "gaussian" (5 x 5).
-- @return a new tensor
function filter.kernel(name)
  if name == "gaussian" then
    return filter.gaussian { size = 5, sigma = 0.2, normalize = true }
  end
  name = arguments.check("image.kernel", { "name", "choice",
    choices = { "gaussian", table.unpack(names) } }, name)
  return core.Tensor(named[name])
end

-- ---- convolution ----

--- Convolves each channel with a kernel, which is turned round first, as in torch.conv2:
-- image.convolve([dst,] src, kernel [, mode]).
-- mode is "valid" (the default: where the kernel lies within the picture), "full" (wherever they
-- overlap; zeros are outside) or "same" (the part of "full" that has src's size).
function filter.convolve(...)
  local name = "image.convolve"
  local dst, src, kernel, mode = check.split(2, ...)
  check.floats(name, src)
  if not core.isTensor(kernel) or kernel:dim() ~= 2 or kernel:nElement() == 0 then
    check.fail(name, "'kernel' must be a tensor of height x width, got %s",
      arguments.describe(kernel))
  end
  mode = arguments.check(name, { "mode", "choice", choices = { "valid", "full", "same" },
    default = "valid" }, mode)
  local planes = check.planes(src)
  local c, h, w = planes:size(1), planes:size(2), planes:size(3)
  local kh, kw = kernel:size(1), kernel:size(2)
  if mode == "valid" and (kh > h or kw > w) then
    check.fail(name, "the kernel (%dx%d) must not be larger than the picture (%dx%d)", kh, kw, h, w)
  end
  local each = kernel:type(src:type()):contiguous():view(1, kh, kw):expand(c, kh, kw)
  local out = core.conv2(planes, each, mode == "valid" and "V" or "F")
  if mode == "same" then out = out:narrow(2, kh // 2 + 1, h):narrow(3, kw // 2 + 1, w) end
  return check.finish(dst, out:contiguous(), src)
end

-- The picture with its border continued by so many pixels.
local function continued(src, rows, columns)
  local planes = check.planes(src)
  local h, w = planes:size(2), planes:size(3)
  local function at(size, border)
    return core.range(1 - border, size + border):clamp(1, size):long()
  end
  return planes:index(2, at(h, rows)):index(3, at(w, columns))
end

--- Convolves with a kernel beyond whose reach the border is continued, so that the result has the
-- picture's size and no dark edge.
-- @param src  the picture
-- @param kernel  a name (see image.kernel) or a tensor with odd sides
-- @return a new picture; it is not clamped to 0 ... 1
function filter.filter(src, kernel)
  local name = "image.filter"
  check.floats(name, src)
  if type(kernel) == "string" then kernel = filter.kernel(kernel) end
  if not core.isTensor(kernel) or kernel:dim() ~= 2 or kernel:size(1) % 2 == 0
    or kernel:size(2) % 2 == 0 then
    check.fail(name, "'kernel' must be a name or a tensor with odd sides, got %s",
      core.isTensor(kernel) and check.size_text(kernel) or arguments.describe(kernel))
  end
  local wide = continued(src, kernel:size(1) // 2, kernel:size(2) // 2)
  return check.finish(nil, filter.convolve(wide, kernel), src)
end

-- ---- medians ----

--- Gives each pixel the median of the square around it, channel by channel; beyond the border the
-- border's pixels count: image.median([dst,] src [, side]). It removes specks and keeps edges.
-- side is odd, at most 99 (3).
function filter.median(...)
  local name = "image.median"
  local dst, src, side = check.split(1, ...)
  check.floats(name, src)
  side = arguments.check(name, { "side", "integer", default = 3, min = 1, max = 99 }, side)
  if side % 2 == 0 then check.fail(name, "'side' must be odd, got %d", side) end
  local planes = check.planes(src)
  return check.finish(dst, core.image.median(planes.new(), planes, side), src)
end

--- Makes a photograph look painted: a median over 5 x 5 pixels, then sharpening.
-- @param src  floats from 0 to 1
-- @return a new picture, from 0 to 1
function filter.watercolor(src)
  check.floats("image.watercolor", src)
  return filter.filter(filter.median(src, 5), "sharpen"):clamp(0, 1)
end

-- ---- values ----

local minmax_options = {
  { "tensor", "tensor" }, { "min", "number", optional = true },
  { "max", "number", optional = true }, { "symm", "boolean", default = false },
  { "inplace", "boolean", default = false }, { "saturate", "boolean", default = false },
  { "tensorOut", "tensor", optional = true },
}

--- Maps values linearly to 0 ... 1: image.minmax{tensor =, min =, max =, ...}.
-- @param options  `tensor`; `min`, `max`: what becomes 0 and 1 (the smallest and the largest);
--   `symm`: true puts 0 in the middle (false); `saturate`: true clamps to 0 ... 1 (false);
--   `inplace`: true changes the tensor itself (false); `tensorOut`: for the result
function filter.minmax(options)
  local name = "image.minmax"
  arguments.check(name, { "options", "table" }, options)
  local o = arguments.options(name, minmax_options, options)
  if o.tensor:nElement() == 0 then check.fail(name, "'tensor' must not be empty") end
  local low, high = o.min or o.tensor:min(), o.max or o.tensor:max()
  if o.symm and not o.min and not o.max then
    high = math.max(math.abs(low), math.abs(high))
    low = -high
  end
  local out = o.inplace and o.tensor or o.tensor:clone()
  out:add(-low):div(high == low and 1 or high - low)
  if o.saturate then out:clamp(0, 1) end
  return o.tensorOut and check.finish(o.tensorOut, out) or out
end

--- Local contrast normalization of a grey picture: of the picture, normalized as a whole, each
-- pixel less the weighted mean around it, by the deviation around it where that is above 1.
-- @param src  height x width, or 1 x height x width
-- @param kernel  the weights, of sum 1 (a 9 x 9 Gaussian); the result is as much smaller
-- @return height x width
function filter.lcn(src, kernel)
  local name = "image.lcn"
  check.floats(name, src)
  if src:dim() == 3 and src:size(1) ~= 1 then check.fail(name, "expected a grey picture") end
  kernel = kernel == nil and filter.gaussian { size = 9, sigma = 1.591 / 9, normalize = true }
    or kernel
  local x = check.planes(src):clone()
  x:add(-x:mean()):div(math.max(x:std(), 1e-12))
  local mean = filter.convolve(x, kernel)
  local deviation = filter.convolve(core.cmul(x, x), kernel):addcmul(-1, mean, mean)
    :clamp(0, math.huge):sqrt():clamp(1, math.huge)
  local middle = x:narrow(2, kernel:size(1) // 2 + 1, mean:size(2))
    :narrow(3, kernel:size(2) // 2 + 1, mean:size(3))
  return (middle - mean):cdiv(deviation)[1]
end

-- Whether the ones of a binary picture reach `least` of the kernel's.
local function reached(name, src, kernel, pad, least)
  check.floats(name, src)
  kernel = kernel == nil and core.ones(3, 3) or kernel
  if not core.isTensor(kernel) or kernel:dim() ~= 2 or kernel:size(1) % 2 == 0
    or kernel:size(2) % 2 == 0 then
    check.fail(name, "'kernel' must be a tensor with odd sides, got %s",
      core.isTensor(kernel) and check.size_text(kernel) or arguments.describe(kernel))
  end
  local planes = check.planes(src)
  local rows, columns = kernel:size(1) // 2, kernel:size(2) // 2
  local h, w = planes:size(2), planes:size(3)
  local wide = planes.new(planes:size(1), h + 2 * rows, w + 2 * columns):fill(pad)
  wide:narrow(2, rows + 1, h):narrow(3, columns + 1, w):copy(planes)
  local count = filter.convolve(wide, kernel)
  return check.finish(nil, count:gt(least(kernel:sum()) - 0.5):type(src:type()), src)
end

local function check_pad(name, pad, default)
  return arguments.check(name, { "pad", "number", default = default }, pad)
end

--- Erosion of a picture of zeros and ones: 1 where the kernel (3 x 3 ones) covers ones alone.
-- Outside of the picture is `pad` (1).
function filter.erode(src, kernel, pad)
  return reached("image.erode", src, kernel, check_pad("image.erode", pad, 1),
    function(sum) return sum end)
end

--- Dilation of a picture of zeros and ones: 1 where the kernel (3 x 3 ones) covers any one.
-- Outside of the picture is `pad` (0).
function filter.dilate(src, kernel, pad)
  return reached("image.dilate", src, kernel, check_pad("image.dilate", pad, 0),
    function() return 1 end)
end

return filter
