---@meta
local cresset, Tensor = {}, {}

--- A tensor: an array of numbers of one type with up to eight dimensions, a view of a storage.
---
---     cresset.Tensor()                  empty
---     cresset.Tensor(2, 3)              2 x 3, not initialized
---     cresset.Tensor { {1, 2}, {3, 4} } these elements
---     cresset.Tensor(t)                 another view of t's elements (t of the same type)
---     cresset.Tensor(storage, offset, size, stride, ...)
---
--- cresset.Tensor makes the default type, cresset.FloatTensor, DoubleTensor, LongTensor, IntTensor,
--- ShortTensor, CharTensor and ByteTensor make theirs; t.new makes t's type. Indices count from 1
--- and from the end when they are negative: t[2], t[{1, 3}], t[{ {1, 2}, {} }] (a range, a whole
--- dimension), t[{ {1, 9, 2} }] (every second one), t[mask] with a torch.ByteTensor, t[index] with
--- a torch.LongTensor (entries of the first dimension); the same on the left of an assignment,
--- whose right side is a number, a tensor or a nested table. t(i, j, ...) is t[{ i, j, ... }].
cresset.Tensor = nil

--- Makes tensors of type uint8 (0 to 255), in the forms of cresset.Tensor.
cresset.ByteTensor = nil

--- The tensor as a torch.ByteTensor; itself when it is one. Floats become integers by truncation.
---@return Tensor
function Tensor:byte() end
function cresset.byte(x) end

--- Makes tensors of type int8 (-128 to 127), in the forms of cresset.Tensor.
cresset.CharTensor = nil

--- The tensor as a torch.CharTensor; itself when it is one. Floats become integers by truncation.
---@return Tensor
function Tensor:char() end
function cresset.char(x) end

--- Makes tensors of type int16 (16 bits), in the forms of cresset.Tensor.
cresset.ShortTensor = nil

--- The tensor as a torch.ShortTensor; itself when it is one. Floats become integers by truncation.
---@return Tensor
function Tensor:short() end
function cresset.short(x) end

--- Makes tensors of type int32 (32 bits), in the forms of cresset.Tensor.
cresset.IntTensor = nil

--- The tensor as a torch.IntTensor; itself when it is one. Floats become integers by truncation.
---@return Tensor
function Tensor:int() end
function cresset.int(x) end

--- Makes tensors of type int64 (64 bits; indices and labels), in the forms of cresset.Tensor.
cresset.LongTensor = nil

--- The tensor as a torch.LongTensor; itself when it is one. Floats become integers by truncation.
---@return Tensor
function Tensor:long() end
function cresset.long(x) end

--- Makes tensors of type float32 (the default type), in the forms of cresset.Tensor.
cresset.FloatTensor = nil

--- The tensor as a torch.FloatTensor; itself when it is one.
---@return Tensor
function Tensor:float() end
function cresset.float(x) end

--- Makes tensors of type float64 (64 bits), in the forms of cresset.Tensor.
cresset.DoubleTensor = nil

--- The tensor as a torch.DoubleTensor; itself when it is one.
---@return Tensor
function Tensor:double() end
function cresset.double(x) end

--- The tensor in the default type; itself when it has it.
---@return Tensor
function Tensor:real() end

--- The name of the type, or the tensor converted to another type.
---@param name? string "torch.LongTensor", "long", "int64", ...
---@return string|Tensor
function Tensor:type(name) end

--- The tensor in another one's type; itself when it has it.
---@return Tensor
function Tensor:typeAs(other) end
function cresset.typeAs(x, other) end

--- Makes the tensor another view: of a tensor's elements, of a storage's, or of nothing.
--- Sizes and strides count elements; a negative stride stands for the contiguous one.
---@param source? Tensor|Storage
---@param offset? integer of the first element, from 1
---@param sizes? integer|table|Storage
---@param strides? table|Storage
---@return Tensor self
function Tensor:set(source, offset, sizes, strides) end
function cresset.set(x, source, offset, sizes, strides) end

--- Number of dimensions.
---@return integer
function Tensor:dim() end
function cresset.dim(x) end
function Tensor:nDimension() end
function cresset.nDimension(x) end

--- Size of a dimension, or all sizes as a torch.LongStorage.
---@param dim? integer
---@return integer|Storage
function Tensor:size(dim) end
function cresset.size(x, dim) end

