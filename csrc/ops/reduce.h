/* Reductions over all elements or over one dimension, which then has size 1. */
#ifndef CR_OPS_REDUCE_H
#define CR_OPS_REDUCE_H

#include "core/tensor.h"
#include "kernels/reduce.h"

/* What a reduction ends in. */
typedef enum {
  CR_RESULT_sum,
  CR_RESULT_prod,
  CR_RESULT_mean,
  CR_RESULT_var,
  CR_RESULT_std,
  CR_RESULT_norm
} cr_result_op;

typedef struct {
  cr_result_op op;
  bool biased; /* var and std: divide by n instead of n - 1 */
  double p;    /* norm */
} cr_reduction;

cr_status cr_reduce_all(cr_scalar *out, const cr_tensor *x, cr_reduction reduction);
cr_status cr_reduce_dim(cr_tensor *out, const cr_tensor *x, int dim, cr_reduction reduction);

/* The largest (or smallest) element; its position in row-major order. */
cr_status cr_extreme_all(cr_scalar *out, int64_t *position, const cr_tensor *x, bool largest);
/* positions: int64, numbered from 1. */
cr_status cr_extreme_dim(cr_tensor *out, cr_tensor *positions, const cr_tensor *x, int dim,
                         bool largest);

/* How many elements are not 0. */
cr_status cr_count_nonzero(int64_t *out, const cr_tensor *x);

/* Running sums (or products) along a dimension. */
cr_status cr_cumulate_dim(cr_tensor *out, const cr_tensor *x, int dim, bool product);

#endif
