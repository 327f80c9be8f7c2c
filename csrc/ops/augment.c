#include "ops/augment.h"

#include "core/parallel.h"
#include "ops/copy.h"

#include <math.h>
#include <string.h>

/* Beyond these no picture reaches; sums of a few such numbers do not overflow. */
static const int64_t farthest = (int64_t)1 << 40;

/* ---- checks ---- */

static cr_status check_pictures(const cr_tensor *t) {
  char text[CR_SIZE_TEXT];
  if (t->ndim == 4) return CR_OK;
  return cr_fail(CR_EINVAL, "pictures must be batch x channels x height x width, got %s",
                 cr_tensor_size_text(text, t));
}

static cr_status check_numbers(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t rows,
                               int64_t columns) {
  char text[CR_SIZE_TEXT];
  bool fits = t->dtype == dtype && t->ndim == 2 && t->size[0] == rows && t->size[1] == columns &&
              cr_tensor_is_contiguous(t);
  if (fits) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be a contiguous %s of %lldx%lld, got a %s of %s", name,
                 cr_dtype_tensor_name(dtype), (long long)rows, (long long)columns,
                 cr_dtype_tensor_name(t->dtype), cr_tensor_size_text(text, t));
}

static cr_status check_far(const cr_tensor *t) {
  const int64_t *numbers = cr_tensor_data(t);
  for (int64_t i = 0, n = cr_tensor_numel(t); i < n; i++)
    if (numbers[i] > farthest || numbers[i] < -farthest)
      return cr_fail(CR_EINVAL, "%lld lies too far away", (long long)numbers[i]);
  return CR_OK;
}

static cr_status check_apart(const cr_tensor *out, const cr_tensor *in) {
  if (out->dtype != in->dtype)
    return cr_fail(CR_EINVAL, "the result must be a %s, got a %s", cr_dtype_tensor_name(in->dtype),
                   cr_dtype_tensor_name(out->dtype));
  if (cr_tensor_overlaps(out, in) || cr_tensor_has_internal_overlap(out))
    return cr_fail(CR_EINVAL, "the result must not share memory with the pictures");
  return CR_OK;
}

/* ---- pieces ---- */

typedef struct {
  const char *in;
  char *out;
  const int64_t *where;
  int64_t channels, in_height, in_width, height, width;
  size_t bytes; /* of an element */
  char fill[8];
} cropping;

static void fill_run(char *out, int64_t count, const cropping *c) {
  for (int64_t i = 0; i < count; i++) memcpy(out + (size_t)i * c->bytes, c->fill, c->bytes);
}

#define REVERSE(T)                                                                                 \
  for (int64_t i = 0, j = count - 1; i < j; i++, j--) {                                            \
    T kept = ((T *)row)[i];                                                                        \
    ((T *)row)[i] = ((T *)row)[j];                                                                 \
    ((T *)row)[j] = kept;                                                                          \
  }

static void reverse_row(void *row, int64_t count, size_t bytes) {
  switch (bytes) {
  case 1: REVERSE(uint8_t) break;
  case 2: REVERSE(uint16_t) break;
  case 4: REVERSE(uint32_t) break;
  default: REVERSE(uint64_t)
  }
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}

static void crop_row(const cropping *c, char *out, const char *plane, int64_t y, int64_t left) {
  if (y < 0 || y >= c->in_height) {
    fill_run(out, c->width, c);
    return;
  }
  int64_t begin = clamp(-left, 0, c->width), end = clamp(c->in_width - left, begin, c->width);
  fill_run(out, begin, c);
  if (end > begin)
    memcpy(out + (size_t)begin * c->bytes,
           plane + (size_t)(y * c->in_width + left + begin) * c->bytes,
           (size_t)(end - begin) * c->bytes);
  fill_run(out + (size_t)end * c->bytes, c->width - end, c);
}

