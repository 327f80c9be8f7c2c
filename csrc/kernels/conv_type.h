/* The kernels of conv.h for one type; included by conv.c with T, I (the integer of T's size) and NAME defined. No include guard:
 * it is included once per type. */
typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef I NAME(ivec) __attribute__((vector_size(VECTOR_BYTES)));
#define VEC NAME(vec)
#define IVEC NAME(ivec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

/* Comparisons with NaN are false, so that it stays. */
static inline __attribute__((always_inline)) VEC NAME(limit)(VEC x, T low, T high) {
  VEC lows = low - (VEC){0}, highs = high - (VEC){0};
  IVEC below = x < lows;
  x = (VEC)((below & (IVEC)lows) | (~below & (IVEC)x));
  IVEC above = x > highs;
  return (VEC)((above & (IVEC)highs) | (~above & (IVEC)x));
}

static inline __attribute__((always_inline)) void NAME(tile)(const cr_conv_tile *t, const int rows,
                                                             const int vectors) {
  const T *a[CR_CONV_ROWS];
  VEC acc[CR_CONV_ROWS][CR_CONV_VECTORS];
  for (int m = 0; m < rows; m++) {
    a[m] = t->a[m];
    const VEC *c = (const VEC *)((const T *)t->c + m * t->ldc);
    VEC start = (t->bias ? ((const T *)t->bias)[m] : 0) - (VEC){0};
    for (int v = 0; v < vectors; v++) acc[m][v] = t->accumulate ? c[v] : start;
  }
  /* One loop over channels and taps, not two: the sums stay in registers. */
  const int64_t taps = t->taps, steps = t->channels * taps, plane = t->plane;
  const int64_t *offset = t->offset;
  const T *b = t->b;
  for (int64_t step = 0, k = 0; step < steps; step++) {
    const T *row = b + offset[k];
    VEC right[CR_CONV_VECTORS];
    for (int v = 0; v < vectors; v++) right[v] = *(const VEC *)(row + v * LANES);
    for (int m = 0; m < rows; m++)
      for (int v = 0; v < vectors; v++) acc[m][v] += a[m][step] * right[v];
    if (++k == taps) {
      k = 0;
      b += plane;
    }
  }
  if (t->has_clamp)
    for (int m = 0; m < rows; m++)
      for (int v = 0; v < vectors; v++) acc[m][v] = NAME(limit)(acc[m][v], (T)t->low, (T)t->high);
  for (int m = 0; m < rows; m++) {
    for (int v = 0; v < vectors; v++) {
      *(VEC *)((T *)t->c + m * t->ldc + v * LANES) = acc[m][v];
    }
  }
}

