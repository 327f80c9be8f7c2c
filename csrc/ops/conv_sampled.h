/* A 1 x 1 kernel with a step sees every step-th pixel alone: these are copied to images of their own,
 * where it has the step 1. */
#ifndef CR_OPS_CONV_SAMPLED_H
#define CR_OPS_CONV_SAMPLED_H

#include "ops/correlate.h"

bool cr_conv_is_sampled(const cr_correlation *g);

/* Makes the pixels in use, in scratch memory, the source. */
cr_status cr_conv_sample(cr_correlation *g);

/* To the big side: `make` writes the samples, from which the source is made; pixels in between get the
 * bias, or 0. */
typedef cr_status (*cr_conv_to_big)(const cr_correlation *g, const void *weight, const void *bias);
cr_status cr_conv_spread(const cr_correlation *g, cr_conv_to_big make, const void *weight,
                         const void *bias);

#endif
