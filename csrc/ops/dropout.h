/* Dropout (Srivastava et al. 2014). */
#ifndef CR_OPS_DROPOUT_H
#define CR_OPS_DROPOUT_H

#include "core/tensor.h"

/* out = in, each element (with plane_dims 2 or 3 each plane, as many dimensions at the end) set to 0
 * with probability p in [0, 1) and multiplied by scale otherwise. The key decides which; the same key
 * gives the same ones. out is resized; it may be in itself. */
cr_status cr_dropout_apply(cr_tensor *out, const cr_tensor *in, double p, double scale,
                           int plane_dims, uint64_t key);

#endif
