--- Random tensors for property-based specs: shapes, strides, types and values. The sequence depends
-- on a name alone, so a failure comes again.
local cresset = require("cresset")

local draw = {}

--- A generator of integers 1 ... n: random(n).
function draw.random(name)
  local state = 0xcbf29ce484222325
  for i = 1, #name do state = (state ~ name:byte(i)) * 1099511628211 end
  return function(n)
    state = state * 6364136223846793005 + 1442695040888963407
    return (state >> 33) % n + 1
  end
end

--- Sizes of 1 to 4 dimensions, now and then one of 0.
function draw.sizes(random, least, most)
  least, most = least or 1, most or 4
  local sizes = {}
  for d = 1, least + random(most - least + 1) - 1 do sizes[d] = random(4) end
  if random(12) == 1 then sizes[random(#sizes)] = 0 end
  return sizes
end

--- Sizes that broadcast with these to these: leading ones left out, others 1.
function draw.broadcast(random, sizes)
  local first, smaller = random(#sizes), {}
  for d = first, #sizes do smaller[#smaller + 1] = random(3) == 1 and 1 or sizes[d] end
  return smaller
end

function draw.count(sizes)
  local n = 1
  for _, size in ipairs(sizes) do n = n * size end
  return n
end

local layouts = {
  function(type_name, sizes) return cresset[type_name](table.unpack(sizes)) end,
  function(type_name, sizes, random) -- two dimensions exchanged
    local a, b = random(#sizes), random(#sizes)
    local turned = { table.unpack(sizes) }
    turned[a], turned[b] = turned[b], turned[a]
    return cresset[type_name](table.unpack(turned)):transpose(a, b)
  end,
  function(type_name, sizes, random) -- part of a larger one
    local d, larger = random(#sizes), { table.unpack(sizes) }
    larger[d] = larger[d] + 3
    return cresset[type_name](table.unpack(larger)):narrow(d, 2 + random(2) - 1, sizes[d])
  end,
  function(type_name, sizes, random) -- every second element
    local larger = { table.unpack(sizes) }
    local d = random(#sizes)
    larger[d] = 2 * larger[d]
    if larger[d] == 0 then return cresset[type_name](table.unpack(sizes)) end
    local key = {}
    for k = 1, #sizes do key[k] = k == d and { 1, -1, 2 } or {} end
    return cresset[type_name](table.unpack(larger))[key]
  end,
}

--- An uninitialized tensor of these sizes with strides of any kind.
function draw.empty(random, type_name, sizes)
  return layouts[random(#layouts)](type_name, sizes, random)
end

--- A tensor of these sizes, with strides of any kind, and its elements in order.
-- @param value  value(random) gives an element
function draw.tensor(random, type_name, sizes, value)
  local t, list = draw.empty(random, type_name, sizes), {}
  for i = 1, draw.count(sizes) do list[i] = value(random) end
  if #list > 0 then
    t:copy(cresset.DoubleTensor(list):view(table.unpack(sizes)))
    list = draw.list(t) -- as the type stores them
  end
  return t, list
end

--- The elements in row-major order.
function draw.list(t)
  local list = {}
  local function visit(level)
    for _, value in ipairs(level) do
      if type(value) == "table" then visit(value) else list[#list + 1] = value end
    end
  end
  visit(t:totable())
  return list
end

--- The index (from 1) in each dimension of the element at `place` (from 1).
function draw.index(sizes, place)
  local index, rest = {}, place - 1
  for d = #sizes, 1, -1 do
    index[d] = rest % sizes[d] + 1
    rest = rest // sizes[d]
  end
  return index
end

--- The place of an index; a dimension of size 1 has one index for all.
function draw.place(sizes, index)
  local place, first = 0, #index - #sizes
  for d = 1, #sizes do
    place = place * sizes[d] + (sizes[d] == 1 and 0 or index[first + d] - 1)
  end
  return place + 1
end

--- Calls visit(run, places) for each line of elements along a dimension.
function draw.each_run(sizes, list, dim, visit)
  for place = 1, draw.count(sizes) do
    local index = draw.index(sizes, place)
    if index[dim] == 1 then
      local run, places = {}, {}
      for i = 1, sizes[dim] do
        index[dim] = i
        places[i] = draw.place(sizes, index)
        run[i] = list[places[i]]
      end
      visit(run, places)
    end
  end
end

return draw
