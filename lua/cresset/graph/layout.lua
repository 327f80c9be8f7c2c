--- Where the nodes of a drawing stand: in layers, each node below all that it follows, those of a
-- layer in the order of the nodes before them (the barycenter rule of Sugiyama et al. 1981).

--- The layer of each node: the length of the longest path to it.
local function layers_of(count, edges)
  local depth, before = {}, {}
  for i = 1, count do depth[i], before[i] = 1, {} end
  for _, edge in ipairs(edges) do table.insert(before[edge[2]], edge[1]) end
  for _ = 1, count do
    local is_changed = false
    for i = 1, count do
      for _, from in ipairs(before[i]) do
        if depth[i] <= depth[from] then depth[i], is_changed = depth[from] + 1, true end
      end
    end
    if not is_changed then break end
  end
  return depth, before
end

local function sort_layer(layer, before, position)
  local key = {}
  for at, i in ipairs(layer) do
    local sum = 0
    for _, from in ipairs(before[i]) do sum = sum + (position[from] or 0) end
    key[i] = #before[i] > 0 and sum / #before[i] or at
  end
  local order = {}
  for at, i in ipairs(layer) do order[i] = at end
  table.sort(layer, function(a, b)
    if key[a] ~= key[b] then return key[a] < key[b] end
    return order[a] < order[b]
  end)
end

--- Centers of the nodes.
-- @param count  how many nodes there are
-- @param edges  a list of { from, to }
-- @param size  size(i) gives the width and the height of a node
-- @param gap  the distance between nodes and layers
-- @return lists of x and y, the drawing's width and height, and a list of the nodes' layers
local function layout(count, edges, size, gap)
  local depth, before = layers_of(count, edges)
  local layers, x, y, position = {}, {}, {}, {}
  for i = 1, count do
    layers[depth[i]] = layers[depth[i]] or {}
    table.insert(layers[depth[i]], i)
  end
  local widths, total, top = {}, 0, gap
  for at, layer in ipairs(layers) do
    sort_layer(layer, before, position)
    local left, tallest = 0, 0
    for _, i in ipairs(layer) do
      local width, height = size(i)
      x[i], left = left + width / 2, left + width + gap
      tallest = math.max(tallest, height)
    end
    widths[at] = left - gap
    total = math.max(total, widths[at])
    for _, i in ipairs(layer) do
      y[i], position[i] = top + tallest / 2, x[i] - widths[at] / 2
    end
    top = top + tallest + gap
  end
  for at, layer in ipairs(layers) do
    for _, i in ipairs(layer) do x[i] = x[i] + gap + (total - widths[at]) / 2 end
  end
  return x, y, total + 2 * gap, top, depth
end

return layout
