-- Views, rearrangements and indexing of tensors of random shape, strides and type, against a plain
-- loop in Lua.
local cresset = require("cresset")
local draw = require("spec.support.draw")
local properties = require("spec.support.properties")

local all, each_draw, value_for = properties.all, properties.each_draw, properties.value_for
local assert_list, natural = properties.assert_list, properties.natural
local full_sizes, reduced, with_size =
  properties.full_sizes, properties.reduced, properties.with_size

-- ---- views: where element `index` of the result comes from ----

local views = { -- name, arguments for x, f(index) -> index in x
  { "narrow", function(random, sizes)
    local d = random(#sizes)
    local start = random(sizes[d])
    return { d, start, random(sizes[d] - start + 1) }
  end, function(index, a) index[a[1]] = index[a[1]] + a[2] - 1 end },
  { "transpose", function(random, sizes) return { random(#sizes), random(#sizes) } end,
    function(index, a) index[a[1]], index[a[2]] = index[a[2]], index[a[1]] end },
  { "unsqueeze", function(random, sizes) return { random(#sizes + 1) } end,
    function(index, a) table.remove(index, a[1]) end },
  { "unfold", function(random, sizes)
    local d = random(#sizes)
    return { d, random(sizes[d]), random(2) }
  end, function(index, a)
    local within = table.remove(index)
    index[a[1]] = (index[a[1]] - 1) * a[3] + within
  end },
  { "select", function(random, sizes)
    local d = random(#sizes)
    return { d, random(sizes[d]) }
  end, function(index, a, dims)
    if dims > 1 then table.insert(index, a[1], a[2]) else index[1] = a[2] end
  end },
  { "flip", function(random, sizes) return { random(#sizes) } end,
    function(index, a, _, sizes) index[a[1]] = sizes[a[1]] + 1 - index[a[1]] end },
  { "roll", function(random, sizes) return { random(9) - 5, random(#sizes) } end,
    function(index, a, _, sizes)
      index[a[2]] = (index[a[2]] - 1 - a[1]) % sizes[a[2]] + 1
    end },
  { "repeatTensor", function(random, sizes)
    local counts = {}
    for d = 1, #sizes do counts[d] = random(2) end
    return counts
  end, function(index, _, _, sizes)
    for d = 1, #index do index[d] = (index[d] - 1) % sizes[d] + 1 end
  end },
  { "permute", function(random, sizes)
    local dims = {}
    for d = 1, #sizes do table.insert(dims, random(d), d) end
    return dims
  end, function(index, a)
    local from = {}
    for d = 1, #a do from[a[d]] = index[d] end
    table.move(from, 1, #a, 1, index)
  end },
}

describe("views and rearrangements:", function()
  for _, op in ipairs(views) do
    local name, arguments, source = table.unpack(op)
    each_draw(name, all, function(random, type_name)
      local sizes = full_sizes(random)
      local x, list = draw.tensor(random, type_name, sizes, value_for(type_name))
      local args = arguments(random, sizes)
      local out = x[name](x, table.unpack(args))
      local out_sizes, expected = out:size():totable(), {}
      for i = 1, draw.count(out_sizes) do
        local index = draw.index(out_sizes, i)
        source(index, args, #sizes, sizes)
        expected[i] = list[draw.place(sizes, index)]
      end
      assert_list(expected, out, type_name, name)
    end)
  end

  each_draw("contiguous, clone, copy, view, reshape, expand", all, function(random, type_name)
    local sizes = draw.sizes(random)
    local x, list = draw.tensor(random, type_name, sizes, value_for(type_name))
    local flat = { draw.count(sizes) }
    assert_list(list, x:contiguous(), type_name, "contiguous")
    assert_list(list, x:clone(), type_name, "clone")
    assert_list(list, draw.empty(random, type_name, sizes):copy(x), type_name, "copy")
    assert_list(list, x:reshape(flat), type_name, "reshape")
    assert_list(list, x:contiguous():view(flat), type_name, "view")
    local wide, expected = x:unsqueeze(1):expand(3, table.unpack(sizes)), {}
    for _ = 1, 3 do table.move(list, 1, #list, #expected + 1, expected) end
    assert_list(expected, wide, type_name, "expand")
  end)

  each_draw("cat, stack, split, chunk", all, function(random, type_name)
    local sizes = full_sizes(random)
    local dim = random(#sizes)
    local a, list = draw.tensor(random, type_name, sizes, natural)
    local b, list_b = draw.tensor(random, type_name, with_size(sizes, dim, 2), natural)
    local joined = cresset.cat(a, b, dim)
    assert_list(list, joined:narrow(dim, 1, sizes[dim]), type_name, "cat")
    assert_list(list_b, joined:narrow(dim, sizes[dim] + 1, 2), type_name, "cat")
    assert_list(list, cresset.cat(joined:split(1, dim), dim):narrow(dim, 1, sizes[dim]), type_name,
      "split")
    assert_list(draw.list(joined), cresset.cat(joined:chunk(2, dim), dim), type_name, "chunk")
    assert_list(list_b, cresset.stack({ b, b }, dim):select(dim, 2), type_name, "stack")
  end)
end)

-- ---- indexing ----

describe("tests along a dimension:", function()
  each_draw("all and any", { "ByteTensor" }, function(random, type_name)
    local sizes = full_sizes(random)
    local dim = random(#sizes)
    local x, list = draw.tensor(random, type_name, sizes, function(generator)
      return (generator(3) - 1) * 100
    end)
    local function count_zeros(run)
      local zeros = 0
      for _, value in ipairs(run) do zeros = zeros + (value == 0 and 1 or 0) end
      return zeros
    end
    assert_list(reduced(sizes, list, dim, function(run)
      return count_zeros(run) == 0 and 1 or 0
    end), x:all(dim), type_name, "all")
    assert_list(reduced(sizes, list, dim, function(run)
      return count_zeros(run) < #run and 1 or 0
    end), cresset.any(x, dim), type_name, "any")
    assert.equal(count_zeros(list) == 0, x:all())
    assert.equal(count_zeros(list) < #list, x:any())
  end)
end)

local function positions(random, n, limit)
  local list = {}
  for i = 1, n do list[i] = random(limit) end
  return list
end

describe("indexing:", function()
  each_draw("index, indexFill, indexAdd, indexCopy", all, function(random, type_name)
    local sizes = full_sizes(random)
    local dim = random(#sizes)
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local at = positions(random, 3, sizes[dim])
    local index, out_sizes = cresset.LongTensor(at), with_size(sizes, dim, 3)
    local expected = {}
    for i = 1, draw.count(out_sizes) do
      local place = draw.index(out_sizes, i)
      place[dim] = at[place[dim]]
      expected[i] = list[draw.place(sizes, place)]
    end
    assert_list(expected, x:index(dim, index), type_name, "index")
    local src, added = draw.tensor(random, type_name, out_sizes, natural)
    local sums, copies, filled = { table.unpack(list) }, { table.unpack(list) },
      { table.unpack(list) }
    for i = 1, #added do
      local place = draw.index(out_sizes, i)
      place[dim] = at[place[dim]]
      local p = draw.place(sizes, place)
      sums[p], copies[p], filled[p] = sums[p] + added[i], added[i], 7
    end
    assert_list(sums, x:clone():indexAdd(dim, index, src), type_name, "indexAdd")
    assert_list(copies, x:clone():indexCopy(dim, index, src), type_name, "indexCopy")
    assert_list(filled, x:indexFill(dim, index, 7), type_name, "indexFill")
  end)

  each_draw("gather, scatter, scatterAdd", all, function(random, type_name)
    local sizes = full_sizes(random)
    local dim = random(#sizes)
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local out_sizes = with_size(sizes, dim, 2)
    local index, at = draw.tensor(random, "LongTensor", out_sizes,
      function(generator) return generator(sizes[dim]) end)
    local src, values = draw.tensor(random, type_name, out_sizes, natural)
    local gathered, sums, put = {}, { table.unpack(list) }, { table.unpack(list) }
    for i = 1, #at do
      local place = draw.index(out_sizes, i)
      place[dim] = at[i]
      local p = draw.place(sizes, place)
      gathered[i], sums[p], put[p] = list[p], sums[p] + values[i], 5
    end
    assert_list(gathered, x:gather(dim, index), type_name, "gather")
    assert_list(sums, x:clone():scatterAdd(dim, index, src), type_name, "scatterAdd")
    assert_list(put, x:scatter(dim, index, 5), type_name, "scatter")
  end)

  each_draw("maskedSelect, maskedFill, maskedCopy, nonzero", all, function(random, type_name)
    local sizes = draw.sizes(random)
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local mask, is_set = draw.tensor(random, "ByteTensor", sizes,
      function(generator) return generator(2) - 1 end)
    local chosen, filled, copied, places, src = {}, {}, {}, {}, {}
    for i = 1, #list do
      filled[i], copied[i], src[i] = list[i], list[i], i % 100
      if is_set[i] == 1 then
        chosen[#chosen + 1], filled[i] = list[i], 9
        copied[i] = #chosen % 100
      end
      if list[i] ~= 0 then
        for _, at in ipairs(draw.index(sizes, i)) do places[#places + 1] = at end
      end
    end
    assert_list(chosen, x:maskedSelect(mask), type_name, "maskedSelect")
    assert_list(chosen, x[mask], type_name, "x[mask]")
    assert_list(places, x:nonzero(), "LongTensor", "nonzero")
    local source = cresset.DoubleTensor(src):type("torch." .. type_name)
    if #src > 0 then
      assert_list(copied, x:clone():maskedCopy(mask, source), type_name, "maskedCopy")
    end
    assert_list(filled, x:maskedFill(mask, 9), type_name, "maskedFill")
  end)

  each_draw("unique, tril, triu, diag, trace", all, function(random, type_name)
    local sizes = full_sizes(random)
    local x, list = draw.tensor(random, type_name, sizes, natural)
    local seen, distinct = {}, {}
    for _, value in ipairs(list) do
      if not seen[value] then distinct[#distinct + 1], seen[value] = value, true end
    end
    table.sort(distinct)
    assert_list(distinct, x:unique(), type_name, "unique")
    local shape, k = { random(4), random(4) }, random(3) - 2
    local m, elements = draw.tensor(random, type_name, shape, natural)
    local lower, upper, total = {}, {}, 0
    for i, value in ipairs(elements) do
      local row, column = table.unpack(draw.index(shape, i))
      lower[i] = column - row <= k and value or 0
      upper[i] = column - row >= k and value or 0
      if row == column then total = total + value end
    end
    assert_list(lower, m:tril(k), type_name, "tril")
    assert_list(upper, m:triu(k), type_name, "triu")
    assert.equal(total, m:trace())
  end)
end)
