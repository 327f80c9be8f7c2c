#include "core/tensor.h"

#include <stdio.h>
#include <string.h>

/* ---- life ---- */

void cr_tensor_init(cr_tensor *t, cr_dtype dtype) {
  memset(t, 0, sizeof *t);
  t->dtype = dtype;
}

void cr_tensor_clear(cr_tensor *t) {
  cr_storage *storage = t->storage;
  cr_tensor_init(t, t->dtype);
  cr_storage_release(storage);
}

void cr_tensor_alias(cr_tensor *out, const cr_tensor *in) {
  if (out == in) return;
  cr_storage *old = out->storage;
  *out = *in;
  if (out->storage) cr_storage_retain(out->storage);
  cr_storage_release(old);
}

static void set_contiguous(cr_tensor *t, int ndim, const int64_t *size) {
  t->ndim = ndim;
  int64_t stride = 1;
  for (int d = ndim - 1; d >= 0; d--) {
    t->size[d] = size[d];
    t->stride[d] = stride;
    stride *= size[d] > 0 ? size[d] : 1;
  }
}

cr_status cr_tensor_new(cr_tensor *out, cr_dtype dtype, int ndim, const int64_t *size) {
  cr_tensor_init(out, dtype);
  return cr_tensor_resize(out, ndim, size);
}

static bool has_size(const cr_tensor *t, int ndim, const int64_t *size) {
  return t->ndim == ndim && memcmp(t->size, size, (size_t)ndim * sizeof *size) == 0;
}

/* Beyond this, bytes could not be counted in an int64_t. */
static const int64_t max_elements = INT64_MAX / 16;

cr_status cr_count_elements(int ndim, const int64_t *size, int64_t *out) {
  int64_t numel = ndim > 0;
  bool is_empty = ndim == 0;
  for (int d = 0; d < ndim; d++) {
    if (size[d] < 0)
      return cr_fail(CR_EINVAL, "size of dimension %d must not be negative, got %lld", d + 1,
                     (long long)size[d]);
    if (size[d] == 0) is_empty = true;
  }
  /* Sizes of 0 count as 1 here: strides and products of the other sizes must not overflow. */
  for (int d = 0; d < ndim; d++)
    if (__builtin_mul_overflow(numel, size[d] > 0 ? size[d] : 1, &numel) || numel > max_elements) {
      char text[CR_SIZE_TEXT];
      return cr_fail(CR_EINVAL, "sizes %s are too large: their product overflows",
                     cr_size_text(text, ndim, size));
    }
  *out = is_empty ? 0 : numel;
  return CR_OK;
}

/* Number of elements from the first to just past the last one that the view can reach. */
static cr_status view_extent(int ndim, const int64_t *size, const int64_t *stride, int64_t *out) {
  int64_t extent = 1, step;
  *out = 0;
  if (ndim == 0) return CR_OK;
  for (int d = 0; d < ndim; d++)
    if (stride[d] < 0 || stride[d] > max_elements)
      return cr_fail(CR_EINVAL, "stride of dimension %d must not be %s, got %lld", d + 1,
                     stride[d] < 0 ? "negative" : "so large", (long long)stride[d]);
  for (int d = 0; d < ndim; d++) {
    if (size[d] == 0) return CR_OK;
    if (__builtin_mul_overflow(size[d] - 1, stride[d], &step) ||
        __builtin_add_overflow(extent, step, &extent))
      return cr_fail(CR_EINVAL, "sizes and strides reach past the largest possible storage");
  }
  *out = extent;
  return CR_OK;
}

/* Makes the storage hold at least `needed` elements. */
static cr_status ensure_storage(cr_tensor *t, int64_t needed) {
  if (needed == 0) return CR_OK;
  if (!t->storage) return cr_storage_new(&t->storage, t->dtype, needed);
  if (needed > t->storage->size) return cr_storage_resize(t->storage, needed);
  return CR_OK;
}

