/* The transforms of Winograd's convolution, and the products between them; see winograd.h. */
#include "kernels/kernels.h"
#include "kernels/larger.h"

#include <string.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define TILE_ROWS 12  /* of a register tile of `product` */
#define TILE_CHUNKS 2 /* and chunks side by side */
#define TURNED_ROWS 8 /* rows of a register tile of `transposed` */
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#define TILE_CHUNKS 1
#define TURNED_ROWS 4
#elif defined(__aarch64__)
#define VECTOR_BYTES 16
#define TILE_ROWS 6
#define TILE_CHUNKS 1
#define TURNED_ROWS 4
#else
#define VECTOR_BYTES 16
#define TILE_ROWS 3
#define TILE_CHUNKS 1
#define TURNED_ROWS 2
#endif
#define ALWAYS_INLINE inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(VECTOR_BYTES)));
enum {
  lanes = VECTOR_BYTES / 4,
  chunk_size = CR_WINOGRAD_CHUNK,
  chunk_vectors = CR_WINOGRAD_CHUNK / lanes,
  tile_vectors = TILE_CHUNKS * chunk_vectors
};

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* ---- rows and columns change places ---- */

static ALWAYS_INLINE vec interleave_low(vec a, vec b) {
  ivec which = {0};
  for (int l = 0; l < lanes; l++) which[l] = l / 2 + l % 2 * lanes;
  return CR_SHUFFLE(a, b, which);
}

static ALWAYS_INLINE vec interleave_high(vec a, vec b) {
  ivec which = {0};
  for (int l = 0; l < lanes; l++) which[l] = lanes / 2 + l / 2 + l % 2 * lanes;
  return CR_SHUFFLE(a, b, which);
}

/* A matrix of `lanes` vectors is transposed: log2(lanes) times, the two halves are interleaved. */
static ALWAYS_INLINE void transpose(vec v[lanes]) {
  vec next[lanes];
  for (int step = 1; step < lanes; step *= 2) {
    for (int i = 0; i < lanes / 2; i++) {
      next[2 * i] = interleave_low(v[i], v[i + lanes / 2]);
      next[2 * i + 1] = interleave_high(v[i], v[i + lanes / 2]);
    }
    for (int i = 0; i < lanes; i++) v[i] = next[i];
  }
}

/* ---- from planes to slabs: slab[row][x][16] ---- */

/* `count` pixels of channels [c, c + lanes), of which `channels` exist. */
static void fill_block(float *to, const float *from, int64_t sc, int64_t channels, int64_t count,
                       const float *end) {
  vec v[lanes];
  for (int l = 0; l < lanes; l++) v[l] = (vec){0};
  for (int64_t l = 0; l < least(channels, lanes); l++) {
    const float *at = from + l * sc;
    if (at + lanes <= end) {
      v[l] = *(const vec *)at;
    } else {
      memcpy(&v[l], at, (size_t)count * sizeof *at);
    }
  }
  transpose(v);
  if (count == lanes) {
    for (int l = 0; l < lanes; l++) *(vec *)(to + l * chunk_size) = v[l];
  } else {
    for (int64_t l = 0; l < count; l++) *(vec *)(to + l * chunk_size) = v[l];
  }
}

/* The same for pixels that do not follow each other. */
static void fill_pixels(float *to, const float *from, int64_t sc, int64_t sw, int64_t channels,
                        int64_t count) {
  for (int64_t x = 0; x < count; x++)
    for (int64_t c = 0; c < chunk_size; c++)
      to[x * chunk_size + c] = c < channels ? from[x * sw + c * sc] : 0;
}

/* Pixels whose channels, a whole chunk of them, follow each other. */
static void fill_chunks(float *to, const float *from, int64_t sw, int64_t count) {
  for (int64_t x = 0; x < count; x++, to += chunk_size, from += sw)
    for (int v = 0; v < chunk_vectors; v++) ((vec *)to)[v] = ((const vec *)from)[v];
}

/* Where the source ends, for reads of whole vectors. */
static const float *end_of(const cr_planes *p) {
  return (const float *)p->data + (p->n - 1) * p->sn + (p->c - 1) * p->sc + (p->h - 1) * p->sh +
         (p->w - 1) * p->sw + 1;
}

