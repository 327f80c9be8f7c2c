/* Products of floating-point matrices, on all threads. */
#ifndef CR_OPS_GEMM_H
#define CR_OPS_GEMM_H

#include "core/dtype.h"
#include "core/status.h"
#include "kernels/gemm_tile.h"

/* C = alpha A B + beta C, then finish; A is m x k, B is k x n. dtype is CR_F32 or CR_F64. Strides
 * count elements and may be anything, but C's elements are distinct and shared with neither A nor B.
 * beta 0 does not read C, alpha 0 reads neither A nor B.
 *
 * A sum may run over several segments (images, say): step k then stands in segment k / segment, and
 * segments are a_segment and b_segment apart.
 *
 * With b_panels, B was brought by cr_gemm_pack_panels to the order in which it is read; b_row and
 * b_column do not count then, and there is one segment. */
typedef struct {
  cr_dtype dtype;
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t a_row, a_column, b_row, b_column, c_row, c_column; /* step to the next row, column */
  int64_t segment, a_segment, b_segment;                     /* segment 0: there is one */
  bool b_panels;
  double alpha, beta;
  cr_gemm_finish finish;
} cr_product;

/* Number of elements of a k x n matrix in panels. */
int64_t cr_gemm_panels_size(cr_dtype dtype, int64_t k, int64_t n);

/* Copies a k x n matrix, found at b[row * b_row + column * b_column], into panels. */
void cr_gemm_pack_panels(cr_dtype dtype, int64_t k, int64_t n, const void *b, int64_t b_row,
                         int64_t b_column, void *panels);

/* Each element is one sum in one order, whatever the number of threads. */
cr_status cr_multiply(const cr_product *p);

/* C = alpha op(A) op(B) + beta C for row-major matrices, where op transposes when the flag is set;
 * lda, ldb, ldc are the distances between rows. */
cr_status cr_gemm(cr_dtype dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                  int64_t k, double alpha, const void *a, int64_t lda, const void *b, int64_t ldb,
                  double beta, void *c, int64_t ldc);

#endif
