/* Convolution of single planes: each output plane sees one input plane. */
#ifndef CR_KERNELS_DEPTHWISE_H
#define CR_KERNELS_DEPTHWISE_H

#include <stdbool.h>
#include <stdint.h>

/* out[y][x] = bias + sum over taps t of weight[t] * slab[offset[t] + y * pitch + x]; columns that do
 * not fill a vector may read (not write) up to a vector more. */
typedef struct {
  const void *slab, *weight, *bias; /* bias: one value, or NULL */
  const int64_t *offset;
  int64_t taps, pitch;
  void *out;
  int64_t rows, columns, row_step, column_step;
  bool has_clamp; /* limits results to low ... high */
  double low, high;
} cr_depthwise_plane;
typedef void (*cr_depthwise_forward)(const cr_depthwise_plane *plane);

/* sums[t] += sum over y, x of out[y][x] * slab[offset[t] + y * pitch + x] */
typedef void (*cr_depthwise_gradient)(const cr_depthwise_plane *plane, double *sums);

typedef struct {
  cr_depthwise_forward forward;
  cr_depthwise_gradient gradient;
} cr_depthwise_kernels;

#endif