/* Row y of an image's channels from c on; pixels outside are 0. */
static void fill_row(float *slab, const cr_winograd_image *im, int64_t n, int64_t c, int64_t y,
                     int64_t width) {
  const cr_planes *p = im->planes;
  int64_t begin = least(most(0, -im->first_x), width);
  int64_t end = most(begin, least(width, p->w - im->first_x));
  if (y < 0 || y >= p->h) begin = end = 0;
  memset(slab, 0, (size_t)(begin * chunk_size) * sizeof *slab);
  memset(slab + end * chunk_size, 0, (size_t)((width - end) * chunk_size) * sizeof *slab);
  if (begin == end) return;
  const float *from =
      (const float *)p->data + n * p->sn + c * p->sc + y * p->sh + (begin + im->first_x) * p->sw;
  float *to = slab + begin * chunk_size;
  if (p->sc == 1 && c + chunk_size <= p->c) {
    fill_chunks(to, from, p->sw, end - begin);
    return;
  }
  if (p->sw != 1) {
    fill_pixels(to, from, p->sc, p->sw, p->c - c, end - begin);
    return;
  }
  const float *last = end_of(p);
  for (int64_t x = 0; x < end - begin; x += lanes)
    for (int64_t k = 0; k < chunk_size; k += lanes)
      fill_block(to + x * chunk_size + k, from + k * p->sc + x, p->sc, p->c - c - k,
                 least(lanes, end - begin - x), last);
}

/* ---- input ---- */

/* B^T times the column d. */
static ALWAYS_INLINE void transform_pixels(const vec d[6], vec out[6]) {
  vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
  out[0] = 4 * d[0] - 5 * d[2] + d[4];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = c + e;
  out[4] = c - e;
  out[5] = 4 * d[1] - 5 * d[3] + d[5];
}

static inline void transform_input(const float *slab, int64_t pitch, float *out, int64_t stride) {
  vec half[6][6], d[6], full[6];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) d[y] = *(const vec *)(slab + y * pitch + x * chunk_size);
    transform_pixels(d, full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 6; i++) {
    transform_pixels(half[i], full);
    for (int j = 0; j < 6; j++) *(vec *)(out + (i * 6 + j) * stride) = full[j];
  }
}

static void input(const cr_winograd_image *im, int64_t begin, int64_t end, int64_t chunk) {
  int64_t width = 4 * im->tiles_x + 2, pitch = width * chunk_size;
  for (int64_t row = begin; row < end; row++) {
    int64_t n = row / im->tiles_y, ty = row % im->tiles_y, filled = 0;
    if (row > begin && ty > 0) { /* the last two rows of pixels are the first two of these */
      memcpy(im->slab, im->slab + 4 * pitch, (size_t)(2 * pitch) * sizeof(float));
      filled = 2;
    }
    for (int64_t y = filled; y < 6; y++)
      fill_row(im->slab + y * pitch, im, n, chunk * chunk_size, im->first_y + 4 * ty + y, width);
    float *out =
        im->points.data + chunk * im->points.chunk + (row - im->base) * im->tiles_x * chunk_size;
    for (int64_t x = 0; x < im->tiles_x; x++, out += chunk_size)
      for (int k = 0; k < chunk_size; k += lanes)
        transform_input(im->slab + 4 * x * chunk_size + k, pitch, out + k, im->points.point);
  }
}

/* ---- output ---- */

/* A^T times the column m. */
static ALWAYS_INLINE void transform_sums(const vec m[6], vec out[4]) {
  vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  out[0] = m[0] + a + c;
  out[1] = b + 2 * e;
  out[2] = a + 4 * c;
  out[3] = b + 8 * e + m[5];
}

static inline void transform_output(const float *points, int64_t stride, float *slab,
                                    int64_t pitch) {
  vec half[4][6], column[6], full[4];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) column[y] = *(const vec *)(points + (y * 6 + x) * stride);
    transform_sums(column, full);
    for (int i = 0; i < 4; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 4; i++) {
    transform_sums(half[i], full);
    for (int j = 0; j < 4; j++) *(vec *)(slab + i * pitch + j * chunk_size) = full[j];
  }
}

/* NaN stays. */
static ALWAYS_INLINE vec limit(vec x, float low, float high) {
  vec lows = low - (vec){0}, highs = high - (vec){0};
  return (vec)CR_SMALLER_F32(highs, CR_LARGER_F32(lows, x));
}

