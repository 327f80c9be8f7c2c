--- Draws a graph.Graph as SVG text: boxes with the nodes' labels, curves from each box to those
-- that read it.
local layout = require("cresset.graph.layout")

local font, line_height, letter_width, border, gap = 13, 17, 7.2, 8, 32

local function escape(text)
  local names = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
  return (text:gsub("[&<>\"]", names):gsub("[%z\1-\8\11-\31]", " "))
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

local function box_size(lines)
  local longest = 4
  for _, line in ipairs(lines) do longest = math.max(longest, utf8.len(line) or #line) end
  return longest * letter_width + 2 * border, #lines * line_height + 2 * border
end

-- A curve; `aside` is how far it swings out to pass the boxes between.
local function draw_edge(out, x1, y1, x2, y2, aside)
  local middle, swing = (y1 + y2) / 2, aside * 4 / 3
  out[#out + 1] = ('<path d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" '
    .. 'stroke="#555" marker-end="url(#tip)"/>'):format(x1, y1, x1 + swing, middle, x2 + swing,
    middle, x2, y2)
end

local function draw_node(out, node, lines, x, y, width, height, failed)
  local annotations = node.data and node.data.annotations or {}
  local look = annotations.graphAttributes or {}
  local is_filled = look.style == "filled" or look.fillcolor
  local fill = node == failed and "red" or is_filled and tostring(look.fillcolor or look.color)
    or "white"
  out[#out + 1] = ('<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" '
    .. 'fill="%s" stroke="%s"/>'):format(escape(tostring(look.tooltip or annotations._debugLabel
    or node:graphNodeName())), x - width / 2, y - height / 2, width, height, escape(fill),
    escape(tostring(look.color or "black")))
  for i, line in ipairs(lines) do
    out[#out + 1] = ('<text x="%.1f" y="%.1f" fill="%s">%s</text>'):format(x,
      y - height / 2 + border + i * line_height - 4,
      escape(tostring(look.fontcolor or "black")), escape(line))
  end
  out[#out + 1] = "</g>"
end

return function(g, title, failed)
  local labels, widths, heights = {}, {}, {}
  for i, node in ipairs(g.nodes) do
    labels[i] = lines_of(node:label())
    widths[i], heights[i] = box_size(labels[i])
  end
  local edges = g:edges()
  local x, y, width, height, layer = layout(#g.nodes, edges, function(i)
    return widths[i], heights[i]
  end, gap)
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="monospace" '
      .. 'font-size="%d" text-anchor="middle">'):format(width, height, font),
    "<title>" .. escape(title) .. "</title>",
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" '
      .. 'markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>',
    '<rect width="100%" height="100%" fill="white"/>',
  }
  for _, edge in ipairs(edges) do
    local from, to, aside = edge[1], edge[2], 0
    for i = 1, #labels do
      local is_between = layer[i] > layer[from] and layer[i] < layer[to]
      if is_between and math.abs(x[i] - (x[from] + x[to]) / 2) < widths[i] / 2 then
        aside = math.max(aside, widths[i] / 2 + gap / 2)
      end
    end
    draw_edge(out, x[from], y[from] + heights[from] / 2, x[to], y[to] - heights[to] / 2, aside)
  end
  for i, node in ipairs(g.nodes) do
    draw_node(out, node, labels[i], x[i], y[i], widths[i], heights[i], failed)
  end
  out[#out + 1] = "</svg>\n"
  return table.concat(out, "\n")
end
