/* The most frequent elements along a dimension. */
#ifndef CR_OPS_MODE_H
#define CR_OPS_MODE_H

#include "core/tensor.h"

/* values: the most frequent element of each run of dimension dim, the smallest of several;
 * positions (int64): where it stands last, from 1. Every NaN is a value of its own. */
cr_status cr_mode(cr_tensor *values, cr_tensor *positions, const cr_tensor *x, int dim);

#endif
