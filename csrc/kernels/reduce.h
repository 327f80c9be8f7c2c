/* Reductions of strided runs. */
#ifndef CR_KERNELS_REDUCE_H
#define CR_KERNELS_REDUCE_H

#include <stdint.h>

typedef enum {
  CR_REDUCE_sum,
  CR_REDUCE_prod,
  CR_REDUCE_squares, /* of the distance from the parameter */
  CR_REDUCE_abs,
  CR_REDUCE_powers, /* the parameter is the exponent */
  CR_REDUCE_nonzero,
  CR_REDUCE_max,
  CR_REDUCE_min,
  CR_REDUCE_maxabs,
  CR_REDUCE_COUNT
} cr_reduce_op;

/* The state of a reduction: f for floating-point types, i for integers. */
typedef struct {
  double f;
  int64_t i;
  double parameter;
  int64_t position; /* of the next element, counted over all runs */
  int64_t index;    /* of the largest or smallest element */
  int64_t count;    /* elements seen */
} cr_accumulator;

/* Adds n elements to the state; the stride counts bytes. */
typedef void (*cr_reduce_kernel)(int64_t n, const char *x, int64_t stride, cr_accumulator *state);

/* out[j] = the sum of column j of an n x m matrix whose rows are contiguous. */
typedef void (*cr_sum_columns)(int64_t n, int64_t m, const char *x, int64_t row_stride, void *out);

/* out[j] = the largest (or smallest) element of column j, position[j] its row, from 1. */
typedef void (*cr_extreme_columns)(int64_t n, int64_t m, const char *x, int64_t row_stride,
                                   void *out, int64_t *position);

/* out[i] = x[0] + ... + x[i], or the product, of n elements, for each of several runs; strides count
 * bytes; out may be x. */
typedef struct {
  int64_t n, x_stride, out_stride;        /* along a run */
  int64_t runs, x_distance, out_distance; /* from run to run */
} cr_cumulate_shape;
typedef void (*cr_cumulate)(const cr_cumulate_shape *shape, const char *x, char *out);

#endif
