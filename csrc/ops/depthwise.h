/* Convolution with as many groups as input channels; private to the files of the engine. */
#ifndef CR_OPS_DEPTHWISE_H
#define CR_OPS_DEPTHWISE_H

#include "ops/correlate.h"

bool cr_depthwise_fits(const cr_correlation *g);

cr_status cr_depthwise(const cr_correlation *g, const void *weight, const void *bias);

/* grad += scale * the gradient to the weight */
cr_status cr_depthwise_weight_gradient(const cr_correlation *g, void *grad, double scale);

#endif
