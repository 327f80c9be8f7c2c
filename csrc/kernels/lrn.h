/* Local response normalization across channels (Krizhevsky, Sutskever and Hinton 2012). */
#ifndef CR_KERNELS_LRN_H
#define CR_KERNELS_LRN_H

#include <stdint.h>

/* One image of `channels` contiguous planes of `area` pixels:
 * scale[c] = k + alpha / size * sum of input[l]^2 over c - before <= l < c - before + size,
 * output[c] = input[c] * scale[c]^-beta. */
typedef struct {
  int64_t channels, area, size, before;
  double alpha, beta, k;
  const void *input;
  void *scale, *output;
  const void *grad_output; /* backward: also reads scale */
  void *grad_input;
  void *work; /* backward, scratch: channels * CR_LRN_BLOCK elements */
} cr_lrn;

enum { CR_LRN_BLOCK = 128 };

/* Pixels [begin, end); no more than CR_LRN_BLOCK of them. */
typedef void (*cr_lrn_kernel)(const cr_lrn *job, int64_t begin, int64_t end);

typedef struct {
  cr_lrn_kernel forward, backward;
} cr_lrn_kernels;

#endif