static void finish_pixels(const cr_conv_finish *f, const float *values, int64_t count, float bias,
                          float *to, int64_t step, const float *added) {
  float low = (float)f->low, high = (float)f->high;
  for (int64_t i = 0; i < count; i++) {
    float value = values[i] + bias;
    if (added) value += added[i * step];
    if (f->has_clamp && value < low) value = low;
    if (f->has_clamp && value > high) value = high;
    to[i * step] = value;
  }
}

/* `count` pixels from x on of row y, channels [c, c + lanes). `spills`: whole vectors may be written,
 * since what lies behind the row is written later. */
static void store_block(const cr_winograd_image *im, const cr_winograd_finish *f, const float *slab,
                        int64_t n, int64_t c, int64_t y, int64_t x, int64_t count, bool spills) {
  const cr_planes *p = im->planes;
  const cr_conv_finish *after = &f->after;
  vec v[lanes];
  for (int l = 0; l < lanes; l++) v[l] = *(const vec *)(slab + l * chunk_size);
  transpose(v);
  int64_t at = n * p->sn + c * p->sc + y * p->sh + x * p->sw;
  bool is_whole = p->sw == 1 && (count == lanes || (spills && !after->added));
  for (int64_t l = 0; l < least(lanes, p->c - c); l++, at += p->sc) {
    float bias = f->bias ? f->bias[c + l] : 0, *to = (float *)p->data + at;
    const float *added = after->added ? (const float *)after->added + at : NULL;
    if (is_whole) {
      vec value = v[l] + bias;
      if (added) value += *(const vec *)added;
      if (after->has_clamp) value = limit(value, (float)after->low, (float)after->high);
      *(vec *)to = value;
    } else {
      finish_pixels(after, (const float *)&v[l], count, bias, to, p->sw, added);
    }
  }
}

/* A row of pixels whose channels follow each other. */
static void store_chunks(const cr_winograd_image *im, const cr_winograd_finish *f,
                         const float *slab, int64_t n, int64_t c, int64_t y) {
  const cr_planes *p = im->planes;
  const cr_conv_finish *after = &f->after;
  int64_t at = n * p->sn + c + y * p->sh;
  for (int64_t x = 0; x < p->w; x++, at += p->sw, slab += chunk_size) {
    const float *added = after->added ? (const float *)after->added + at : NULL;
    for (int v = 0; v < chunk_vectors; v++) {
      vec value = ((const vec *)slab)[v];
      if (f->bias) value += ((const vec *)(f->bias + c))[v];
      if (added) value += ((const vec *)added)[v];
      if (after->has_clamp) value = limit(value, (float)after->low, (float)after->high);
      ((vec *)((float *)p->data + at))[v] = value;
    }
  }
}

static void output(const cr_winograd_image *im, const cr_winograd_finish *f, int64_t begin,
                   int64_t end, int64_t chunk) {
  const cr_planes *p = im->planes;
  int64_t pitch = (4 * im->tiles_x + chunk_size) * chunk_size; /* whole vectors are read */
  bool is_dense = p->sw == 1 && p->sh == p->w && p->sc >= p->h * p->w;
  for (int64_t row = begin; row < end; row++) {
    int64_t n = row / im->tiles_y, y0 = row % im->tiles_y * 4, rows = least(4, p->h - y0);
    const float *in = im->points.data + (row - im->base) * im->tiles_x * chunk_size;
    for (int64_t x = 0; x < im->tiles_x; x++, in += chunk_size)
      for (int k = 0; k < chunk_size; k += lanes)
        transform_output(in + k, im->points.point, im->slab + 4 * x * chunk_size + k, pitch);
    if (p->sc == 1 && (chunk + 1) * chunk_size <= p->c) {
      for (int64_t y = 0; y < rows; y++)
        store_chunks(im, f, im->slab + y * pitch, n, chunk * chunk_size, y0 + y);
      continue;
    }
    for (int64_t y = 0; y < rows; y++) {
      bool spills = is_dense && y + 1 < rows && p->w >= lanes;
      for (int k = 0; k < chunk_size && chunk * chunk_size + k < p->c; k += lanes)
        for (int64_t x = 0; x < p->w; x += lanes)
          store_block(im, f, im->slab + y * pitch + x * chunk_size + k, n, chunk * chunk_size + k,
                      y0 + y, x, least(lanes, p->w - x), spills);
    }
  }
}

/* ---- gradient of the output ---- */

