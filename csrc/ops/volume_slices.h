/* Convolution of volumes by that of images: the slices that the kernel's T covers count as channels. */
#ifndef CR_OPS_VOLUME_SLICES_H
#define CR_OPS_VOLUME_SLICES_H

#include "ops/volume_correlate.h"

#include <stdbool.h>

/* Whether H and W are padded alike on both sides, as images' convolution wants it, and the kernel has
 * more than one element. */
bool cr_slices_fit(const cr_volume_correlation *g);

/* The same as cr_volume_to_small, ..._to_big and ..._to_weight. */
cr_status cr_slices_to_small(const cr_volume_correlation *g);
cr_status cr_slices_to_big(const cr_volume_correlation *g);
cr_status cr_slices_to_weight(const cr_volume_correlation *g);

#endif
