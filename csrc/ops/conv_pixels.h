/* Convolution of all planes towards pixels whose channels lie innermost. */
#ifndef CR_OPS_CONV_PIXELS_H
#define CR_OPS_CONV_PIXELS_H

#include "ops/correlate.h"

/* Whether the output's channels lie innermost (or it is one small image) and are whole vectors of
 * float32, and the input has its channels or its columns innermost; the packed weights need a
 * cache. */
bool cr_conv_pixels_fits(const cr_correlation *g);

cr_status cr_conv_pixels(const cr_correlation *g, const void *weight, const void *bias);

#endif
