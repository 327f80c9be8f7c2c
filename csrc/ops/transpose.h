/* Copies whose source is contiguous along another dimension than the result. */
#ifndef CR_OPS_TRANSPOSE_H
#define CR_OPS_TRANSPOSE_H

#include "core/iter.h"

/* For an iteration over a result and a source of one type. False, and nothing was done, when it is
 * not of that kind. */
bool cr_copy_transposed(const cr_iter *it, cr_dtype dtype);

#endif
