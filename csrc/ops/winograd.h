/* 3 x 3 convolution by minimal filtering; private to the files of the engine. */
#ifndef CR_OPS_WINOGRAD_H
#define CR_OPS_WINOGRAD_H

#include "ops/correlate_plan.h"

/* Where the transforms of images and weights cost less than they save. */
bool cr_winograd_fits(const cr_correlation *g);

/* The same for the gradient to the weights, whose sums are as large as 4 times the weights. */
bool cr_winograd_gradient_fits(const cr_correlation *g);

cr_status cr_winograd(const cr_correlation *g, const void *weight, const void *bias);

/* grad += scale * the gradient to the weight */
cr_status cr_winograd_weight_gradient(const cr_correlation *g, void *grad, double scale);

/* The same correlation in terms of tiles: 6 x 6 taps, steps of 4. */
cr_correlation cr_winograd_tiles(const cr_correlation *g);

/* Where tiles q0 ... q0 + n - 1 of a piece of work lie in the planes; from n to width there are
 * none. */
void cr_winograd_places(const plan *p, const cr_planes *planes, const unit *u, int64_t q0,
                        int64_t n, int64_t width, cr_winograd_place *places);

#endif
