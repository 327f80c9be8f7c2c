/* Draws of categories. */
#ifndef CR_OPS_MULTINOMIAL_H
#define CR_OPS_MULTINOMIAL_H

#include "core/generator.h"
#include "core/tensor.h"

/* res (int64) gets n categories, from 1, for each row of p, weights that are not negative and do
 * not sum to 0: (n) for a vector, (rows x n) for a matrix. Without replacement no row has one
 * twice. Draws Torch7's numbers. */
cr_status cr_multinomial(cr_tensor *res, cr_generator *g, const cr_tensor *p, int64_t n,
                         bool with_replacement);

/* Walker's alias method (Vose 1991): after a setup linear in the number of categories each draw
 * costs two numbers. Category i is drawn when place i is hit and q[i] holds, else alias[i]. */
cr_status cr_alias_setup(cr_tensor *alias, cr_tensor *q, const cr_tensor *p);
cr_status cr_alias_draw(cr_tensor *res, cr_generator *g, const cr_tensor *alias,
                        const cr_tensor *q);

#endif
