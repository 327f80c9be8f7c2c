-- What cresset and the peers that read ONNX files exchange: the network, its input, its output.
local onnx = require("onnx")

local exchange = {}

local function base(folder, name) return folder .. "/" .. name:gsub("[^%w]+", "-") end

local function write_floats(path, tensor)
  local cresset = require("cresset")
  local file <close> = cresset.DiskFile(path, "w"):binary()
  file:writeFloat(tensor:clone():storage())
end

--- Writes NAME.onnx, NAME.sizes, NAME.input and NAME.output to the folder.
-- @param info  a table: net (in evaluation mode), input, fused (the network that is measured, whose
-- output the peer's is compared with)
function exchange.save(folder, name, info)
  local path = base(folder, name)
  local sizes = info.input:size():totable()
  local output = info.fused:forward(info.input)
  onnx.save(path .. ".onnx", info.net, sizes, output:size():totable())
  write_floats(path .. ".input", info.input)
  write_floats(path .. ".output", output)
  local file <close> = assert(io.open(path .. ".sizes", "w"))
  file:write(table.concat(sizes, " "), "\n")
end

--- Takes the case's files away.
function exchange.remove(folder, name)
  for _, kind in ipairs { ".onnx", ".sizes", ".input", ".output" } do
    os.remove(base(folder, name) .. kind)
  end
end

return exchange
