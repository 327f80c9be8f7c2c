/* Dropout (Srivastava et al. 2014). */
#ifndef CR_OPS_DROPOUT_H
#define CR_OPS_DROPOUT_H

#include "core/tensor.h"

/* out = in, each element (of whole planes: each plane, the last two dimensions) set to 0 with
 * probability p in [0, 1) and multiplied by scale otherwise. The key decides which; the same key
 * gives the same ones. out is resized; it may be in itself. */
cr_status cr_dropout_apply(cr_tensor *out, const cr_tensor *in, double p, double scale,
                           bool whole_planes, uint64_t key);

#endif
