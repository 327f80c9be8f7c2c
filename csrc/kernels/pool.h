/* Pooling over windows of image planes. Rows of a plane are `stride` elements apart from column to
 * column; outputs and gradients to them are written with their own strides. */
#ifndef CR_KERNELS_POOL_H
#define CR_KERNELS_POOL_H

#include "kernels/conv.h"

typedef struct {
  int64_t kernel_w, kernel_h, step_w, step_h, pad_w, pad_h;
  bool count_pad; /* average: padding counts as zeros */
} cr_pool_window;

/* Outputs [begin, end) of a row for which a tap of the window lies inside the image. */
typedef struct {
  int64_t begin, end;
} cr_pool_range;

/* Forward: input to output planes [begin, end) of n * c; backward: output's gradient to input's. */
typedef struct {
  cr_pool_window window;
  cr_planes input, output;
  int64_t *indices; /* max: 1 + y * W + x of each output's maximum, planes in order; may be NULL */
  const cr_pool_range *ranges; /* of each tap along a row */
  void *row;                   /* scratch: two rows of outputs */
  int *outside;                /* backward of max: set to 1 when an index lies outside its plane */
} cr_pool_job;
typedef void (*cr_pool_kernel)(const cr_pool_job *job, int64_t begin, int64_t end);

typedef struct {
  cr_pool_kernel max, average, average_backward;
  cr_pool_kernel max_backward;
} cr_pool_kernels;

#endif
