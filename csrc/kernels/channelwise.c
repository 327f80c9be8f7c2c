/* Convolution and pooling of single planes, along their channels; see channelwise.h. */
#include "kernels/kernels.h"
#include "kernels/larger.h"

#include <math.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define MOST_ROWS 2 /* of a strip of outputs */
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#define MOST_ROWS 1
#else
#define VECTOR_BYTES 16
#define MOST_ROWS 1
#endif
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed within this file alone */
#endif

typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(VECTOR_BYTES)));
enum { lanes = VECTOR_BYTES / 4, strip_columns = 4, most_sources = 2 * (MOST_ROWS - 1) + 3 };
typedef cr_channelwise_job job;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* NaN stays. */
static ALWAYS_INLINE vec limit(const job *j, vec x) {
  if (!j->has_clamp) return x;
  vec low = j->low - (vec){0}, high = j->high - (vec){0};
  return (vec)CR_SMALLER_F32(high, CR_LARGER_F32(low, x));
}

static ALWAYS_INLINE vec start(const job *j, int64_t c) {
  return j->bias ? *(const vec *)(j->bias + c) : (vec){0};
}

/* ---- any kernel ---- */

static void one_pixel(const job *j, int64_t y, int64_t x, int64_t c) {
  vec sum = start(j, c);
  for (int64_t ty = 0; ty < j->taps_y; ty++) {
    int64_t row = y * j->step_y + j->first_y + ty * j->delta_y;
    if (row < 0 || row >= j->h) continue;
    for (int64_t tx = 0; tx < j->taps_x; tx++) {
      int64_t column = x * j->step_x + j->first_x + tx * j->delta_x;
      if (column < 0 || column >= j->w) continue;
      const vec *weight = (const vec *)(j->weight + (ty * j->taps_x + tx) * j->channels + c);
      sum += *weight * *(const vec *)(j->in + row * j->in_y + column * j->in_x + c);
    }
  }
  *(vec *)(j->out + y * j->out_y + x * j->out_x + c) = limit(j, sum);
}

static void any_kernel(const job *j, int64_t y0, int64_t y1, int64_t c0, int64_t c1) {
  for (int64_t y = y0; y < y1; y++)
    for (int64_t x = 0; x < j->out_w; x++)
      for (int64_t c = c0; c < c1; c += lanes) one_pixel(j, y, x, c);
}

/* ---- 3 x 3 neighbours ---- */

/* A row of the input, at the column of the first output's first tap; rows outside the image are one
 * vector of zeros. */
typedef struct {
  const float *at;
  int64_t step; /* from pixel to pixel */
} source;

static const float zeros[lanes];

/* The sources of some rows of outputs from y on. */
static void find_sources(const job *j, int64_t y, int64_t c, int count, source *sources) {
  for (int i = 0; i < count; i++) {
    int64_t row = y * j->step_y + j->first_y + i;
    bool exists = row >= 0 && row < j->h;
    sources[i] = (source){zeros, 0};
    if (exists) sources[i] = (source){j->in + row * j->in_y + j->first_x * j->in_x + c, j->in_x};
  }
}

/* `rows` x `columns` outputs from column x on, of whose taps t0 ... t1 - 1 lie in the image: each
 * vector that is read serves all outputs that it is a neighbour of. */
static ALWAYS_INLINE void strip(const job *j, const source *sources, const vec w[9], vec first,
                                float *out, int64_t x, const int step, const int rows,
                                const int columns, const int t0, const int t1) {
  vec sum[MOST_ROWS][strip_columns];
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < columns; k++) sum[r][k] = first;
  UNROLL for (int i = 0; i < (rows - 1) * step + 3; i++) {
    const float *from = sources[i].at + x * step * sources[i].step;
    UNROLL for (int n = t0; n < (columns - 1) * step + t1; n++) {
      vec value = *(const vec *)(from + n * sources[i].step);
      __builtin_prefetch(from + n * sources[i].step + lanes); /* for the next channels */
      UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int k = 0; k < columns; k++) {
          const int ty = i - r * step, tx = n - k * step;
          if (ty >= 0 && ty < 3 && tx >= 0 && tx < 3) sum[r][k] += w[ty * 3 + tx] * value;
        }
      }
    }
  }
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < columns; k++)
      *(vec *)(out + r * j->out_y + (x + k) * j->out_x) = limit(j, sum[r][k]);
}

