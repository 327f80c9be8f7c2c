#include "ops/lapack_tools.h"

#include "core/blas.h"
#include "ops/copy.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

cr_status cr_find_routine(cr_routine *out, cr_dtype dtype, const char *name) {
  char symbol[24];
  snprintf(symbol, sizeof symbol, "%c%s_", dtype == CR_F32 ? 's' : 'd', name);
  *out = (cr_routine)cr_blas_symbol(symbol);
  return *out ? CR_OK : CR_EIO;
}

cr_status cr_expect_matrix(const char *name, const cr_tensor *t) {
  char text[CR_SIZE_TEXT];
  if (!cr_dtype_is_float(t->dtype))
    return cr_fail(CR_EINVAL, "%s must be a torch.FloatTensor or a torch.DoubleTensor, got a %s",
                   name, cr_dtype_tensor_name(t->dtype));
  if (t->ndim == 2 && cr_tensor_numel(t) > 0 && t->size[0] < INT_MAX / 8 &&
      t->size[1] < INT_MAX / 8)
    return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a matrix, got a tensor of size %s", name,
                 cr_tensor_size_text(text, t));
}

cr_status cr_expect_square(const char *name, const cr_tensor *t) {
  char text[CR_SIZE_TEXT];
  CR_TRY(cr_expect_matrix(name, t));
  if (t->size[0] == t->size[1]) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a square matrix, got size %s", name,
                 cr_tensor_size_text(text, t));
}

cr_status cr_expect_finite(const cr_tensor *t) {
  const char *data = cr_tensor_data(t);
  size_t width = cr_dtype_size(t->dtype);
  for (int64_t i = 0; i < t->size[0]; i++)
    for (int64_t j = 0; j < t->size[1]; j++) {
      size_t at = (size_t)(i * t->stride[0] + j * t->stride[1]) * width;
      if (!isfinite(cr_load(t->dtype, data + at).f))
        return cr_fail(CR_EINVAL, "the matrix has an element that is not finite, at (%lld,%lld)",
                       (long long)i + 1, (long long)j + 1);
    }
  return CR_OK;
}

static cr_status new_tensor(cr_temporaries *w, cr_tensor **out, cr_dtype dtype, int ndim,
                            const int64_t *size) {
  *out = &w->tensor[w->count];
  cr_status status = cr_tensor_new(*out, dtype, ndim, size);
  if (status == CR_OK) w->count++;
  return status;
}

cr_status cr_new_columns(cr_temporaries *w, cr_tensor **out, cr_dtype dtype, int64_t rows,
                         int64_t columns) {
  int64_t size[2] = {columns, rows};
  CR_TRY(new_tensor(w, out, dtype, 2, size));
  return cr_tensor_transpose(*out, *out, 0, 1);
}

cr_status cr_copy_columns(cr_temporaries *w, cr_tensor **out, const cr_tensor *t) {
  CR_TRY(cr_new_columns(w, out, t->dtype, t->size[0], t->ndim > 1 ? t->size[1] : 1));
  return cr_copy(*out, t);
}

cr_status cr_new_vector(cr_temporaries *w, cr_tensor **out, cr_dtype dtype, int64_t n) {
  return new_tensor(w, out, dtype, 1, &n);
}

int cr_work_size(cr_dtype dtype, const void *work) {
  double size = cr_load(dtype, work).f;
  /* A float32 may have rounded the size down. */
  if (dtype == CR_F32) size *= 1 + 1e-6;
  return size < 1 ? 1 : size > INT_MAX ? INT_MAX : (int)size + 1;
}

void cr_clear_triangle(cr_tensor *t, bool above) {
  size_t width = cr_dtype_size(t->dtype);
  for (int64_t i = 0; i < t->size[0]; i++) {
    int64_t begin = above ? i + 1 : 0, end = above ? t->size[1] : i;
    for (int64_t j = begin; j < end && j < t->size[1]; j++)
      cr_store(t->dtype,
               (char *)cr_tensor_data(t) + (size_t)(i * t->stride[0] + j * t->stride[1]) * width,
               cr_scalar_from_int(0));
  }
}

cr_status cr_give(cr_tensor *out, const cr_tensor *value) {
  if (out->dtype != value->dtype)
    return cr_fail(CR_EINVAL, "the result must be a %s, got a %s",
                   cr_dtype_tensor_name(value->dtype), cr_dtype_tensor_name(out->dtype));
  if (!out->storage) {
    cr_tensor_alias(out, value);
    return CR_OK;
  }
  CR_TRY(cr_tensor_resize_as(out, value));
  if (cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result cannot be written to an expanded tensor: its elements "
                              "share memory; clone it first");
  return cr_copy(out, value);
}

cr_status cr_give_columns(cr_tensor *out, const cr_tensor *value) {
  int64_t turned[2] = {value->size[1], value->size[0]};
  bool has_columns = cr_tensor_same_size(out, value) && out->stride[0] <= out->stride[1];
  bool is_square = turned[0] == turned[1];
  /* The rows of a part of a larger matrix stay where they are, unless exchanging strides does. */
  bool is_part = cr_tensor_same_size(out, value) && !cr_tensor_is_contiguous(out);
  if (out->dtype == value->dtype && out->storage && !has_columns && (is_square || !is_part)) {
    CR_TRY(cr_tensor_resize(out, 2, turned));
    CR_TRY(cr_tensor_transpose(out, out, 0, 1));
  }
  return cr_give(out, value);
}
