/* Convolutions whose kernel covers the whole image: plain matrix products. */
#ifndef CR_OPS_CONV_DENSE_H
#define CR_OPS_CONV_DENSE_H

#include "ops/correlate.h"

/* Whether the correlation has one output pixel, one group, no padding, and memory that a product can
 * work on. */
bool cr_conv_is_dense(const cr_correlation *g);

/* dest = source times weight + bias */
cr_status cr_conv_dense_to_small(const cr_correlation *g, const void *weight, const void *bias);
/* source = dest times weight + bias */
cr_status cr_conv_dense_to_big(const cr_correlation *g, const void *weight, const void *bias);
/* grad += scale * the gradient to the weight */
cr_status cr_conv_dense_weight_gradient(const cr_correlation *g, void *grad, double scale);

#endif
