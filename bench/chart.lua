-- The chart of the benchmark as SVG: for each row how many times cresset's time the peers need, on
-- a logarithmic axis; the line at 1 is cresset.
local colors = { torch = "#d55e00", onnx = "#0072b2" } -- Okabe and Ito's, for any colour vision
local kinds = { "torch", "onnx" }
local left, width, line_height, top = 270, 420, 30, 62
local low, high = math.log(0.5), math.log(32)

local function place(ratio)
  local at = (math.log(ratio) - low) / (high - low)
  return left + width * math.max(0, math.min(1, at))
end

local function text(x, y, anchor, size, words)
  return ('<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d">%s</text>'):format(x, y, anchor,
    size, words)
end

local function bar(y, ratio, kind)
  local from, to = place(1), place(ratio)
  return ('<rect x="%.1f" y="%.1f" width="%.1f" height="9" fill="%s"/>'):format(math.min(from, to),
    y, math.abs(to - from), colors[kind])
    .. text(math.max(from, to) + 4, y + 8.5, "start", 10, ("%.2f"):format(ratio))
end

local function axis(bottom)
  local parts = {}
  for power = -1, 5 do
    local x = place(2 ^ power)
    parts[#parts + 1] = ('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/>'):format(x,
      top - 6, x, bottom, power == 0 and "#000" or "#ddd")
    parts[#parts + 1] = text(x, top - 12, "middle", 11, ("%g"):format(2.0 ^ power))
  end
  return table.concat(parts, "\n")
end

local function legend(titles)
  local parts, x = {}, left
  for _, kind in ipairs(kinds) do
    if titles[kind] then
      parts[#parts + 1] = ('<rect x="%d" y="10" width="12" height="12" fill="%s"/>'):format(x,
        colors[kind]) .. text(x + 17, 20, "start", 12, titles[kind])
      x = x + 160
    end
  end
  return table.concat(parts, "\n")
end

return function(results)
  local parts, y = {}, top
  for _, row in ipairs(results.rows) do
    parts[#parts + 1] = text(left - 10, y + 15, "end", 12, (row.name:gsub("&", "&amp;")))
    local offset = row.peers.torch and row.peers.onnx and 1 or 6
    for _, kind in ipairs(kinds) do
      local time = row.peers[kind]
      if time then
        parts[#parts + 1] = bar(y + offset, time / row.cresset, kind)
        offset = offset + 11
      end
    end
    y = y + line_height
  end
  return ([[<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif">
<rect width="100%%" height="100%%" fill="#fff"/>
%s
%s
%s
%s
</svg>
]]):format(left + width + 60, y + 12, text(left - 10, 20, "end", 12,
    "peer's time / cresset's time"), legend(results.titles or {}), axis(y),
    table.concat(parts, "\n"))
end
