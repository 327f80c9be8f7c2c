local cresset = require("cresset")
local image = require("cresset.image")
local reference = require("spec.support.reference.scale")

local function picture(sizes, type_name)
  local count = 1
  for _, size in ipairs(sizes) do count = count * size end
  local values = {}
  for i = 0, count - 1 do values[i + 1] = 37 * i % 101 / 100 end
  return cresset.DoubleTensor(values):view(table.unpack(sizes)):type(type_name)
end

local function assert_near(expected, tensor, tolerance)
  local flat = tensor:contiguous():view(-1):totable()
  assert.equal(#expected, #flat)
  for k, value in ipairs(expected) do assert.near(value, flat[k], tolerance) end
end

describe("image.scale", function()
  it("agrees with PyTorch", function()
    for _, case in ipairs(reference) do
      for type_name, tolerance in pairs { ["torch.DoubleTensor"] = 1e-11,
        ["torch.FloatTensor"] = 1e-6 } do
        local src = picture(case.size, type_name)
        local scaled = image.scale(src, case.to[2], case.to[1], case.mode)
        assert.equal(type_name, scaled:type())
        assert_near(case.values, scaled, tolerance)
        local res = src.new(scaled:size()):transpose(3, 4):contiguous():transpose(3, 4)
        assert.equal(res, image.scale(res, src, case.mode))
        assert_near(case.values, res, tolerance)
      end
    end
  end)

  it("averages over areas that begin within a pixel", function()
    local scaled = image.scale(cresset.DoubleTensor { { 0, 3, 6 } }, 2, 1)
    -- each result covers one and a half pixels
    assert_near({ (0 + 3 / 2) / 1.5, (3 / 2 + 6) / 1.5 }, scaled, 1e-12)
    local src = picture({ 1, 7 }, "torch.DoubleTensor")
    assert.near(src:sum() / 7, image.scale(src, 3, 1):sum() / 3, 1e-12)
  end)

  it("keeps a picture of the same size as it is, with infinite values", function()
    local src = cresset.Tensor { { 1, math.huge }, { -math.huge, 2 } }
    assert.same(src:totable(), image.scale(src, 2, 2):totable())
  end)

  it("takes any strides", function()
    local src = picture({ 4, 6 }, "torch.DoubleTensor")
    local plain = image.scale(src:transpose(1, 2):contiguous(), 7, 3)
    assert.same(plain:totable(), image.scale(src:transpose(1, 2), 7, 3):totable())
  end)

  it("understands sizes in words", function()
    local src = cresset.zeros(2, 10, 20)
    local function sizes(...) return image.scale(src, ...):size():totable() end
    assert.same({ 2, 20, 40 }, sizes("*2"))
    assert.same({ 2, 5, 10 }, sizes("*1/2", "simple"))
    assert.same({ 2, 5, 10 }, sizes("*0.5"))
    assert.same({ 2, 15, 30 }, sizes("30"))
    assert.same({ 2, 15, 30 }, sizes(30))
    assert.same({ 2, 30, 60 }, sizes("^30"))
    assert.same({ 2, 7, 9 }, sizes("9x7"))
  end)

  it("checks its arguments", function()
    local src = cresset.zeros(2, 2)
    local function fails(text, ...)
      local packed = table.pack(...)
      assert.has_error(function() image.scale(table.unpack(packed, 1, packed.n)) end,
        "image.scale: " .. text)
    end
    fails("expected a picture (a tensor), got nil")
    fails("width and height must be from 1 to 65535, got 0 and 5", src, 0, 5)
    fails("width and height must be from 1 to 65535, got 70000 and 5", src, 70000, 5)
    fails("width and height must be from 1 to 65535, got 65536 and 3", src,
      "99999999999999999999x3")
    fails("'mode' must be \"bilinear\" or \"simple\", got the string \"cubic\"", src, 3, 3, "cubic")
    fails("the result must not share memory with the picture", src:narrow(1, 1, 1), src)
    fails("expected two tensors of the same floating-point type, got a torch.ByteTensor and a "
      .. "torch.ByteTensor", src:byte(), 3, 3)
  end)
end)

describe("image.pad", function()
  it("puts a border around each picture", function()
    local padded = image.pad(cresset.ones(2, 1, 1, 2), 2, 7)
    assert.same({ 2, 1, 5, 6 }, padded:size():totable())
    assert.same({ { 7, 7, 7, 7, 7, 7 }, { 7, 7, 7, 7, 7, 7 }, { 7, 7, 1, 1, 7, 7 },
      { 7, 7, 7, 7, 7, 7 }, { 7, 7, 7, 7, 7, 7 } }, padded[2][1]:totable())
  end)

  it("checks its arguments", function()
    assert.has_error(function() image.pad(cresset.zeros(2, 2), -1) end,
      "image.pad: 'border' must be an integer from 0 to 65535, got -1")
  end)
end)