/* A times the column d. */
static ALWAYS_INLINE void transform_column(const vec d[4], vec out[6]) {
  vec even = d[0] + d[2], odd = d[1] + d[3], wide = d[0] + 4 * d[2], steep = 2 * d[1] + 8 * d[3];
  out[0] = d[0];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = wide + steep;
  out[4] = wide - steep;
  out[5] = d[3];
}

static inline void transform_gradient(const float *slab, int64_t pitch, float *out,
                                      int64_t stride) {
  vec half[6][4], column[4], full[6];
  for (int x = 0; x < 4; x++) {
    for (int y = 0; y < 4; y++) column[y] = *(const vec *)(slab + y * pitch + x * chunk_size);
    transform_column(column, full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 6; i++) {
    transform_column(half[i], full);
    for (int j = 0; j < 6; j++) *(vec *)(out + (i * 6 + j) * stride) = full[j];
  }
}

static void gradient(const cr_winograd_image *im, int64_t begin, int64_t end, int64_t chunk) {
  int64_t width = 4 * im->tiles_x, pitch = width * chunk_size;
  for (int64_t row = begin; row < end; row++) {
    int64_t n = row / im->tiles_y, y0 = row % im->tiles_y * 4;
    for (int64_t y = 0; y < 4; y++)
      fill_row(im->slab + y * pitch, im, n, chunk * chunk_size, y0 + y, width);
    float *out =
        im->points.data + chunk * im->points.chunk + (row - im->base) * im->tiles_x * chunk_size;
    for (int64_t x = 0; x < im->tiles_x; x++, out += chunk_size)
      for (int k = 0; k < chunk_size; k += lanes)
        transform_gradient(im->slab + 4 * x * chunk_size + k, pitch, out + k, im->points.point);
  }
}

/* ---- weights ---- */

/* G times the column (a, b, c). */
static ALWAYS_INLINE void transform_weight(vec a, vec b, vec c, vec out[6]) {
  vec ends = (a + c) * (1.0f / 6), even = a * (1.0f / 24) + c * (1.0f / 6);
  out[0] = a * 0.25f;
  out[1] = -ends - b * (1.0f / 6);
  out[2] = -ends + b * (1.0f / 6);
  out[3] = even + b * (1.0f / 12);
  out[4] = even - b * (1.0f / 12);
  out[5] = c;
}

/* Nine taps of `lanes` kernels; `from` has the taps' own order. */
static inline void transform_kernels(const cr_winograd_weights *w, const vec *from, float *out) {
  vec half[6][3], full[6];
  int64_t stride = w->points.point;
  for (int x = 0; x < 3; x++) {
    int column = w->flip_x ? 2 - x : x, top = w->flip_y ? 6 : 0;
    transform_weight(from[top + column], from[3 + column], from[6 - top + column], full);
    for (int i = 0; i < 6; i++) half[i][x] = full[i];
  }
  for (int i = 0; i < 6; i++) {
    transform_weight(half[i][0], half[i][1], half[i][2], full);
    for (int j = 0; j < 6; j++) *(vec *)(out + (i * 6 + j) * stride) = full[j];
  }
}

/* `lanes` runs, `step` apart, of `lanes` elements each, of which `runs` exist, change places. */
static ALWAYS_INLINE void turn_runs(const float *from, int64_t step, int64_t runs, const float *end,
                                    vec v[lanes]) {
  for (int l = 0; l < lanes; l++) v[l] = (vec){0};
  for (int64_t l = 0; l < least(runs, lanes); l++) {
    const float *at = from + l * step;
    if (at + lanes <= end) {
      v[l] = *(const vec *)at;
    } else if (at < end) {
      memcpy(&v[l], at, (size_t)(end - at) * sizeof *at);
    }
  }
  transpose(v);
}

/* The kernels of one output follow each other: `lanes` inputs of `lanes` outputs at a time. */
static void weights_by_output(const cr_winograd_weights *w, int64_t o, int64_t k0, int64_t k1,
                              float *out) {
  vec taps[9 * lanes];
  for (int64_t k = k0; k < k1; k += lanes) {
    const float *from = w->weight + o * w->output + k * 9;
    for (int b = 0; b < 9; b++)
      turn_runs(from + b * lanes, w->output, w->outputs - o, w->end, taps + b * lanes);
    for (int l = 0; l < lanes; l++, out += chunk_size) transform_kernels(w, taps + l * 9, out);
  }
}

/* The kernels of one input follow each other. With vectors shorter than a kernel, two or three of
 * them hold its taps. */
static void weights_by_input(const cr_winograd_weights *w, int64_t o, int64_t k0, int64_t k1,
                             float *out) {
  enum { blocks = (9 + lanes - 1) / lanes };
  vec taps[blocks * lanes];
  for (int64_t k = k0; k < k1; k++, out += chunk_size) {
    const float *from = w->weight + k * w->input + o * 9;
    for (int b = 0; b < blocks; b++)
      turn_runs(from + b * lanes, 9, w->outputs - o, w->end, taps + b * lanes);
    transform_kernels(w, taps, out);
  }
}

static void weights(const cr_winograd_weights *w, int64_t chunk, int64_t k0, int64_t k1) {
  int64_t exist = most(k0, least(k1, w->inputs));
  for (int v = 0; v < chunk_vectors; v++) {
    int64_t o = chunk * chunk_size + v * lanes;
    float *out = w->points.data + v * lanes;
    if (w->input == 9) {
      weights_by_output(w, o, k0, exist, out);
    } else {
      weights_by_input(w, o, k0, exist, out);
    }
  }
  /* Inputs that do not exist are 0, whatever the blocks above left there. */
  for (int64_t k = exist; k < k1; k++)
    for (int i = 0; i < CR_WINOGRAD_POINTS; i++)
      memset(w->points.data + i * w->points.point + (k - k0) * chunk_size, 0,
             chunk_size * sizeof(float));
}

/* ---- products ---- */

static ALWAYS_INLINE void product_tile(const cr_winograd_product *p, const float *a, float *c,
                                       const int rows, const int vectors) {
  vec acc[TILE_ROWS][tile_vectors];
  const float *b = p->b;
  const int64_t a_chunk = p->a_chunk, b_chunk = p->b_chunk, c_chunk = p->c_chunk;
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++)
      acc[r][v] = p->accumulate ? *(const vec *)(c + r * chunk_size + v / chunk_vectors * c_chunk +
                                                 v % chunk_vectors * lanes)
                                : (vec){0};
  for (int64_t chunk = p->steps; chunk > 0; chunk--, a += a_chunk) {
    for (int k = 0; k < chunk_size; k++, b += chunk_size) {
      vec right[tile_vectors];
      for (int v = 0; v < vectors; v++)
        right[v] = *(const vec *)(b + v / chunk_vectors * b_chunk + v % chunk_vectors * lanes);
      for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) acc[r][v] += a[r * chunk_size + k] * right[v];
    }
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++)
      *(vec *)(c + r * chunk_size + v / chunk_vectors * c_chunk + v % chunk_vectors * lanes) =
          acc[r][v];
}

