/* Products of vectors and matrices of any type; integers wrap. */
#ifndef CR_OPS_LINALG_H
#define CR_OPS_LINALG_H

#include "core/tensor.h"

/* Sum of the products of a's and b's elements, taken in order; any type. */
cr_status cr_dot(cr_scalar *out, const cr_tensor *a, const cr_tensor *b);

/* out = beta m + alpha a b for matrices a (n x k) and b (k x p), or a vector b (k, out of n). m is
 * broadcast to the result's size; NULL with beta 0. out is resized; it may be m, not a or b. */
cr_status cr_addmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                   const cr_tensor *a, const cr_tensor *b);

/* out = beta m + alpha times the sum of the products of two batches' matrices. */
cr_status cr_addbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                    const cr_tensor *a, const cr_tensor *b);

/* NumPy's matmul: vectors, matrices or stacks of matrices whose leading dimensions broadcast. A
 * vector on the left is a row, on the right a column, and its dimension is left out of the result;
 * two vectors give one element. */
cr_status cr_matmul(cr_tensor *out, const cr_tensor *a, const cr_tensor *b);

/* The same for each of the matrices of batches a (B x n x k) and b (B x k x p). */
cr_status cr_baddbmm(cr_tensor *out, double beta, const cr_tensor *m, double alpha,
                     const cr_tensor *a, const cr_tensor *b);

/* out = beta m + alpha a b^T for vectors a and b. */
cr_status cr_addr(cr_tensor *out, double beta, const cr_tensor *m, double alpha, const cr_tensor *a,
                  const cr_tensor *b);

#endif
