/* Distances of rows: layers of pairs of vectors, of centers, of norms. A tensor is (N x n), or (n)
 * for one row. Outputs and gradients are resized. */
#ifndef CR_OPS_DISTANCE_H
#define CR_OPS_DISTANCE_H

#include "core/tensor.h"
#include "kernels/distance.h"

/* output (N) of the rows of a and b; p of CR_PAIR_NORM: above 0, or infinite */
cr_status cr_pairs_forward(cr_pair op, double p, cr_tensor *output, const cr_tensor *a,
                           const cr_tensor *b);
cr_status cr_pairs_backward(cr_pair op, double p, cr_tensor *grad_a, cr_tensor *grad_b,
                            const cr_tensor *grad_output, const cr_tensor *a, const cr_tensor *b);

/* output[n][k] = |diag[:,k] (input[n] - weight[:,k])|; diag may be NULL: all ones. weight and diag
 * are (in x out). */
cr_status cr_centers_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                             const cr_tensor *diag);
cr_status cr_centers_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                              const cr_tensor *output, const cr_tensor *input,
                              const cr_tensor *weight, const cr_tensor *diag);
/* grad_weight and grad_diag += scale times the gradients */
cr_status cr_centers_accumulate(cr_tensor *grad_weight, cr_tensor *grad_diag,
                                const cr_tensor *grad_output, const cr_tensor *output,
                                const cr_tensor *input, const cr_tensor *weight,
                                const cr_tensor *diag, double scale);

/* Each row divided by (sum |x|^p + eps)^(1/p), or by max |x| + eps for an infinite p. */
cr_status cr_normalize_forward(cr_tensor *output, const cr_tensor *input, double p, double eps);
cr_status cr_normalize_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                                const cr_tensor *input, double p, double eps);

#endif