cr_status cr_tensor_resize(cr_tensor *t, int ndim, const int64_t *size) {
  if (ndim > 0 && has_size(t, ndim, size)) return CR_OK;
  if (ndim > CR_MAX_DIMS)
    return cr_fail(CR_EINVAL, "a tensor has at most %d dimensions, got %d", CR_MAX_DIMS, ndim);
  int64_t numel, needed;
  CR_TRY(cr_count_elements(ndim, size, &numel));
  if (__builtin_add_overflow(t->offset, numel, &needed))
    return cr_fail(CR_EINVAL, "sizes are too large");
  CR_TRY(ensure_storage(t, numel > 0 ? needed : 0));
  set_contiguous(t, ndim, size);
  return CR_OK;
}

cr_status cr_tensor_resize_as(cr_tensor *t, const cr_tensor *like) {
  return cr_tensor_resize(t, like->ndim, like->size);
}

cr_status cr_tensor_set(cr_tensor *t, cr_storage *storage, int64_t offset, int ndim,
                        const int64_t *size, const int64_t *stride) {
  int64_t numel, extent, needed;
  if (offset < 0) return cr_fail(CR_EINVAL, "storage offset must be at least 1");
  if (storage && storage->dtype != t->dtype)
    return cr_fail(CR_EINVAL, "expected a %s, got a %s", cr_dtype_storage_name(t->dtype),
                   cr_dtype_storage_name(storage->dtype));
  CR_TRY(cr_count_elements(ndim, size, &numel));
  CR_TRY(view_extent(ndim, size, stride, &extent));
  if (__builtin_add_overflow(offset, extent, &needed))
    return cr_fail(CR_EINVAL, "offset and sizes reach past the largest possible storage");
  cr_tensor view = {.dtype = t->dtype, .ndim = ndim, .offset = offset, .storage = storage};
  memcpy(view.size, size, (size_t)ndim * sizeof *size);
  memcpy(view.stride, stride, (size_t)ndim * sizeof *stride);
  if (storage) cr_storage_retain(storage);
  cr_status status = ensure_storage(&view, extent > 0 ? needed : 0);
  if (status != CR_OK) {
    cr_storage_release(view.storage);
    return status;
  }
  cr_storage_release(t->storage);
  *t = view;
  return CR_OK;
}

/* ---- questions ---- */

int64_t cr_tensor_numel(const cr_tensor *t) {
  if (t->ndim == 0) return 0;
  int64_t numel = 1;
  for (int d = 0; d < t->ndim; d++) numel *= t->size[d];
  return numel;
}

bool cr_tensor_is_contiguous(const cr_tensor *t) {
  int64_t expected = 1;
  for (int d = t->ndim - 1; d >= 0; d--) {
    if (t->size[d] == 0) return true;
    if (t->size[d] == 1) continue;
    if (t->stride[d] != expected) return false;
    expected *= t->size[d];
  }
  return true;
}

bool cr_tensor_same_size(const cr_tensor *a, const cr_tensor *b) {
  return has_size(a, b->ndim, b->size);
}

int64_t cr_tensor_extent(const cr_tensor *t) {
  int64_t extent = 0;
  view_extent(t->ndim, t->size, t->stride, &extent);
  return extent;
}

bool cr_tensor_overlaps(const cr_tensor *a, const cr_tensor *b) {
  const char *data_a = cr_tensor_data(a), *data_b = cr_tensor_data(b);
  if (!data_a || !data_b) return false;
  if (a->storage != b->storage && cr_storage_is_apart(a->storage) &&
      cr_storage_is_apart(b->storage))
    return false;
  int64_t extent_a = cr_tensor_extent(a), extent_b = cr_tensor_extent(b);
  if (extent_a == 0 || extent_b == 0) return false;
  return data_a < data_b + extent_b * (int64_t)cr_dtype_size(b->dtype) &&
         data_b < data_a + extent_a * (int64_t)cr_dtype_size(a->dtype);
}

bool cr_tensor_is_same_view(const cr_tensor *a, const cr_tensor *b) {
  if (a->dtype != b->dtype || !cr_tensor_same_size(a, b)) return false;
  if (cr_tensor_data(a) != cr_tensor_data(b)) return false;
  for (int d = 0; d < a->ndim; d++)
    if (a->size[d] > 1 && a->stride[d] != b->stride[d]) return false;
  return true;
}

