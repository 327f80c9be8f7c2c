/* Register tiles of pixels by channels; see conv_pixels.h. */
#include "kernels/kernels.h"
#include "kernels/larger.h"
#include "kernels/register_tile.h"

#include <math.h>

typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
enum { lanes = VECTOR_BYTES / 4, width = CR_PIXELS_VECTORS * lanes };

static ALWAYS_INLINE void finish(const cr_pixels_tile *t, vec acc[][CR_PIXELS_VECTORS],
                                 const int rows, const int vectors) {
  const int64_t c_pixel = t->c_pixel;
  const float *added = t->added;
  float *c = t->c;
  if (added) {
    FOR_SUMS acc[m][v] += ((const vec *)(added + m * c_pixel))[v];
  }
  if (t->has_clamp && t->low > -INFINITY) {
    vec low = t->low - (vec){0};
    FOR_SUMS acc[m][v] = (vec)CR_LARGER_F32(low, acc[m][v]); /* NaN stays */
  }
  if (t->has_clamp && t->high < INFINITY) {
    vec high = t->high - (vec){0};
    FOR_SUMS acc[m][v] = (vec)CR_SMALLER_F32(high, acc[m][v]);
  }
  FOR_SUMS((vec *)(c + m * c_pixel))[v] = acc[m][v];
}

static ALWAYS_INLINE void tile(const cr_pixels_tile *t, const int rows, const int vectors) {
  vec acc[CR_PIXELS_ROWS][CR_PIXELS_VECTORS], first[CR_PIXELS_VECTORS];
  const float *b = t->b;
  const int64_t pixel = t->a_pixel, run = t->run;
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) __builtin_prefetch(t->c + m * t->c_pixel + v * lanes, 1);
  for (int v = 0; v < vectors; v++) first[v] = t->bias ? ((const vec *)t->bias)[v] : (vec){0};
  FOR_SUMS acc[m][v] = first[v];
  for (int64_t i = 0; i < t->runs; i++) {
    const float *a[(CR_PIXELS_ROWS + 2) / 3]; /* a pointer for each row would be too many */
    for (int k = 0; k < (rows + 2) / 3; k++) a[k] = t->a + t->offset[i] + 3 * k * pixel;
    for (int64_t s = 0; s < run; s++, b += width) {
      const int64_t at[3] = {s, s + pixel, s + 2 * pixel};
      vec right[CR_PIXELS_VECTORS];
      for (int v = 0; v < vectors; v++) right[v] = ((const vec *)b)[v];
      FOR_SUMS acc[m][v] += a[m / 3][at[m % 3]] * right[v];
    }
  }
  finish(t, acc, rows, vectors);
}

#if TILE_ROWS == 12
#define MORE_ROWS(X) X(7) X(8) X(9) X(10) X(11) X(12)
#else
#define MORE_ROWS(X)
#endif
#define FOR_ALL_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) MORE_ROWS(X)

#define DEFINE(rows)                                                                               \
  static void tile_##rows##x1(const cr_pixels_tile *t) { tile(t, rows, 1); }                       \
  static void tile_##rows##x2(const cr_pixels_tile *t) { tile(t, rows, 2); }
FOR_ALL_ROWS(DEFINE)
#undef DEFINE

void CR_KERNEL(register_conv_pixels)(cr_kernel_table *table) {
  cr_pixels_kernels *k = &table->pixels;
#define ENTER(rows)                                                                                \
  k->tile[rows - 1][0] = tile_##rows##x1;                                                          \
  k->tile[rows - 1][1] = tile_##rows##x2;
  FOR_ALL_ROWS(ENTER)
#undef ENTER
  k->rows = TILE_ROWS;
  k->lanes = lanes;
}
