---@meta
local cresset, Tensor = {}, {}

--- Sum of all elements (a number), or over one dimension, which keeps its place with size 1.
--- Integers are summed as int64.
---@param res? Tensor takes the sums
---@param x Tensor
---@param dim? integer
---@return number|Tensor
function cresset.sum(res, x, dim) end
function Tensor:sum(dim) end

--- Product of all elements (a number), or over one dimension, which keeps its place with size 1.
---@return number|Tensor
function cresset.prod(res, x, dim) end
function Tensor:prod(dim) end

--- Mean of all elements (a number), or over one dimension, which keeps its place with size 1. For
--- float32 and float64; the mean of all elements for integers too.
---@return number|Tensor
function cresset.mean(res, x, dim) end
function Tensor:mean(dim) end

--- Variance of all elements (a number), or over one dimension. Divides by n - 1, or by n where
--- `biased` is true.
---@param res? Tensor
---@param x Tensor
---@param dim? integer may be left out before biased
---@param biased? boolean
---@return number|Tensor
function cresset.var(res, x, dim, biased) end
function Tensor:var(dim, biased) end

--- Standard deviation of all elements (a number), or over one dimension: the square root of var.
---@return number|Tensor
function cresset.std(res, x, dim, biased) end
function Tensor:std(dim, biased) end

--- The p-norm, p = 2 unless given, of all elements (a number) or over one dimension. 0 counts the
--- elements that are not 0; math.huge takes the largest magnitude.
---@param res? Tensor
---@param x Tensor
---@param p? number
---@param dim? integer
---@return number|Tensor
function cresset.norm(res, x, p, dim) end
function Tensor:norm(p, dim) end

--- The p-norm (2 unless given) of x - y.
---@param x Tensor
---@param y Tensor of x's size
---@param p? number
---@return number
function cresset.dist(x, y, p) end
function Tensor:dist(y, p) end

--- The largest element (a number); over one dimension the largest elements and their indices, both
--- with size 1 there. NaN counts as the largest.
---@param res? Tensor takes the largest elements
---@param indices? Tensor a torch.LongTensor that takes the indices
---@param x Tensor
---@param dim? integer
---@return number|Tensor largest
---@return Tensor? indices
function cresset.max(res, indices, x, dim) end
function Tensor:max(dim) end

--- The smallest element (a number); over one dimension the smallest elements and their indices,
--- both with size 1 there. NaN counts as the smallest.
---@return number|Tensor smallest
---@return Tensor? indices
function cresset.min(res, indices, x, dim) end
function Tensor:min(dim) end

--- The index of the largest element in row-major order, or the indices over one dimension.
---@param x Tensor
---@param dim? integer
---@return integer|Tensor
function cresset.argmax(x, dim) end
function Tensor:argmax(dim) end

--- The index of the smallest element in row-major order, or the indices over one dimension.
---@return integer|Tensor
function cresset.argmin(x, dim) end
function Tensor:argmin(dim) end

--- True when no element of a torch.ByteTensor is 0; along a dimension a torch.ByteTensor of 0
--- and 1.
---@return boolean|Tensor
function cresset.all(x, dim) end
function Tensor:all(dim) end

--- True when an element of a torch.ByteTensor is not 0; along a dimension a torch.ByteTensor of 0
--- and 1.
---@return boolean|Tensor
function cresset.any(x, dim) end
function Tensor:any(dim) end

--- Running sums along a dimension (the first one unless given).
---@return Tensor
function cresset.cumsum(res, x, dim) end
function Tensor:cumsum(dim) end

--- Running products along a dimension (the first one unless given).
---@return Tensor
function cresset.cumprod(res, x, dim) end
function Tensor:cumprod(dim) end

--- Sorts along a dimension (the last one unless given), equal elements in their order, NaN last.
---@param res? Tensor takes the sorted elements
---@param indices? Tensor a torch.LongTensor that takes where they stood
---@param x Tensor
---@param dim? integer
---@param descending? boolean
---@return Tensor sorted
---@return Tensor indices
function cresset.sort(res, indices, x, dim, descending) end
function Tensor:sort(dim, descending) end

--- The k smallest elements along a dimension (the last one unless given), or the k largest where
--- `largest` is true, in order.
---@param res? Tensor
---@param indices? Tensor
---@param x Tensor
---@param k integer
---@param dim? integer
---@param largest? boolean
---@return Tensor elements
---@return Tensor indices
function cresset.topk(res, indices, x, k, dim, largest) end
function Tensor:topk(k, dim, largest) end

--- The k-th smallest element along a dimension (the last one unless given) and its index.
---@return Tensor element
---@return Tensor index
function cresset.kthvalue(res, indices, x, k, dim) end
function Tensor:kthvalue(k, dim) end

--- The most frequent element along a dimension (the last one unless given), the smallest of several
--- and the index of its last occurrence; both keep the dimension with size 1.
---@return Tensor element
---@return Tensor index
function cresset.mode(res, indices, x, dim) end
function Tensor:mode(dim) end

--- The median along a dimension (the last one unless given) and its index; of an even number of
--- elements the smaller one in the middle, with NaN among them the first NaN.
---@return Tensor median
---@return Tensor index
function cresset.median(res, indices, x, dim) end
function Tensor:median(dim) end

return { cresset, Tensor }
