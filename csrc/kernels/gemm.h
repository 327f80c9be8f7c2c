/* Matrix products on raw pointers. */
#ifndef CR_KERNELS_GEMM_H
#define CR_KERNELS_GEMM_H

#include "core/dtype.h"

/* C = alpha A B + beta C; A is m x k, B is k x n. Strides count elements and may be anything. */
typedef struct {
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t a_row, a_column, b_row, b_column, c_row, c_column; /* step to the next row, column */
  cr_scalar alpha, beta;
} cr_plain_product;

/* For integer types and for tiny sizes. beta 0 does not read C. Integers wrap. */
typedef void (*cr_plain_gemm)(const cr_plain_product *p);

/* y = alpha A x + beta y; A is m x k and one of its strides is 1, x is contiguous. beta 0 does not
 * read y. */
typedef struct {
  int64_t m, k;
  const void *a, *x;
  void *y;
  int64_t a_row, a_column, y_stride;
  int64_t width; /* bytes of an element */
  double alpha, beta;
} cr_matrix_vector;
typedef void (*cr_gemv)(const cr_matrix_vector *p);

/* The sum of x[i] y[i]; strides count elements. Integers are summed in int64, wrapping. */
typedef cr_scalar (*cr_dot_kernel)(int64_t n, const void *x, int64_t x_stride, const void *y,
                                   int64_t y_stride);

#endif
