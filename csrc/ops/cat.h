/* Joining tensors. */
#ifndef CR_OPS_CAT_H
#define CR_OPS_CAT_H

#include "core/tensor.h"

/* out = the parts one after the other along dim. All have out's type and the same number of
 * dimensions, above dim; count is at least 1. out may share memory with parts. */
cr_status cr_cat(cr_tensor *out, int64_t count, const cr_tensor *const *parts, int dim);

#endif
