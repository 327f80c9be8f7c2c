/* Local response normalization across channels of images; see kernels/lrn.h. */
#ifndef CR_OPS_LRN_H
#define CR_OPS_LRN_H

#include "core/tensor.h"

typedef struct {
  int64_t size;
  double alpha, beta, k;
} cr_lrn_shape;

/* scale is resized to the input's size and keeps what the backward pass needs. */
cr_status cr_lrn_forward(cr_tensor *output, cr_tensor *scale, const cr_tensor *input,
                         const cr_lrn_shape *shape);
cr_status cr_lrn_backward(cr_tensor *grad_input, const cr_tensor *input,
                          const cr_tensor *grad_output, const cr_tensor *scale,
                          const cr_lrn_shape *shape);

#endif