/* A vector of channels of some rows of outputs; columns x0 ... x1 - 1 have all their taps inside. */
static ALWAYS_INLINE void rows_of_3(const job *j, int64_t y, int64_t c, int64_t x0, int64_t x1,
                                    const int step, const int rows) {
  source sources[most_sources];
  vec w[9], first = start(j, c);
  float *out = j->out + y * j->out_y + c;
  find_sources(j, y, c, (rows - 1) * step + 3, sources);
  for (int t = 0; t < 9; t++) w[t] = *(const vec *)(j->weight + t * j->channels + c);
  for (int64_t x = 0; x < x0; x++) strip(j, sources, w, first, out, x, step, rows, 1, 1, 3);
  int64_t x = x0;
  for (; x + strip_columns <= x1; x += strip_columns)
    strip(j, sources, w, first, out, x, step, rows, strip_columns, 0, 3);
  for (; x < x1; x++) strip(j, sources, w, first, out, x, step, rows, 1, 0, 3);
  for (; x < j->out_w; x++) strip(j, sources, w, first, out, x, step, rows, 1, 0, 2);
}

static void steps_of_1(const job *j, int64_t y0, int64_t y1, int64_t c0, int64_t c1, int64_t x0,
                       int64_t x1) {
  int64_t y = y0;
  for (; y + MOST_ROWS <= y1; y += MOST_ROWS)
    for (int64_t c = c0; c < c1; c += lanes) rows_of_3(j, y, c, x0, x1, 1, MOST_ROWS);
  for (; y < y1; y++)
    for (int64_t c = c0; c < c1; c += lanes) rows_of_3(j, y, c, x0, x1, 1, 1);
}

static void steps_of_2(const job *j, int64_t y0, int64_t y1, int64_t c0, int64_t c1, int64_t x0,
                       int64_t x1) {
  for (int64_t y = y0; y < y1; y++)
    for (int64_t c = c0; c < c1; c += lanes) rows_of_3(j, y, c, x0, x1, 2, 1);
}

static void forward(const job *j, int64_t y0, int64_t y1, int64_t c0, int64_t c1) {
  int64_t step = j->step_x, room = j->w - 3 - j->first_x;
  bool is_near = j->taps_y == 3 && j->taps_x == 3 && j->delta_y == 1 && j->delta_x == 1 &&
                 j->step_y == step && (step == 1 || step == 2);
  int64_t x0 = most(0, (step - 1 - j->first_x) / step);
  int64_t x1 = room < 0 ? 0 : least(j->out_w, room / step + 1);
  /* Columns beside those lack exactly one column of taps. */
  int64_t last = (j->out_w - 1) * step + j->first_x;
  bool has_margins = j->first_x >= -1 && last + 2 <= j->w && x0 <= x1;
  if (!is_near || !has_margins) {
    any_kernel(j, y0, y1, c0, c1);
  } else if (step == 1) {
    steps_of_1(j, y0, y1, c0, c1, x0, x1);
  } else {
    steps_of_2(j, y0, y1, c0, c1, x0, x1);
  }
}

/* ---- maxima ---- */

/* value where it is larger or NaN, else best */
static ALWAYS_INLINE vec larger(vec value, vec best) {
  ivec wins = (ivec)(value > best) | (ivec)(value != value);
  return (vec)(((ivec)value & wins) | ((ivec)best & ~wins));
}

static void max(const job *j, int64_t y0, int64_t y1, int64_t c0, int64_t c1) {
  for (int64_t y = y0; y < y1; y++) {
    int64_t top = y * j->step_y + j->first_y;
    int64_t row0 = most(0, top), row1 = least(j->h, top + j->taps_y);
    for (int64_t x = 0; x < j->out_w; x++) {
      int64_t left = x * j->step_x + j->first_x;
      int64_t column0 = most(0, left), column1 = least(j->w, left + j->taps_x);
      for (int64_t c = c0; c < c1; c += lanes) {
        vec best = -INFINITY - (vec){0};
        for (int64_t row = row0; row < row1; row++) {
          const float *from = j->in + row * j->in_y + column0 * j->in_x + c;
          for (int64_t column = column0; column < column1; column++, from += j->in_x)
            best = larger(*(const vec *)from, best);
        }
        *(vec *)(j->out + y * j->out_y + x * j->out_x + c) = best;
      }
    }
  }
}

void CR_KERNEL(register_channelwise)(cr_kernel_table *table) {
  table->channelwise = (cr_channelwise_kernels){.forward = forward, .max = max, .lanes = lanes};
}
