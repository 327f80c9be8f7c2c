--- What `cresset info` prints: the version, the machine and the libraries in use.

local info = {}

--- A list of { name, value } pairs, in the order to show.
function info.list()
  local cresset = require("cresset")
  local parts = cresset.optionalParts()
  local function present(part) return parts[part] and "yes" or "no (built without)" end
  return {
    { "cresset", cresset.version },
    { "Lua", _VERSION },
    { "CPU", cresset.cpuFeatures() },
    { "kernels", cresset.isa() },
    { "BLAS", cresset.blas() },
    { "threads", ("%d of %d cores"):format(cresset.getNumThreads(), cresset.getNumCores()) },
    { "libpng", present("png") },
    { "libjpeg", present("jpeg") },
    { "zlib", present("zlib") },
    { "libzip", present("zip") },
    { "readline", cresset.terminal.readlineName() or "no (not found)" },
  }
end

--- The same as text, one line a pair.
function info.text()
  local lines = {}
  for i, pair in ipairs(info.list()) do lines[i] = ("%-9s %s"):format(pair[1], pair[2]) end
  return table.concat(lines, "\n")
end

return info