#define TILE(rows, vectors)                                                                        \
  static void NAME(tile_##rows##x##vectors)(const cr_conv_tile *t) { NAME(tile)(t, rows, vectors); }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2) TILE(rows, 3) TILE(rows, 4)
TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#undef TILES
#undef TILE

/* The columns [begin, end) of a slab's row that lie inside the source. */
static void NAME(fill_range)(const cr_conv_axis *x, int64_t phase, int64_t *begin, int64_t *end) {
  int64_t origin = x->origin[phase];
  *begin = least(most(0, ceil_div(-origin, x->step) - x->first), x->pitch);
  *end = most(least(x->pitch, ceil_div(x->size - origin, x->step) - x->first), *begin);
}

static void NAME(fill_row)(T *out, int64_t begin, int64_t end, int64_t n, const T *in,
                           int64_t jump) {
  for (int64_t i = 0; i < begin; i++) out[i] = 0;
  if (jump == 1) {
    for (int64_t i = begin; i < end; i++) out[i] = in[i - begin];
  } else if (jump == 2) {
    for (int64_t i = begin; i < end; i++) out[i] = in[2 * (i - begin)];
  } else if (jump == 4) {
    for (int64_t i = begin; i < end; i++) out[i] = in[4 * (i - begin)];
  } else {
    for (int64_t i = begin; i < end; i++) out[i] = in[jump * (i - begin)];
  }
  for (int64_t i = end; i < n; i++) out[i] = 0;
}

/* LANES elements, `jump` (1, 2 or 4) apart; reads jump * LANES. */
static inline VEC NAME(pick)(const T *in, int64_t jump) {
  IVEC even = {0};
  for (int l = 0; l < LANES; l++) even[l] = 2 * l;
  const VEC *v = (const VEC *)in;
  if (jump == 1) return v[0];
  VEC low = CR_SHUFFLE(v[0], v[1], even);
  if (jump == 2) return low;
  return CR_SHUFFLE(low, CR_SHUFFLE(v[2], v[3], even), even);
}

/* The same in whole vectors, for rows that have at most LANES zeros on either side and, unless jump
 * is 1, at most LANES elements. It writes up to LANES elements behind the row, which the rows that
 * follow overwrite, and reads as far beyond it. */
static inline void NAME(fill_in_vectors)(T *out, int64_t begin, int64_t end, const T *in,
                                         int64_t jump) {
  *(VEC *)out = (VEC){0};
  if (jump == 1) {
    for (int64_t i = 0; i < end - begin; i += LANES)
      *(VEC *)(out + begin + i) = *(const VEC *)(in + i);
  } else {
    *(VEC *)(out + begin) = NAME(pick)(in, jump);
  }
  *(VEC *)(out + end) = (VEC){0};
}

/* Just past the last element of the source. */
static const T *NAME(source_end)(const cr_planes *p) {
  return (const T *)p->data + (p->n - 1) * p->sn + (p->c - 1) * p->sc + (p->h - 1) * p->sh +
         (p->w - 1) * p->sw + 1;
}

static void NAME(fill_plane)(T *out, const cr_conv_slab *s, int64_t c, int64_t phase_y,
                             int64_t phase_x) {
  const cr_planes *source = s->source;
  const cr_conv_axis *y = s->y, *x = s->x;
  int64_t begin, end, rows = s->rows + y->reach, jump = x->step * source->sw;
  T *stop = out + s->plane;
  NAME(fill_range)(x, phase_x, &begin, &end);
  const T *in = (const T *)source->data + s->n0 * source->sn + c * source->sc +
                ((begin + x->first) * x->step + x->origin[phase_x]) * source->sw;
  bool in_vectors = begin < end && begin <= LANES && x->pitch - end <= LANES &&
                    (jump == 1 || (x->pitch <= LANES && (jump == 2 || jump == 4)));
  int64_t reads = jump == 1 ? (end - begin + LANES - 1) / LANES * LANES : jump * LANES;
  const T *last = NAME(source_end)(source) - reads;
  for (int64_t image = 0; image < s->images; image++, in += source->sn) {
    int64_t count = image + 1 < s->images ? y->pitch : rows;
    int64_t at = (s->y0 + y->first) * y->step + y->origin[phase_y];
    for (int64_t r = 0; r < count; r++, at += y->step, out += x->pitch) {
      const T *row = in + at * source->sh;
      if (at < 0 || at >= y->size) {
        for (int64_t i = 0; i < x->pitch; i++) out[i] = 0;
      } else if (in_vectors && row <= last) {
        NAME(fill_in_vectors)(out, begin, end, row, jump);
      } else {
        NAME(fill_row)(out, begin, end, x->pitch, row, jump);
      }
    }
  }
  memset(out, 0, (size_t)(stop - out) * sizeof(T));
}

static void NAME(fill)(const cr_conv_slab *s) {
  T *out = s->slab;
  for (int64_t c = s->c0; c < s->c0 + s->channels; c++)
    for (int64_t py = 0; py < s->y->phases; py++)
      for (int64_t px = 0; px < s->x->phases; px++, out += s->plane)
        NAME(fill_plane)(out, s, c, py, px);
}

/* One row of output pixels of `channels` channels, pixels outside, channels inside. Blocks of 16
 * channels: their lines stay in the first-level cache while pixels go by. */
static void NAME(transpose_row)(T *out, int64_t width, const T *in, int64_t channels, int64_t sc,
                                int64_t pixels, int64_t sw) {
  int64_t m = 0;
  for (; m + 16 <= channels; m += 16) {
    for (int64_t x = 0; x < pixels; x++) {
      const T *from = in + m * sc + x * sw;
      T *to = out + x * width + m;
      for (int i = 0; i < 16; i++) to[i] = from[i * sc];
    }
  }
  for (; m < channels; m++)
    for (int64_t x = 0; x < pixels; x++) out[x * width + m] = in[m * sc + x * sw];
}

static void NAME(transpose)(const cr_conv_columns *s) {
  const cr_planes *source = s->source;
  for (int64_t m = 0; m < s->channels; m += s->width) {
    int64_t channels = least(s->width, s->channels - m);
    int64_t width = (channels + s->lanes - 1) / s->lanes * s->lanes;
    T *panel = (T *)s->columns + m * s->length;
    memset(panel, 0, (size_t)(width * s->length) * sizeof(T));
    for (int64_t n = 0; n < s->images; n++) {
      for (int64_t j = 0; j < s->rows; j++) {
        const T *in = (const T *)source->data + (s->n0 + n) * source->sn +
                      (s->c0 + m) * source->sc + (s->y0 + j) * source->sh;
        T *out = panel + (n * s->y->pitch + j) * s->x->pitch * width;
        NAME(transpose_row)(out, width, in, channels, source->sc, s->x->out, source->sw);
      }
    }
  }
}

static void NAME(store_finished)(const cr_conv_store *s, int64_t m) {
  T low = (T)s->low, high = (T)s->high;
  for (int64_t p = 0; p < s->count; p++) {
    const T *from = (const T *)s->c + m * s->ldc + s->pieces[p].from;
    int64_t at = m * s->sc + s->pieces[p].to, step = s->sw;
    T *to = (T *)s->image + at;
    const T *added = s->added ? (const T *)s->added + at : NULL;
    CR_INDEPENDENT for (int64_t i = 0; i < s->pieces[p].length; i++) {
      T value = from[i];
      if (added) value += added[i * step];
      value = s->has_clamp && value < low ? low : value;
      to[i * step] = s->has_clamp && value > high ? high : value;
    }
  }
}

static void NAME(store)(const cr_conv_store *s) {
  if (s->added || s->has_clamp) {
    for (int64_t m = 0; m < s->rows; m++) NAME(store_finished)(s, m);
    return;
  }
  for (int64_t m = 0; m < s->rows; m++) {
    const T *row = (const T *)s->c + m * s->ldc;
    T *image = (T *)s->image + m * s->sc;
    for (int64_t p = 0; p < s->count; p++) {
      const T *from = row + s->pieces[p].from;
      T *to = image + s->pieces[p].to;
      int64_t n = s->pieces[p].length;
      if (s->sw == 1) {
        CR_INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] = from[i];
      } else if (s->sw == 2) {
        int64_t i = STORE_SECONDS(to, from, n);
        for (; i < n; i++) to[i * 2] = from[i];
      } else {
        for (int64_t i = 0; i < n; i++) to[i * s->sw] = from[i];
      }
    }
  }
}