#define ROWS(X) X(1) X(2) X(3) ROWS_TO_6(X) ROWS_TO_12(X)
#if TILE_ROWS >= 6
#define ROWS_TO_6(X) X(4) X(5) X(6)
#else
#define ROWS_TO_6(X)
#endif
#if TILE_ROWS >= 12
#define ROWS_TO_12(X) X(7) X(8) X(9) X(10) X(11) X(12)
#else
#define ROWS_TO_12(X)
#endif
typedef void (*tile_fn)(const cr_winograd_product *p, const float *a, float *c);
#define DEFINE(rows)                                                                               \
  static void product_##rows(const cr_winograd_product *p, const float *a, float *c) {             \
    product_tile(p, a, c, rows, chunk_vectors);                                                    \
  }                                                                                                \
  static void product_wide_##rows(const cr_winograd_product *p, const float *a, float *c) {        \
    product_tile(p, a, c, rows, tile_vectors);                                                     \
  }
ROWS(DEFINE)
#undef DEFINE
#define ENTER(rows) {product_##rows, product_wide_##rows},
static const tile_fn tiles[TILE_ROWS][2] = {ROWS(ENTER)};
#undef ENTER

static void product(const cr_winograd_product *whole) {
  cr_winograd_product p = *whole;
  for (int64_t chunk = 0; chunk < whole->chunks; chunk += TILE_CHUNKS) {
    bool wide = whole->chunks - chunk >= TILE_CHUNKS;
    for (int64_t q = 0; q < p.rows; q += TILE_ROWS)
      tiles[least(TILE_ROWS, p.rows - q) - 1][wide](&p, p.a + q * chunk_size, p.c + q * chunk_size);
    p.b += TILE_CHUNKS * p.b_chunk;
    p.c += TILE_CHUNKS * p.c_chunk;
  }
}

