---@meta

--- cresset.image: pictures as tensors of channels x height x width (or height x width), floats from
--- 0 to 1. Rows count from the top.
local image = {}

--- Reads a PNG file. The file is not trusted: what it promises is compared with its size before
--- memory is taken. Palettes, other depths than 8 bits and interlaced files are understood. Asked
--- for 1 channel (grey, by luminance) or 3 (RGB), it converts, without opacity.
---@param path string
---@param channels integer? nil: as many as the file has
---@param type string? "float" (from 0 to 1, the default type), "double", or "byte" (0 to 255)
---@return Tensor picture channels x height x width
function image.loadPNG(path, channels, type) end

--- Writes a PNG file, the whole or nothing. A picture is height x width, or channels x height x
--- width with 1 (grey), 2 (grey and opacity), 3 (RGB) or 4 channels; floats from 0 to 1, or
--- integers from 0 to 255. What lies outside is clamped, NaN is black.
---@param path string
---@param picture Tensor
function image.savePNG(path, picture) end

--- Writes an animated PNG, which browsers repeat forever; other viewers show the last frame.
---@param path string
---@param frames Tensor frames x height x width, or frames x channels x height x width
---@param milliseconds integer? each frame's time (200)
function image.saveAnimation(path, frames, milliseconds) end

--- Reads a JPEG file. The file is not trusted: what it promises is compared with its size before
--- memory is taken, and a file that ends too early is refused. CMYK becomes RGB; the orientation
--- that cameras note is left alone.
---@param path string
---@param channels integer? 1 (grey) or 3 (RGB); nil: as many as the file has
---@param type string? "float" (from 0 to 1, the default type), "double", or "byte" (0 to 255)
---@return Tensor picture channels x height x width
function image.loadJPG(path, channels, type) end

--- Writes a JPEG file, the whole or nothing. A picture is height x width, or 1 (grey) or 3 (RGB) x
--- height x width; floats from 0 to 1, or integers from 0 to 255.
---@param path string
---@param picture Tensor
---@param quality integer? 1 to 100 (75)
function image.saveJPG(path, picture, quality) end

--- Reads a picture from what a JPEG file holds.
---@param bytes Tensor a torch.ByteTensor
---@param channels integer? as for image.loadJPG
---@param type string? as for image.loadJPG
---@return Tensor picture channels x height x width
function image.decompressJPG(bytes, channels, type) end

--- What the JPEG file of a picture would hold.
---@param picture Tensor as for image.saveJPG
---@param quality integer? 1 to 100 (75)
---@return Tensor bytes a torch.ByteTensor
function image.compressJPG(picture, quality) end

return image
