local core = require("cresset.core")
local cresset = require("cresset")
local augment, data, nn = cresset.data.augment, cresset.data, cresset.nn

local C = core.data.augment
local types = { "Byte", "Char", "Short", "Int", "Long", "Float", "Double" }

local function error_of(f, ...)
  local good, message = pcall(f, ...)
  assert.is_false(good)
  return message
end

local function pictures(n, c, h, w, kind)
  local t = cresset.range(1, n * c * h * w):view(n, c, h, w)
  return t:type(("torch.%sTensor"):format(kind or "Float"))
end

-- The element, or the value outside.
local function at(images, n, c, y, x, fill)
  local inside = y >= 0 and y < images:size(3) and x >= 0 and x < images:size(4)
  return inside and images[n][c][y + 1][x + 1] or fill
end

local function each(t, f)
  for n = 1, t:size(1) do
    for c = 1, t:size(2) do
      for y = 0, t:size(3) - 1 do
        for x = 0, t:size(4) - 1 do f(n, c, y, x, t[n][c][y + 1][x + 1]) end
      end
    end
  end
end

describe("data.augment", function()
  before_each(function() cresset.manualSeed(1) end)

  it("cuts and mirrors as a plain loop does", function()
    local where = cresset.LongTensor { { 1, 1, 0, 0 }, { -2, 3, 1, 0 }, { 0, -1, 0, 1 },
      { 9, 9, 1, 1 } }
    for _, kind in ipairs(types) do
      local images = pictures(4, 2, 3, 4, kind):add(-50)
      for _, given in ipairs { images, images:transpose(3, 4):contiguous():transpose(3, 4) } do
        local out = C.crop(given.new(), given, where, 4, 3, 7)
        each(out, function(n, c, y, x, value)
          local row = where[n]
          if row[4] == 1 then y = 3 - y end
          if row[3] == 1 then x = 2 - x end
          assert.equal(at(images, n, c, y + row[1], x + row[2], 7), value)
        end)
      end
    end
  end)

  it("maps as a plain loop does", function()
    local maps = cresset.randn(5, 6):double()
    maps[1]:copy(cresset.DoubleTensor { 1, 0, 0, 0, 1, 0 })
    maps[2]:copy(cresset.DoubleTensor { 1, 0, 1e300, 0, 0 / 0, 0 })
    for _, kind in ipairs { "Float", "Double" } do
      local images = cresset.rand(5, 2, 5, 4):type("torch." .. kind .. "Tensor")
      for _, mode in ipairs { "nearest", "bilinear" } do
        local out = C.warp(images.new(), images, maps, mode, -1)
        assert.is_true(out[1]:eq(images[1]):all())
        assert.is_true(out[2]:eq(-1):all())
        each(out:narrow(1, 3, 3), function(n, c, i, j, value)
          local m = maps[n + 2]
          local x = m[1] * (j - 1.5) + m[2] * (i - 2) + m[3] + 1.5
          local y = m[4] * (j - 1.5) + m[5] * (i - 2) + m[6] + 2
          local expected
          if mode == "nearest" then
            expected = at(images, n + 2, c, (y + 0.5) // 1, (x + 0.5) // 1, -1)
          else
            local y0, x0 = y // 1, x // 1
            local dy, dx = y - y0, x - x0
            local function pixel(a, b) return at(images, n + 2, c, y0 + a, x0 + b, -1) end
            expected = (1 - dy) * ((1 - dx) * pixel(0, 0) + dx * pixel(0, 1))
              + dy * ((1 - dx) * pixel(1, 0) + dx * pixel(1, 1))
          end
          assert.near(expected, value, 1e-5)
        end)
      end
    end
  end)

  it("fills boxes as a plain loop does", function()
    local boxes = cresset.LongTensor { { 0, 0, 1, 1 }, { -1, 2, 3, 9 }, { 1, 1, 0, 2 },
      { 5, 5, 2, 2 } }
    for _, kind in ipairs(types) do
      local images = pictures(4, 2, 3, 4, kind)
      local out = C.erase(images:clone(), boxes, 99)
      each(out, function(n, c, y, x, value)
        local b = boxes[n]
        local inside = y >= b[1] and y < b[1] + b[3] and x >= b[2] and x < b[2] + b[4]
        assert.equal(inside and 99 or at(images, n, c, y, x), value)
      end)
    end
  end)

  local changes = {
    mirror = augment.mirror(), vertical = augment.mirror { vertical = true },
    crop = augment.crop { padding = 2 }, rotate = augment.rotate(), shear = augment.shear(),
    affine = augment.affine { degrees = 9, shear = 0.1, scale = 0.1, shift = 0.1 },
    colorShift = augment.colorShift { contrast = 0.3, brightness = 0.2 },
    pcaNoise = augment.pcaNoise(cresset.rand(5, 3, 4, 4)),
    erase = augment.erase { probability = 1 },
    cutout = augment.cutout { size = 3 },
  }

  for name, change in pairs(changes) do
    it("leaves its input alone, follows the seed, takes a picture or many: " .. name, function()
      for _, kind in ipairs { "Float", "Double" } do
        local images = cresset.rand(6, 3, 8, 7):type("torch." .. kind .. "Tensor")
        local before, labels = images:clone(), cresset.LongTensor(6):fill(1)
        cresset.manualSeed(2)
        local first, passed, third = change(images, labels, "more")
        assert.is_true(images:eq(before):all())
        assert.is_true(rawequal(passed, labels))
        assert.equal("more", third)
        assert.same({ 6, 3, 8, 7 }, first:size():totable())
        assert.equal(images:type(), first:type())
        cresset.manualSeed(2)
        assert.is_true(first:eq((change(images))):all())
        cresset.manualSeed(3)
        assert.is_false(first:eq((change(images))):all())
        assert.same({ 3, 8, 7 }, change(images[1]):size():totable())
        assert.same({ 0, 3, 8, 7 }, change(images.new(0, 3, 8, 7)):size():totable())
      end
      assert.truthy(error_of(change, cresset.zeros(3)):find("^data%.augment%.%w+: images must be a "
        .. ".*tensor of N x C x H x W or C x H x W, got a torch.FloatTensor of size 3$"))
    end)
  end

  it("mirrors and erases as often as it is told", function()
    local images = pictures(2000, 1, 2, 2)
    local function share(change)
      return change(images):ne(images):view(2000, -1):sum(2):gt(0):sum() / 2000
    end
    assert.equal(0, share(augment.mirror { probability = 0 }))
    assert.equal(1, share(augment.mirror { probability = 1 }))
    assert.near(0.3, share(augment.mirror { probability = 0.3 }), 5 * math.sqrt(0.21 / 2000))
    local mirrored = augment.mirror { probability = 1, vertical = true }(images)
    assert.same({ { 3, 4 }, { 1, 2 } }, mirrored[1][1]:totable())
    images = cresset.ones(2000, 1, 20, 20)
    local erased = augment.erase { probability = 0.5, smallest = 0.1, largest = 0.3 }(images)
    local sizes = erased:eq(0):view(2000, -1):sum(2):double()
    assert.near(0.5, sizes:gt(0):sum() / 2000, 5 * math.sqrt(0.25 / 2000))
    assert.is_true(sizes:max() < 0.3 * 400 * 1.15) -- sides are rounded
    assert.near(0.2 * 400, sizes:sum() / sizes:gt(0):sum(), 3)
    local cut = augment.cutout { size = 4, value = 5 }(images)
    sizes = cut:eq(5):view(2000, -1):sum(2)
    assert.equal(16, sizes:max())
    assert.equal(4, sizes:min()) -- around the corner pixel: rows and columns -2 to 1
  end)

  it("crops at all places equally often", function()
    local images = cresset.range(1, 9):view(1, 1, 3, 3):expand(9000, 1, 3, 3)
    local pieces = augment.crop { height = 1, width = 1 }(images):view(-1)
    for value = 1, 9 do assert.near(1000, pieces:eq(value):sum(), 5 * math.sqrt(1000)) end
    assert.equal("data.augment.crop: pieces of 9 x 9 do not fit into pictures of 3 x 3",
      error_of(augment.crop { height = 9, width = 9 }, images))
    local wider = augment.crop { padding = 1, height = 5, width = 2 }(cresset.zeros(4, 1, 3, 3))
    assert.same({ 4, 1, 5, 2 }, wider:size():totable())
  end)

  it("turns around the middle by what it says", function()
    -- a bright pixel right of the middle goes to the angle that it was turned by
    local images = cresset.zeros(200, 1, 41, 41)
    images:select(4, 36):select(3, 21):fill(1)
    local turned = augment.rotate { degrees = 60 }(images)
    local rows = cresset.range(-20, 20):view(1, 1, 41, 1)
    local columns = cresset.range(-20, 20):view(1, 1, 1, 41)
    local mass = turned:view(200, -1):sum(2):view(-1)
    local y = cresset.cmul(turned, rows):view(200, -1):sum(2):view(-1):cdiv(mass)
    local x = cresset.cmul(turned, columns):view(200, -1):sum(2):view(-1):cdiv(mass)
    local radius = (x:clone():cmul(x) + y:clone():cmul(y)):sqrt()
    assert.is_true((radius - 15):abs():max() < 0.2)
    local angles = cresset.atan2(y, x):mul(180 / math.pi)
    assert.is_true(cresset.abs(angles):max() < 61)
    assert.near(0, angles:mean(), 5 * 60 / math.sqrt(3 * 200))
    assert.near(60 / math.sqrt(3), angles:std(), 5)
  end)

  it("adds noise along the principal components of the colours", function()
    local base = cresset.randn(50, 3, 6, 6):double()
    base:select(2, 2):add(0.8, base:select(2, 1))
    base:select(2, 3):add(-0.5, base:select(2, 1))
    local pixels = base:transpose(1, 2):contiguous():view(3, -1)
    pixels = pixels - pixels:mean(2):expandAs(pixels)
    local covariance = (pixels * pixels:t()) / pixels:size(2)
    local zeros = cresset.zeros(20000, 3, 1, 2):double()
    local noise = augment.pcaNoise(base, { deviation = 0.3 })(zeros)
    assert.is_true(noise:select(4, 1):eq(noise:select(4, 2)):all())
    local shifts = noise:select(4, 1):contiguous():view(20000, 3)
    local seen = (shifts:t() * shifts) / 20000
    -- P diag(l^2) P^T is the square of the covariance
    local expected = (covariance * covariance) * 0.09
    assert.is_true((seen - expected):abs():max() < 0.05 * expected:max())
  end)

  it("mixes pictures and targets by one share", function()
    local images = cresset.range(1, 4):view(4, 1, 1, 1):expand(4, 2, 3, 3)
    local labels = cresset.LongTensor { 1, 2, 3, 4 }
    local change = augment.mixup { alpha = 1, classes = 4 }
    local shares = cresset.DoubleTensor(400)
    for k = 1, 400 do
      local x, t, more = change(images, labels, 5)
      assert.equal(5, more)
      -- the picture's value is the mean class
      local mean = cresset.cmul(t, cresset.range(1, 4):view(1, 4)):sum(2):view(-1)
      assert.is_true((x:select(2, 1):select(2, 1):select(2, 1) - mean):abs():max() < 1e-5)
      assert.is_true((t:sum(2) - 1):abs():max() < 1e-6)
      shares[k] = t[1][1]
    end
    local soft = select(2, change(images, labels))
    local _, again = change(images, soft)
    assert.same({ 4, 4 }, again:size():totable())
    assert.is_true(shares:min() >= 0 and shares:max() <= 1)
    assert.equal("data.augment.mixup: labels must be from 1 to 3, got 1 to 4",
      error_of(augment.mixup { classes = 3 }, images, labels))
    assert.truthy(error_of(augment.mixup { classes = 3 }, images, labels:narrow(1, 1, 2))
      :find("labels must be a tensor of N classes or N x classes"))
    assert.equal("data.augment.mixup: 'classes' must be an integer of at least 1, got nil",
      error_of(augment.mixup, {}))
  end)

  it("draws mixup's share from a beta distribution", function()
    local images, labels = cresset.zeros(2, 1, 1, 1), cresset.LongTensor { 1, 2 }
    for _, alpha in ipairs { 0.2, 1, 4 } do
      local change, sum, squares, count = augment.mixup { alpha = alpha, classes = 2 }, 0, 0, 0
      while count < 3000 do
        local _, t = change(images, labels)
        local share = t[1][1]
        if t[1][2] > 0 then -- the other order: both are mixed
          sum, squares, count = sum + share, squares + share * share, count + 1
        end
      end
      local mean, variance = sum / count, squares / count - (sum / count) ^ 2
      assert.near(0.5, mean, 0.05)
      assert.near(1 / (4 * (2 * alpha + 1)), variance, 0.015)
    end
  end)

  it("puts changes together and works in workers", function()
    local set = data.digits():narrow(1, 40)
    local change = augment.compose { augment.crop { padding = 1 }, augment.rotate(),
      augment.erase(), augment.pcaNoise(set.images), augment.mixup { classes = 10 } }
    local lists = {}
    for workers = 0, 1 do
      local loader = data.Loader(set, 16, { workers = workers, seed = 3, transform = change })
      lists[workers] = {}
      for x, t in loader do table.insert(lists[workers], { x:totable(), t:totable() }) end
      loader:close()
    end
    assert.same(lists[0], lists[1])
    assert.equal(5, (augment.compose {}(5)))
    assert.equal("data.augment.compose: 'changes[1]' must be a function, got 5",
      error_of(augment.compose, { 5 }))
    assert.equal("data.augment.rotate: there is no option 'angle'",
      error_of(augment.rotate, { angle = 5 }))
    assert.equal("data.augment.affine: 'mode' must be \"bilinear\" or \"nearest\", got the string "
      .. "\"x\"",
      error_of(augment.affine, { mode = "x" }))
  end)
end)

describe("nn.SoftCrossEntropyCriterion", function()
  it("is nn.CrossEntropyCriterion where the targets are certain", function()
    for _, average in ipairs { true, false } do
      local soft = nn.SoftCrossEntropyCriterion(average):double()
      local hard = nn.CrossEntropyCriterion(nil, average):double()
      local x, labels = cresset.randn(5, 4):double(), cresset.LongTensor { 2, 1, 4, 3, 3 }
      local target = cresset.zeros(5, 4):double():scatter(2, labels:view(-1, 1), 1)
      assert.near(hard:forward(x, labels), soft:forward(x, target), 1e-12)
      assert.is_true((hard:backward(x, labels) - soft:backward(x, target)):abs():max() < 1e-12)
      local smooth = nn.CrossEntropyCriterion(nil, average, nil, 0.2):double()
      target:mul(0.8):add(0.05)
      assert.near(smooth:forward(x, labels), soft:forward(x, target), 1e-12)
    end
  end)
end)
