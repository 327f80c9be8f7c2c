---@meta
local cresset = {}

--- Number of threads that computations use; all cores unless told otherwise.
---@return integer
function cresset.getNumThreads() end

--- Sets the number of threads that computations use.
---@param threads integer from 1 to 256
function cresset.setNumThreads(threads) end

--- Number of cores that this process may use.
---@return integer
function cresset.getNumCores() end

--- The instruction set of the kernels in use: "portable", "avx2" or "avx512". The environment
--- variable CRESSET_ISA names a lower one than the CPU has.
---@return string
function cresset.isa() end

--- The instruction sets that the CPU offers, whatever is in use.
---@return string
function cresset.cpuFeatures() end

--- The library whose LAPACK solves linear systems and decomposes matrices, and its kernels; loads
--- it. Products of matrices do not need it. The environment variable CRESSET_BLAS names another.
---@return string
function cresset.blas() end

--- Which optional libraries this build has.
---@return table parts { png = true or false, zlib = ..., zip = ... }
function cresset.optionalParts() end

--- How many bytes the storages of all tensors hold at the moment, garbage that Lua's collector has
--- not found yet included.
---@return integer bytes
function cresset.storageBytes() end

--- A number that no other object has as long as this one lives: its address. Tensors that share
--- memory have storages of one number.
---@param object table|userdata|function|thread
---@return integer
function cresset.pointer(object) end

return cresset
