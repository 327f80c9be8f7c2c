local find_in = require("cresset.data.idx_folder").find
local Text = require("cresset.data.Text")

-- The folder of this file, with a slash.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
local folders = { here .. "files", here .. "../../../data" }

--- Ambrose Bierce's The Devil's Dictionary (1911), about 380,000 characters: a text for language
-- models that comes with cresset and is in the public domain.
-- @return a data.Text
local function devilsDictionary()
  for _, folder in ipairs(folders) do
    local path = find_in(folder, "devils-dictionary.txt")
    if path then return Text { path = path } end
  end
  error(("data.devilsDictionary: 'devils-dictionary.txt.gz' is missing: it should be in %s or %s")
    :format(folders[1], folders[2]), 0)
end

return devilsDictionary