bool cr_tensor_has_internal_overlap(const cr_tensor *t) {
  if (cr_tensor_is_contiguous(t)) return false;
  /* Sort the dimensions by stride; each must step over all that the smaller ones span. */
  int order[CR_MAX_DIMS], count = 0;
  for (int d = 0; d < t->ndim; d++) {
    if (t->size[d] == 0) return false;
    if (t->size[d] == 1) continue;
    int at = count++;
    for (; at > 0 && t->stride[order[at - 1]] > t->stride[d]; at--) order[at] = order[at - 1];
    order[at] = d;
  }
  int64_t span = 0;
  for (int i = 0; i < count; i++) {
    int d = order[i];
    if (t->stride[d] <= span) return true;
    span += (t->size[d] - 1) * t->stride[d];
  }
  return false;
}

const char *cr_size_text(char *buffer, int ndim, const int64_t *size) {
  if (ndim == 0) return strcpy(buffer, "empty");
  int used = 0;
  for (int d = 0; d < ndim; d++)
    used += snprintf(buffer + used, (size_t)(CR_SIZE_TEXT - used), "%s%lld", d ? "x" : "",
                     (long long)size[d]);
  return buffer;
}

const char *cr_tensor_size_text(char *buffer, const cr_tensor *t) {
  return cr_size_text(buffer, t->ndim, t->size);
}

/* ---- views ---- */

static cr_status check_dim(const cr_tensor *t, int dim) {
  if (dim >= 0 && dim < t->ndim) return CR_OK;
  if (t->ndim == 0)
    return cr_fail(CR_EINVAL, "the tensor is empty: it has no dimension %d", dim + 1);
  return cr_fail(CR_EINVAL, "dimension must be from 1 to %d, got %d", t->ndim, dim + 1);
}

cr_status cr_tensor_slice(cr_tensor *out, const cr_tensor *in, int dim, int64_t start,
                          int64_t length, int64_t step) {
  CR_TRY(check_dim(in, dim));
  if (step < 1) return cr_fail(CR_EINVAL, "step must be at least 1, got %lld", (long long)step);
  int64_t size = in->size[dim];
  bool inside = start >= 0 && start <= size && length >= 0 &&
                (length == 0 || (start < size && length - 1 <= (size - 1 - start) / step));
  if (!inside)
    return cr_fail(CR_EINVAL, "elements %lld to %lld are out of range: dimension %d has size %lld",
                   (long long)start + 1, (long long)((uint64_t)start + (uint64_t)length), dim + 1,
                   (long long)size);
  cr_tensor_alias(out, in);
  out->offset += start * in->stride[dim];
  out->size[dim] = length;
  if (length > 1) out->stride[dim] *= step;
  return CR_OK;
}

cr_status cr_tensor_narrow(cr_tensor *out, const cr_tensor *in, int dim, int64_t start,
                           int64_t length) {
  return cr_tensor_slice(out, in, dim, start, length, 1);
}

static void drop_dim(cr_tensor *t, int dim) {
  for (int d = dim; d + 1 < t->ndim; d++) {
    t->size[d] = t->size[d + 1];
    t->stride[d] = t->stride[d + 1];
  }
  t->ndim--;
}

cr_status cr_tensor_select(cr_tensor *out, const cr_tensor *in, int dim, int64_t index) {
  CR_TRY(check_dim(in, dim));
  if (index < 0 || index >= in->size[dim])
    return cr_fail(CR_EINVAL, "index %lld is out of range: dimension %d has size %lld",
                   (long long)index + 1, dim + 1, (long long)in->size[dim]);
  CR_TRY(cr_tensor_slice(out, in, dim, index, 1, 1));
  if (out->ndim > 1) drop_dim(out, dim);
  return CR_OK;
}

cr_status cr_tensor_transpose(cr_tensor *out, const cr_tensor *in, int dim0, int dim1) {
  CR_TRY(check_dim(in, dim0));
  CR_TRY(check_dim(in, dim1));
  cr_tensor_alias(out, in);
  int64_t size = out->size[dim0], stride = out->stride[dim0];
  out->size[dim0] = out->size[dim1];
  out->stride[dim0] = out->stride[dim1];
  out->size[dim1] = size;
  out->stride[dim1] = stride;
  return CR_OK;
}

