#include "ops/cat.h"

#include "ops/copy.h"

#include <string.h>

/* Sizes of the joined tensor; those of the parts may differ along dim alone. */
static cr_status joined_size(int64_t *size, int64_t count, const cr_tensor *const *parts, int dim) {
  const cr_tensor *first = parts[0];
  memcpy(size, first->size, (size_t)first->ndim * sizeof *size);
  for (int64_t i = 1; i < count; i++) {
    const cr_tensor *t = parts[i];
    bool fits = t->ndim == first->ndim;
    for (int d = 0; d < first->ndim && fits; d++) fits = d == dim || t->size[d] == size[d];
    if (!fits) {
      char text[CR_SIZE_TEXT], text_first[CR_SIZE_TEXT];
      return cr_fail(CR_EINVAL,
                     "tensor %lld of size %s does not fit the first one of size %s along dimension "
                     "%d",
                     (long long)i + 1, cr_tensor_size_text(text, t),
                     cr_tensor_size_text(text_first, first), dim + 1);
    }
    if (__builtin_add_overflow(size[dim], t->size[dim], &size[dim]))
      return cr_fail(CR_EINVAL, "the joined tensor would have too many elements");
  }
  return CR_OK;
}

static const cr_storage *memory_of(const cr_tensor *t) {
  return t->storage && t->storage->parent ? t->storage->parent : t->storage;
}

/* Whether out's growing or writing may change what a part shows. */
static bool shares_memory(const cr_tensor *out, int64_t count, const cr_tensor *const *parts) {
  for (int64_t i = 0; i < count; i++)
    if (out->storage && memory_of(parts[i]) == memory_of(out)) return true;
  return false;
}

static cr_status copy_parts(cr_tensor *out, int64_t count, const cr_tensor *const *parts, int dim) {
  cr_tensor place;
  cr_status status = CR_OK;
  int64_t at = 0;
  cr_tensor_init(&place, out->dtype);
  for (int64_t i = 0; i < count && status == CR_OK; i++) {
    int64_t length = parts[i]->size[dim];
    if (cr_tensor_numel(parts[i]) > 0) {
      status = cr_tensor_narrow(&place, out, dim, at, length);
      if (status == CR_OK) status = cr_copy(&place, parts[i]);
    }
    at += length;
  }
  cr_tensor_clear(&place);
  return status;
}

cr_status cr_cat(cr_tensor *out, int64_t count, const cr_tensor *const *parts, int dim) {
  int64_t size[CR_MAX_DIMS];
  int ndim = parts[0]->ndim;
  CR_TRY(joined_size(size, count, parts, dim));
  if (!shares_memory(out, count, parts)) {
    CR_TRY(cr_tensor_resize(out, ndim, size));
    if (cr_tensor_has_internal_overlap(out))
      return cr_fail(CR_EINVAL, "the result cannot be written to an expanded tensor: its elements "
                                "share memory; clone it first");
    return copy_parts(out, count, parts, dim);
  }
  cr_tensor joined;
  CR_TRY(cr_tensor_new(&joined, out->dtype, ndim, size));
  cr_status status = copy_parts(&joined, count, parts, dim);
  if (status == CR_OK) status = cr_tensor_resize(out, ndim, size);
  if (status == CR_OK) status = cr_copy(out, &joined);
  cr_tensor_clear(&joined);
  return status;
}
