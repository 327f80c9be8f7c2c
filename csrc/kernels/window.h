/* Pooling over windows of any extent of images (t = 1) and volumes; axes are numbered as in
 * volume.h. Regular windows, adaptive and random ones differ in nothing but their tables. */
#ifndef CR_KERNELS_WINDOW_H
#define CR_KERNELS_WINDOW_H

#include "kernels/volume.h"

/* Output i of an axis takes the inputs begin[i], begin[i] + dilation, ... below end[i]. */
typedef struct {
  const int64_t *begin, *end;
  int64_t dilation;
  int64_t next_plane;     /* from one plane's tables to the next one's; 0: all share them */
  const double *divisors; /* average: what output i's sum is divided by; NULL: 1 */
} cr_window_axis;

/* Backward: `out` is read, `in` written. */
typedef struct {
  cr_box in, out;
  cr_window_axis axis[3];
  void *in_data, *out_data;
  int64_t *indices; /* 1 + (t H + y) W + x of each output's maximum; may be NULL in max */
  void *row;        /* scratch: two rows of the input */
  int *outside;     /* set to 1 when an index lies outside its plane */
} cr_window_job;
typedef void (*cr_window_kernel)(const cr_window_job *job, int64_t begin, int64_t end);

/* All work on planes [begin, end).
 * scatter: in = 0, then in[index] += out, the gradient of max. gather: out = in[index].
 * place: in = 0, then in[index] = out: undoes max pooling; its gradient is gather. */
typedef struct {
  cr_window_kernel max, average, average_backward, scatter, place, gather;
} cr_window_kernels;

#endif