--- Distance of neighbours along a dimension, in elements; or all of them as a torch.LongStorage.
---@param dim? integer
---@return integer|Storage
function Tensor:stride(dim) end
function cresset.stride(x, dim) end

--- Number of elements.
---@return integer
function Tensor:nElement() end
function cresset.nElement(x) end
function Tensor:numel() end
function cresset.numel(x) end

--- Bytes of one element.
---@return integer
function Tensor:elementSize() end
function cresset.elementSize(x) end

--- The storage that holds the elements.
---@return Storage
function Tensor:storage() end
function cresset.storage(x) end

--- Where the first element stands in the storage, from 1.
---@return integer
function Tensor:storageOffset() end
function cresset.storageOffset(x) end

--- True when the elements stand in row-major order without gaps.
---@return boolean
function Tensor:isContiguous() end
function cresset.isContiguous(x) end

--- True when the tensor has these sizes.
---@param sizes Storage|table
---@return boolean
function Tensor:isSize(sizes) end
function cresset.isSize(x, sizes) end

--- True when both have the same sizes.
---@return boolean
function Tensor:isSameSizeAs(other) end
function cresset.isSameSizeAs(x, other) end

--- True when both are the same view of the same storage.
---@return boolean
function Tensor:isSetTo(other) end
function cresset.isSetTo(x, other) end

--- True for tensors.
---@return boolean
function Tensor:isTensor() end
function cresset.isTensor(value) end

--- True for storages.
---@return boolean
function cresset.isStorage(value) end

--- Gives the tensor other sizes; its elements are kept in order as far as they fit, new ones are
--- not initialized.
---@return Tensor self
function Tensor:resize(...) end
function cresset.resize(x, ...) end

--- Gives the tensor another one's sizes.
---@return Tensor self
function Tensor:resizeAs(other) end
function cresset.resizeAs(x, other) end

--- Sets all elements to a number.
---@return Tensor self
function Tensor:fill(value) end
function cresset.fill(x, value) end

--- Sets all elements to 0.
---@return Tensor self
function Tensor:zero() end
function cresset.zero(x) end

--- Copies another tensor's elements, of any type: in order when there are as many, else broadcast.
---@return Tensor self
function Tensor:copy(src) end
function cresset.copy(x, src) end

--- A new tensor with the same elements, contiguous.
---@return Tensor
function Tensor:clone() end
function cresset.clone(x) end

--- The tensor itself when it is contiguous, else a copy that is.
---@return Tensor
function Tensor:contiguous() end
function cresset.contiguous(x) end

--- The bytes of a torch.ByteTensor or torch.CharTensor as a string, or a string's bytes as its
--- elements.
---@param bytes? string
---@return string|Tensor
function Tensor:string(bytes) end

--- Gives the memory back at once; the tensor becomes empty. The end of a block with
--- `local t <close> = ...` does the same.
function Tensor:free() end

--- The elements as nested Lua tables.
---@return table
function Tensor:totable() end
function cresset.totable(x) end

--- Elements start to start + length - 1 of a dimension, a view.
---@return Tensor
function Tensor:narrow(dim, start, length) end
function cresset.narrow(x, dim, start, length) end

--- One position of a dimension, which disappears; a view.
---@return Tensor
function Tensor:select(dim, index) end
function cresset.select(x, dim, index) end

--- The elements first1 to last1 of dimension 1, first2 to last2 of dimension 2, and so on; a view.
--- Ends count from the back when they are negative.
---@return Tensor
function Tensor:sub(first1, last1, ...) end

--- Two dimensions exchanged; a view.
---@return Tensor
function Tensor:transpose(dim1, dim2) end
function cresset.transpose(x, dim1, dim2) end

--- A matrix transposed; a view.
---@return Tensor
function Tensor:t() end
function cresset.t(x) end

--- The dimensions in another order; a view.
---@param ... integer each dimension once
---@return Tensor
function Tensor:permute(...) end
function cresset.permute(x, ...) end

--- The same elements in other sizes, one of which may be -1; a view. Raises an error where strides
--- allow none: see reshape. With a tensor before x, view([res,] x, sizes), that becomes the view.
---@param res? Tensor
---@return Tensor
function Tensor:view(...) end
function cresset.view(res, x, ...) end

