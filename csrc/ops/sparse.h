/* Fully connected layers of sparse inputs. An input is a vector of keys (of any type, whole numbers
 * from offset + 1 on), one of values, and one of sizes: how many of these belong to each sample
 * (NULL: all to one). weight is (inputs x outputs), of any strides. */
#ifndef CR_OPS_SPARSE_H
#define CR_OPS_SPARSE_H

#include "core/tensor.h"

typedef struct {
  const cr_tensor *keys, *values, *sizes;
  int64_t offset;
} cr_sparse_input;

/* output (samples x outputs) = input weight + bias; bias may be NULL */
cr_status cr_sparse_forward(cr_tensor *output, const cr_sparse_input *input,
                            const cr_tensor *weight, const cr_tensor *bias);
/* grad_values: the gradient of each value */
cr_status cr_sparse_backward(cr_tensor *grad_values, const cr_tensor *grad_output,
                             const cr_sparse_input *input, const cr_tensor *weight);
/* grad_weight += scale input^T grad_output */
cr_status cr_sparse_accumulate(cr_tensor *grad_weight, const cr_tensor *grad_output,
                               const cr_sparse_input *input, double scale);

#endif
