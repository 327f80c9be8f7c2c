/* Fully connected layer: y = x W^T + b, for input (N x in) or (in), weight (out x in), bias (out) or
 * NULL. */
#ifndef CR_OPS_LINEAR_H
#define CR_OPS_LINEAR_H

#include "core/tensor.h"

/* limits, unless NULL: results are limited to limits[0] ... limits[1]; NaN stays. */
cr_status cr_linear_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                            const cr_tensor *bias, const double *limits);
cr_status cr_linear_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                             const cr_tensor *input, const cr_tensor *weight);
/* grad_weight += scale (d loss / d weight), the same for grad_bias (may be NULL). */
cr_status cr_linear_accumulate(cr_tensor *grad_weight, cr_tensor *grad_bias,
                               const cr_tensor *grad_output, const cr_tensor *input, double scale);

#endif
