/* Products of stacks of matrices. */
#include "ops/copy.h"
#include "ops/linalg.h"

#include <string.h>

/* Initializes *out as t's matrices in one batch: leading dimensions broadcast to `lead`, then
 * merged into one. A vector becomes a row, or a column when `is_right`. */
static cr_status as_batch(cr_tensor *out, const cr_tensor *t, bool is_right, int leads,
                          const int64_t *lead) {
  cr_tensor wide = *t, flat; /* owns nothing */
  if (t->ndim == 1) {
    int added = is_right ? 1 : 0;
    wide.ndim = 2;
    wide.size[1 - added] = t->size[0];
    wide.stride[1 - added] = t->stride[0];
    wide.size[added] = 1;
    wide.stride[added] = 1;
  }
  int64_t size[CR_MAX_DIMS], count = 1;
  for (int d = 0; d < leads; d++) size[d] = lead[d], count *= lead[d];
  size[leads] = wide.size[wide.ndim - 2];
  size[leads + 1] = wide.size[wide.ndim - 1];
  int64_t merged[3] = {count, size[leads], size[leads + 1]};
  cr_tensor_init(out, t->dtype);
  cr_tensor_init(&flat, t->dtype);
  CR_TRY(cr_tensor_expand(&flat, &wide, leads + 2, size));
  cr_status status = cr_tensor_view(out, &flat, 3, merged);
  if (status != CR_OK) {
    cr_tensor copy;
    status = cr_clone_as(&copy, &flat, t->dtype);
    if (status == CR_OK) {
      status = cr_tensor_view(out, &copy, 3, merged);
      cr_tensor_clear(&copy);
    }
  }
  cr_tensor_clear(&flat);
  return status;
}

static cr_status broadcast_leads(int *leads, int64_t *lead, const cr_tensor *a,
                                 const cr_tensor *b) {
  cr_tensor x = *a, y = *b; /* the leading dimensions alone, with one of size 1 so none is empty */
  x.ndim = a->ndim > 2 ? a->ndim - 2 : 1;
  y.ndim = b->ndim > 2 ? b->ndim - 2 : 1;
  if (a->ndim <= 2) x.size[0] = 1;
  if (b->ndim <= 2) y.size[0] = 1;
  return cr_broadcast_size(leads, lead, &x, &y);
}

cr_status cr_matmul(cr_tensor *out, const cr_tensor *a, const cr_tensor *b) {
  if (a->ndim == 2 && (b->ndim == 2 || b->ndim == 1)) return cr_addmm(out, 0, NULL, 1, a, b);
  int64_t inner = a->ndim > 0 ? a->size[a->ndim - 1] : -1;
  if (b->ndim == 0 || inner != b->size[b->ndim > 1 ? b->ndim - 2 : 0]) {
    char text_a[CR_SIZE_TEXT], text_b[CR_SIZE_TEXT];
    return cr_fail(CR_EINVAL, "expected sizes ... n x k and ... k x p, got %s and %s",
                   cr_tensor_size_text(text_a, a), cr_tensor_size_text(text_b, b));
  }
  if (a->dtype != b->dtype || out->dtype != a->dtype)
    return cr_fail(CR_EINVAL, "expected tensors of one type, got a %s, a %s and a %s",
                   cr_dtype_tensor_name(out->dtype), cr_dtype_tensor_name(a->dtype),
                   cr_dtype_tensor_name(b->dtype));
  int leads, ndim = 0;
  int64_t lead[CR_MAX_DIMS], size[CR_MAX_DIMS];
  CR_TRY(broadcast_leads(&leads, lead, a, b));
  bool has_leads = a->ndim > 2 || b->ndim > 2;
  for (int d = 0; d < leads && has_leads; d++) size[ndim++] = lead[d];
  if (a->ndim > 1) size[ndim++] = a->size[a->ndim - 2];
  if (b->ndim > 1) size[ndim++] = b->size[b->ndim - 1];
  if (ndim == 0) size[ndim++] = 1;
  cr_tensor x, y, z, shaped;
  CR_TRY(as_batch(&x, a, false, leads, lead));
  cr_status status = as_batch(&y, b, true, leads, lead);
  cr_tensor_init(&z, out->dtype);
  cr_tensor_init(&shaped, out->dtype);
  if (status == CR_OK) status = cr_baddbmm(&z, 0, NULL, 1, &x, &y);
  if (status == CR_OK) status = cr_tensor_view(&shaped, &z, ndim, size);
  if (status == CR_OK) status = cr_tensor_resize(out, ndim, size);
  if (status == CR_OK) status = cr_copy(out, &shaped);
  cr_tensor_clear(&x);
  cr_tensor_clear(&y);
  cr_tensor_clear(&z);
  cr_tensor_clear(&shaped);
  return status;
}
