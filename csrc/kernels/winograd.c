/* The transforms of Winograd's convolution; see winograd.h. Each works on as many tiles (or channels
 * of weights) at once as a vector has lanes. */
#include "kernels/kernels.h"

#include <string.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(VECTOR_BYTES)));
enum { lanes = VECTOR_BYTES / 4 };

/* ---- weights ---- */

/* G times the column (a, b, c). */
static inline void transform_weight(vec a, vec b, vec c, vec out[6]) {
  vec ends = (a + c) * (1.0f / 6), even = a * (1.0f / 24) + c * (1.0f / 6);
  out[0] = a * 0.25f;
  out[1] = -ends - b * (1.0f / 6);
  out[2] = -ends + b * (1.0f / 6);
  out[3] = even + b * (1.0f / 12);
  out[4] = even - b * (1.0f / 12);
  out[5] = c;
}

/* `lanes` channels of one row, or fewer at the end. */
static void transform_weights(const cr_winograd_weights *w, int64_t m, int64_t c, int count) {
  const float *in = w->weight + (m * w->channels + c) * 9;
  vec g[3][3], half[6][3], full[6];
  for (int y = 0; y < 3; y++) {
    for (int x = 0; x < 3; x++) {
      const float *tap = in + (w->flip_y ? 2 - y : y) * 3 + (w->flip_x ? 2 - x : x);
      for (int l = 0; l < lanes; l++) g[y][x][l] = l < count ? tap[l * 9] : 0;
    }
  }
  for (int x = 0; x < 3; x++) {
    transform_weight(g[0][x], g[1][x], g[2][x], full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  float *out = w->points + m * w->channels + c;
  for (int i = 0; i < 6; i++) {
    transform_weight(half[i][0], half[i][1], half[i][2], full);
    for (int j = 0; j < 6; j++) {
      float *to = out + (i * 6 + j) * w->rows * w->channels;
      if (count == lanes) {
        *(vec *)to = full[j];
      } else {
        for (int l = 0; l < count; l++) to[l] = full[j][l];
      }
    }
  }
}

static void weights(const cr_winograd_weights *w, int64_t begin, int64_t end) {
  for (int64_t m = begin; m < end; m++)
    for (int64_t c = 0; c < w->channels; c += lanes)
      transform_weights(w, m, c, w->channels - c < lanes ? (int)(w->channels - c) : lanes);
}

/* ---- input ---- */

/* B^T times the column d. */
static inline __attribute__((always_inline)) void transform_pixels(const vec d[6], vec out[6]) {
  vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
  out[0] = 4 * d[0] - 5 * d[2] + d[4];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = c + e;
  out[4] = c - e;
  out[5] = 4 * d[1] - 5 * d[3] + d[5];
}

static inline void transform_tiles(const float *slab, const int64_t *offset, float *out,
                                   int64_t stride) {
  vec half[6][6], d[6], full[6];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) d[y] = *(const vec *)(slab + offset[y * 6 + x]);
    transform_pixels(d, full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 6; i++) {
    transform_pixels(half[i], full);
    for (int j = 0; j < 6; j++) *(vec *)(out + (i * 6 + j) * stride) = full[j];
  }
}

static void input(const cr_winograd_input *in) {
  for (int64_t c = 0; c < in->channels; c++)
    for (int64_t q = 0; q < in->width; q += lanes)
      transform_tiles(in->slab + c * in->plane + q, in->offset, in->points + c * in->width + q,
                      in->stride);
}

/* ---- output ---- */

/* A^T times the column m. */
static inline __attribute__((always_inline)) void transform_sums(const vec m[6], vec out[4]) {
  vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  out[0] = m[0] + a + c;
  out[1] = b + 2 * e;
  out[2] = a + 4 * c;
  out[3] = b + 8 * e + m[5];
}

static inline vec low_half(vec a, vec b) {
  ivec which = {0};
  for (int l = 0; l < lanes; l++) which[l] = l / 2 + l % 2 * lanes;
  return CR_SHUFFLE(a, b, which);
}

static inline vec high_half(vec a, vec b) {
  ivec which = {0};
  for (int l = 0; l < lanes; l++) which[l] = lanes / 2 + l / 2 + l % 2 * lanes;
  return CR_SHUFFLE(a, b, which);
}

/* Four vectors of one column of pixels each become `lanes` tiles' rows of four pixels. */
static inline void interleave(const vec in[4], float *out) {
  vec a = low_half(in[0], in[2]), b = high_half(in[0], in[2]);
  vec c = low_half(in[1], in[3]), d = high_half(in[1], in[3]);
  *(vec *)out = low_half(a, c);
  *(vec *)(out + lanes) = high_half(a, c);
  *(vec *)(out + 2 * lanes) = low_half(b, d);
  *(vec *)(out + 3 * lanes) = high_half(b, d);
}

/* 4 x 4 pixels of each of `lanes` tiles, tile after tile in each of the 4 rows. */
static void finish_tiles(const float *points, int64_t stride, float bias, float out[4][4 * lanes]) {
  vec half[4][6], column[6], full[4], pixels[4][4];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) column[y] = *(const vec *)(points + (y * 6 + x) * stride);
    transform_sums(column, full);
    for (int i = 0; i < 4; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 4; i++) {
    transform_sums(half[i], pixels[i]);
    for (int j = 0; j < 4; j++) pixels[i][j] += bias;
    interleave(pixels[i], out[i]);
  }
}

