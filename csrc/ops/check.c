#include "ops/check.h"

#include <stdio.h>

cr_status cr_expect_dtype(const char *name, const cr_tensor *t, cr_dtype dtype) {
  if (t->dtype == dtype) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a %s, got a %s: convert it or the layer with :type()", name,
                 cr_dtype_tensor_name(dtype), cr_dtype_tensor_name(t->dtype));
}

cr_status cr_expect_float(const char *name, const cr_tensor *t) {
  if (cr_dtype_is_float(t->dtype)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a torch.FloatTensor or a torch.DoubleTensor, got a %s",
                 name, cr_dtype_tensor_name(t->dtype));
}

cr_status cr_expect_forward(const cr_tensor *kept, const cr_tensor *input) {
  if (cr_tensor_same_size(kept, input)) return CR_OK;
  return cr_fail(CR_EINVAL, "the input's size differs from that of the last forward: call forward "
                            "with this input first");
}

const char *cr_paren_text(char *buffer, const cr_tensor *t) {
  if (t->ndim == 0) return "(empty)";
  int at = 0;
  for (int d = 0; d < t->ndim; d++)
    at += sprintf(buffer + at, "%s%lld", d == 0 ? "(" : " x ", (long long)t->size[d]);
  sprintf(buffer + at, ")");
  return buffer;
}

cr_status cr_expect_size_of(const char *name, const cr_tensor *t, const cr_tensor *like) {
  char expected[CR_PAREN_TEXT], got[CR_PAREN_TEXT];
  if (cr_tensor_same_size(t, like)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be %s, got %s", name, cr_paren_text(expected, like),
                 cr_paren_text(got, t));
}

cr_status cr_expect_size(const char *name, const cr_tensor *t, int ndim, const int64_t *size) {
  cr_tensor like = {.ndim = ndim};
  for (int d = 0; d < ndim; d++) like.size[d] = size[d];
  return cr_expect_size_of(name, t, &like);
}

cr_status cr_expect_vector(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t size) {
  CR_TRY(cr_expect_dtype(name, t, dtype));
  return cr_expect_size(name, t, 1, &size);
}

cr_status cr_expect_own_result(const cr_tensor *result, const cr_tensor *argument) {
  if (result != argument) return CR_OK;
  return cr_fail(CR_EINVAL, "the result must be a tensor of its own, not one of the arguments");
}

cr_status cr_prepare_result(cr_tensor *out, int ndim, const int64_t *size, const cr_tensor *avoid) {
  CR_TRY(cr_expect_own_result(out, avoid));
  CR_TRY(cr_tensor_resize(out, ndim, size));
  bool is_fit = !cr_tensor_has_internal_overlap(out) && !(avoid && cr_tensor_overlaps(out, avoid));
  if (is_fit) return CR_OK;
  cr_tensor fresh;
  CR_TRY(cr_tensor_new(&fresh, out->dtype, ndim, size));
  cr_tensor_alias(out, &fresh);
  cr_tensor_clear(&fresh);
  return CR_OK;
}

cr_status cr_prepare_contiguous(cr_tensor *out, int ndim, const int64_t *size,
                                const cr_tensor *avoid) {
  CR_TRY(cr_prepare_result(out, ndim, size, avoid));
  if (cr_tensor_is_contiguous(out)) return CR_OK;
  cr_tensor fresh;
  CR_TRY(cr_tensor_new(&fresh, out->dtype, ndim, size));
  cr_tensor_alias(out, &fresh);
  cr_tensor_clear(&fresh);
  return CR_OK;
}

/* Pixels are not a multiple of 2 KB apart, since neighbours would compete for the same places of the
 * first-level cache. */
cr_status cr_lay_out_innermost(cr_tensor *out, int ndim, const int64_t *size) {
  int64_t channels = size[ndim - 3], bytes = channels * (int64_t)cr_dtype_size(out->dtype);
  int64_t pixel = bytes % 2048 == 0 ? channels + 16 : channels, stride[4];
  stride[ndim - 3] = 1;
  stride[ndim - 1] = pixel;
  stride[ndim - 2] = pixel * size[ndim - 1];
  if (ndim == 4) stride[0] = stride[2] * size[2];
  bool is_fit = out->ndim == ndim;
  for (int d = 0; is_fit && d < ndim; d++)
    is_fit = out->size[d] == size[d] && out->stride[d] == stride[d];
  return is_fit ? CR_OK : cr_tensor_set(out, out->storage, out->offset, ndim, size, stride);
}

cr_planes cr_planes_of(const cr_tensor *t) {
  int c = t->ndim - 3;
  return (cr_planes){
      .data = cr_tensor_data(t),
      .n = c > 0 ? t->size[0] : 1,
      .c = t->size[c],
      .h = t->size[c + 1],
      .w = t->size[c + 2],
      .sn = c > 0 ? t->stride[0] : 0,
      .sc = t->stride[c],
      .sh = t->stride[c + 1],
      .sw = t->stride[c + 2],
  };
}

cr_status cr_expect_apart(const char *name, const cr_tensor *gradient, const cr_tensor *input,
                          const cr_tensor *grad_output) {
  bool is_apart = !gradient || (!cr_tensor_overlaps(gradient, input) &&
                                !cr_tensor_overlaps(gradient, grad_output));
  if (is_apart) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must not share memory with input or gradOutput", name);
}
