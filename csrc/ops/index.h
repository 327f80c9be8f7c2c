/* Picking elements by index tensors and masks. Index tensors are int64 and count from 1; every
 * index is checked before anything is written. */
#ifndef CR_OPS_INDEX_H
#define CR_OPS_INDEX_H

#include "core/tensor.h"

/* out (resized) = the slices of src along dim that index (1-D) names, in its order. out may not
 * share memory with src. In steady state nothing is allocated. */
cr_status cr_index_select(cr_tensor *out, const cr_tensor *src, int dim, const cr_tensor *index);

/* The slices of t along dim that index names become (or are added to) those of src, in order. */
cr_status cr_index_copy(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src);
cr_status cr_index_add(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src);
cr_status cr_index_fill(cr_tensor *t, int dim, const cr_tensor *index, cr_scalar value);

/* out[i][j] = src[i][index[i][j]] for dim 1 (the last), and so on; index has src's sizes but in
 * dim. scatter: t[i][index[i][j]] = src[i][j]; src NULL: value. */
cr_status cr_gather(cr_tensor *out, const cr_tensor *src, int dim, const cr_tensor *index);
cr_status cr_scatter(cr_tensor *t, int dim, const cr_tensor *index, const cr_tensor *src,
                     cr_scalar value, bool add);

/* mask (uint8) has t's sizes, or as many elements: they are then taken in order. */
cr_status cr_masked_fill(cr_tensor *t, const cr_tensor *mask, cr_scalar value);
cr_status cr_masked_copy(cr_tensor *t, const cr_tensor *mask, const cr_tensor *src);
cr_status cr_masked_select(cr_tensor *out, const cr_tensor *src, const cr_tensor *mask);

/* out (int64, resized) = the positions (from 1) of elements that are not 0: count x dimensions. */
cr_status cr_nonzero(cr_tensor *out, const cr_tensor *t);

#endif