cr_status cr_tensor_permute(cr_tensor *out, const cr_tensor *in, const int *dims) {
  int64_t size[CR_MAX_DIMS], stride[CR_MAX_DIMS];
  unsigned seen = 0;
  for (int d = 0; d < in->ndim; d++) {
    CR_TRY(check_dim(in, dims[d]));
    if (seen & 1u << dims[d])
      return cr_fail(CR_EINVAL, "each dimension must be named once, %d is repeated", dims[d] + 1);
    seen |= 1u << dims[d];
    size[d] = in->size[dims[d]];
    stride[d] = in->stride[dims[d]];
  }
  cr_tensor_alias(out, in);
  memcpy(out->size, size, sizeof size);
  memcpy(out->stride, stride, sizeof stride);
  return CR_OK;
}

cr_status cr_infer_size(int ndim, int64_t *size, int64_t numel) {
  int unknown = -1;
  int64_t known = 1;
  for (int d = 0; d < ndim; d++) {
    if (size[d] == -1 && unknown < 0) {
      unknown = d;
    } else if (size[d] < 0) {
      return cr_fail(CR_EINVAL, "sizes must not be negative (one may be -1), got %lld",
                     (long long)size[d]);
    } else if (__builtin_mul_overflow(known, size[d], &known)) {
      return cr_fail(CR_EINVAL, "sizes are too large: their product overflows");
    }
  }
  if (unknown < 0) return CR_OK;
  if (known == 0 || numel % known != 0)
    return cr_fail(CR_EINVAL, "the size -1 cannot be inferred: %lld elements do not divide by %lld",
                   (long long)numel, (long long)known);
  size[unknown] = numel / known;
  return CR_OK;
}

/* Strides for `size` over the elements of `in`, in order. False when there are none: a new
 * dimension would have to cross a jump in memory. Both describe the same number of elements. */
static bool view_strides(const cr_tensor *in, int ndim, const int64_t *size, int64_t *stride) {
  int d = ndim - 1;
  int64_t chunk_stride = in->stride[in->ndim - 1], chunk = 1, filled = 1;
  for (int s = in->ndim - 1; s >= 0; s--) {
    chunk *= in->size[s];
    bool ends = s == 0 || (in->size[s - 1] != 1 && in->stride[s - 1] != chunk * chunk_stride);
    if (!ends) continue;
    while (d >= 0 && (filled < chunk || size[d] == 1)) {
      stride[d] = filled * chunk_stride;
      filled *= size[d];
      d--;
    }
    if (filled != chunk) return false;
    if (s > 0) {
      chunk_stride = in->stride[s - 1];
      chunk = filled = 1;
    }
  }
  return d < 0;
}

cr_status cr_tensor_view(cr_tensor *out, const cr_tensor *in, int ndim, const int64_t *size) {
  char from[CR_SIZE_TEXT], to[CR_SIZE_TEXT];
  int64_t wanted[CR_MAX_DIMS], numel = cr_tensor_numel(in), count;
  memcpy(wanted, size, (size_t)ndim * sizeof *size);
  CR_TRY(cr_infer_size(ndim, wanted, numel));
  CR_TRY(cr_count_elements(ndim, wanted, &count));
  if (count != numel)
    return cr_fail(CR_EINVAL, "a tensor of size %s (%lld elements) cannot be viewed as %s",
                   cr_tensor_size_text(from, in), (long long)numel, cr_size_text(to, ndim, wanted));
  cr_tensor shape = {.dtype = in->dtype};
  set_contiguous(&shape, ndim, wanted);
  if (numel > 0 && !view_strides(in, ndim, wanted, shape.stride))
    return cr_fail(CR_EINVAL,
                   "a non-contiguous tensor of size %s cannot be viewed as %s: use reshape, or "
                   "contiguous first",
                   cr_tensor_size_text(from, in), cr_size_text(to, ndim, wanted));
  cr_tensor_alias(out, in);
  out->ndim = ndim;
  memcpy(out->size, shape.size, sizeof shape.size);
  memcpy(out->stride, shape.stride, sizeof shape.stride);
  return CR_OK;
}