/* Adds `steps` x `channels` sums, transposed in blocks of 16 x 16. */
static void NAME(reduce_panel)(const cr_conv_reduce *r, T *grad, const T *from, int64_t channels,
                               int64_t width) {
  T scale = (T)r->scale, block[16][16];
  for (int64_t k = 0; k < r->steps; k += 16) {
    int64_t steps = least(16, r->steps - k);
    for (int64_t m = 0; m < channels; m += 16) {
      int64_t rows = least(16, channels - m);
      memset(block, 0, sizeof block);
      for (int64_t p = 0; p < r->parts; p++) {
        const T *part = from + p * r->part_stride + k * width + m;
        for (int64_t i = 0; i < steps; i++)
          for (int64_t j = 0; j < rows; j++) block[j][i] += part[i * width + j];
      }
      for (int64_t j = 0; j < rows; j++) {
        T *row = grad + (m + j) * r->row_stride + k;
        for (int64_t i = 0; i < steps; i++) row[i] += scale * block[j][i];
      }
    }
  }
}

static void NAME(reduce)(const cr_conv_reduce *r, int64_t begin, int64_t end) {
  for (int64_t panel = begin; panel < end; panel++) {
    int64_t start = panel * r->width, channels = least(r->width, r->rows - start);
    int64_t width = (channels + r->lanes - 1) / r->lanes * r->lanes;
    NAME(reduce_panel)
    (r, (T *)r->grad + start * r->row_stride, (const T *)r->partial + start * r->steps, channels,
     width);
  }
}

