/* Layer, RMS, group and instance normalization; see kernels/group_norm.h. */
#ifndef CR_OPS_GROUP_NORM_H
#define CR_OPS_GROUP_NORM_H

#include "core/tensor.h"

typedef struct {
  int64_t groups;      /* of channels, dimension 2; 0: the last ndim dimensions are normalized */
  int ndim;            /* with groups: 1 */
  const int64_t *size; /* of these dimensions; with groups: the number of channels */
  const cr_tensor *weight, *bias; /* or NULL */
  cr_tensor *mean, *inverse_std;
  double eps;
  bool is_rms;
} cr_group_norm_spec;

cr_status cr_group_norm_forward(cr_tensor *output, const cr_tensor *input,
                                const cr_group_norm_spec *spec);
cr_status cr_group_norm_backward(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_group_norm_spec *spec);
/* += scale times the gradients; grad_bias may be NULL. */
cr_status cr_group_norm_accumulate(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                   const cr_tensor *input, const cr_tensor *grad_output,
                                   double scale, const cr_group_norm_spec *spec);

#endif
