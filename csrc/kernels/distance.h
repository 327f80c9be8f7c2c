/* Distances of rows: of pairs, to centers, from zero. Rows are contiguous. */
#ifndef CR_KERNELS_DISTANCE_H
#define CR_KERNELS_DISTANCE_H

#include <stdint.h>

/* Rows a and b: their dot product, the cosine of their angle, the p-norm of their difference. */
typedef enum { CR_PAIR_DOT, CR_PAIR_COSINE, CR_PAIR_NORM } cr_pair;

typedef struct {
  cr_pair op;
  double p; /* positive, or infinite */
  int64_t width;
  const void *a, *b;
  void *out;        /* forward: a number for each row */
  const void *grad; /* backward: likewise */
  void *grad_a, *grad_b;
} cr_pairs;

/* Rows x and centers, the columns of w (in x out): y[n][k] = |d[:,k] (x[n] - w[:,k])|; d NULL: 1. */
typedef struct {
  int64_t rows, in, out;
  const void *x, *w, *d, *y, *g;
  void *result, *grad_d; /* y, the gradient to x, or to w and d */
  double scale;
} cr_centers;

/* Rows x, divided by their p-norm (sum |x|^p + eps)^(1/p), or max |x| + eps. */
typedef struct {
  double p, eps;
  int64_t width;
  const void *x, *g;
  void *result;
} cr_normalize;

/* Works on the rows [begin, end) of a job; centers_accumulate on rows of w. */
typedef void (*cr_row_kernel)(const void *job, int64_t begin, int64_t end);

typedef struct {
  cr_row_kernel pairs, pairs_backward;
  cr_row_kernel centers, centers_backward, centers_accumulate;
  cr_row_kernel normalize, normalize_backward;
} cr_distance_kernels;

#endif