/* Whole kernels of `area` elements change places: a transposition. Blocks of 8 rows: reads and
 * writes then both run along memory. */
static inline __attribute__((always_inline)) void
NAME(transpose_kernels)(const cr_conv_pack *p, int64_t begin, int64_t end, const int64_t area) {
  for (int64_t row = begin, next; row < end; row = next) {
    int64_t group = row / p->rows, m = row % p->rows;
    next = least(least(row + 8, end), (group + 1) * p->rows);
    const T *in = (const T *)p->weight + (group * p->channels * p->rows + m) * area;
    T *packed = (T *)p->packed + row * p->channels * area;
    for (int64_t c = 0; c < p->channels; c++, in += p->rows * area, packed += area)
      for (int64_t r = 0; r < next - row; r++)
        memcpy(packed + r * p->channels * area, in + r * area, (size_t)area * sizeof(T));
  }
}

/* Some taps of each kernel, in blocks of 8 rows as above. */
static inline __attribute__((always_inline)) void NAME(pack_taps)(const cr_conv_pack *p,
                                                                  int64_t begin, int64_t end,
                                                                  const int64_t taps_y,
                                                                  const int64_t taps_x) {
  int64_t area = p->kernel_h * p->kernel_w, taps = taps_y * taps_x;
  int64_t first = p->first_y * p->kernel_w + p->first_x, step_y = p->step_y * p->kernel_w;
  for (int64_t row = begin, next; row < end; row = next) {
    int64_t group = row / p->rows, m = row % p->rows;
    next = least(least(row + 8, end), (group + 1) * p->rows);
    const T *in = (const T *)p->weight + (group * p->channels * p->rows + m) * area + first;
    T *packed = (T *)p->packed + row * p->channels * taps;
    for (int64_t c = 0; c < p->channels; c++, in += p->rows * area) {
      for (int64_t r = 0; r < next - row; r++) {
        T *out = packed + (r * p->channels + c) * taps;
        const T *from = in + r * area;
        for (int64_t ty = 0; ty < taps_y; ty++, from += step_y)
          for (int64_t tx = 0; tx < taps_x; tx++) *out++ = from[tx * p->step_x];
      }
    }
  }
}

/* Known numbers of taps, as a 3 x 3 kernel with a step of 2 has them, are a few instructions. */
static void NAME(pack)(const cr_conv_pack *p, int64_t begin, int64_t end) {
  int64_t area = p->kernel_h * p->kernel_w, taps = p->taps_y * p->taps_x;
  if (taps == area && area == 9) {
    NAME(transpose_kernels)(p, begin, end, 9);
  } else if (taps == area && area > 16) {
    NAME(transpose_kernels)(p, begin, end, area);
  } else if (p->taps_y == 1 && p->taps_x == 1) {
    NAME(pack_taps)(p, begin, end, 1, 1);
  } else if (p->taps_y == 1 && p->taps_x == 2) {
    NAME(pack_taps)(p, begin, end, 1, 2);
  } else if (p->taps_y == 2 && p->taps_x == 1) {
    NAME(pack_taps)(p, begin, end, 2, 1);
  } else if (p->taps_y == 2 && p->taps_x == 2) {
    NAME(pack_taps)(p, begin, end, 2, 2);
  } else {
    NAME(pack_taps)(p, begin, end, p->taps_y, p->taps_x);
  }
}

static T *NAME(plane_at)(const cr_planes *p, int64_t plane) {
  return (T *)p->data + plane / p->c * p->sn + plane % p->c * p->sc;
}

static void NAME(sample)(const cr_conv_samples *s, int64_t begin, int64_t end) {
  int64_t jump = s->step_x * s->images->sw, n = s->columns;
  for (int64_t plane = begin; plane < end; plane++) {
    const T *image = NAME(plane_at)(s->images, plane);
    T *to = (T *)s->samples + plane * s->rows * n;
    for (int64_t y = 0; y < s->rows; y++, to += n) {
      const T *in = image + y * s->step_y * s->images->sh;
      int64_t x = 0;
      if (jump == 2) /* reads one element more than the last sample */
        for (; x + LANES < n; x += LANES) *(VEC *)(to + x) = NAME(pick)(in + 2 * x, 2);
      for (; x < n; x++) to[x] = in[x * jump];
    }
  }
}

