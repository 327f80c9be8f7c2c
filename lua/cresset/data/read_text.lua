--- Whole text files, plain or compressed by gzip.
local core = require("cresset.core")

--- The file's bytes; a message begins with `who`.
return function(who, path)
  local good, result = pcall(function()
    local file <close> = core.stream.openReader(path)
    return file:readString("*a")
  end)
  if good then return result end
  local message = tostring(result):gsub("^.-stream%.%w+: ", "")
  error(("%s: %s"):format(who, message), 0)
end
