/* Convolution as products of shifted images.
 *
 * The images of a piece of work stand in a slab: one padded plane per channel (and per phase, when
 * the step is larger than 1), each row directly behind the last. In a slab every tap of the kernel is
 * one constant distance, so that a whole run of output pixels q of one channel m is
 *
 *     c[m][q] = bias[m] + sum over channels s and taps t of a[m][s, t] * slab[s][offset[t] + q]
 *
 * with q also running over the few padded columns, whose results are thrown away. */
#ifndef CR_KERNELS_CONV_H
#define CR_KERNELS_CONV_H

#include <stdbool.h>
#include <stdint.h>

enum { CR_CONV_ROWS = 6, CR_CONV_VECTORS = 4 };

/* One register tile: `rows` rows of c, each `vectors` vectors wide. */
typedef struct {
  const void *a[CR_CONV_ROWS]; /* the factors of each row: channels x taps of them in order */
  const void *bias;            /* one value a row; NULL: zeros */
  const void *b;
  int64_t channels, plane; /* the channels, and the distance between them in b */
  int64_t taps;
  const int64_t *offset; /* of each tap */
  void *c;
  int64_t ldc;
  bool accumulate; /* adds to c, in the order of one sum; without bias */
  bool has_clamp;  /* limits the sums to low ... high */
  double low, high;
} cr_conv_tile;
typedef void (*cr_conv_kernel)(const cr_conv_tile *tile);

/* Images with any strides, in elements. */
typedef struct {
  void *data;
  int64_t n, c, h, w;
  int64_t sn, sc, sh, sw;
} cr_planes;

/* What happens to results after their sum and bias are complete, in this order. */
typedef struct {
  const void *added; /* laid out like the results, apart from them; NULL: nothing is added */
  bool has_clamp;    /* limits results to low ... high; NaN stays NaN */
  double low, high;
} cr_conv_finish;

/* One axis of a convolution. Output j and tap t meet at the source's j * step + position(t), which
 * is element j + shift[t] of the phase phase[t]; element v of a phase is the source's
 * v * step + origin. */
typedef struct {
  int64_t size, out, step;
  int64_t taps, phases;
  const int64_t *phase, *shift, *origin;
  int64_t first; /* smallest shift */
  int64_t reach; /* largest shift - smallest */
  int64_t pitch; /* between two rows (x) or two images (y) of the slab */
} cr_conv_axis;

/* What a slab holds: images n0 ... n0 + images - 1, channels c0 ... c0 + channels - 1, whatever the
 * output rows y0 ... y0 + rows - 1 need. */
typedef struct {
  const cr_planes *source;
  const cr_conv_axis *y, *x;
  int64_t n0, images, c0, channels, y0, rows;
  int64_t plane; /* elements from phase to phase and from channel to channel */
  void *slab;
} cr_conv_slab;
typedef void (*cr_conv_fill)(const cr_conv_slab *slab);

/* Gradient columns: b[q][m], the transposed output gradient in the order of a slab's q, zero at the
 * padded columns; panels of `width` channels one behind the other, the last one may be narrower. */
typedef struct {
  const cr_planes *source;
  const cr_conv_axis *y, *x;
  int64_t n0, images, c0, channels, y0, rows;
  int64_t length; /* number of q */
  int64_t width, lanes;
  void *columns;
} cr_conv_columns;
typedef void (*cr_conv_transpose)(const cr_conv_columns *columns);

/* grad[m][k] += scale * sum over parts of partial[k][m]; partial is in panels as above, of which
 * begin ... end - 1 are added. */
typedef struct {
  void *grad;
  int64_t rows, steps, row_stride; /* m, k */
  const void *partial;
  int64_t parts, part_stride, width, lanes;
  double scale;
} cr_conv_reduce;
typedef void (*cr_conv_reduction)(const cr_conv_reduce *reduce, int64_t begin, int64_t end);

/* Copies pieces of each row of a tile to where they belong in an image. */
typedef struct {
  int64_t from, to, length; /* elements from the tile's and from the image's start */
} cr_conv_piece;
typedef struct {
  const void *c;
  int64_t ldc, rows;
  void *image;
  int64_t sc, sw;
  const cr_conv_piece *pieces;
  int64_t count;
  const void *added; /* laid out like the image; NULL: nothing is added */
  bool has_clamp;
  double low, high;
} cr_conv_store;
typedef void (*cr_conv_storing)(const cr_conv_store *store);

/* Turns weights round for the gradient to the input: packed[m][c][ty][tx] = weight[c][m][y(ty)][x(tx)]
 * with y(t) = first_y + t * step_y; rows begin ... end - 1 of m, counted over all groups. */
typedef struct {
  const void *weight; /* (groups * channels) x rows x kernel_h x kernel_w */
  void *packed;
  int64_t channels, rows, kernel_h, kernel_w; /* channels and rows of one group */
  int64_t taps_y, first_y, step_y, taps_x, first_x, step_x;
} cr_conv_pack;
typedef void (*cr_conv_packing)(const cr_conv_pack *pack, int64_t begin, int64_t end);

/* Every step-th pixel of large images, as images of their own: rows x columns of them, one plane
 * behind the other. */
typedef struct {
  const cr_planes *images;
  void *samples;
  int64_t step_y, step_x, rows, columns;
  const void *gaps; /* of each channel, what pixels between the samples become; NULL: 0 */
} cr_conv_samples;
typedef void (*cr_conv_sampling)(const cr_conv_samples *samples, int64_t begin, int64_t end);

/* Sum of all elements of channel c. */
typedef double (*cr_plane_sum)(const cr_planes *planes, int64_t c);

typedef struct {
  cr_conv_kernel tile[CR_CONV_ROWS][CR_CONV_VECTORS]; /* [rows - 1][vectors - 1] */
  int lanes, vectors; /* elements in a vector; vectors in the widest tile */
  cr_conv_fill fill;
  cr_conv_storing store;
  cr_conv_transpose transpose;
  cr_conv_reduction reduce;
  cr_conv_packing pack;
  cr_conv_sampling sample; /* for planes begin ... end - 1 of all images: reads the samples */
  cr_conv_sampling spread; /* writes the images */
  cr_plane_sum plane_sum;
} cr_conv_kernels;

#endif
