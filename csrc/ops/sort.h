/* Sorting along a dimension. */
#ifndef CR_OPS_SORT_H
#define CR_OPS_SORT_H

#include "core/tensor.h"

/* out: elements first ... first + count - 1 of the sorted dimension; positions (int64): where they
 * stood, from 1. Stable; NaN comes last, or first when descending. */
cr_status cr_sort(cr_tensor *out, cr_tensor *positions, const cr_tensor *x, int dim,
                  bool descending, int64_t first, int64_t count);

#endif
