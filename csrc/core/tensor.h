/* Tensor: a strided view of a storage.
 *
 * Sizes and strides count elements, never bytes. A tensor of 0 dimensions is empty, as in Torch7;
 * sizes of 0 are allowed too (an empty batch). Dimensions are numbered from 0 here and from 1 in
 * Lua: the glue converts, and messages written here already count from 1. */
#ifndef CR_CORE_TENSOR_H
#define CR_CORE_TENSOR_H

#include "core/storage.h"

#define CR_MAX_DIMS 8

typedef struct cr_tensor {
  cr_dtype dtype;
  int ndim;
  int64_t size[CR_MAX_DIMS];
  int64_t stride[CR_MAX_DIMS];
  int64_t offset;      /* of the first element in the storage */
  cr_storage *storage; /* one reference; NULL while nothing was ever stored */
} cr_tensor;

/* ---- life ---- */

void cr_tensor_init(cr_tensor *t, cr_dtype dtype); /* empty; must not own a storage yet */
void cr_tensor_clear(cr_tensor *t);                /* gives the storage back, becomes empty */

/* Makes `out` (initialized) another view of the same elements. out == in is allowed. */
void cr_tensor_alias(cr_tensor *out, const cr_tensor *in);

/* Initializes `out` as new, contiguous, uninitialized memory. */
cr_status cr_tensor_new(cr_tensor *out, cr_dtype dtype, int ndim, const int64_t *size);

/* Gives `t` these sizes. Nothing changes when it has them already (its strides stay); otherwise it
 * becomes contiguous at its offset and its storage grows where needed. */
cr_status cr_tensor_resize(cr_tensor *t, int ndim, const int64_t *size);
cr_status cr_tensor_resize_as(cr_tensor *t, const cr_tensor *like);

/* Points `t` at any part of a storage of its type, which grows where needed. */
cr_status cr_tensor_set(cr_tensor *t, cr_storage *storage, int64_t offset, int ndim,
                        const int64_t *size, const int64_t *stride);

/* ---- questions ---- */

int64_t cr_tensor_numel(const cr_tensor *t);
bool cr_tensor_is_contiguous(const cr_tensor *t);
bool cr_tensor_same_size(const cr_tensor *a, const cr_tensor *b);
/* Number of elements of the storage from the first to the last one that the view reaches. */
int64_t cr_tensor_extent(const cr_tensor *t);
/* True when the two may touch a common byte. */
bool cr_tensor_overlaps(const cr_tensor *a, const cr_tensor *b);
/* True when both have the same type, elements and order of elements. */
bool cr_tensor_is_same_view(const cr_tensor *a, const cr_tensor *b);
/* True when two different indices can reach the same element (an expanded tensor, say). */
bool cr_tensor_has_internal_overlap(const cr_tensor *t);

/* The address of the first element; NULL when the tensor is empty. */
static inline void *cr_tensor_data(const cr_tensor *t) {
  if (!t->storage || !t->storage->data) return NULL;
  return (char *)t->storage->data + t->offset * (int64_t)cr_dtype_size(t->dtype);
}

/* "2x3x4" into buffer (at least CR_SIZE_TEXT bytes); "empty" for 0 dimensions. Returns buffer. */
#define CR_SIZE_TEXT (CR_MAX_DIMS * 21)
const char *cr_size_text(char *buffer, int ndim, const int64_t *size);
const char *cr_tensor_size_text(char *buffer, const cr_tensor *t);

/* Number of elements; CR_EINVAL for a negative size or when the product overflows. */
cr_status cr_count_elements(int ndim, const int64_t *size, int64_t *out);

/* ---- views: out (initialized) shows elements of in, nothing is copied; out == in allowed ---- */

cr_status cr_tensor_narrow(cr_tensor *out, const cr_tensor *in, int dim, int64_t start,
                           int64_t length);
/* Every step-th element from start; length of them. step may not be negative. */
cr_status cr_tensor_slice(cr_tensor *out, const cr_tensor *in, int dim, int64_t start,
                          int64_t length, int64_t step);
/* Drops the dimension; the only dimension of a vector leaves a vector of one element. */
cr_status cr_tensor_select(cr_tensor *out, const cr_tensor *in, int dim, int64_t index);
cr_status cr_tensor_transpose(cr_tensor *out, const cr_tensor *in, int dim0, int dim1);
cr_status cr_tensor_permute(cr_tensor *out, const cr_tensor *in, const int *dims);
/* A view with other sizes (one may be -1). CR_EINVAL when strides make that impossible. */
cr_status cr_tensor_view(cr_tensor *out, const cr_tensor *in, int ndim, const int64_t *size);
/* Dimensions of size 1 stretch to `size` with stride 0; missing leading dimensions are added. */
cr_status cr_tensor_expand(cr_tensor *out, const cr_tensor *in, int ndim, const int64_t *size);
cr_status cr_tensor_squeeze(cr_tensor *out, const cr_tensor *in, int dim); /* dim -1: all */
cr_status cr_tensor_unsqueeze(cr_tensor *out, const cr_tensor *in, int dim);
/* Slides a window of `length` by `step` over dim; the windows' elements become the last dim. */
cr_status cr_tensor_unfold(cr_tensor *out, const cr_tensor *in, int dim, int64_t length,
                           int64_t step);

/* ---- shapes ---- */

/* Replaces one -1 in size so that the product is numel. */
cr_status cr_infer_size(int ndim, int64_t *size, int64_t numel);

/* NumPy's rule: sizes are aligned at the last dimension; equal, or one of them 1. */
cr_status cr_broadcast_size(int *ndim, int64_t *size, const cr_tensor *a, const cr_tensor *b);

#endif
