/* Rows at right angles. */
#ifndef CR_OPS_ORTHONORMAL_H
#define CR_OPS_ORTHONORMAL_H

#include "core/tensor.h"

/* Turns the rows of a contiguous (n x m) tensor, n <= m, into an orthonormal basis of what they
 * span: classical Gram-Schmidt, each row twice, which is enough for the last digit (Giraud, Langou
 * and Rozloznik 2005). Rows that depend on earlier ones become 0. */
cr_status cr_orthonormalize(cr_tensor *rows);

#endif
