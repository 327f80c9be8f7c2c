/* Batch normalization of (N x C) or (N x C x H x W) (Ioffe and Szegedy 2015). */
#ifndef CR_OPS_NORM_H
#define CR_OPS_NORM_H

#include "core/tensor.h"

/* The layer's tensors, all 1-D of C elements and contiguous; weight and bias (and their gradients)
 * may be NULL together. */
typedef struct {
  const cr_tensor *weight, *bias;
  cr_tensor *running_mean, *running_var, *mean, *inverse_std;
  double eps, momentum;
  bool training;
  int ndim; /* 2 or 4 */
  /* Where a ReLU in place comes next. Forward: output = max(0, output + added); added may be NULL.
   * Backward: grad_output becomes 0 where kept, the rectified output, is not above 0. */
  bool rectifies;
  const cr_tensor *added, *kept;
} cr_batch_norm_state;

/* Training: output = (input - mean) / sqrt(variance + eps) * weight + bias with the batch's mean and
 * (biased) variance, which move running_mean and running_var (unbiased) by `momentum`; mean and
 * inverse_std are resized and keep what the backward pass needs. Evaluation: with the running ones. */
cr_status cr_batch_norm_forward(cr_tensor *output, const cr_tensor *input,
                                const cr_batch_norm_state *state);

/* grad_input, or grad_weight and grad_bias (both += scale * gradient), may be NULL: not wanted. */
cr_status cr_batch_norm_backward(cr_tensor *grad_input, cr_tensor *grad_weight,
                                 cr_tensor *grad_bias, const cr_tensor *input,
                                 cr_tensor *grad_output, double scale,
                                 const cr_batch_norm_state *state);

#endif
