/* Softmax over the classes of a tensor: the elements of (C), the columns of (N x C), the first
 * dimension of (C x H x W), the second of (N x C x H x W) and of (N x C x D x H x W). */
#ifndef CR_OPS_SOFTMAX_H
#define CR_OPS_SOFTMAX_H

#include "core/tensor.h"

/* A tensor seen as samples x classes x positions. */
typedef struct {
  int dim; /* the dimension that holds the classes */
  int64_t samples, classes, positions;
} cr_class_layout;

cr_status cr_find_classes(const cr_tensor *input, cr_class_layout *layout);

/* output = softmax(sign input), or its logarithm; sign is 1 or -1 (softmin). */
cr_status cr_softmax_forward(cr_tensor *output, const cr_tensor *input, bool is_log, double sign);
cr_status cr_softmax_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                              const cr_tensor *input, const cr_tensor *output, bool is_log,
                              double sign);

#endif
