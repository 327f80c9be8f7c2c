#include "ops/image.h"

#include "core/parallel.h"
#include "core/png.h"
#include "kernels/kernels.h"
#include "ops/copy.h"

#include <math.h>
#include <string.h>

/* ---- between floats and the pixels of files ---- */

static uint8_t to_byte(cr_dtype dtype, const void *element) {
  cr_scalar value = cr_load(dtype, element);
  if (!cr_dtype_is_float(dtype)) return (uint8_t)(value.i < 0 ? 0 : value.i > 255 ? 255 : value.i);
  double scaled = value.f * 255 + 0.5;
  return (uint8_t)(scaled >= 255 ? 255 : scaled > 0 ? scaled : 0);
}

/* Sizes and strides of a picture or a stack of them, as frames, channels, rows, columns. */
typedef struct {
  int64_t size[4], stride[4];
} layout;

static cr_status layout_of(layout *out, const cr_tensor *t, bool frames) {
  int least = frames ? 3 : 2;
  *out = (layout){{1, 1, 1, 1}, {0, 0, 0, 0}};
  bool good = t->ndim == least || t->ndim == least + 1;
  for (int d = 0; good && d < t->ndim; d++) {
    int at = d == 0 && frames ? 0 : d + 4 - t->ndim;
    out->size[at] = t->size[d];
    out->stride[at] = t->stride[d];
  }
  good = good && out->size[0] >= 1 && out->size[1] >= 1 && out->size[1] <= 4 && out->size[2] >= 1 &&
         out->size[3] >= 1 && out->size[2] <= CR_MAX_IMAGE_SIDE &&
         out->size[3] <= CR_MAX_IMAGE_SIDE;
  if (good) return CR_OK;
  char text[CR_SIZE_TEXT];
  return cr_fail(CR_EINVAL,
                 "a picture must be %s(1 to 4 channels) x height x width, or %sheight x width, at "
                 "most %d a side, got %s",
                 frames ? "frames x " : "", frames ? "frames x " : "", CR_MAX_IMAGE_SIDE,
                 cr_tensor_size_text(text, t));
}

cr_status cr_image_to_bytes(cr_tensor *out, const cr_tensor *src, bool frames) {
  layout from;
  CR_TRY(layout_of(&from, src, frames));
  const int64_t *n = from.size, *s = from.stride;
  int64_t size[4] = {n[0], n[2], n[3], n[1]};
  if (frames) {
    CR_TRY(cr_tensor_resize(out, 4, size));
  } else {
    CR_TRY(cr_tensor_resize(out, 3, size + 1));
  }
  const char *data = cr_tensor_data(src);
  uint8_t *pixel = cr_tensor_data(out);
  int64_t width = (int64_t)cr_dtype_size(src->dtype);
  for (int64_t f = 0; f < n[0]; f++)
    for (int64_t y = 0; y < n[2]; y++)
      for (int64_t x = 0; x < n[3]; x++)
        for (int64_t c = 0; c < n[1]; c++) {
          int64_t at = f * s[0] + c * s[1] + y * s[2] + x * s[3];
          *pixel++ = to_byte(src->dtype, data + at * width);
        }
  return CR_OK;
}

/* One value of a pixel: channel c of `wanted` from the `has` channels of p. */
static double pixel_value(const uint8_t *p, int64_t has, int64_t wanted, int64_t c) {
  bool is_color = has >= 3;
  if (wanted == has) return p[c];
  if (!is_color) return p[0];
  return wanted == 3 ? p[c] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]; /* ITU-R BT.601 */
}

cr_status cr_image_from_bytes(cr_tensor *out, const cr_tensor *pixels, int64_t channels) {
  const int64_t *n = pixels->size;
  int64_t plane = n[0] * n[1], has = n[2], size[3] = {channels > 0 ? channels : has, n[0], n[1]};
  CR_TRY(cr_tensor_resize(out, 3, size));
  const uint8_t *from = cr_tensor_data(pixels);
  char *to = cr_tensor_data(out);
  int64_t width = (int64_t)cr_dtype_size(out->dtype);
  bool is_float = cr_dtype_is_float(out->dtype);
  for (int64_t i = 0; i < plane; i++)
    for (int64_t c = 0; c < size[0]; c++) {
      double value = pixel_value(from + i * has, has, size[0], c);
      cr_scalar element = cr_scalar_from_double(is_float ? value / 255 : floor(value + 0.5));
      cr_store(out->dtype, to + (c * plane + i) * width, element);
    }
  return CR_OK;
}

/* ---- resizing ---- */

/* Taps that output i needs at most. */
static int64_t count_taps(int64_t in, int64_t out, cr_scale_mode mode) {
  if (mode == CR_SCALE_NEAREST || in == 1 || in == out) return 1;
  int64_t taps = out > in ? 2 : in / out + 2;
  return taps < in ? taps : in;
}

/* Fills in the taps of output i: the input's part [low, high) has weight 1 / (high - low). */
static void set_area(cr_axis *a, int64_t i) {
  double ratio = (double)a->in / (double)a->out, low = (double)i * ratio, high = low + ratio;
  int64_t first = (int64_t)low;
  if (first > a->in - a->taps) first = a->in - a->taps;
  a->first[i] = first;
  for (int64_t k = 0; k < a->taps; k++) {
    double left = fmax(low, (double)(first + k)), right = fmin(high, (double)(first + k + 1));
    a->weight[i * a->taps + k] = right > left + 1e-9 ? (right - left) / ratio : 0;
  }
}

