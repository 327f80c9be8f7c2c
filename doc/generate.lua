-- Writes the reference as HTML: lua5.4 doc/generate.lua FOLDER, from the folder of the checkout.
-- Its source are the comments that help() shows in the REPL.

local build = os.getenv("CRESSET_BUILD") or "build/release"
package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path
package.cpath = (build:sub(1, 1) == "/" and "" or "./") .. build .. "/?.so;" .. package.cpath

local cresset = require("cresset")
local help = require("cresset.help")
local symbols = require("cresset.help.symbols")

local folder = arg[1] or "build/doc"

local style = [[
body { font: 16px/1.5 sans-serif; max-width: 54em; margin: 2em auto; padding: 0 1em; color: #222 }
code, pre, h3 { font-family: monospace } pre { background: #f4f4f4; padding: .6em }
h3 { font-size: 1em; margin: 1.6em 0 .2em; background: #e8eef7; padding: .3em .5em }
dl { margin: .3em 1em } dt { font-family: monospace } nav { columns: 3 } a { color: #0645ad }
.inherited { color: #666 }
]]

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function inline(text)
  return (escape(text):gsub("`([^`]+)`", "<code>%1</code>"))
end

-- Turns the lines of a comment into HTML: indented lines are code, @param and @return a list.
local function body(lines)
  local html, paragraph, code = {}, {}, {}
  local function flush()
    if #code > 0 then
      html[#html + 1] = "<pre>" .. escape(table.concat(code, "\n")) .. "</pre>"
    end
    if #paragraph > 0 then
      html[#html + 1] = "<p>" .. inline(table.concat(paragraph, " ")) .. "</p>"
    end
    code, paragraph = {}, {}
  end
  for _, line in ipairs(lines) do
    local name, rest = line:match("^%s*@param%s+(%S+)%s*(.*)$")
    local result = line:match("^%s*@return%s+(.*)$")
    if name or result then
      flush()
      html[#html + 1] = ("<dl><dt>%s</dt><dd>%s</dd></dl>")
        :format(escape(name or "returns"), inline(rest or result))
    elseif line:match("^    ") then
      if #paragraph > 0 then flush() end
      code[#code + 1] = line:sub(5)
    elseif line:match("^%s*$") then
      flush()
    else
      if #code > 0 then flush() end
      paragraph[#paragraph + 1] = line
    end
  end
  flush()
  return table.concat(html, "\n")
end

local function anchor(name) return (name:gsub("[^%w]", "-")) end

local function section(symbol)
  local entry = help.entry_of(symbol.value)
  if not entry then return nil end
  local title = help.text(entry, symbol.value):match("^[^\n]*")
  if entry.name ~= symbol.name and symbol.kind == "method" then return nil end -- inherited
  local tag = symbol.kind == "class" and "h2" or "h3"
  return ("<%s id='%s'>%s</%s>\n%s"):format(tag, anchor(symbol.name), escape(title), tag,
    body(entry.text))
end

local function write(name, title, content)
  local file = assert(io.open(folder .. "/" .. name, "w"))
  file:write("<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>", title,
    "</title><style>", style, "</style></head><body>\n", content, "\n</body></html>\n")
  file:close()
end

-- The page that a symbol belongs to: its package, or the tensors' page.
local function page_of(symbol) return symbol.name:match("^([%w_]+)") end

local pages, order = {}, {}
for _, symbol in ipairs(symbols.list()) do
  local page = page_of(symbol)
  local html = section(symbol)
  if html then
    if not pages[page] then
      pages[page] = { links = {}, sections = {} }
      order[#order + 1] = page
    end
    local p = pages[page]
    p.links[#p.links + 1] = ("<a href='#%s'>%s</a><br>"):format(anchor(symbol.name), symbol.name)
    p.sections[#p.sections + 1] = html
  end
end

assert(cresset.paths.mkdir(folder))
local index = {}
for _, page in ipairs(order) do
  local p = pages[page]
  write(page .. ".html", page,
    ("<p><a href='index.html'>cresset</a></p><h1>%s</h1>\n<nav>%s</nav>\n%s"):format(page,
      table.concat(p.links, "\n"), table.concat(p.sections, "\n")))
  index[#index + 1] = ("<li><a href='%s.html'>%s</a> (%d)</li>"):format(page, page, #p.sections)
end
write("index.html", "cresset", "<h1>cresset " .. cresset.version .. ": reference</h1>\n<ul>\n"
  .. table.concat(index, "\n") .. "\n</ul>")
print(("%d pages in %s"):format(#order + 1, folder))
