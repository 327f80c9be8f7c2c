/* The engine of all 2-D convolutions.
 *
 * A correlation computes, for every output pixel (j, i) of every image and every row m of a group,
 *
 *     dest[m][j][i] = bias[m] + sum over c, ty, tx of
 *                     weight[m][c][ty][tx] * source[c][j * step_y + y(ty)][i * step_x + x(tx)]
 *
 * where y(t) = first + t * delta, and the source is zero outside. Forward convolution is one of these;
 * the gradient to the input is one for each phase of the stride; transposed convolution changes the
 * two. Results do not depend on the number of threads. */
#ifndef CR_OPS_CORRELATE_H
#define CR_OPS_CORRELATE_H

#include "core/tensor.h"
#include "kernels/conv.h"

typedef struct {
  int64_t step, taps, first, delta;
} cr_tap_axis;

/* Where transformed weights are kept, and what they are the transform of. */
typedef struct {
  cr_tensor *packed;
  const cr_storage *source;
  int64_t offset;
} cr_weight_cache;

/* Whether the cache holds weights as they are now, of that size: who packs them in another order gives
 * them another size, or another number of dimensions. */
bool cr_weight_cache_holds(const cr_weight_cache *cache, int ndim, const int64_t *size);

typedef struct {
  cr_dtype dtype;
  int64_t groups;
  cr_planes source; /* c: channels of all groups */
  cr_planes dest;   /* c: rows of all groups; shares no memory with the source or weight */
  cr_tap_axis y, x;
  const cr_weight_cache *cache; /* NULL: none */
  const cr_conv_finish *finish; /* NULL: none */
} cr_correlation;

/* weight: contiguous, (rows of all groups) x (channels of a group) x taps y x taps x; bias: one for
 * each row, or NULL. */
cr_status cr_correlate(const cr_correlation *g, const void *weight, const void *bias);

/* grad += scale * the gradient to the weight, where dest holds the gradient to the output. grad is
 * contiguous. */
cr_status cr_correlate_weight_gradient(const cr_correlation *g, void *grad, double scale);

/* grad[c * stride] += scale * sum of channel c of the planes. */
cr_status cr_correlate_bias_gradient(cr_dtype dtype, const cr_planes *planes, void *grad,
                                     int64_t stride, double scale);

#endif
