---@meta
--- Files in Torch7's manner.
---
--- A file reads and writes numbers of every type, lines and whole values. By default it is in text
--- mode (ascii) and raises errors (pedantic):
---
---     local file = cresset.DiskFile("numbers.txt", "w")
---     file:writeInt(3)
---     file:writeDouble(cresset.DoubleStorage { 1, 2, 0.5 })
---     file:close()
---
--- Methods that have nothing else to return return the file.
local cresset, File = {}, {}

--- Opens a file on disk, in text mode.
---
--- A file that is written so is on disk bit by bit; cresset.save writes whole files or none.
---@param fileName string
---@param mode? string "r" to read (the default), "w" to write a new file, "rw" to do both; the file
---                    is made when there is none
---@param quiet? boolean true: nil instead of an error when the file cannot be opened
---@return File
function cresset.DiskFile(fileName, mode, quiet) end

--- Runs a shell command and reads what it prints, or writes what it reads. The command is run as
--- it stands: no part of it may come from who is not trusted. Closing waits until the command has
--- ended. There are no positions, and not both directions.
---@param command string
---@param mode? string "r" (the default) or "w"
---@param quiet? boolean true: nil instead of an error when no process can be started
---@return File
function cresset.PipeFile(command, mode, quiet) end

--- A file in memory, in text mode.
---
---     cresset.MemoryFile([mode])            empty
---     cresset.MemoryFile(storage [, mode])  on a torch.CharStorage whose last character is zero;
---                                           it grows when more is written
---@param storage? Storage|string
---@param mode? string "r", "w" or "rw" (the default)
---@return File
function cresset.MemoryFile(storage, mode) end

--- True for files: DiskFile, MemoryFile and PipeFile.
---@return boolean
function cresset.isFile(value) end

--- Reads numbers of type uint8.
--- In text mode, too, bytes are themselves.
---
---     file:readByte()         one number
---     file:readByte(n)        up to n, as a torch.ByteStorage of those that came
---     file:readByte(storage)  fills a torch.ByteStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readByte(n) end

--- Writes a number, or all of a torch.ByteStorage, as type uint8.
--- In text mode, too, bytes are themselves.
---@param value number|Storage
---@return integer how many were written
function File:writeByte(value) end

--- Reads numbers of type int8.
--- In text mode, too, bytes are themselves.
---
---     file:readChar()         one number
---     file:readChar(n)        up to n, as a torch.CharStorage of those that came
---     file:readChar(storage)  fills a torch.CharStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readChar(n) end

--- Writes a number, or all of a torch.CharStorage, as type int8.
--- In text mode, too, bytes are themselves.
---@param value number|Storage
---@return integer how many were written
function File:writeChar(value) end

--- Reads numbers of type int16.
---
---     file:readShort()         one number
---     file:readShort(n)        up to n, as a torch.ShortStorage of those that came
---     file:readShort(storage)  fills a torch.ShortStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readShort(n) end

--- Writes a number, or all of a torch.ShortStorage, as type int16.
---@param value number|Storage
---@return integer how many were written
function File:writeShort(value) end

--- Reads numbers of type int32.
---
---     file:readInt()         one number
---     file:readInt(n)        up to n, as a torch.IntStorage of those that came
---     file:readInt(storage)  fills a torch.IntStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readInt(n) end

--- Writes a number, or all of a torch.IntStorage, as type int32.
---@param value number|Storage
---@return integer how many were written
function File:writeInt(value) end

--- Reads numbers of type int64.
---
---     file:readLong()         one number
---     file:readLong(n)        up to n, as a torch.LongStorage of those that came
---     file:readLong(storage)  fills a torch.LongStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readLong(n) end

--- Writes a number, or all of a torch.LongStorage, as type int64.
---@param value number|Storage
---@return integer how many were written
function File:writeLong(value) end

--- Reads numbers of type float32.
---
---     file:readFloat()         one number
---     file:readFloat(n)        up to n, as a torch.FloatStorage of those that came
---     file:readFloat(storage)  fills a torch.FloatStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readFloat(n) end

--- Writes a number, or all of a torch.FloatStorage, as type float32.
---@param value number|Storage
---@return integer how many were written
function File:writeFloat(value) end

--- Reads numbers of type float64.
---
---     file:readDouble()         one number
---     file:readDouble(n)        up to n, as a torch.DoubleStorage of those that came
---     file:readDouble(storage)  fills a torch.DoubleStorage; returns how many came
---
--- Fewer than wanted are an error, or noted by a quiet file (hasError), which gives 0 for a number.
---@param n? integer|Storage
---@return number|Storage
function File:readDouble(n) end

--- Writes a number, or all of a torch.DoubleStorage, as type float64.
---@param value number|Storage
---@return integer how many were written
function File:writeDouble(value) end

--- Reads text.
---@param format string "*l": a line, without its end; "*a": all that is left
---@return string
function File:readString(format) end

--- Writes a string as it is.
---@param string string
---@return integer how many characters were written
function File:writeString(string) end

--- Text mode (the default): numbers in decimal.
function File:ascii() end

--- Binary mode: numbers as they are in memory.
function File:binary() end

--- Text mode writes a space between numbers and a newline after each call, and expects them when it
--- reads (the default).
function File:autoSpacing() end

--- Text mode writes nothing between numbers.
function File:noAutoSpacing() end

--- Errors in reading and writing are noted instead of raised: see hasError.
function File:quiet() end

--- Errors are raised (the default).
function File:pedantic() end

--- True when an error occurred since the file was opened or since clearError.
---@return boolean
function File:hasError() end

--- Forgets the errors that occurred.
function File:clearError() end

--- True in quiet mode.
---@return boolean
function File:isQuiet() end

--- True when the file can be read.
---@return boolean
function File:isReadable() end

--- True when the file can be written.
---@return boolean
function File:isWritable() end

--- True in binary mode.
---@return boolean
function File:isBinary() end

--- True when text mode writes spaces: see autoSpacing.
---@return boolean
function File:isAutoSpacing() end

--- False when the file was closed.
---@return boolean
function File:isOpened() end

--- The position of the next byte, from 1.
---@return integer
function File:position() end

--- Goes to a position in bytes, from 1.
---@param position integer
function File:seek(position) end

--- Goes to the end.
function File:seekEnd() end

--- Hands what was written over to the system.
function File:synchronize() end

--- Closes the file. Also done by the collector and by `local file <close>`.
function File:close() end

--- Binary numbers with their most significant byte first.
function File:bigEndianEncoding() end

--- Binary numbers with their least significant byte first.
function File:littleEndianEncoding() end

--- Binary numbers as this machine has them (the default).
function File:nativeEndianEncoding() end

--- True when this machine has the most significant byte first.
---@return boolean
function File:isBigEndianCPU() end

--- True when this machine has the least significant byte first.
---@return boolean
function File:isLittleEndianCPU() end

--- The number of bytes of an int64 in binary mode; numbers that 4 bytes cannot hold are refused.
---@param size? integer 4, 8, or 0 for the default, 8
function File:longSize(size) end

--- Reads and writes without a buffer (DiskFile and PipeFile).
function File:noBuffer() end

--- The memory of a MemoryFile, no copy: a torch.CharStorage with a zero after the data.
---@return Storage
function File:storage() end

--- "torch.DiskFile", "torch.MemoryFile" or "torch.PipeFile".
---@return string
function File:type() end

return { cresset, File }