/* A row of w pixels; the n samples are step apart. */
static void NAME(spread_row)(T *to, int64_t w, int64_t stride, const T *from, int64_t n,
                             int64_t step, T gap) {
  int64_t x = 0;
  if (step == 2 && stride == 1 && n > 0) {
    IVEC low = {0}, high = {0};
    VEC gaps = gap - (VEC){0};
    for (int l = 0; l < LANES; l++) {
      low[l] = (I)(l % 2 ? LANES : l / 2);
      high[l] = (I)(l % 2 ? LANES : LANES / 2 + l / 2);
    }
    for (; x + 2 * LANES <= w && x / 2 + LANES <= n; x += 2 * LANES) {
      VEC v = *(const VEC *)(from + x / 2);
      *(VEC *)(to + x) = CR_SHUFFLE(v, gaps, low);
      *(VEC *)(to + x + LANES) = CR_SHUFFLE(v, gaps, high);
    }
  }
  for (int64_t i = x; i < w; i++) to[i * stride] = gap;
  for (int64_t i = x / step; i < n; i++) to[i * step * stride] = from[i];
}

static void NAME(spread)(const cr_conv_samples *s, int64_t begin, int64_t end) {
  const cr_planes *p = s->images;
  for (int64_t plane = begin; plane < end; plane++) {
    T *image = NAME(plane_at)(p, plane), gap = s->gaps ? ((const T *)s->gaps)[plane % p->c] : 0;
    const T *from = (const T *)s->samples + plane * s->rows * s->columns;
    for (int64_t y = 0; y < p->h; y++) {
      int64_t row = y / s->step_y;
      int64_t n = y % s->step_y == 0 && row < s->rows ? s->columns : 0;
      NAME(spread_row)(image + y * p->sh, p->w, p->sw, from + row * n, n, s->step_x, gap);
    }
  }
}

static double NAME(plane_sum)(const cr_planes *p, int64_t c) {
  double total = 0;
  bool whole = p->sw == 1 && (p->h == 1 || p->sh == p->w);
  int64_t rows = whole ? 1 : p->h, length = whole ? p->h * p->w : p->w;
  for (int64_t n = 0; n < p->n; n++) {
    for (int64_t y = 0; y < rows; y++) {
      const T *row = (const T *)p->data + n * p->sn + c * p->sc + y * p->sh;
      T sum[16] = {0}, rest = 0;
      int64_t x = 0;
      if (p->sw == 1)
        for (; x + 16 <= length; x += 16)
          for (int i = 0; i < 16; i++) sum[i] += row[x + i];
      for (; x < length; x++) rest += row[x * p->sw];
      for (int i = 0; i < 16; i++) rest += sum[i];
      total += (double)rest;
    }
  }
  return total;
}

static void NAME(register)(cr_conv_kernels *k) {
#define ENTER(rows, vectors) k->tile[rows - 1][vectors - 1] = NAME(tile_##rows##x##vectors);
#define ENTER_ROWS(rows) ENTER(rows, 1) ENTER(rows, 2) ENTER(rows, 3) ENTER(rows, 4)
  ENTER_ROWS(1)
  ENTER_ROWS(2)
  ENTER_ROWS(3)
  ENTER_ROWS(4)
  ENTER_ROWS(5)
  ENTER_ROWS(6)
#undef ENTER_ROWS
#undef ENTER
  k->lanes = (int)LANES;
  k->vectors = VECTORS;
  k->fill = NAME(fill);
  k->store = NAME(store);
  k->transpose = NAME(transpose);
  k->reduce = NAME(reduce);
  k->pack = NAME(pack);
  k->sample = NAME(sample);
  k->spread = NAME(spread);
  k->plane_sum = NAME(plane_sum);
}

#undef LANES
#undef VEC
#undef IVEC
#undef T
#undef I
#undef NAME
#undef STORE_SECONDS
