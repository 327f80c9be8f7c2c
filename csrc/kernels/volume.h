/* Padding and enlarging planes of images (t = 1) and volumes: t x h x w elements, one behind the
 * other. Axes are numbered in this order: 0 is t, 1 is h, 2 is w. */
#ifndef CR_KERNELS_VOLUME_H
#define CR_KERNELS_VOLUME_H

#include <stdint.h>

typedef struct {
  int64_t size[3];
} cr_box;

/* Each output element is one element of the input, or zero. Backward: `out` is read, `in` written. */
typedef struct {
  cr_box in, out;
  const int64_t *from[3]; /* the input's index for each index of the output; -1: zero */
  int64_t run, run_end;   /* from[2] of outputs run ... run_end - 1 counts up by ones */
  void *in_data, *out_data;
} cr_gathering;
typedef void (*cr_gathering_kernel)(const cr_gathering *job, int64_t begin, int64_t end);

/* Each output element lies between input elements low[i] and high[i] of each axis, and takes
 * weight[i] of the upper one. Backward: `out` is read, `in` written. */
typedef struct {
  cr_box in, out;
  const int64_t *low[3], *high[3];
  const double *weight[3];
  void *in_data, *out_data;
  void *row; /* scratch: one row of the input */
} cr_interpolation;
typedef void (*cr_interpolation_kernel)(const cr_interpolation *job, int64_t begin, int64_t end);

/* All work on planes [begin, end). */
typedef struct {
  cr_gathering_kernel gather, gather_backward;
  cr_interpolation_kernel interpolate, interpolate_backward;
} cr_volume_kernels;

static inline int64_t cr_box_elements(const cr_box *b) {
  return b->size[0] * b->size[1] * b->size[2];
}

#endif
