-- Runs the Lua blocks of the README and the guide. The blocks of a page make one program; a line
-- that ends in `--> text` must print that text.

local function read_page(path)
  local file = io.open(path)
  if not file then return nil end
  local lines = {}
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

-- The page with everything blanked that is not Lua, so that line numbers stay right.
local function program_of(lines)
  local code, inside, count = {}, false, 0
  for i, line in ipairs(lines) do
    if line:match("^```") then
      inside = line == "```lua"
      if inside then count = count + 1 end
      code[i] = ""
    else
      code[i] = inside and line or ""
    end
  end
  return table.concat(code, "\n"), count
end

local function run(path, lines)
  local printed = {}
  local environment = setmetatable({
    print = function(...)
      local texts = table.pack(...)
      for i = 1, texts.n do texts[i] = tostring(texts[i]) end
      local at = debug.getinfo(2, "l").currentline
      printed[at] = (printed[at] and printed[at] .. "\n" or "") .. table.concat(texts, "\t")
    end,
  }, { __index = _G })
  local program, count = program_of(lines)
  assert.is_true(count > 0, path .. " has no Lua blocks")
  local chunk = assert(load(program, "@" .. path, "t", environment))
  local ok, message = xpcall(chunk, debug.traceback)
  assert(ok, message)
  for i, line in ipairs(lines) do
    local expected = line:match("%-%->%s*(.-)%s*$")
    if expected then
      assert.equal(expected, printed[i], ("%s:%d"):format(path, i))
    end
  end
end

describe("documentation pages", function()
  for _, path in ipairs { "README.md", "doc/guide/getting-started.md", "doc/guide/tensors.md",
    "doc/guide/networks.md", "doc/guide/models.md", "doc/guide/energy.md",
    "doc/guide/training.md",
    "doc/guide/adversarial.md", "doc/guide/files.md", "doc/guide/torch7.md",
    "doc/guide/pytorch.md", "doc/guide/maps.md" } do
    local lines = read_page(path)
    if lines then it(path .. " tells the truth", function() run(path, lines) end) end
  end
end)
