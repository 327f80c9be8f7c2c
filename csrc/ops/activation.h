/* Transfer functions on tensors of any size. */
#ifndef CR_OPS_ACTIVATION_H
#define CR_OPS_ACTIVATION_H

#include "core/tensor.h"
#include "kernels/activation.h"

/* The parameters a and b of csrc/kernels/activation.h. */
typedef struct {
  double a, b;
} cr_activation_parameters;

/* output = f(input). In place, output becomes a view of input, whose elements change. */
cr_status cr_activation_forward(cr_activation op, cr_activation_parameters parameters,
                                cr_tensor *output, cr_tensor *input, bool inplace);

/* grad_input = grad_output f'(input), from input and output of the last forward. In place,
 * grad_input becomes a view of grad_output, whose elements change. */
cr_status cr_activation_backward(cr_activation op, cr_activation_parameters parameters,
                                 cr_tensor *grad_input, cr_tensor *grad_output,
                                 const cr_tensor *input, const cr_tensor *output, bool inplace);

#endif
