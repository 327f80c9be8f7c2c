/* Normalization of rows: nn.LayerNorm, RMSNorm, GroupNorm and InstanceNorm.
 *
 * A row is channels x area elements. Row r holds the channels from (r mod groups) * channels on:
 *
 *     y = (x - mean) inverse_std weight[channel] + bias[channel]
 *
 * with the row's own mean (0 where is_rms) and 1 / sqrt(mean square deviation + eps). */
#ifndef CR_KERNELS_GROUP_NORM_H
#define CR_KERNELS_GROUP_NORM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t rows, channels, area, groups;
  const void *x, *weight, *bias; /* weight, bias: NULL for 1 and 0 */
  void *y, *mean, *inverse_std;  /* the last two: one for each row, kept for backward */
  double eps, scale;
  bool is_rms;
  const void *grad;
  void *grad_x, *grad_weight, *grad_bias; /* NULL: not wanted */
} cr_group_norm;

/* Rows [begin, end); accumulate: channels [begin, end) of groups * channels. */
typedef void (*cr_group_norm_kernel)(const cr_group_norm *n, int64_t begin, int64_t end);

typedef struct {
  cr_group_norm_kernel forward, backward, accumulate;
} cr_group_norm_kernels;

#endif