cr_status cr_tensor_expand(cr_tensor *out, const cr_tensor *in, int ndim, const int64_t *size) {
  char from[CR_SIZE_TEXT], to[CR_SIZE_TEXT];
  cr_tensor result = *in;
  int64_t count;
  CR_TRY(cr_count_elements(ndim, size, &count));
  bool fits = ndim >= in->ndim && in->ndim > 0;
  for (int d = ndim - 1; fits && d >= 0; d--) {
    int s = d - (ndim - in->ndim);
    int64_t from_size = s >= 0 ? in->size[s] : 1;
    fits = from_size == size[d] || from_size == 1;
    result.size[d] = size[d];
    result.stride[d] = from_size == size[d] && s >= 0 ? in->stride[s] : 0;
  }
  if (!fits)
    return cr_fail(CR_EINVAL, "a tensor of size %s cannot be expanded to %s",
                   cr_tensor_size_text(from, in), cr_size_text(to, ndim, size));
  result.ndim = ndim;
  cr_tensor_alias(out, in);
  *out = result;
  return CR_OK;
}

cr_status cr_tensor_squeeze(cr_tensor *out, const cr_tensor *in, int dim) {
  if (dim >= 0) CR_TRY(check_dim(in, dim));
  cr_tensor_alias(out, in);
  for (int d = out->ndim - 1; d >= 0; d--)
    if ((dim < 0 || d == dim) && out->size[d] == 1 && out->ndim > 1) drop_dim(out, d);
  return CR_OK;
}

cr_status cr_tensor_unsqueeze(cr_tensor *out, const cr_tensor *in, int dim) {
  if (in->ndim == 0) return cr_fail(CR_EINVAL, "an empty tensor has no place for a dimension");
  if (in->ndim == CR_MAX_DIMS)
    return cr_fail(CR_EINVAL, "a tensor has at most %d dimensions", CR_MAX_DIMS);
  if (dim < 0 || dim > in->ndim)
    return cr_fail(CR_EINVAL, "dimension must be from 1 to %d, got %d", in->ndim + 1, dim + 1);
  cr_tensor_alias(out, in);
  for (int d = out->ndim; d > dim; d--) {
    out->size[d] = out->size[d - 1];
    out->stride[d] = out->stride[d - 1];
  }
  out->stride[dim] = dim < out->ndim ? out->size[dim + 1] * out->stride[dim + 1] : 1;
  out->size[dim] = 1;
  out->ndim++;
  return CR_OK;
}

cr_status cr_tensor_unfold(cr_tensor *out, const cr_tensor *in, int dim, int64_t length,
                           int64_t step) {
  CR_TRY(check_dim(in, dim));
  if (in->ndim == CR_MAX_DIMS)
    return cr_fail(CR_EINVAL, "a tensor has at most %d dimensions", CR_MAX_DIMS);
  if (length < 1 || length > in->size[dim])
    return cr_fail(CR_EINVAL, "window length must be from 1 to %lld, got %lld",
                   (long long)in->size[dim], (long long)length);
  if (step < 1) return cr_fail(CR_EINVAL, "step must be at least 1, got %lld", (long long)step);
  int64_t windows = (in->size[dim] - length) / step + 1, stride = in->stride[dim];
  cr_tensor_alias(out, in);
  out->size[out->ndim] = length;
  out->stride[out->ndim] = stride;
  out->ndim++;
  out->size[dim] = windows;
  out->stride[dim] = windows > 1 ? stride * step : stride;
  return CR_OK;
}

/* ---- shapes ---- */

cr_status cr_broadcast_size(int *ndim, int64_t *size, const cr_tensor *a, const cr_tensor *b) {
  char text_a[CR_SIZE_TEXT], text_b[CR_SIZE_TEXT];
  int n = a->ndim > b->ndim ? a->ndim : b->ndim;
  bool fits = a->ndim > 0 && b->ndim > 0;
  for (int d = 0; fits && d < n; d++) {
    int da = d - (n - a->ndim), db = d - (n - b->ndim);
    int64_t size_a = da >= 0 ? a->size[da] : 1, size_b = db >= 0 ? b->size[db] : 1;
    fits = size_a == size_b || size_a == 1 || size_b == 1;
    size[d] = size_a == 1 ? size_b : size_a;
  }
  if (a->ndim == 0 && b->ndim == 0) fits = true;
  if (!fits)
    return cr_fail(CR_EINVAL, "sizes %s and %s cannot be broadcast together",
                   cr_tensor_size_text(text_a, a), cr_tensor_size_text(text_b, b));
  *ndim = n;
  return CR_OK;
}
