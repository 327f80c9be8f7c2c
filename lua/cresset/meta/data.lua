---@meta

--- cresset.data: data sets as tensors, and minibatches of them.
local data = {}

--- Reads an IDX file (MNIST's format), plain or gzip-compressed. The file is not trusted: its
--- header is compared with its length before memory is taken, and it must hold just what the header
--- says.
---@param path string
---@return Tensor values of the file's type and sizes
function data.readIDX(path) end

--- Writes a file, the whole or nothing: what was there before stays until all is written.
---@param path string
---@param text string
function data.saveText(path, text) end

return data
