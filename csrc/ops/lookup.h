/* Looking up rows of a table by their numbers: the layer LookupTable. */
#ifndef CR_OPS_LOOKUP_H
#define CR_OPS_LOOKUP_H

#include "core/tensor.h"

/* output (sizes of indices x width) = weight[indices]; indices of any type, whole numbers from 1 to
 * the number of rows. With max_norm > 0 the rows that are used are first shortened in weight itself
 * where their p-norm (norm_type) is larger. */
cr_status cr_lookup_forward(cr_tensor *output, cr_tensor *weight, const cr_tensor *indices,
                            double max_norm, double norm_type);

/* grad_weight[index] += scale * grad_output's row; rows of `padding` (0: none) get nothing. by_count
 * divides by how often the index occurs. */
cr_status cr_lookup_backward(cr_tensor *grad_weight, const cr_tensor *indices,
                             const cr_tensor *grad_output, double scale, int64_t padding,
                             bool by_count);

#endif
