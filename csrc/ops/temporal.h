/* Convolution along sequences: frames one behind the other, as Torch7 lays them out.
 *
 * Inputs are (N x T x F) or (T x F); results have as many dimensions and are resized. float32 and
 * float64; everything in one call has one type. */
#ifndef CR_OPS_TEMPORAL_H
#define CR_OPS_TEMPORAL_H

#include "core/tensor.h"

typedef struct {
  int64_t kernel, step, before, after; /* frames of zeros in front and behind */
  int64_t dilation, groups;
} cr_temporal_shape;

/* weight (O x kernel F/groups), of each output the kernel's frames in order; bias (O) or NULL:
 * output (N x T' x O), T' = floor((T + before + after - dilation (kernel - 1) - 1) / step) + 1. */
cr_status cr_temporal_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                              const cr_tensor *bias, const cr_temporal_shape *shape);
cr_status cr_temporal_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                     const cr_tensor *grad_output, const cr_tensor *weight,
                                     const cr_temporal_shape *shape);
/* grad_weight += scale * gradient; grad_bias likewise, when it is not NULL. */
cr_status cr_temporal_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                      const cr_tensor *input, const cr_tensor *grad_output,
                                      double scale, const cr_temporal_shape *shape);

#endif
