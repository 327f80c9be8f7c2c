/* Convolution of single planes whose channels lie innermost, in float32: vectors run along the
 * channels, so that neither borders nor steps leave any of them half empty. */
#ifndef CR_KERNELS_CHANNELWISE_H
#define CR_KERNELS_CHANNELWISE_H

#include "kernels/conv.h"

/* out[y][x][c] = bias[c] + sum over taps of weight[tap][c] * in[y * step + ...][x * step + ...][c],
 * limited. Taps outside the image count nothing. */
typedef struct {
  const float *in;
  int64_t h, w, in_y, in_x; /* the input's size, and its steps from row to row, pixel to pixel */
  float *out;
  int64_t out_w, out_y, out_x;
  const float *weight, *bias; /* bias: NULL for none */
  int64_t channels;           /* of all; a multiple of the vectors' length */
  int64_t taps_y, taps_x, step_y, step_x, first_y, first_x, delta_y, delta_x;
  bool has_clamp;
  float low, high;
} cr_channelwise_job;

/* Rows y0 ... y1 - 1 of channels c0 ... c1 - 1, which are whole vectors. */
typedef void (*cr_channelwise_kernel)(const cr_channelwise_job *job, int64_t y0, int64_t y1,
                                      int64_t c0, int64_t c1);

typedef struct {
  cr_channelwise_kernel forward;
  cr_channelwise_kernel max; /* of what the taps read instead of the sum; NaN counts as largest */
  int lanes;
} cr_channelwise_kernels;

#endif
