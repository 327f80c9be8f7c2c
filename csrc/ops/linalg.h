/* Products of vectors and matrices, float32 and float64. */
#ifndef CR_OPS_LINALG_H
#define CR_OPS_LINALG_H

#include "core/tensor.h"

/* Sum of the products of a's and b's elements, taken in order; any type. */
cr_status cr_dot(cr_scalar *out, const cr_tensor *a, const cr_tensor *b);

/* out = beta m + alpha a b for matrices a (n x k) and b (k x p), or a vector b (k, out of n). m is
 * broadcast to the result's size; NULL with beta 0. out is resized; it may be m, not a or b. */
cr_status cr_addmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                   const cr_tensor *a, const cr_tensor *b);

/* out = a b: matrices, or a matrix and a vector. */
cr_status cr_matmul(cr_tensor *out, const cr_tensor *a, const cr_tensor *b);

/* The same for each of the matrices of batches a (B x n x k) and b (B x k x p). */
cr_status cr_baddbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                     const cr_tensor *a, const cr_tensor *b);

/* out = beta m + alpha a b^T for vectors a and b. */
cr_status cr_addr(cr_tensor *out, double beta, const cr_tensor *m, double alpha, const cr_tensor *a,
                  const cr_tensor *b);

#endif
