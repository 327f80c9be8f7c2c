/* Convolution with 3 x 3 kernels by Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin and Gray
 * 2016): 36 products of matrices make what takes 144 multiplications for each pair of planes. float32.
 *
 * Tiles of 4 x 4 output pixels are counted by q as in conv.h: a slab with a step of 4 and 6 x 6 taps
 * holds a tile's 6 x 6 input pixels. */
#ifndef CR_KERNELS_WINOGRAD_H
#define CR_KERNELS_WINOGRAD_H

#include <stdbool.h>
#include <stdint.h>

enum { CR_WINOGRAD_POINTS = 36, CR_WINOGRAD_TILE = 4 };

/* points[i][m][c] = G w G^T for rows m of [begin, end); weights are rows x channels x 3 x 3. */
typedef struct {
  const float *weight;
  bool flip_y, flip_x; /* taps in the other order */
  int64_t rows, channels;
  float *points;
} cr_winograd_weights;

/* points[i][c][q] = B^T d B for q of [0, width), width a multiple of the lanes. */
typedef struct {
  const float *slab;
  int64_t channels, plane;
  const int64_t *offset; /* of the 36 pixels of a tile */
  float *points;         /* of the first channel */
  int64_t width, stride; /* stride: elements from point to point */
} cr_winograd_input;

/* Where a tile belongs. */
typedef struct {
  int64_t to;
  int32_t rows, columns; /* at most 4 of them lie inside the image; 0: no tile at all */
} cr_winograd_place;

/* A^T m A + bias, to rows [0, rows) of the image. */
typedef struct {
  const float *points;
  int64_t width, stride; /* from point to point; rows are `width` apart */
  int64_t rows;
  const float *bias; /* may be NULL */
  float *image;
  int64_t sc, sh, sw;
  const cr_winograd_place *places; /* of each q */
} cr_winograd_output;

/* points[i][q][m] = A d A^T of the output's gradient, for q of [0, count): what the gradient to the
 * weights multiplies points of the input with. Panels of `panel` rows m one behind the other, each
 * with whole vectors of rows; q without a tile give zeros. */
typedef struct {
  const float *grad; /* the first row's */
  int64_t sc, sh, sw;
  int64_t rows, count, panel;
  float *points;
  int64_t stride; /* from point to point */
  const cr_winograd_place *places;
} cr_winograd_gradient;

/* grad[m][c] += scale * G^T s G, where s is the sum of sums[part][i][c][m] over parts, in panels as
 * above. */
typedef struct {
  const float *sums;
  int64_t parts, part_stride;
  int64_t channels, rows, panel;
  float *grad; /* rows x (channels of the layer) x 3 x 3, at this part's first channel */
  int64_t row_stride;
  float scale;
} cr_winograd_finish;

typedef struct {
  void (*gradient)(const cr_winograd_gradient *g);
  void (*finish)(const cr_winograd_finish *f, int64_t begin, int64_t end); /* channels */
  void (*weights)(const cr_winograd_weights *w, int64_t begin, int64_t end);
  void (*input)(const cr_winograd_input *in);
  void (*output)(const cr_winograd_output *out);
} cr_winograd_kernels;

#endif
