--- Finds documented names by a word, and names that are spelled nearly alike.

local search = {}

-- Number of letters to insert, delete, change or swap with their neighbour between two words.
local function distance(a, b)
  local before, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local next_row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      next_row[j] = math.min(row[j] + 1, next_row[j - 1] + 1, row[j - 1] + (same and 0 or 1))
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      if swapped then next_row[j] = math.min(next_row[j], before[j - 2] + 1) end
    end
    before, row = row, next_row
  end
  return row[#b]
end

local function last_part(name) return (name:match("([%w_]+)$") or name):lower() end

-- How far a name is from what was asked: nil when it has nothing to do with it.
local function name_rank(name, word)
  local short = last_part(name)
  if short == word then return 0 end
  if short:sub(1, #word) == word and #word > 1 then return 1 end
  if #word > 2 and name:lower():find(word, 1, true) then return 2 end
  local off = distance(short, word)
  return off <= math.max(1, #word // 3) and off < #word and off + 1 or nil
end

local function text_mentions(entry, word)
  return #word > 2 and table.concat(entry.text, " "):lower():find(word, 1, true) ~= nil
end

--- The names in the index that fit a word, best first: at most `most` of them.
function search.find(index, text, most)
  local word = last_part(text)
  local ranked = {}
  for name, entry in pairs(index) do
    local rank = name_rank(name, word) or (text_mentions(entry, text:lower()) and 10)
    if rank then ranked[#ranked + 1] = { name = name, rank = rank } end
  end
  table.sort(ranked, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.name < b.name
  end)
  local names = {}
  for i = 1, math.min(most, #ranked) do names[i] = ranked[i].name end
  return names
end

--- The names whose last part is the word: "add" finds Tensor:add, cresset.add, ...
-- @param ignoresCase  true to find nn.Linear for "linear" too
function search.exact(index, word, ignoresCase)
  local names = {}
  if ignoresCase then word = word:lower() end
  local pattern = "[.:]" .. word:gsub("%W", "%%%0") .. "$"
  for name in pairs(index) do
    if (ignoresCase and name:lower() or name):match(pattern) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return search
