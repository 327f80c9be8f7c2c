/* 2-D pooling over (N x C x H x W) or (C x H x W). */
#ifndef CR_OPS_POOL_H
#define CR_OPS_POOL_H

#include "core/tensor.h"

typedef struct {
  int64_t kernel_w, kernel_h, step_w, step_h, pad_w, pad_h;
  bool ceil_mode; /* a window that reaches past the end counts, when it starts inside */
  bool count_pad; /* average: padding counts as zeros */
  bool innermost; /* maximum without indices: the output's channels lie innermost */
} cr_pool_shape;

/* H' = floor((H + 2 padH - kH) / dH) + 1, or with ceil. indices (int64, or NULL) gets each maximum's
 * place in its plane, 1 + y W + x. */
cr_status cr_max_pool_forward(cr_tensor *output, cr_tensor *indices, const cr_tensor *input,
                              const cr_pool_shape *shape);
cr_status cr_max_pool_backward(cr_tensor *grad_input, const cr_tensor *input,
                               const cr_tensor *grad_output, const cr_tensor *indices,
                               const cr_pool_shape *shape);

cr_status cr_average_pool_forward(cr_tensor *output, const cr_tensor *input,
                                  const cr_pool_shape *shape);
cr_status cr_average_pool_backward(cr_tensor *grad_input, const cr_tensor *input,
                                   const cr_tensor *grad_output, const cr_pool_shape *shape);

#endif
