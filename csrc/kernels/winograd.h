/* Convolution with 3 x 3 kernels by Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin and Gray
 * 2016): 36 products of matrices make what takes 144 multiplications for each pair of planes. float32.
 *
 * Every transform works on 16 channels at once, which stand together: a "chunk". Matrices of the
 * transforms' space are arrays points[i][chunk][row][16]; rows are tiles, counted image by image and
 * row of tiles by row of tiles, or the other channels. Channels that fill up the last chunk are 0. */
#ifndef CR_KERNELS_WINOGRAD_H
#define CR_KERNELS_WINOGRAD_H

#include "kernels/conv.h"

enum { CR_WINOGRAD_POINTS = 36, CR_WINOGRAD_TILE = 4, CR_WINOGRAD_CHUNK = 16 };

/* Where an array of the transforms' space lies; strides count elements. */
typedef struct {
  float *data;
  int64_t point, chunk; /* from point to point, from chunk to chunk */
} cr_winograd_points;

/* Images and the tiles that cover them. Tile (0, 0) begins at pixel (first_y, first_x). */
typedef struct {
  const cr_planes *planes;
  int64_t first_y, first_x;
  int64_t tiles_y, tiles_x;
  cr_winograd_points points; /* whose row 0 is the first tile of row `base` of tiles */
  int64_t base;
  float *slab; /* cr_winograd_slab elements of scratch memory */
} cr_winograd_image;

/* Floats of a slab. */
static inline int64_t cr_winograd_slab(int64_t tiles_x) {
  return (6 * (4 * tiles_x + 2) + 4 * CR_WINOGRAD_CHUNK) * CR_WINOGRAD_CHUNK;
}

/* What happens to outputs. */
typedef struct {
  const float *bias; /* of each channel; NULL: none */
  cr_conv_finish after;
} cr_winograd_finish;

/* The transform of kernels: outputs o and inputs k of w[o * output + k * input + tap].
 * points[i][o / 16][k - k0][o % 16]; k runs to whole chunks. */
typedef struct {
  const float *weight, *end; /* just past the last weight */
  int64_t output, input;
  int64_t outputs, inputs;
  bool flip_y, flip_x; /* taps in the other order */
  cr_winograd_points points;
} cr_winograd_weights;

/* c[chunk][q][16] (+)= sum over k of a[k / 16][q][k % 16] * b[chunk][k][16], for q of [0, rows), k of
 * [0, 16 * steps), `chunks` chunks; all at one point. */
typedef struct {
  const float *a, *b;
  float *c;
  int64_t a_chunk, b_chunk, c_chunk;
  int64_t rows, steps, chunks;
  bool accumulate;
} cr_winograd_product;

/* grad[m][k] += scale * G^T s G for channels of one chunk of k (inputs) and one of m (outputs), whose
 * sums are s[i][k][m], `point` apart. */
typedef struct {
  const float *sums;
  int64_t point;
  float *grad; /* (outputs, row_stride apart) x inputs x 3 x 3 */
  int64_t outputs, inputs, row_stride;
  float scale;
} cr_winograd_gradient;

typedef struct {
  /* points = B^T d B of each tile's 6 x 6 pixels, for rows of tiles and one chunk */
  void (*input)(const cr_winograd_image *image, int64_t begin, int64_t end, int64_t chunk);
  /* points = A d A^T of each tile's 4 x 4 pixels */
  void (*gradient)(const cr_winograd_image *image, int64_t begin, int64_t end, int64_t chunk);
  /* each tile's 4 x 4 pixels = finish(A^T points A); points has `chunk` as its first chunk */
  void (*output)(const cr_winograd_image *image, const cr_winograd_finish *finish, int64_t begin,
                 int64_t end, int64_t chunk);
  /* for chunk `chunk` of outputs (which is the points' first) and inputs k0 ... k1 - 1 */
  void (*weights)(const cr_winograd_weights *w, int64_t chunk, int64_t k0, int64_t k1);
  void (*product)(const cr_winograd_product *p);
  /* c[chunk][k][16] += sum over q of a[q][k] * b[chunk][q][16]: 16 channels k, `steps` tiles q */
  void (*transposed)(const cr_winograd_product *p);
  void (*finish)(const cr_winograd_gradient *g);
} cr_winograd_kernels;

#endif
