/* Convolution of single planes, and their pooling, where channels lie innermost. */
#ifndef CR_OPS_CHANNELWISE_H
#define CR_OPS_CHANNELWISE_H

#include "ops/correlate.h"
#include "ops/pool.h"

/* Whether every output plane sees one input plane of its own, and channels lie innermost in whole
 * vectors of float32; the turned weights need a cache. */
bool cr_channelwise_fits(const cr_correlation *g);

cr_status cr_channelwise(const cr_correlation *g, const void *weight, const void *bias);

/* The same two for maxima over windows. */
bool cr_channelwise_max_fits(const cr_tensor *input, const cr_tensor *output);

cr_status cr_channelwise_max(cr_tensor *output, const cr_tensor *input, const cr_pool_shape *shape);

#endif