--- The same elements in another tensor's sizes; a view: viewAs([res,] x, other).
---@param res? Tensor becomes the view
---@return Tensor
function Tensor:viewAs(other) end
function cresset.viewAs(res, x, other) end

--- A copy of the elements in other sizes, as Torch7 has it: reshape([res,] x, sizes). A view is
--- made by view, of x:contiguous() where strides allow none.
---@param res? Tensor takes the elements
---@return Tensor
function Tensor:reshape(...) end
function cresset.reshape(res, x, ...) end

--- Dimensions of size 1 repeated without copying; a view whose elements share memory: expand([res,]
--- x, sizes), where -1 keeps a size.
---@param res? Tensor becomes the view
---@return Tensor
function Tensor:expand(...) end
function cresset.expand(res, x, ...) end

--- Expanded to another tensor's sizes: expandAs([res,] x, other).
---@param res? Tensor becomes the view
---@return Tensor
function Tensor:expandAs(other) end
function cresset.expandAs(res, x, other) end

--- Copies of the tensor side by side: repeatTensor([res,] x, counts).
---@param res? Tensor gets them
---@param ... integer how often, for each dimension
---@return Tensor
function Tensor:repeatTensor(...) end
function cresset.repeatTensor(res, x, ...) end

--- Without the dimensions of size 1, or without the given one; a view: squeeze([res,] x [, dim]).
--- What is one element in the end is returned as a number, as in Torch7, but for a given dimension
--- of several.
---@param res? Tensor becomes the view
---@param dim? integer
---@return Tensor|number
function Tensor:squeeze(dim) end
function cresset.squeeze(res, x, dim) end

--- With a new dimension of size 1 at this place; a view.
---@return Tensor
function Tensor:unsqueeze(dim) end
function cresset.unsqueeze(x, dim) end

--- All windows of a length along a dimension, every step elements; they become a last dimension; a
--- view.
---@return Tensor
function Tensor:unfold(dim, length, step) end
function cresset.unfold(x, dim, length, step) end

--- Joins tensors along a dimension, the last one unless given: cat([res,] {a, b, c} [, dim]) or
--- cat([res,] a, b [, dim]). Tensors without a dimension are left out.
---@param res? Tensor takes the result
---@param a Tensor|table
---@param b? Tensor
---@param dim? integer
---@return Tensor
function cresset.cat(res, a, b, dim) end
function Tensor:cat(a, b, dim) end

--- Views of size elements of a dimension (the first one unless given); the last one may be smaller.
---@param res? table is emptied and gets the views
---@return table
function Tensor:split(size, dim) end
function cresset.split(res, x, size, dim) end

--- The entries of a dimension that a torch.LongTensor names, as a new tensor or into res.
---@return Tensor
function cresset.index(res, x, dim, index) end
function Tensor:index(dim, index) end

--- Copies the entries of a tensor to the positions of a dimension that index names.
---@return Tensor self
function Tensor:indexCopy(dim, index, tensor) end
function cresset.indexCopy(x, dim, index, tensor) end

--- Adds the entries of a tensor to the positions of a dimension that index names.
---@return Tensor self
function Tensor:indexAdd(dim, index, tensor) end
function cresset.indexAdd(x, dim, index, tensor) end

--- Fills the positions of a dimension that index names.
---@return Tensor self
function Tensor:indexFill(dim, index, value) end
function cresset.indexFill(x, dim, index, value) end

--- Picks along a dimension: for dim = 1, result[i][j] = x[index[i][j]][j].
---@param index Tensor a torch.LongTensor of the result's size
---@return Tensor
function cresset.gather(res, x, dim, index) end
function Tensor:gather(dim, index) end

--- The inverse of gather: for dim = 1, self[index[i][j]][j] = src[i][j], where src may be a number.
---@return Tensor self
function Tensor:scatter(dim, index, src) end
function cresset.scatter(x, dim, index, src) end

--- As scatter, but adds.
---@return Tensor self
function Tensor:scatterAdd(dim, index, src) end
function cresset.scatterAdd(x, dim, index, src) end

--- Sets the elements where the mask is 1.
---@param mask Tensor a torch.ByteTensor
---@return Tensor self
function Tensor:maskedFill(mask, value) end
function cresset.maskedFill(x, mask, value) end

--- Copies src's elements, in order, to where the mask is 1.
---@return Tensor self
function Tensor:maskedCopy(mask, src) end
function cresset.maskedCopy(x, mask, src) end

