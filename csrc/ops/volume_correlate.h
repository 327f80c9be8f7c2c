/* The products behind convolution of volumes: a big volume, a small one (of outputs), and the weights
 * between them. */
#ifndef CR_OPS_VOLUME_CORRELATE_H
#define CR_OPS_VOLUME_CORRELATE_H

#include "core/dtype.h"
#include "core/status.h"
#include "kernels/unfold.h"

/* All data are contiguous; weight is (small channels x big channels/groups x taps). */
typedef struct {
  cr_dtype dtype;
  int64_t images, groups, big_channels, small_channels;
  cr_unfolding u; /* in: the big one's planes; out: the small one's; kernel, step, pad, dilation */
  void *big, *small, *weight;
  const void *bias; /* of the result; NULL: zeros */
  double scale;
} cr_volume_correlation;

/* small = bias + weight * unfolded big */
cr_status cr_volume_to_small(const cr_volume_correlation *g);
/* big = bias + folded weight' * small */
cr_status cr_volume_to_big(const cr_volume_correlation *g);
/* weight += scale * small * unfolded big' */
cr_status cr_volume_to_weight(const cr_volume_correlation *g);

#endif
