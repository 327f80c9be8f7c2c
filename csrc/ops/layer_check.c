#include "ops/layer_check.h"

#include <stdio.h>

const char *cr_shape_text(char *buffer, int ndim, const int64_t *size) {
  if (ndim == 0) {
    snprintf(buffer, CR_SHAPE_TEXT, "empty");
    return buffer;
  }
  int at = 0;
  for (int d = 0; d < ndim; d++)
    at += snprintf(buffer + at, (size_t)(CR_SHAPE_TEXT - at), "%s%lld", d ? " x " : "",
                   (long long)size[d]);
  return buffer;
}

cr_status cr_check_layer_float(const cr_tensor *t, const char *name) {
  if (cr_dtype_is_float(t->dtype)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a torch.FloatTensor or torch.DoubleTensor, got a %s", name,
                 cr_dtype_tensor_name(t->dtype));
}

cr_status cr_check_layer_type(const cr_tensor *t, const char *name, cr_dtype dtype) {
  if (t->dtype == dtype) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a %s, as the layer is, got a %s", name,
                 cr_dtype_tensor_name(dtype), cr_dtype_tensor_name(t->dtype));
}

cr_status cr_check_layer_size(const cr_tensor *t, const char *name, int ndim, const int64_t *size) {
  bool same = t->ndim == ndim;
  for (int d = 0; same && d < ndim; d++) same = t->size[d] == size[d];
  if (same) return CR_OK;
  char expected[CR_SHAPE_TEXT], got[CR_SHAPE_TEXT];
  return cr_fail(CR_EINVAL, "%s must be (%s), got (%s)", name,
                 cr_shape_text(expected, ndim, size), cr_shape_text(got, t->ndim, t->size));
}

cr_status cr_check_layer_vector(const cr_tensor *t, const char *name, cr_dtype dtype,
                                int64_t size) {
  CR_TRY(cr_check_layer_type(t, name, dtype));
  return cr_check_layer_size(t, name, 1, &size);
}

cr_status cr_check_layer_result(const cr_tensor *t, const char *name, const cr_tensor *input,
                                const char *input_name) {
  if (cr_tensor_overlaps(t, input))
    return cr_fail(CR_EINVAL, "%s must not share memory with %s", name, input_name);
  if (cr_tensor_has_internal_overlap(t))
    return cr_fail(CR_EINVAL, "%s must not be an expanded tensor", name);
  return CR_OK;
}
