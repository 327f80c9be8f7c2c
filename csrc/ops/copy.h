/* Filling and copying. */
#ifndef CR_OPS_COPY_H
#define CR_OPS_COPY_H

#include "core/tensor.h"

cr_status cr_fill(cr_tensor *t, cr_scalar value);

/* Copies src to dst, converting the type. src is broadcast to dst's size; when it cannot be but has
 * as many elements, they are copied in order, as in Torch7. */
cr_status cr_copy(cr_tensor *dst, const cr_tensor *src);

/* Initializes out as a contiguous copy, or as an alias when t is contiguous already. */
cr_status cr_contiguous(cr_tensor *out, const cr_tensor *t);

/* Initializes out as a contiguous copy of another (or the same) type. */
cr_status cr_clone_as(cr_tensor *out, const cr_tensor *t, cr_dtype dtype);

#endif
