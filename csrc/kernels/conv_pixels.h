/* Convolution towards pixels whose channels lie innermost, in float32: vectors run along the
 * output's channels, and each number of the input serves all of them. */
#ifndef CR_KERNELS_CONV_PIXELS_H
#define CR_KERNELS_CONV_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

enum { CR_PIXELS_ROWS = 12, CR_PIXELS_VECTORS = 2 };

/* c[pixel][m] = bias[m] + sum over runs i and s in [0, run) of
 *               a[pixel * a_pixel + offset[i] + s] * b[i * run + s][m],
 * then added and limited; for `rows` pixels and `vectors` vectors of channels m. Rows of b are
 * CR_PIXELS_VECTORS vectors long. */
typedef struct {
  const float *a;
  int64_t a_pixel;
  const int64_t *offset;
  int64_t runs, run;
  const float *b;
  float *c;
  int64_t c_pixel;
  const float *bias, *added; /* NULL: none; added is laid out like c */
  bool has_clamp;
  float low, high;
} cr_pixels_tile;

typedef struct {
  void (*tile[CR_PIXELS_ROWS][CR_PIXELS_VECTORS])(const cr_pixels_tile *tile);
  int rows, lanes; /* of the largest tile; elements in a vector */
} cr_pixels_kernels;

#endif
