---@meta
local cresset, Storage = {}, {}

--- A storage: a row of numbers of one type in memory, which tensors are views of.
---
---     cresset.Storage()            empty
---     cresset.Storage(n)           n elements, not initialized
---     cresset.Storage { 1, 2 }     these elements
---     cresset.Storage(storage [, offset [, size]])                   a part of another storage
---     cresset.Storage(fileName [, shared [, size [, sharedMem]]])   a file's content
---
--- cresset.Storage makes the default type, cresset.FloatStorage, ... make theirs. s[i] is an
--- element, #s their number. A tensor on a storage is cresset.FloatTensor(storage).
---
--- A view shows the same memory as the other storage, which must be of the same type and cannot
--- grow while it has views.
---
--- A file is mapped to memory: it is read when it is touched, and may be larger than the memory.
--- What is written stays in memory, unless `shared` is true: then it goes to the file, which with a
--- `size` (in elements) is made and made longer as needed. Without a size the file's length
--- decides. With `sharedMem` the name is one of Linux's shared memory (/dev/shm), for programs that
--- work together; the name is removed with the first storage that goes. A mapped storage cannot
--- grow; its elements are those of this machine, without any header. When somebody shortens the
--- file meanwhile, touching what was there ends the program with SIGBUS: map only files that no one
--- does that to.
---
--- The address of memory that Torch7 accepted as `ptr` is refused: nothing could check it.
---@return Storage
function cresset.Storage(...) end

--- Makes storages of type uint8, in the forms of cresset.Storage.
---@return Storage
function cresset.ByteStorage(...) end

--- Makes storages of type int8, in the forms of cresset.Storage.
---@return Storage
function cresset.CharStorage(...) end

--- Makes storages of type int16, in the forms of cresset.Storage.
---@return Storage
function cresset.ShortStorage(...) end

--- Makes storages of type int32, in the forms of cresset.Storage.
---@return Storage
function cresset.IntStorage(...) end

--- Makes storages of type int64, in the forms of cresset.Storage.
---@return Storage
function cresset.LongStorage(...) end

--- Makes storages of type float32, in the forms of cresset.Storage.
---@return Storage
function cresset.FloatStorage(...) end

--- Makes storages of type float64, in the forms of cresset.Storage.
---@return Storage
function cresset.DoubleStorage(...) end

--- Number of elements.
---@return integer
function Storage:size() end

--- Sets all elements to a number.
---@return Storage self
function Storage:fill(value) end

--- Copies the elements of a storage of the same size and any type.
---@param src Storage
---@return Storage self
function Storage:copy(src) end

--- Changes the number of elements; the old ones are kept as far as they fit, new ones are not
--- initialized. Views, mapped files and what has views cannot grow.
---@param size integer
---@return Storage self
function Storage:resize(size) end

--- The bytes of a torch.ByteStorage or torch.CharStorage as a string, or a string's bytes as its
--- elements.
---@param bytes? string
---@return string|Storage
function Storage:string(bytes) end

--- Gives up this reference to the memory at once; the object cannot be used any more. Tensors that
--- view the storage keep it.
function Storage:free() end

--- The name of the type, such as "torch.LongStorage"; or the storage converted to another type (the
--- storage itself when it has that type).
---@param name? string such as "torch.FloatStorage" or "float"
---@return string|Storage
function Storage:type(name) end

--- Bytes of one element.
---@return integer
function Storage:elementSize() end

--- The elements converted to uint8; the storage itself when it is a torch.ByteStorage.
---@return Storage
function Storage:byte() end

--- The elements converted to int8; the storage itself when it is a torch.CharStorage.
---@return Storage
function Storage:char() end

--- The elements converted to int16; the storage itself when it is a torch.ShortStorage.
---@return Storage
function Storage:short() end

--- The elements converted to int32; the storage itself when it is a torch.IntStorage.
---@return Storage
function Storage:int() end

--- The elements converted to int64; the storage itself when it is a torch.LongStorage.
---@return Storage
function Storage:long() end

--- The elements converted to float32; the storage itself when it is a torch.FloatStorage.
---@return Storage
function Storage:float() end

--- The elements converted to float64; the storage itself when it is a torch.DoubleStorage.
---@return Storage
function Storage:double() end

--- The elements as a Lua table.
---@return table
function Storage:totable() end

return { cresset, Storage }
