/* The only file that loads OpenBLAS, for its LAPACK, when it is first asked for. Products of
 * matrices are our own: ops/gemm.h. */
#ifndef CR_CORE_BLAS_H
#define CR_CORE_BLAS_H

#include "core/dtype.h"
#include "core/status.h"

/* The address of a symbol of the loaded library ("sgemv_", "spotrf_", ...), NULL with a message
 * when the library or the symbol is missing. LAPACK lives in the same library. */
void *cr_blas_symbol(const char *name);

/* "OpenBLAS 0.3.21 (SkylakeX kernels, libopenblas.so.0)", or why there is none. */
const char *cr_blas_description(void);

#endif