static void set_linear(cr_axis *a, int64_t i) {
  double at = (double)i * (double)(a->in - 1) / (double)(a->out - 1);
  int64_t first = (int64_t)at;
  if (first > a->in - 2) first = a->in - 2;
  a->first[i] = first;
  a->weight[2 * i] = 1 - (at - (double)first);
  a->weight[2 * i + 1] = at - (double)first;
}

static void set_axis(cr_axis *a) {
  for (int64_t i = 0; i < a->out; i++) {
    if (a->taps == 1) {
      a->first[i] = i * a->in / a->out;
      a->weight[i] = 1;
    } else if (a->out > a->in) {
      set_linear(a, i);
    } else {
      set_area(a, i);
    }
  }
}

typedef struct {
  cr_axis y, x;
  cr_resample resample;
  const char *in;
  char *out, *rows;
  int64_t width; /* bytes of an element */
} scaling;

static void scale_planes(int64_t begin, int64_t end, int thread, void *context) {
  const scaling *s = context;
  int64_t in_plane = s->y.in * s->x.in * s->width, out_plane = s->y.out * s->x.out * s->width;
  for (int64_t p = begin; p < end; p++)
    s->resample(&s->y, &s->x, s->in + p * in_plane, s->out + p * out_plane,
                s->rows + thread * s->x.in * s->width);
}

static cr_status run_scaling(scaling *s, int64_t planes) {
  int64_t weights = s->y.out * s->y.taps + s->x.out * s->x.taps, firsts = s->y.out + s->x.out;
  double *memory = cr_scratch(CR_SCRATCH_COLUMNS, (size_t)(weights + firsts) * sizeof *memory);
  if (!memory) return CR_ENOMEM;
  s->rows = cr_scratch(CR_SCRATCH_RESULT, (size_t)(cr_num_threads() * s->x.in * s->width));
  if (!s->rows) return CR_ENOMEM;
  s->y.weight = memory;
  s->x.weight = memory + s->y.out * s->y.taps;
  s->y.first = (int64_t *)(memory + weights);
  s->x.first = s->y.first + s->y.out;
  set_axis(&s->y);
  set_axis(&s->x);
  double cost = (double)(s->y.out * (s->y.taps * s->x.in + s->x.taps * s->x.out));
  cr_parallel_for(planes, cr_grain(cost), scale_planes, s);
  return CR_OK;
}

static cr_status check_scaling(const cr_tensor *out, const cr_tensor *src, int64_t height,
                               int64_t width) {
  char text[CR_SIZE_TEXT];
  if (!cr_dtype_is_float(src->dtype) || out->dtype != src->dtype)
    return cr_fail(CR_EINVAL,
                   "expected two tensors of the same floating-point type, got a %s "
                   "and a %s",
                   cr_dtype_tensor_name(src->dtype), cr_dtype_tensor_name(out->dtype));
  if (src->ndim < 2 || src->ndim > 4 || src->size[src->ndim - 1] < 1 ||
      src->size[src->ndim - 2] < 1)
    return cr_fail(
        CR_EINVAL,
        "a picture must be height x width, channels x height x width or batch x channels "
        "x height x width, got %s",
        cr_tensor_size_text(text, src));
  if (height < 1 || width < 1 || height > CR_MAX_IMAGE_SIDE || width > CR_MAX_IMAGE_SIDE)
    return cr_fail(CR_EINVAL, "width and height must be from 1 to %d, got %lld and %lld",
                   CR_MAX_IMAGE_SIDE, (long long)width, (long long)height);
  if (cr_tensor_overlaps(out, src) || cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result must not share memory with the picture");
  return CR_OK;
}

cr_status cr_image_scale(cr_tensor *out, const cr_tensor *src, int64_t height, int64_t width,
                         cr_scale_mode mode) {
  CR_TRY(check_scaling(out, src, height, width));
  int last = src->ndim - 1;
  int64_t size[CR_MAX_DIMS], in_height = src->size[last - 1], in_width = src->size[last];
  memcpy(size, src->size, sizeof size);
  size[last - 1] = height;
  size[last] = width;
  CR_TRY(cr_tensor_resize(out, src->ndim, size));
  int64_t planes = cr_tensor_numel(out) / (height * width);
  if (planes == 0) return CR_OK;
  cr_tensor flat, result;
  CR_TRY(cr_contiguous(&flat, src));
  cr_status status = cr_contiguous(&result, out);
  scaling s = {
      .y = {in_height, height, count_taps(in_height, height, mode), NULL, NULL},
      .x = {in_width, width, count_taps(in_width, width, mode), NULL, NULL},
      .resample = cr_kernels()->resample[src->dtype == CR_F64],
      .in = cr_tensor_data(&flat),
      .width = (int64_t)cr_dtype_size(src->dtype),
  };
  if (status == CR_OK) {
    s.out = cr_tensor_data(&result);
    status = run_scaling(&s, planes);
    if (status == CR_OK && !cr_tensor_is_same_view(&result, out)) status = cr_copy(out, &result);
    cr_tensor_clear(&result);
  }
  cr_tensor_clear(&flat);
  return status;
}