static ALWAYS_INLINE void turned_tile(const cr_winograd_product *p, const float *a, const float *b,
                                      float *c, const int vectors) {
  vec acc[TURNED_ROWS][tile_vectors];
  const int64_t b_chunk = p->b_chunk, c_chunk = p->c_chunk;
  for (int r = 0; r < TURNED_ROWS; r++)
    for (int v = 0; v < vectors; v++)
      acc[r][v] = *(const vec *)(c + r * chunk_size + v / chunk_vectors * c_chunk +
                                 v % chunk_vectors * lanes);
  for (int64_t q = p->steps; q > 0; q--, a += chunk_size, b += chunk_size) {
    vec right[tile_vectors];
    for (int v = 0; v < vectors; v++)
      right[v] = *(const vec *)(b + v / chunk_vectors * b_chunk + v % chunk_vectors * lanes);
    for (int r = 0; r < TURNED_ROWS; r++)
      for (int v = 0; v < vectors; v++) acc[r][v] += a[r] * right[v];
  }
  for (int r = 0; r < TURNED_ROWS; r++)
    for (int v = 0; v < vectors; v++)
      *(vec *)(c + r * chunk_size + v / chunk_vectors * c_chunk + v % chunk_vectors * lanes) =
          acc[r][v];
}

static void transposed(const cr_winograd_product *p) {
  for (int64_t chunk = 0; chunk < p->chunks; chunk += TILE_CHUNKS) {
    const float *b = p->b + chunk * p->b_chunk;
    float *c = p->c + chunk * p->c_chunk;
    for (int r = 0; r < chunk_size; r += TURNED_ROWS) {
      if (p->chunks - chunk >= TILE_CHUNKS) {
        turned_tile(p, p->a + r, b, c + r * chunk_size, tile_vectors);
      } else {
        turned_tile(p, p->a + r, b, c + r * chunk_size, chunk_vectors);
      }
    }
  }
}

/* ---- gradient to the weights ---- */

/* G^T times the column s. */
static ALWAYS_INLINE void transform_back(const vec s[6], vec out[3]) {
  vec a = (s[1] + s[2]) * (1.0f / 6), b = s[3] + s[4];
  out[0] = s[0] * 0.25f - a + b * (1.0f / 24);
  out[1] = (s[2] - s[1]) * (1.0f / 6) + (s[3] - s[4]) * (1.0f / 12);
  out[2] = b * (1.0f / 6) - a + s[5];
}

/* Nine taps of `lanes` outputs of one input. */
static inline void finish_taps(const cr_winograd_gradient *g, const float *from, vec taps[9]) {
  vec half[3][6], sums[6], full[3];
  for (int x = 0; x < 6; x++) {
    for (int y = 0; y < 6; y++) sums[y] = *(const vec *)(from + (y * 6 + x) * g->point);
    transform_back(sums, full);
    for (int i = 0; i < 3; i++) half[i][x] = full[i];
  }
  for (int y = 0; y < 3; y++) {
    transform_back(half[y], full);
    for (int x = 0; x < 3; x++) taps[y * 3 + x] = full[x] * g->scale;
  }
}

/* Blocks of `lanes` inputs and outputs. */
static void finish(const cr_winograd_gradient *g) {
  vec taps[9 * lanes];
  for (int64_t m = 0; m < g->outputs; m += lanes) {
    for (int64_t k = 0; k < g->inputs; k += lanes) {
      int64_t runs = least(lanes, g->outputs - m), inputs = least(lanes, g->inputs - k);
      for (int64_t l = 0; l < inputs; l++)
        finish_taps(g, g->sums + (k + l) * chunk_size + m, taps + l * 9);
      for (int64_t b = 0; b < 9 && b * lanes < inputs * 9; b++) {
        transpose(taps + b * lanes);
        int64_t count = least(lanes, inputs * 9 - b * lanes);
        for (int64_t l = 0; l < runs; l++) {
          float *to = g->grad + (m + l) * g->row_stride + k * 9 + b * lanes;
          const float *from = (const float *)&taps[b * lanes + l];
          if (count == lanes) {
            *(vec *)to += taps[b * lanes + l];
          } else {
            for (int64_t i = 0; i < count; i++) to[i] += from[i];
          }
        }
      }
    }
  }
}

void CR_KERNEL(register_winograd)(cr_kernel_table *table) {
  table->winograd =
      (cr_winograd_kernels){input, gradient, output, weights, product, transposed, finish};
}
