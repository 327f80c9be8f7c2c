/* Softmax over classes that lie `stride` elements apart, for `count` adjacent positions at once.
 * stride 1 goes with count 1: one contiguous row. */
#ifndef CR_KERNELS_SOFTMAX_H
#define CR_KERNELS_SOFTMAX_H

#include <stdbool.h>
#include <stdint.h>

/* y = softmax(sign x), or its logarithm. y may be x. */
typedef void (*cr_softmax_kernel)(bool is_log, double sign, int64_t classes, int64_t stride,
                                  int64_t count, const void *x, void *y);

/* The same for rows of n elements, one behind the other. is_large: no cache keeps the result, which
 * is not x (see stream.h). */
typedef void (*cr_softmax_rows_kernel)(bool is_log, bool is_large, double sign, int64_t rows,
                                       int64_t n, const void *x, void *y);

/* gx = sign * (gradient with respect to sign x), from the output y and its gradient gy. gx may be
 * gy. */
typedef void (*cr_softmax_backward_kernel)(bool is_log, double sign, int64_t classes,
                                           int64_t stride, int64_t count, const void *y,
                                           const void *gy, void *gx);

/* lse[i] = log sum_c exp(x[c]) for each of the positions. */
typedef void (*cr_log_sum_exp_kernel)(int64_t classes, int64_t stride, int64_t count, const void *x,
                                      void *lse);

/* gx[c] = scale[i] (exp(x[c] - lse[i]) - 1 where c is label[i]), 0 where the label is negative. */
typedef void (*cr_cross_entropy_backward_kernel)(int64_t classes, int64_t stride, int64_t count,
                                                 const void *x, const void *lse,
                                                 const int64_t *label, const double *scale,
                                                 void *gx);

#endif
