/* Decompositions and linear systems by LAPACK, float32 and float64.
 *
 * Inputs are copied (LAPACK works in place, on contiguous columns), so a result may be an input. A
 * result that holds memory already is resized and written to; an empty one takes LAPACK's own
 * memory, whose columns are contiguous, as in Torch7. */
#ifndef CR_OPS_LAPACK_H
#define CR_OPS_LAPACK_H

#include "core/tensor.h"

typedef struct {
  cr_tensor *out[3];
  const cr_tensor *in[3];
  char option[3];   /* in the order of the table below */
  double tolerance; /* of pstrf */
  double number;    /* det's result */
} cr_lapack_call;

typedef cr_status (*cr_lapack_function)(cr_lapack_call *call);

/* X(name, results, inputs, options: the default first of each) */
#define CR_LAPACK_FUNCTIONS(X)                                                                     \
  X(gesv, 2, 2, "", "", "")        /* x, lu: b, a */                                               \
  X(gels, 2, 2, "", "", "")        /* x, qr: b, a */                                               \
  X(trtrs, 2, 2, "UL", "NT", "NU") /* x, a: b, a */                                                \
  X(symeig, 2, 1, "NV", "UL", "")  /* values, vectors: a */                                        \
  X(eig, 2, 1, "NV", "", "")       /* values (n x 2), vectors: a */                                \
  X(svd, 3, 1, "SA", "", "")       /* u, s, v: a */                                                \
  X(inverse, 1, 1, "", "", "")                                                                     \
  X(det, 0, 1, "", "", "")                                                                         \
  X(qr, 2, 1, "", "", "")                                                                          \
  X(geqrf, 2, 1, "", "", "")     /* reflectors, tau: a */                                          \
  X(orgqr, 1, 2, "", "", "")     /* q: reflectors, tau */                                          \
  X(ormqr, 1, 3, "LR", "NT", "") /* product: reflectors, tau, mat */                               \
  X(potrf, 1, 1, "UL", "", "")                                                                     \
  X(potrs, 1, 2, "UL", "", "") /* x: b, factor */                                                  \
  X(potri, 1, 1, "UL", "", "") /* inverse: factor */                                               \
  X(pstrf, 2, 1, "UL", "", "") /* factor, pivots (IntTensor): a */

#define CR_LAPACK_DECLARE(name, results, inputs, o1, o2, o3)                                       \
  cr_status cr_lapack_##name(cr_lapack_call *call);
CR_LAPACK_FUNCTIONS(CR_LAPACK_DECLARE)

#endif
