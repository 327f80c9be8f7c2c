#include "kernels/kernels.h"

#include <math.h>

#define MOST_TAPS 6

/* Where and with which weights the taps along one axis lie. */
typedef struct {
  int64_t index[MOST_TAPS];
  double weight[MOST_TAPS];
} taps;

static const int count_of[] = {1, 2, 4, 6};

/* Keys' cubic of 1981, with a = -1/2. */
static double cubic(double t) {
  t = fabs(t);
  if (t >= 2) return 0;
  if (t >= 1) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return (1.5 * t - 2.5) * t * t + 1;
}

static double lanczos(double t) {
  const double pi = 3.14159265358979323846;
  if (fabs(t) >= 3) return 0;
  if (fabs(t) < 1e-9) return 1;
  return 3 * sin(pi * t) * sin(pi * t / 3) / (pi * pi * t * t);
}

static int64_t clamp(int64_t i, int64_t size) { return i < 0 ? 0 : i >= size ? size - 1 : i; }

/* `at` lies within [0, size - 1]. */
static void set_taps(taps *out, double at, int64_t size, cr_warp_mode mode) {
  int n = count_of[mode];
  if (mode == CR_WARP_SIMPLE) {
    out->index[0] = clamp((int64_t)floor(at + 0.5), size);
    out->weight[0] = 1;
    return;
  }
  int64_t first = (int64_t)at - (n / 2 - 1);
  double sum = 0;
  for (int k = 0; k < n; k++) {
    double distance = at - (double)(first + k);
    out->index[k] = clamp(first + k, size);
    out->weight[k] = mode == CR_WARP_BILINEAR  ? 1 - fabs(distance)
                     : mode == CR_WARP_BICUBIC ? cubic(distance)
                                               : lanczos(distance);
    sum += out->weight[k];
  }
  for (int k = 0; k < n; k++) out->weight[k] /= sum;
}

/* False where the place is no place in the picture. */
static bool locate(double *at, int64_t size, bool pads) {
  double last = (double)(size - 1);
  if (*at != *at || (pads && (*at < 0 || *at > last))) return false;
  if (*at < 0) *at = 0;
  if (*at > last) *at = last;
  return true;
}

#define WARP(name, T)                                                                              \
  static void name(const cr_warp *w, const void *in_data, const void *field_data, void *out_data,  \
                   int64_t begin, int64_t end) {                                                   \
    const T *in = in_data, *rows = field_data, *columns = rows + w->out_height * w->out_width;     \
    int64_t in_plane = w->height * w->width, out_plane = w->out_height * w->out_width;             \
    int n = count_of[w->mode];                                                                     \
    for (int64_t i = begin; i < end; i++)                                                          \
      for (int64_t j = 0; j < w->out_width; j++) {                                                 \
        int64_t at = i * w->out_width + j;                                                         \
        double y = (double)rows[at] + (w->is_offset ? (double)i : 0);                              \
        double x = (double)columns[at] + (w->is_offset ? (double)j : 0);                           \
        T *out = (T *)out_data + at;                                                               \
        if (!locate(&y, w->height, w->pads) || !locate(&x, w->width, w->pads)) {                   \
          for (int64_t c = 0; c < w->channels; c++) out[c * out_plane] = (T)w->pad;                \
          continue;                                                                                \
        }                                                                                          \
        taps ty, tx;                                                                               \
        set_taps(&ty, y, w->height, w->mode);                                                      \
        set_taps(&tx, x, w->width, w->mode);                                                       \
        for (int64_t c = 0; c < w->channels; c++) {                                                \
          const T *plane = in + c * in_plane;                                                      \
          double sum = 0;                                                                          \
          for (int a = 0; a < n; a++)                                                              \
            for (int b = 0; b < n; b++) {                                                          \
              double weight = ty.weight[a] * tx.weight[b];                                         \
              /* 0 times infinity must not count */                                                \
              if (weight != 0)                                                                     \
                sum += weight * (double)plane[ty.index[a] * w->width + tx.index[b]];               \
            }                                                                                      \
          out[c * out_plane] = (T)sum;                                                             \
        }                                                                                          \
      }                                                                                            \
  }

WARP(warp_f32, float)
WARP(warp_f64, double)

/* Hoare's selection of the middle of n elements (n is odd); NaN may stand anywhere. */
#define MEDIAN(name, T)                                                                            \
  static T name##_middle(T *a, int64_t n) {                                                        \
    int64_t low = 0, high = n - 1, middle = n / 2;                                                 \
    while (low < high) {                                                                           \
      T pivot = a[middle];                                                                         \
      int64_t i = low, j = high;                                                                   \
      while (i <= j) {                                                                             \
        while (i < high && a[i] < pivot) i++;                                                      \
        while (j > low && pivot < a[j]) j--;                                                       \
        if (i <= j) {                                                                              \
          T t = a[i];                                                                              \
          a[i++] = a[j];                                                                           \
          a[j--] = t;                                                                              \
        }                                                                                          \
      }                                                                                            \
      if (middle <= j)                                                                             \
        high = j;                                                                                  \
      else if (middle >= i)                                                                        \
        low = i;                                                                                   \
      else                                                                                         \
        break;                                                                                     \
    }                                                                                              \
    return a[middle];                                                                              \
  }                                                                                                \
  static void name(const void *in_data, void *out_data, int64_t height, int64_t width,             \
                   int64_t side, void *window_data, int64_t begin, int64_t end) {                  \
    const T *in = in_data;                                                                         \
    T *window = window_data;                                                                       \
    for (int64_t i = begin; i < end; i++)                                                          \
      for (int64_t j = 0; j < width; j++) {                                                        \
        int64_t n = 0;                                                                             \
        for (int64_t a = i - side / 2; a <= i + side / 2; a++) {                                   \
          const T *row = in + clamp(a, height) * width;                                            \
          for (int64_t b = j - side / 2; b <= j + side / 2; b++)                                   \
            window[n++] = row[clamp(b, width)];                                                    \
        }                                                                                          \
        ((T *)out_data)[i * width + j] = name##_middle(window, n);                                 \
      }                                                                                            \
  }

MEDIAN(median_f32, float)
MEDIAN(median_f64, double)

void CR_KERNEL(register_warp)(cr_kernel_table *table) {
  table->warp[0] = warp_f32;
  table->warp[1] = warp_f64;
  table->median[0] = median_f32;
  table->median[1] = median_f64;
}
