---@meta

--- cresset.train: what training scripts share.
local train = {}

--- Columns of the terminal that a file writes to; 80 when the terminal does not say.
---@param stream file* an open file, such as io.stdout
---@return integer? width nil when it is no terminal
function train.terminalWidth(stream) end

--- Seconds since some moment, never going back.
---@return number seconds
function train.clock() end

return train
