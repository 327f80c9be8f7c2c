/* Unfolding; see unfold.h. */
#include "kernels/kernels.h"

#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* A tap of the kernel along each axis. */
typedef struct {
  int64_t shift[3];   /* output i meets input i * step + shift */
  int64_t begin, end; /* the outputs along w that meet an input */
} tap;

static tap tap_at(const cr_unfolding *u, int64_t i) {
  int64_t at[3] = {i / (u->kernel[1] * u->kernel[2]), i / u->kernel[2] % u->kernel[1],
                   i % u->kernel[2]};
  tap t;
  for (int axis = 0; axis < 3; axis++) t.shift[axis] = at[axis] * u->dilation[axis] - u->pad[axis];
  int64_t shift = t.shift[2], step = u->step[2], last = u->in.size[2] - 1 - shift;
  t.begin = least(u->out.size[2], shift < 0 ? (-shift + step - 1) / step : 0);
  t.end = last < 0 ? 0 : least(u->out.size[2], last / step + 1);
  t.end = most(t.begin, t.end);
  return t;
}

/* The input row under the tap for output row r, or -1 in the padding. */
static int64_t row_under(const cr_unfolding *u, const tap *t, int64_t r) {
  int64_t from_t = r / u->out.size[1] * u->step[0] + t->shift[0];
  int64_t from_y = r % u->out.size[1] * u->step[1] + t->shift[1];
  bool is_inside = from_t >= 0 && from_t < u->in.size[0] && from_y >= 0 && from_y < u->in.size[1];
  return is_inside ? from_t * u->in.size[1] + from_y : -1;
}

#define UNFOLD(T, SUFFIX)                                                                          \
  static void unfold_##SUFFIX(const cr_unfolding *u) {                                             \
    int64_t w = u->out.size[2], step = u->step[2], taps;                                           \
    taps = u->kernel[0] * u->kernel[1] * u->kernel[2];                                             \
    T *to = u->columns;                                                                            \
    for (int64_t i = 0; i < u->channels * taps; i++) {                                             \
      const T *plane = (const T *)u->image + i / taps * cr_box_elements(&u->in);                   \
      tap t = tap_at(u, i % taps);                                                                 \
      for (int64_t r = u->row; r < u->row_end; r++, to += w) {                                     \
        int64_t row = row_under(u, &t, r), n = t.end - t.begin;                                    \
        if (row < 0 || n == 0) {                                                                   \
          memset(to, 0, (size_t)w * sizeof(T));                                                    \
          continue;                                                                                \
        }                                                                                          \
        const T *from = plane + row * u->in.size[2] + t.begin * step + t.shift[2];                 \
        memset(to, 0, (size_t)t.begin * sizeof(T));                                                \
        memset(to + t.end, 0, (size_t)(w - t.end) * sizeof(T));                                    \
        if (step == 1) {                                                                           \
          memcpy(to + t.begin, from, (size_t)n * sizeof(T));                                       \
        } else {                                                                                   \
          T *run = to + t.begin;                                                                   \
          for (int64_t x = 0; x < n; x++) run[x] = from[x * step];                                 \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void fold_##SUFFIX(const cr_unfolding *u) {                                               \
    int64_t w = u->out.size[2], step = u->step[2], taps;                                           \
    taps = u->kernel[0] * u->kernel[1] * u->kernel[2];                                             \
    const T *from = u->columns;                                                                    \
    for (int64_t i = 0; i < u->channels * taps; i++) {                                             \
      T *plane = (T *)u->image + i / taps * cr_box_elements(&u->in);                               \
      tap t = tap_at(u, i % taps);                                                                 \
      for (int64_t r = u->row; r < u->row_end; r++, from += w) {                                   \
        int64_t row = row_under(u, &t, r), n = t.end - t.begin;                                    \
        if (row < 0 || n == 0) continue;                                                           \
        T *to = plane + row * u->in.size[2] + t.begin * step + t.shift[2];                         \
        const T *run = from + t.begin;                                                             \
        if (step == 1) {                                                                           \
          CR_INDEPENDENT for (int64_t x = 0; x < n; x++) to[x] += run[x];                          \
        } else {                                                                                   \
          for (int64_t x = 0; x < n; x++) to[x * step] += run[x];                                  \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }

UNFOLD(float, f32)
UNFOLD(double, f64)

void CR_KERNEL(register_unfold)(cr_kernel_table *table) {
  table->unfold[0] = (cr_unfold_kernels){unfold_f32, fold_f32};
  table->unfold[1] = (cr_unfold_kernels){unfold_f64, fold_f64};
}
