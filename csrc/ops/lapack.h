/* Decompositions and linear systems by LAPACK, float32 and float64.
 *
 * Inputs are copied (LAPACK works in place, on contiguous columns), so a result may be an input. A
 * result that holds memory already is resized and written to, with its strides exchanged where
 * columns shall be contiguous; an empty one takes LAPACK's own memory, whose columns are. */
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

/* X(name, number of results, the inputs' names, options: the default first of each) */
#define CR_LAPACK_FUNCTIONS(X)                                                                     \
  X(gesv, 2, "b", "a", NULL, "", "", "")        /* x, lu */                                        \
  X(gels, 2, "b", "a", NULL, "", "", "")        /* x, qr */                                        \
  X(trtrs, 2, "b", "a", NULL, "UL", "NT", "NU") /* x, a */                                         \
  X(symeig, 2, "a", NULL, NULL, "NV", "UL", "") /* values, vectors */                              \
  X(eig, 2, "a", NULL, NULL, "NV", "", "")      /* values (n x 2), vectors */                      \
  X(svd, 3, "a", NULL, NULL, "SA", "", "")      /* u, s, v */                                      \
  X(inverse, 1, "x", NULL, NULL, "", "", "")                                                       \
  X(det, 0, "x", NULL, NULL, "", "", "")                                                           \
  X(qr, 2, "x", NULL, NULL, "", "", "")                                                            \
  X(geqrf, 2, "a", NULL, NULL, "", "", "")       /* reflectors, tau */                             \
  X(orgqr, 1, "m", "tau", NULL, "", "", "")      /* q */                                           \
  X(ormqr, 1, "m", "tau", "mat", "LR", "NT", "") /* product */                                     \
  X(potrf, 1, "a", NULL, NULL, "UL", "", "")     /* factor */                                      \
  X(potrs, 1, "b", "chol", NULL, "UL", "", "")   /* x */                                           \
  X(potri, 1, "chol", NULL, NULL, "UL", "", "")  /* inverse */                                     \
  X(pstrf, 2, "a", NULL, NULL, "UL", "", "")     /* factor, pivots (IntTensor) */

#define CR_LAPACK_DECLARE(name, results, i1, i2, i3, o1, o2, o3)                                   \
  cr_status cr_lapack_##name(cr_lapack_call *call);
CR_LAPACK_FUNCTIONS(CR_LAPACK_DECLARE)

#endif
