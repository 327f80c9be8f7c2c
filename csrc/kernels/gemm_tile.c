/* Register tiles of matrix products; see gemm_tile.h. A tile has as many sums as the instruction
 * set's registers hold beside one row of b and one factor of a. */
#include "kernels/kernels.h"
#include "kernels/larger.h"
#include "kernels/register_tile.h"

#include <math.h>
#include <string.h>

#define TILE_VECTORS 2

#define SHUFFLE4(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed within this file alone */
#endif

#define WIDTHS(X, rows) X(rows, 1) X(rows, 2)
#if TILE_ROWS == 12
#define MORE_ROWS(X)                                                                               \
  WIDTHS(X, 7) WIDTHS(X, 8) WIDTHS(X, 9) WIDTHS(X, 10) WIDTHS(X, 11) WIDTHS(X, 12)
#else
#define MORE_ROWS(X)
#endif
#define FOR_ALL_TILES(X)                                                                           \
  WIDTHS(X, 1) WIDTHS(X, 2) WIDTHS(X, 3) WIDTHS(X, 4) WIDTHS(X, 5) WIDTHS(X, 6) MORE_ROWS(X)
#define DOTS(X, rows) X(rows, 1) X(rows, 2) X(rows, 3) X(rows, 4)
#define FOR_ALL_DOTS(X) DOTS(X, 1) DOTS(X, 2) DOTS(X, 3) DOTS(X, 4)

#define T float
#define I int32_t
#define NAME(name) name##_f32
#define LARGER CR_LARGER_F32
#define SMALLER CR_SMALLER_F32
#include "kernels/gemm_tile_type.h"
#undef T
#undef I
#undef NAME
#undef LARGER
#undef SMALLER
#define T double
#define I int64_t
#define NAME(name) name##_f64
#define LARGER CR_LARGER_F64
#define SMALLER CR_SMALLER_F64
#include "kernels/gemm_tile_type.h"

void CR_KERNEL(register_gemm_tile)(cr_kernel_table *table) {
  register_f32(&table->gemm[0]);
  register_f64(&table->gemm[1]);
}
