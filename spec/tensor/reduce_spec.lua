local cresset = require("cresset")

local float_types = { "torch.FloatTensor", "torch.DoubleTensor" }
local some_types = { "torch.FloatTensor", "torch.DoubleTensor", "torch.LongTensor",
  "torch.IntTensor", "torch.ByteTensor" }

-- Small integers in an irregular order.
local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = (i * 7 + i * i * 3) % 11 end
  return list
end

local function tensor(type_name, ...)
  local count = 1
  for _, size in ipairs { ... } do count = count * size end
  return cresset.Tensor(numbers(count)):view(...):type(type_name)
end

local function near(expected, got, tolerance)
  assert.is_true(expected == got or math.abs(expected - got) <= (tolerance or 1e-5)
    * math.max(1, math.abs(expected)), ("expected %s, got %s"):format(expected, got))
end

local function list_of(t)
  local list, flat = {}, t:clone():view(-1)
  for i = 1, flat:nElement() do list[i] = flat[i] end
  return list
end

local function sum(list)
  local total = 0
  for _, x in ipairs(list) do total = total + x end
  return total
end

local function prod(list)
  local total = 1
  for _, x in ipairs(list) do total = total * x end
  return total
end

local function mean(list) return sum(list) / #list end

local function var(list, biased)
  local m, total = mean(list), 0
  for _, x in ipairs(list) do total = total + (x - m) ^ 2 end
  return total / (biased and #list or #list - 1)
end

local function norm(list, p)
  local total = 0
  if p == math.huge then
    for _, x in ipairs(list) do total = math.max(total, math.abs(x)) end
    return total
  end
  for _, x in ipairs(list) do
    if x ~= 0 then total = total + math.abs(x) ^ p end
  end
  return p == 0 and total or total ^ (1 / p)
end

-- Calls check(row as a list, result's element) for every row of a 3-dimensional tensor.
local function each_row(t, dim, result, check)
  local others = {}
  for d = 1, 3 do if d ~= dim then others[#others + 1] = d end end
  for i = 1, t:size(others[1]) do
    for j = 1, t:size(others[2]) do
      local row, at = {}, {}
      at[others[1]], at[others[2]] = i, j
      for k = 1, t:size(dim) do
        at[dim] = k
        row[k] = t[at[1]][at[2]][at[3]]
      end
      at[dim] = 1
      check(row, result[at[1]][at[2]][at[3]])
    end
  end
end

describe("reductions of all elements", function()
  it("agree with loops for every type, size and layout", function()
    for _, type_name in ipairs(some_types) do
      for _, size in ipairs { { 1, 1 }, { 3, 5 }, { 17, 33 }, { 130, 130 } } do
        local t = tensor(type_name, size[1], size[2])
        for _, x in ipairs { t, t:t(), t:narrow(1, 1, (size[1] + 1) // 2), t[1] } do
          local list = list_of(x)
          near(sum(list), x:sum())
          near(mean(list), x:mean())
          local sorted = table.move(list, 1, #list, 1, {})
          table.sort(sorted)
          assert.equal(sorted[1], x:min())
          assert.equal(sorted[#sorted], x:max())
          assert.equal(math.type(x[1] and list[1]), math.type(x:sum()))
        end
      end
    end
  end)

  it("var, std, norm and dist agree with loops", function()
    for _, type_name in ipairs(float_types) do
      local x = tensor(type_name, 13, 7)
      local list = list_of(x)
      near(var(list), x:var())
      near(var(list, true), x:var(nil, true))
      near(math.sqrt(var(list)), cresset.std(x))
      for _, p in ipairs { 0, 1, 2, 3, 0.5, math.huge } do near(norm(list, p), x:norm(p)) end
      near(norm(list, 2), x:norm())
      near(norm(list, 2), x:dist(x * 2))
      near(0, x:dist(x))
    end
  end)

  it("prod keeps 64 bits, sums of floats are exact in float64", function()
    local product = 1
    for _ = 1, 39 do product = product * 3 end
    assert.equal(product, cresset.LongTensor(39):fill(3):prod())
    near(6, cresset.Tensor { 1, 2, 3 }:prod())
    assert.equal(16777217, cresset.ones(16777217):sum())
  end)

  it("of nothing", function()
    assert.equal(0, cresset.zeros(0, 3):sum())
    assert.equal(1, cresset.zeros(0, 3):prod())
    assert.is_true(cresset.zeros():mean() ~= cresset.zeros():mean())
    assert.has_error(function() cresset.zeros(0):max() end,
      "Tensor:max: the tensor is empty: it has no largest element")
  end)

  it("all and any", function()
    assert.is_true(cresset.ByteTensor { 1, 2 }:all())
    assert.is_false(cresset.ByteTensor { 1, 0 }:all())
    assert.is_true(cresset.ByteTensor { 1, 0 }:any())
    assert.is_false(cresset.any(cresset.ByteTensor { 0, 0 }))
    assert.is_true(cresset.ByteTensor():all())
  end)
end)

describe("reductions over a dimension", function()
  it("agree with loops for every dimension and layout", function()
    for _, type_name in ipairs(some_types) do
      local t = tensor(type_name, 3, 17, 9)
      for _, x in ipairs { t, t:transpose(1, 3), t:narrow(2, 3, 9) } do
        for dim = 1, 3 do
          each_row(x, dim, x:sum(dim), function(row, got)
            near(type_name == "torch.ByteTensor" and sum(row) % 256 or sum(row), got)
          end)
          local values, places = x:max(dim)
          each_row(x, dim, values, function(row, got)
            assert.equal(math.max(table.unpack(row)), got)
          end)
          each_row(x, dim, places, function(row, got)
            assert.equal(math.max(table.unpack(row)), row[got])
          end)
          values, places = cresset.min(x, dim)
          each_row(x, dim, values, function(row, got)
            assert.equal(math.min(table.unpack(row)), got)
          end)
          assert.equal("torch.LongTensor", places:type())
          assert.equal(1, values:size(dim))
        end
      end
    end
  end)

  it("mean, var, std, norm and prod agree with loops", function()
    for _, type_name in ipairs(float_types) do
      local x = tensor(type_name, 4, 6, 5):add(1)
      for dim = 1, 3 do
        each_row(x, dim, x:mean(dim), function(row, got) near(mean(row), got) end)
        each_row(x, dim, x:var(dim), function(row, got) near(var(row), got) end)
        each_row(x, dim, x:std(dim, true), function(row, got)
          near(math.sqrt(var(row, true)), got)
        end)
        each_row(x, dim, x:norm(3, dim), function(row, got) near(norm(row, 3), got) end)
        each_row(x, dim, cresset.prod(x, dim), function(row, got) near(prod(row), got) end)
      end
    end
  end)

  it("write to a given result", function()
    local x, res, places = tensor("torch.FloatTensor", 3, 4), cresset.Tensor(), cresset.LongTensor()
    assert.equal(res, cresset.sum(res, x, 2))
    near(x[2]:sum(), res[2][1])
    local got, where = cresset.max(res, places, x, 1)
    assert.equal(res, got)
    assert.equal(places, where)
    assert.has_error(function() cresset.sum(x, x, 1) end,
      "cresset.sum: the result must be a tensor of its own, not one of the arguments")
    assert.has_error(function() cresset.max(res, res, x, 1) end,
      "cresset.max: 'indices' must be a torch.LongTensor, got a torch.FloatTensor")
  end)

  it("name what is wrong", function()
    assert.has_error(function() cresset.ones(2, 3):sum(3) end,
      "Tensor:sum: 'dim' must be a dimension from 1 to 2, got 3")
    assert.has_error(function() cresset.LongTensor { 1 }:mean(1) end, "Tensor:mean: is not defined "
      .. "for a torch.LongTensor: convert it with :float() or :double() first")
    assert.has_error(function() cresset.ones(2, 0):max(2) end,
      "Tensor:max: dimension 2 is empty: it has no largest element")
    assert.has_error(function() cresset.ones(2):norm(-1) end,
      "Tensor:norm: 'p' must be at least 0, got -1")
  end)

  it("sums over an empty dimension are 0", function()
    assert.same({ 0, 0 }, list_of(cresset.zeros(2, 0):sum(2)))
    assert.equal(0, cresset.zeros(0, 3):sum(2):nElement())
  end)
end)

describe("extremes", function()
  it("take the first of equal elements, and NaN before all", function()
    assert.equal(2, cresset.Tensor { 1, 5, 5, 2 }:argmax())
    assert.equal(1, cresset.Tensor { 1, 5, 1 }:argmin())
    local x = cresset.Tensor { 1, 0 / 0, 9, 0 / 0 }
    assert.equal(2, x:argmax())
    assert.equal(2, x:argmin())
    assert.is_true(x:max() ~= x:max())
    assert.equal(4, cresset.Tensor { { 3, 1 }, { 2, 4 } }:argmax())
    assert.equal(2, cresset.Tensor { { 3, 1 }, { 9, 4 } }:t():argmax())
    local big = cresset.zeros(300000)
    big[299999] = 7
    big[123456] = 7
    assert.equal(123456, big:argmax())
    assert.equal(2, x:view(2, 2):argmax(2)[1][1])
  end)
end)

describe("running sums", function()
  it("agree with loops", function()
    local x = tensor("torch.DoubleTensor", 4, 6)
    local sums, products = x:cumsum(2), cresset.cumprod(x, 1)
    for i = 1, 4 do
      local total = 0
      for j = 1, 6 do
        total = total + x[i][j]
        near(total, sums[i][j])
      end
    end
    for j = 1, 6 do near(x[1][j] * x[2][j] * x[3][j], products[3][j]) end
    assert.same({ 1, 3, 6 }, list_of(cresset.LongTensor { 1, 2, 3 }:cumsum()))
  end)
end)

describe("sorting", function()
  it("agrees with table.sort, both ways, along every dimension", function()
    for _, type_name in ipairs(some_types) do
      local t = tensor(type_name, 3, 50, 2)
      for dim = 1, 3 do
        for _, descending in ipairs { false, true } do
          local sorted, places = t:sort(dim, descending)
          local position = 0
          for k = 1, t:size(dim) do
            each_row(t, dim, sorted:narrow(dim, k, 1), function(row, got)
              table.sort(row)
              assert.equal(row[descending and #row + 1 - k or k], got)
            end)
            position = position + 1
          end
          assert.equal(t:size(dim), position)
          assert.same(list_of(sorted), list_of(t:gather(dim, places)))
        end
      end
    end
  end)

  it("is stable and puts NaN last", function()
    local sorted, places = cresset.Tensor { 2, 1, 2, 0 / 0, 1 }:sort()
    assert.same({ 2, 5, 1, 3, 4 }, list_of(places))
    assert.is_true(sorted[5] ~= sorted[5])
    sorted, places = cresset.Tensor { 2, 1, 2, 0 / 0, 1 }:sort(1, true)
    assert.same({ 4, 1, 3, 2, 5 }, list_of(places))
    assert.is_true(sorted[1] ~= sorted[1])
  end)

  it("topk, kthvalue and median", function()
    local x = cresset.Tensor { { 5, 1, 4 }, { 2, 9, 7 } }
    assert.same({ 1, 4, 2, 7 }, list_of((x:topk(2))))
    local largest, places = x:topk(2, 2, true)
    assert.same({ 5, 4, 9, 7 }, list_of(largest))
    assert.same({ 1, 3, 2, 3 }, list_of(places))
    assert.same({ 4, 7 }, list_of((x:kthvalue(2))))
    assert.same({ 4, 7 }, list_of((cresset.median(x))))
    assert.same({ 2, 1, 4 }, list_of((x:median(1))))
    assert.has_error(function() x:topk(4) end,
      "Tensor:topk: 'k' must be an integer from 1 to 3, got 4")
  end)
end)
