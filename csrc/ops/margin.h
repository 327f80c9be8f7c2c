/* Losses of rows: (N x C), or (C) for one row. Each function computes the loss when the gradients
 * are NULL, else the gradients. size_average divides by the number of rows. */
#ifndef CR_OPS_MARGIN_H
#define CR_OPS_MARGIN_H

#include "core/tensor.h"

/* target: a label from 1 to C for each row. weight (may be NULL): a factor for each label. */
cr_status cr_multi_margin(const cr_tensor *input, const cr_tensor *target, const cr_tensor *weight,
                          double margin, int p, bool size_average, double *loss,
                          cr_tensor *grad_input);

/* target: as input; each row holds labels from 1 to C up to the first 0. */
cr_status cr_multi_label_margin(const cr_tensor *input, const cr_tensor *target, bool size_average,
                                double *loss, cr_tensor *grad_input);

/* target: 1 or -1 for each row. */
cr_status cr_cosine_embedding(const cr_tensor *x, const cr_tensor *y, const cr_tensor *target,
                              double margin, bool size_average, double *loss, cr_tensor *grad_x,
                              cr_tensor *grad_y);

cr_status cr_triplet(const cr_tensor *anchor, const cr_tensor *positive, const cr_tensor *negative,
                     double margin, bool size_average, double *loss,
                     cr_tensor *const *gradients /* of the three, or NULL */);

/* out = x - y, which have one type and size. */
cr_status cr_difference(cr_tensor *out, const cr_tensor *x, const cr_tensor *y);

#endif
