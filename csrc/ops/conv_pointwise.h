/* Convolutions with 1 x 1 kernels: a matrix product for each image. */
#ifndef CR_OPS_CONV_POINTWISE_H
#define CR_OPS_CONV_POINTWISE_H

#include "ops/correlate.h"

/* Whether the correlation has one tap, a step of 1, no padding, one group, and images whose pixels
 * are evenly spaced. */
bool cr_conv_is_pointwise(const cr_correlation *g);

/* The same for to_small, unless images are so small that it is better to compute several at once. */
bool cr_conv_pointwise_fits(const cr_correlation *g);

/* dest = weight times source + bias */
cr_status cr_conv_pointwise_to_small(const cr_correlation *g, const void *weight, const void *bias);
/* source = transposed weight times dest + bias */
cr_status cr_conv_pointwise_to_big(const cr_correlation *g, const void *weight, const void *bias);
/* grad += scale * the gradient to the weight */
cr_status cr_conv_pointwise_weight_gradient(const cr_correlation *g, void *grad, double scale);

#endif
