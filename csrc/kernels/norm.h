/* Batch normalization over the channels of planes. */
#ifndef CR_KERNELS_NORM_H
#define CR_KERNELS_NORM_H

#include "kernels/conv.h"

/* Vectors have one element a channel; weight and bias may be NULL (1 and 0). Sums are taken about
 * each channel's first element, in blocks that go to double precision, so that a large mean does not
 * cost the variance its digits. */
typedef struct {
  cr_planes input, output; /* backward: output is the gradient to it */
  cr_planes grad_input;    /* data NULL: not wanted */
  cr_planes added;         /* see rectifies; data NULL: none */
  const void *weight, *bias;
  void *running_mean, *running_var; /* forward; var: the unbiased estimate */
  void *mean, *inverse_std;         /* of this batch: written in training, read backward */
  void *grad_weight, *grad_bias;    /* += scale * gradient; NULL: not wanted */
  double eps, momentum, scale;
  bool training;
  /* A ReLU in place comes next. Forward: output = max(0, output + added). Backward: the gradient to
   * the output becomes 0, also where it stands, where the output was not above 0 (without `added`).
   * All planes have elements one behind the other. */
  bool rectifies;
} cr_batch_norm;
typedef void (*cr_batch_norm_kernel)(const cr_batch_norm *norm, int64_t begin, int64_t end);

/* For channels [begin, end). */
typedef struct {
  cr_batch_norm_kernel forward, backward;
} cr_norm_kernels;

#endif
