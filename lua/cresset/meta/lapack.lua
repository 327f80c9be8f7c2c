---@meta

local cresset, Tensor = {}, {}

--- Solves a x = b for a square matrix a (n x n): cresset.gesv([resb, resa,] b, a). b is (n x k), or
--- a vector, taken as one column. Returns x and the LU factors of a. A singular matrix is an error.
---@param b Tensor float32 or float64
---@param a Tensor
---@return Tensor x, Tensor lu
function cresset.gesv(b, a) end
function Tensor:gesv(a) end

--- Least squares: the x that makes the norm of a x - b smallest, for a matrix a (m x n) of full
--- rank; of the shortest such x when m < n: cresset.gels([resb, resa,] b, a). x has max(m, n) rows,
--- the solution in the first n; the others hold what remains. Also returns the factors of a.
---@param b Tensor float32 or float64
---@param a Tensor
---@return Tensor x, Tensor qr
function cresset.gels(b, a) end
function Tensor:gels(a) end

--- Solves a x = b for a triangular matrix a: cresset.trtrs([resb, resa,] b, a, ...).
---@param b Tensor float32 or float64
---@param a Tensor only one triangle is read
---@param uplo? string "U" upper, "L" lower
---@param trans? string "N", or "T" for a's transpose
---@param diag? string "N", or "U" for a diagonal of ones
---@return Tensor x, Tensor a
function cresset.trtrs(b, a, uplo, trans, diag) end
function Tensor:trtrs(a, uplo, trans, diag) end

--- Eigenvalues, in ascending order, and eigenvectors (columns) of a symmetric matrix:
--- cresset.symeig([rese, resv,] a, ...). Without vectors, the second result is zero.
---@param a Tensor float32 or float64
---@param vectors? string "N", or "V" to compute the vectors
---@param uplo? string "U" or "L": the triangle that is read
---@return Tensor values, Tensor vectors
function cresset.symeig(a, vectors, uplo) end
function Tensor:symeig(vectors, uplo) end

--- Eigenvalues (n x 2: real and imaginary parts) and right eigenvectors of a square matrix:
--- cresset.eig([rese, resv,] a, ...). Complex pairs of vectors are kept as LAPACK does: the real
--- part in one column, the imaginary part in the next.
---@param a Tensor float32 or float64
---@param vectors? string "N", or "V" to compute the vectors
---@return Tensor values, Tensor vectors
function cresset.eig(a, vectors) end
function Tensor:eig(vectors) end

--- Singular value decomposition a = u diag(s) v': cresset.svd([resu, ress, resv,] a, ...).
---@param a Tensor float32 or float64
---@param number? string "S": as many columns of u and v as singular values; "A": all columns
---@return Tensor u, Tensor s, Tensor v
function cresset.svd(a, number) end
function Tensor:svd(number) end

--- The inverse of a square matrix: cresset.inverse([res,] a). A singular matrix is an error.
---@param a Tensor float32 or float64
---@return Tensor
function cresset.inverse(a) end
function Tensor:inverse() end

--- The determinant of a square matrix.
---@param a Tensor float32 or float64
---@return number
function cresset.det(a) end
function Tensor:det() end

--- a = q r with orthonormal columns in q and an upper triangular r: cresset.qr([q, r,] a). The
--- reduced form: q (m x k) and r (k x n) for k = min(m, n).
---@param a Tensor float32 or float64
---@return Tensor q, Tensor r
function cresset.qr(a) end
function Tensor:qr() end

--- QR decomposition as LAPACK keeps it: r above, reflectors below the diagonal, and their factors.
---@param a Tensor float32 or float64
---@return Tensor reflectors, Tensor tau
function cresset.geqrf(a) end
function Tensor:geqrf() end

--- The matrix q that geqrf's results stand for: cresset.orgqr([res,] reflectors, tau).
---@param reflectors Tensor float32 or float64
---@param tau Tensor
---@return Tensor
function cresset.orgqr(reflectors, tau) end
function Tensor:orgqr(tau) end

--- The product of the matrix q that geqrf's results stand for and mat: cresset.ormqr([res,]
--- reflectors, tau, mat, ...).
---@param reflectors Tensor float32 or float64
---@param tau Tensor
---@param mat Tensor
---@param side? string "L": q mat, "R": mat q
---@param trans? string "N", or "T" for q's transpose
---@return Tensor
function cresset.ormqr(reflectors, tau, mat, side, trans) end
function Tensor:ormqr(tau, mat, side, trans) end

--- Cholesky factor of a positive definite matrix: a = u' u or a = l l'; cresset.potrf([res,] a,
--- ...).
---@param a Tensor float32 or float64
---@param uplo? string "U" upper, "L" lower
---@return Tensor
function cresset.potrf(a, uplo) end
function Tensor:potrf(uplo) end

--- Solves a x = b given potrf's factor of a: cresset.potrs([res,] b, factor, ...).
---@param b Tensor float32 or float64
---@param factor Tensor
---@param uplo? string "U" upper, "L" lower
---@return Tensor
function cresset.potrs(b, factor, uplo) end
function Tensor:potrs(factor, uplo) end

--- The inverse of a given potrf's factor of a: cresset.potri([res,] factor, ...).
---@param factor Tensor float32 or float64
---@param uplo? string "U" upper, "L" lower
---@return Tensor
function cresset.potri(factor, uplo) end
function Tensor:potri(uplo) end

--- Cholesky factor with pivoting of a positive semidefinite matrix: p' a p = u' u or l l', where
--- p[pivots[k]][k] = 1; cresset.pstrf([res, piv,] a, ...).
---@param a Tensor float32 or float64
---@param uplo? string "U" upper, "L" lower
---@param tolerance? number pivots below it end the factor; negative: LAPACK's choice
---@return Tensor factor, Tensor pivots an IntTensor
function cresset.pstrf(a, uplo, tolerance) end
function Tensor:pstrf(uplo, tolerance) end
