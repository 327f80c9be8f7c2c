/* Resampling pictures. */
#ifndef CR_KERNELS_IMAGE_H
#define CR_KERNELS_IMAGE_H

#include <stdint.h>

/* One axis: output i is the sum over k < taps of weight[i * taps + k] * input[first[i] + k]. */
typedef struct {
  int64_t in, out, taps;
  int64_t *first;
  double *weight;
} cr_axis;

/* Resamples one plane of y->in x x->in elements to y->out x x->out. `row` holds x->in elements. */
typedef void (*cr_resample)(const cr_axis *y, const cr_axis *x, const void *in, void *out,
                            void *row);

#endif
