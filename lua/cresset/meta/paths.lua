---@meta

--- Files and folders: what Lua's own library lacks.
local paths = {}

--- The names in a folder, in no order, without "." and "..".
---@param folder string
---@return table? names nil when the folder cannot be read
---@return string? reason
function paths.dir(folder) end

--- True when the path is a regular file.
---@param path string
---@return boolean
function paths.filep(path) end

--- True when the path is a folder.
---@param path string
---@return boolean
function paths.dirp(path) end

--- Makes a folder, and the folders above it where they are missing.
---@param folder string
---@return boolean? success nil when it cannot be made
---@return string? reason
function paths.mkdir(folder) end

return paths
