#include "ops/copy.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/transpose.h"

static const double copy_cost = 0.3; /* nanoseconds an element */

static cr_status copy_loop(cr_tensor *dst, const cr_tensor *src) {
  const cr_tensor *operands[] = {dst, src};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 2, operands));
  if (dst->dtype == src->dtype && cr_copy_transposed(&it, dst->dtype)) return cr_check_interrupt();
  return cr_iter_run(&it, cr_kernels()->convert[dst->dtype][src->dtype], NULL, copy_cost);
}

cr_status cr_fill(cr_tensor *t, cr_scalar value) {
  union {
    int64_t i;
    double d;
  } element;
  cr_store(t->dtype, &element, value);
  cr_storage storage = {.dtype = t->dtype, .size = 1, .capacity = 1, .data = &element};
  cr_tensor one = {.dtype = t->dtype, .ndim = 1, .size = {1}, .stride = {1}, .storage = &storage};
  return copy_loop(t, &one);
}

cr_status cr_clone_as(cr_tensor *out, const cr_tensor *t, cr_dtype dtype) {
  CR_TRY(cr_tensor_new(out, dtype, t->ndim, t->size));
  cr_status status = copy_loop(out, t);
  if (status != CR_OK) cr_tensor_clear(out);
  return status;
}

cr_status cr_contiguous(cr_tensor *out, const cr_tensor *t) {
  if (!cr_tensor_is_contiguous(t)) return cr_clone_as(out, t, t->dtype);
  cr_tensor_init(out, t->dtype);
  cr_tensor_alias(out, t);
  return CR_OK;
}

static bool broadcasts_to(const cr_tensor *src, const cr_tensor *dst) {
  if (src->ndim > dst->ndim) return false;
  for (int s = 0; s < src->ndim; s++)
    if (src->size[s] != 1 && src->size[s] != dst->size[dst->ndim - src->ndim + s]) return false;
  return true;
}

/* Same number of elements, other sizes: view one with the other's sizes and copy. */
static cr_status copy_in_order(cr_tensor *dst, const cr_tensor *src) {
  cr_tensor flat, view;
  CR_TRY(cr_contiguous(&flat, src));
  cr_tensor_init(&view, src->dtype);
  cr_status status = cr_tensor_view(&view, &flat, dst->ndim, dst->size);
  if (status == CR_OK) status = copy_loop(dst, &view);
  cr_tensor_clear(&view);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_copy(cr_tensor *dst, const cr_tensor *src) {
  char from[CR_SIZE_TEXT], to[CR_SIZE_TEXT];
  int64_t dst_count = cr_tensor_numel(dst), src_count = cr_tensor_numel(src);
  if (dst_count == 0 && src_count == 0) return CR_OK;
  if (cr_tensor_overlaps(dst, src) && !cr_tensor_is_same_view(dst, src)) {
    cr_tensor copy;
    CR_TRY(cr_clone_as(&copy, src, src->dtype));
    cr_status status = cr_copy(dst, &copy);
    cr_tensor_clear(&copy);
    return status;
  }
  if (src_count > 0 && broadcasts_to(src, dst)) return copy_loop(dst, src);
  if (src_count == dst_count) return copy_in_order(dst, src);
  return cr_fail(CR_EINVAL, "cannot copy a tensor of size %s into one of size %s",
                 cr_tensor_size_text(from, src), cr_tensor_size_text(to, dst));
}
