---@meta

local cresset, Tensor = {}, {}

--- The sum of the products of the elements of `a` and `b`, taken in order; they must be as many.
---@param a Tensor
---@param b Tensor
---@return number
function cresset.dot(a, b) end
function Tensor:dot(b) end

--- Product of a matrix (n x k) and a matrix (k x p) or a vector (k): cresset.mm([res,] a, b) or
--- res:mm(a, b). Every type; integers wrap around.
---@param res Tensor? gets the result
---@param a Tensor
---@param b Tensor
---@return Tensor
function cresset.mm(res, a, b) end
function cresset.mv(res, a, b) end
function Tensor:mm(a, b) end
function Tensor:mv(a, b) end

--- Products of the matrices of two batches: (b x n x k) and (b x k x p) give (b x n x p).
---@param res Tensor? gets the result
---@param a Tensor
---@param b Tensor
---@return Tensor
function cresset.bmm(res, a, b) end
function Tensor:bmm(a, b) end

--- Products of vectors, matrices, or stacks of matrices (... x n x k) and (... x k x p) whose
--- leading dimensions are broadcast. A vector on the left is a row, on the right a column, and its
--- dimension is left out of the result; two vectors give one element.
---@param res Tensor? gets the result
---@param a Tensor
---@param b Tensor
---@return Tensor
function cresset.matmul(res, a, b) end
function Tensor:matmul(a, b) end

--- The outer product of two vectors: result[i][j] = a[i] b[j].
---@param res Tensor? gets the result
---@param a Tensor
---@param b Tensor
---@return Tensor
function cresset.ger(res, a, b) end
function Tensor:ger(a, b) end

--- beta m + alpha a b: cresset.addmm([res,] [beta,] m, [alpha,] a, b), res:addmm([beta,] m,
--- [alpha,] a, b), or in place m:addmm([beta,] [alpha,] a, b), where one number alone is alpha. m
--- is broadcast to the product's size. addmv multiplies a matrix and a vector, addr is an outer
--- product of two vectors, baddbmm works on batches, addbmm adds the products of a batch up.
---@param res Tensor? gets the result
---@param beta number? (1)
---@param m Tensor
---@param alpha number? (1)
---@param a Tensor
---@param b Tensor
---@return Tensor
function cresset.addmm(res, beta, m, alpha, a, b) end
function cresset.addmv(res, beta, m, alpha, a, b) end
function cresset.addr(res, beta, m, alpha, a, b) end
function cresset.addbmm(res, beta, m, alpha, a, b) end
function cresset.baddbmm(res, beta, m, alpha, a, b) end
function Tensor:addmm(beta, alpha, a, b) end
function Tensor:addmv(beta, alpha, a, b) end
function Tensor:addr(beta, alpha, a, b) end
function Tensor:addbmm(beta, alpha, a, b) end
function Tensor:baddbmm(beta, alpha, a, b) end

--- Convolution of images with kernels (turned round): cresset.conv2([res,] x, k, [mode]). Of one
--- image with one kernel (both 2-D), of each image with its kernel (both 3-D), or of all images
--- with each of q sets of kernels, summed (3-D and 4-D: q x p x ki x kj). conv3 takes one dimension
--- more.
---@param x Tensor
---@param k Tensor
---@param mode? string "V": where the kernel lies within the image; "F": wherever they overlap
---@return Tensor
function cresset.conv2(x, k, mode) end
function cresset.conv3(x, k, mode) end
function Tensor:conv2(k, mode) end
function Tensor:conv3(k, mode) end

--- Cross-correlation: as conv2 and conv3, with the kernels as they are.
---@param x Tensor
---@param k Tensor
---@param mode? string "V" (valid) or "F" (full)
---@return Tensor
function cresset.xcorr2(x, k, mode) end
function cresset.xcorr3(x, k, mode) end
function Tensor:xcorr2(k, mode) end
function Tensor:xcorr3(k, mode) end
