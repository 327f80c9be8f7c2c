/* The BLAS entry points: the only file that loads OpenBLAS, at the first product.
 *
 * Matrices are row-major here; ld is the distance between rows. Our own threads split the work and
 * each calls the library's single-threaded product. */
#ifndef CR_CORE_BLAS_H
#define CR_CORE_BLAS_H

#include "core/dtype.h"
#include "core/status.h"

/* C = alpha op(A) op(B) + beta C, where op(A) is m x k, op(B) is k x n and C is m x n; op
 * transposes when the flag is set. dtype is CR_F32 or CR_F64. beta 0 does not read C. */
cr_status cr_gemm(cr_dtype dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                  int64_t k, double alpha, const void *a, int64_t lda, const void *b, int64_t ldb,
                  double beta, void *c, int64_t ldc);

/* The address of a symbol of the loaded library ("sgemv_", "spotrf_", ...), NULL with a message
 * when the library or the symbol is missing. LAPACK lives in the same library. */
void *cr_blas_symbol(const char *name);

/* "OpenBLAS 0.3.21 (SkylakeX kernels, libopenblas.so.0)", or why there is none. */
const char *cr_blas_description(void);

#endif