static void crop_planes(int64_t first, int64_t last, int thread, void *context) {
  (void)thread;
  const cropping *c = context;
  size_t row_bytes = (size_t)c->width * c->bytes;
  for (int64_t p = first; p < last; p++) {
    const int64_t *where = c->where + 4 * (p / c->channels);
    const char *plane = c->in + (size_t)(p * c->in_height * c->in_width) * c->bytes;
    char *out = c->out + (size_t)(p * c->height) * row_bytes;
    for (int64_t y = 0; y < c->height; y++) {
      int64_t from = where[0] + (where[3] ? c->height - 1 - y : y);
      char *row = out + (size_t)y * row_bytes;
      crop_row(c, row, plane, from, where[1]);
      if (where[2]) reverse_row(row, c->width, c->bytes);
    }
  }
}

static cr_status check_crop(const cr_tensor *out, const cr_tensor *in, const cr_tensor *where,
                            int64_t height, int64_t width) {
  CR_TRY(check_pictures(in));
  CR_TRY(check_numbers("where", where, CR_I64, in->size[0], 4));
  CR_TRY(check_far(where));
  if (height < 1 || width < 1 || height > 1 << 20 || width > 1 << 20)
    return cr_fail(CR_EINVAL, "width and height must be from 1 to %d, got %lld and %lld", 1 << 20,
                   (long long)width, (long long)height);
  return check_apart(out, in);
}

cr_status cr_augment_crop(cr_tensor *out, const cr_tensor *in, const cr_tensor *where,
                          int64_t height, int64_t width, cr_scalar fill) {
  CR_TRY(check_crop(out, in, where, height, width));
  int64_t planes = in->size[0] * in->size[1];
  cr_tensor flat;
  CR_TRY(cr_tensor_resize(out, 4, (int64_t[]){in->size[0], in->size[1], height, width}));
  if (planes == 0) return CR_OK;
  if (!cr_tensor_is_contiguous(out)) return cr_fail(CR_EINVAL, "the result must be contiguous");
  CR_TRY(cr_contiguous(&flat, in));
  cropping c = {.in = cr_tensor_data(&flat),
                .out = cr_tensor_data(out),
                .where = cr_tensor_data(where),
                .channels = in->size[1],
                .in_height = in->size[2],
                .in_width = in->size[3],
                .height = height,
                .width = width,
                .bytes = cr_dtype_size(in->dtype)};
  cr_store(in->dtype, c.fill, fill);
  cr_parallel_for(planes, cr_grain((double)(height * width) * 0.3), crop_planes, &c);
  cr_tensor_clear(&flat);
  return CR_OK;
}

/* ---- affine maps ---- */

typedef struct {
  const void *in;
  void *out;
  const double *maps;
  int64_t channels, height, width;
  double fill;
  cr_augment_mode mode;
} warping;

