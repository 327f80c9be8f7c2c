/* The inner parts of products of large matrices: packing, and one register tile of the result. */
#ifndef CR_KERNELS_GEMM_TILE_H
#define CR_KERNELS_GEMM_TILE_H

#include <stdbool.h>
#include <stdint.h>

enum { CR_GEMM_ROWS = 12, CR_GEMM_VECTORS = 2, CR_GEMM_DOTS = 4 }; /* of the largest tiles */

/* What happens to a result after its sum is complete, in this order. */
typedef struct {
  const void *row_bias, *column_bias; /* added: one value a row or a column; NULL: none */
  const void *added;                  /* laid out like c, apart from it; NULL: nothing is added */
  bool has_clamp;                     /* limits results to low ... high; NaN stays NaN */
  double low, high;
} cr_gemm_finish;

/* c = alpha a b + beta c for up to `rows` x (`vectors` vectors of columns), of which `columns` exist.
 * Factors are found at a[row * a_row + step * a_step] and b[step * b_step + column]; b holds whole
 * vectors. beta 0 does not read c. */
typedef struct {
  int64_t steps;
  const void *a, *b;
  int64_t a_row, a_step, b_step;
  void *c;
  int64_t columns, c_row, c_column;
  double alpha, beta;
  const cr_gemm_finish *finish; /* of this tile's first row and column; NULL: none */
  /* What tiles after this one read: a cache line each step, fetched by long_tile; NULL: nothing. */
  const char *ahead;
  int64_t ahead_step; /* in bytes */
} cr_gemm_tile;
typedef void (*cr_gemm_tile_fn)(const cr_gemm_tile *tile);

/* Copies a matrix into panels of `width` lines: line l of a panel at step s is panel[s * width + l],
 * panels are `pitch` apart. The last panel is filled up with zeros. */
typedef struct {
  const void *from;
  int64_t lines, steps;
  int64_t line_stride, step_stride;
  int64_t width, pitch;
  void *panels;
} cr_gemm_pack;
typedef void (*cr_gemm_pack_fn)(const cr_gemm_pack *pack);

typedef struct {
  cr_gemm_tile_fn tile[CR_GEMM_ROWS][CR_GEMM_VECTORS]; /* a_row is 1; [rows - 1][vectors - 1] */
  cr_gemm_tile_fn long_tile[CR_GEMM_ROWS][CR_GEMM_VECTORS]; /* a_step is 1 */
  /* a_step is 1, and b_step means the distance of columns: b[column * b_step + step];
   * [rows - 1][columns - 1] */
  cr_gemm_tile_fn dots[CR_GEMM_DOTS][CR_GEMM_DOTS];
  int rows, vectors, lanes; /* of the largest tile; elements in a vector */
  cr_gemm_pack_fn pack;
} cr_gemm_kernels;

#endif