--- The elements where the mask is 1, as one row.
---@return Tensor
function cresset.maskedSelect(res, x, mask) end
function Tensor:maskedSelect(mask) end

--- The indices of the elements that are not 0: an n x dim torch.LongTensor.
---@return Tensor
function cresset.nonzero(res, x) end
function Tensor:nonzero() end

--- A tensor of zeros of the default type, or res filled with them.
---@param res? Tensor
---@param ... integer|table|Storage sizes
---@return Tensor
function cresset.zeros(res, ...) end
function Tensor:zeros(...) end

--- A tensor of ones of the default type, or res filled with them.
---@return Tensor
function cresset.ones(res, ...) end
function Tensor:ones(...) end

--- A tensor of one value, of the default type, or res filled with it.
---@param res? Tensor
---@param sizes integer|table|Storage
---@param value number the last argument
---@return Tensor
function cresset.full(res, sizes, value) end
function Tensor:full(sizes, value) end

--- A tensor of the default type whose elements are not initialized.
---@return Tensor
function cresset.empty(...) end

--- Zeros of x's type and sizes.
---@return Tensor
function cresset.zeros_like(x) end

--- Ones of x's type and sizes.
---@return Tensor
function cresset.ones_like(x) end

--- One value in x's type and sizes.
---@return Tensor
function cresset.full_like(x, value) end

--- A tensor of x's type and sizes whose elements are not initialized.
---@return Tensor
function cresset.empty_like(x) end

--- The identity matrix, n x n or n x m.
---@param res? Tensor
---@param n integer
---@param m? integer
---@return Tensor
function cresset.eye(res, n, m) end
function Tensor:eye(n, m) end

--- The numbers from first to last, last included where step (1) reaches it.
---@return Tensor
function cresset.range(res, first, last, step) end
function Tensor:range(first, last, step) end

--- The numbers from first (0 unless given) to end, end left out.
---@return Tensor
function cresset.arange(res, first, end_, step) end
function Tensor:arange(first, end_, step) end

--- n (100) numbers from first to last in equal steps.
---@return Tensor
function cresset.linspace(res, first, last, n) end
function Tensor:linspace(first, last, n) end

--- n (100) numbers from 10^first to 10^last whose logarithms are in equal steps.
---@return Tensor
function cresset.logspace(res, first, last, n) end
function Tensor:logspace(first, last, n) end

--- The k-th diagonal of a matrix (0: the main one, 1: above it, -1: below it), or a square matrix
--- that has the vector x as its k-th diagonal and zeros elsewhere.
---@param res? Tensor
---@param x Tensor
---@param k? integer
---@return Tensor
function cresset.diag(res, x, k) end
function Tensor:diag(k) end

--- A matrix with zeros above its k-th diagonal.
---@param res? Tensor
---@param x Tensor
---@param k? integer
---@return Tensor
function cresset.tril(res, x, k) end
function Tensor:tril(k) end

--- A matrix with zeros below its k-th diagonal.
---@param res? Tensor
---@param x Tensor
---@param k? integer
---@return Tensor
function cresset.triu(res, x, k) end
function Tensor:triu(k) end

--- Calls a function with each element, in row-major order; a number that it returns replaces the
--- element.
---@param function_ fun(x: number): number?
---@return Tensor self
function Tensor:apply(function_) end
function cresset.apply(x, function_) end

--- Calls a function with the elements of self and tensor, in order; the sizes may differ where the
--- numbers of elements agree. A number that it returns replaces self's element.
---@param tensor Tensor
---@param function_ fun(x: number, y: number): number?
---@return Tensor self
function Tensor:map(tensor, function_) end
function cresset.map(x, tensor, function_) end

--- Calls a function with the elements of self and two tensors; see Tensor:map.
---@param tensor1 Tensor
---@param tensor2 Tensor
---@param function_ fun(x: number, y: number, z: number): number?
---@return Tensor self
function Tensor:map2(tensor1, tensor2, function_) end
function cresset.map2(x, tensor1, tensor2, function_) end

--- Sets the type that cresset.Tensor, zeros, randn, ... make.
---@param name string such as "torch.DoubleTensor"
function cresset.setdefaulttensortype(name) end

--- The name of the type that cresset.Tensor, zeros, randn, ... make.
---@return string
function cresset.getdefaulttensortype() end

return { cresset, Tensor }