/* One sample; the place in the picture is the same for all channels. */
#define WARP(T)                                                                                    \
  static T pixel_##T(const T *plane, const warping *w, int64_t y, int64_t x) {                     \
    bool is_inside = y >= 0 && y < w->height && x >= 0 && x < w->width;                            \
    return is_inside ? plane[y * w->width + x] : (T)w->fill;                                       \
  }                                                                                                \
                                                                                                   \
  static T mixed_##T(const T *plane, const warping *w, double y, double x) {                       \
    int64_t y0 = (int64_t)floor(y), x0 = (int64_t)floor(x);                                        \
    T dy = (T)(y - (double)y0), dx = (T)(x - (double)x0);                                          \
    T top = pixel_##T(plane, w, y0, x0), bottom = pixel_##T(plane, w, y0 + 1, x0);                 \
    if (dx > 0) {                                                                                  \
      top += dx * (pixel_##T(plane, w, y0, x0 + 1) - top);                                         \
      bottom += dx * (pixel_##T(plane, w, y0 + 1, x0 + 1) - bottom);                               \
    }                                                                                              \
    return dy > 0 ? top + dy * (bottom - top) : top;                                               \
  }                                                                                                \
                                                                                                   \
  static void warp_##T(const warping *w, int64_t sample) {                                         \
    const double *m = w->maps + 6 * sample;                                                        \
    int64_t area = w->height * w->width;                                                           \
    const T *in = (const T *)w->in + sample * w->channels * area;                                  \
    T *out = (T *)w->out + sample * w->channels * area;                                            \
    double my = 0.5 * (double)(w->height - 1), mx = 0.5 * (double)(w->width - 1);                  \
    for (int64_t i = 0; i < w->height; i++) {                                                      \
      for (int64_t j = 0; j < w->width; j++) {                                                     \
        double px = (double)j - mx, py = (double)i - my;                                           \
        double x = m[0] * px + m[1] * py + m[2] + mx, y = m[3] * px + m[4] * py + m[5] + my;       \
        bool is_near = x > -2 && y > -2 && x < (double)w->width + 1 && y < (double)w->height + 1;  \
        for (int64_t c = 0; c < w->channels; c++) {                                                \
          T *to = out + c * area + i * w->width + j;                                               \
          if (!is_near) {                                                                          \
            *to = (T)w->fill;                                                                      \
          } else if (w->mode == CR_AUGMENT_NEAREST) {                                              \
            *to = pixel_##T(in + c * area, w, (int64_t)floor(y + 0.5), (int64_t)floor(x + 0.5));   \
          } else {                                                                                 \
            *to = mixed_##T(in + c * area, w, y, x);                                               \
          }                                                                                        \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void warp_all_##T(int64_t first, int64_t last, int thread, void *context) {               \
    (void)thread;                                                                                  \
    for (int64_t n = first; n < last; n++) warp_##T(context, n);                                   \
  }

WARP(float)
WARP(double)

cr_status cr_augment_warp(cr_tensor *out, const cr_tensor *in, const cr_tensor *maps,
                          cr_augment_mode mode, double fill) {
  CR_TRY(check_pictures(in));
  if (!cr_dtype_is_float(in->dtype))
    return cr_fail(CR_EINVAL, "pictures must be of a floating-point type, got a %s",
                   cr_dtype_tensor_name(in->dtype));
  CR_TRY(check_numbers("maps", maps, CR_F64, in->size[0], 6));
  CR_TRY(check_apart(out, in));
  cr_tensor flat;
  CR_TRY(cr_tensor_resize(out, 4, in->size));
  if (cr_tensor_numel(in) == 0) return CR_OK;
  if (!cr_tensor_is_contiguous(out)) return cr_fail(CR_EINVAL, "the result must be contiguous");
  CR_TRY(cr_contiguous(&flat, in));
  warping w = {.in = cr_tensor_data(&flat),
               .out = cr_tensor_data(out),
               .maps = cr_tensor_data(maps),
               .channels = in->size[1],
               .height = in->size[2],
               .width = in->size[3],
               .fill = fill,
               .mode = mode};
  double cost = (double)(w.channels * w.height * w.width) * 5;
  cr_parallel_for(in->size[0], cr_grain(cost),
                  in->dtype == CR_F32 ? warp_all_float : warp_all_double, &w);
  cr_tensor_clear(&flat);
  return CR_OK;
}

/* ---- boxes ---- */

cr_status cr_augment_erase(cr_tensor *t, const cr_tensor *boxes, cr_scalar value) {
  CR_TRY(check_pictures(t));
  CR_TRY(check_numbers("boxes", boxes, CR_I64, t->size[0], 4));
  CR_TRY(check_far(boxes));
  if (cr_tensor_overlaps(t, boxes))
    return cr_fail(CR_EINVAL, "boxes must not share memory with the pictures");
  for (int64_t n = 0; n < t->size[0]; n++) {
    const int64_t *box = (const int64_t *)cr_tensor_data(boxes) + 4 * n;
    int64_t top = clamp(box[0], 0, t->size[2]), left = clamp(box[1], 0, t->size[3]);
    int64_t rows = clamp(box[0] + box[2], top, t->size[2]) - top;
    int64_t columns = clamp(box[1] + box[3], left, t->size[3]) - left;
    if (rows <= 0 || columns <= 0 || t->size[1] == 0) continue;
    cr_tensor view;
    cr_tensor_init(&view, t->dtype);
    cr_status status = cr_tensor_select(&view, t, 0, n);
    if (status == CR_OK) status = cr_tensor_narrow(&view, &view, 1, top, rows);
    if (status == CR_OK) status = cr_tensor_narrow(&view, &view, 2, left, columns);
    if (status == CR_OK) status = cr_fill(&view, value);
    cr_tensor_clear(&view);
    CR_TRY(status);
  }
  return CR_OK;
}
