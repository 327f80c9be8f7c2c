/* The median along a dimension. */
#ifndef CR_OPS_MEDIAN_H
#define CR_OPS_MEDIAN_H

#include "core/tensor.h"

/* values: the element in the middle of each run of dimension dim when sorted, the smaller one of two,
 * or NaN when there is one; positions (int64): where it stands, from 1. */
cr_status cr_median(cr_tensor *values, cr_tensor *positions, const cr_tensor *x, int dim);

#endif