static void store_tile(const cr_winograd_output *o, float *image, const cr_winograd_place *place,
                       float tile[4][4 * lanes], int lane) {
  float *to = image + place->to;
  for (int y = 0; y < place->rows; y++, to += o->sh) {
    const float *from = tile[y] + 4 * lane;
    if (o->sw == 1 && place->columns == 4) {
      memcpy(to, from, 4 * sizeof *to);
    } else {
      for (int x = 0; x < place->columns; x++) to[x * o->sw] = from[x];
    }
  }
}

static void output(const cr_winograd_output *o) {
  float tile[4][4 * lanes];
  for (int64_t m = 0; m < o->rows; m++) {
    float *image = o->image + m * o->sc;
    for (int64_t q = 0; q < o->width; q += lanes) {
      finish_tiles(o->points + m * o->width + q, o->stride, o->bias ? o->bias[m] : 0, tile);
      for (int l = 0; l < lanes; l++) store_tile(o, image, &o->places[q + l], tile, l);
    }
  }
}

/* ---- gradient to the weights ---- */

/* A times the column d. */
static inline __attribute__((always_inline)) void transform_gradient(const vec d[4], vec out[6]) {
  vec even = d[0] + d[2], odd = d[1] + d[3], wide = d[0] + 4 * d[2], steep = 2 * d[1] + 8 * d[3];
  out[0] = d[0];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = wide + steep;
  out[4] = wide - steep;
  out[5] = d[3];
}

/* Up to `lanes` rows of one tile; out: `lanes` of them. */
static void transform_gradient_tile(const cr_winograd_gradient *g, const cr_winograd_place *place,
                                    int64_t m, int count, float *out) {
  vec d[4][4], half[6][4], column[4], full[6];
  memset(d, 0, sizeof d);
  const float *in = g->grad + m * g->sc + place->to;
  for (int l = 0; l < count; l++)
    for (int y = 0; y < place->rows; y++)
      for (int x = 0; x < place->columns; x++) d[y][x][l] = in[l * g->sc + y * g->sh + x * g->sw];
  for (int x = 0; x < 4; x++) {
    for (int y = 0; y < 4; y++) column[y] = d[y][x];
    transform_gradient(column, full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 6; i++) {
    transform_gradient(half[i], full);
    for (int j = 0; j < 6; j++) *(vec *)(out + (i * 6 + j) * g->stride) = full[j];
  }
}

static int64_t panel_width(int64_t rows, int64_t start, int64_t panel) {
  int64_t width = rows - start < panel ? rows - start : panel;
  return (width + lanes - 1) / lanes * lanes;
}

static void gradient(const cr_winograd_gradient *g) {
  for (int64_t start = 0; start < g->rows; start += g->panel) {
    int64_t width = panel_width(g->rows, start, g->panel);
    for (int64_t q = 0; q < g->count; q++) {
      for (int64_t m = 0; m < width; m += lanes) {
        int64_t left = g->rows - start - m;
        transform_gradient_tile(g, &g->places[q], start + m, left < lanes ? (int)left : lanes,
                                g->points + start * g->count + q * width + m);
      }
    }
  }
}

/* G^T times the column s. */
static inline __attribute__((always_inline)) void transform_back(const vec s[6], vec out[3]) {
  vec a = (s[1] + s[2]) * (1.0f / 6), b = s[3] + s[4];
  out[0] = s[0] * 0.25f - a + b * (1.0f / 24);
  out[1] = (s[2] - s[1]) * (1.0f / 6) + (s[3] - s[4]) * (1.0f / 12);
  out[2] = b * (1.0f / 6) - a + s[5];
}

/* `count` rows from m on of channel c; from: their sums at the first point. */
static void finish_weights(const cr_winograd_finish *f, const float *from, int64_t stride,
                           int64_t c, int64_t m, int count) {
  vec sums[6], half[3][6], full[3];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) {
      sums[y] = *(const vec *)(from + (y * 6 + x) * stride);
      for (int64_t p = 1; p < f->parts; p++)
        sums[y] += *(const vec *)(from + p * f->part_stride + (y * 6 + x) * stride);
    }
    transform_back(sums, full);
    for (int i = 0; i < 3; i++) half[i][x] = full[i];
  }
  float *grad = f->grad + m * f->row_stride + c * 9;
  for (int y = 0; y < 3; y++) {
    transform_back(half[y], full);
    for (int x = 0; x < 3; x++)
      for (int l = 0; l < count; l++) grad[l * f->row_stride + y * 3 + x] += f->scale * full[x][l];
  }
}

static void finish(const cr_winograd_finish *f, int64_t begin, int64_t end) {
  int64_t stride = (f->rows + lanes - 1) / lanes * lanes * f->channels;
  for (int64_t start = 0; start < f->rows; start += f->panel) {
    int64_t width = panel_width(f->rows, start, f->panel);
    for (int64_t c = begin; c < end; c++) {
      for (int64_t m = 0; m < width; m += lanes) {
        int64_t left = f->rows - start - m;
        finish_weights(f, f->sums + start * f->channels + c * width + m, stride, c, start + m,
                       left < lanes ? (int)left : lanes);
      }
    }
  }
}

void CR_KERNEL(register_winograd)(cr_kernel_table *table) {
  table->winograd = (cr_winograd_kernels){gradient, finish, weights, input, output};
}
