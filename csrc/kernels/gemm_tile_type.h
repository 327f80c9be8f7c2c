/* The kernels of gemm_tile.h for one type; included by gemm_tile.c with T, I (the integer of T's
 * size) and NAME defined. No include guard: it is included once per type. */
typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef T NAME(quad) __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T)), may_alias));
typedef I NAME(ivec) __attribute__((vector_size(VECTOR_BYTES)));
#define VEC NAME(vec)
#define IVEC NAME(ivec)
#define QUAD NAME(quad)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

/* Whether sums begin with the columns' bias, which is then no part of what finishes them. */
static ALWAYS_INLINE bool NAME(begins_with_bias)(const cr_gemm_tile *t) {
  return t->finish && t->finish->column_bias && t->alpha == 1 && t->columns % LANES == 0;
}

/* Whole rows of results on their way to c. */
static ALWAYS_INLINE void NAME(finish_rows)(const cr_gemm_tile *t, VEC acc[][CR_GEMM_VECTORS],
                                            const int rows, const int vectors) {
  const cr_gemm_finish *f = t->finish;
  const int64_t c_row = t->c_row;
  T *c = t->c;
  if (t->alpha != 1) {
    FOR_SUMS acc[m][v] *= (T)t->alpha;
  }
  if (t->beta != 0) {
    FOR_SUMS acc[m][v] += (T)t->beta * ((const VEC *)(c + m * c_row))[v];
  }
  if (f) {
    const T *row_bias = f->row_bias, *added = f->added;
    const VEC *column_bias = NAME(begins_with_bias)(t) ? NULL : f->column_bias;
    if (row_bias) {
      FOR_SUMS acc[m][v] += row_bias[m];
    }
    if (column_bias) {
      FOR_SUMS acc[m][v] += column_bias[v];
    }
    if (added) {
      FOR_SUMS acc[m][v] += ((const VEC *)(added + m * c_row))[v];
    }
    if (f->has_clamp && f->low > -INFINITY) {
      VEC lows = (T)f->low - (VEC){0};
      FOR_SUMS acc[m][v] = (VEC)LARGER(lows, acc[m][v]); /* NaN stays */
    }
    if (f->has_clamp && f->high < INFINITY) {
      VEC highs = (T)f->high - (VEC){0};
      FOR_SUMS acc[m][v] = (VEC)SMALLER(highs, acc[m][v]);
    }
  }
  FOR_SUMS((VEC *)(c + m * c_row))[v] = acc[m][v];
}

/* The same one element at a time, for columns that are not whole vectors or stand apart. */
static __attribute__((noinline)) void NAME(finish_part)(const cr_gemm_tile *t, const T *sums,
                                                        int rows, int64_t pitch, bool has_bias) {
  const cr_gemm_finish *f = t->finish;
  T alpha = (T)t->alpha, beta = (T)t->beta;
  for (int row = 0; row < rows; row++, sums += pitch) {
    T *c = (T *)t->c + row * t->c_row;
    T bias = f && f->row_bias ? ((const T *)f->row_bias)[row] : 0;
    for (int64_t j = 0; j < t->columns; j++) {
      T value = alpha * sums[j], *to = c + j * t->c_column;
      if (beta != 0) value += beta * *to;
      if (f) {
        if (f->row_bias) value += bias;
        if (f->column_bias && !has_bias) value += ((const T *)f->column_bias)[j];
        if (f->added) value += ((const T *)f->added)[row * t->c_row + j * t->c_column];
        if (f->has_clamp) {
          if (value < (T)f->low) value = (T)f->low;
          if (value > (T)f->high) value = (T)f->high;
        }
      }
      *to = value;
    }
  }
}

static ALWAYS_INLINE void NAME(finish)(const cr_gemm_tile *t, VEC acc[][CR_GEMM_VECTORS],
                                       const int rows, const int vectors) {
  if (t->columns == vectors * LANES && t->c_column == 1) {
    NAME(finish_rows)(t, acc, rows, vectors);
    return;
  }
  T sums[CR_GEMM_ROWS * CR_GEMM_VECTORS * LANES];
  FOR_SUMS *(VEC *)(sums + (m * vectors + v) * LANES) = acc[m][v];
  NAME(finish_part)(t, sums, rows, vectors * LANES, NAME(begins_with_bias)(t));
}

static ALWAYS_INLINE void NAME(begin)(const cr_gemm_tile *t, VEC acc[][CR_GEMM_VECTORS],
                                      const int rows, const int vectors) {
  for (int m = 0; m < rows; m++) {
    __builtin_prefetch((const T *)t->c + m * t->c_row, 1);
    __builtin_prefetch((const T *)t->c + m * t->c_row + vectors * LANES - 1, 1);
  }
  const T *added = t->finish ? t->finish->added : NULL;
  for (int m = 0; added && m < rows; m++)
    for (int v = 0; v < vectors; v++) __builtin_prefetch(added + m * t->c_row + v * LANES);
  VEC first[CR_GEMM_VECTORS] = {{0}};
  if (NAME(begins_with_bias)(t))
    for (int v = 0; v < vectors; v++) first[v] = ((const VEC *)t->finish->column_bias)[v];
  FOR_SUMS acc[m][v] = first[v];
}

static ALWAYS_INLINE void NAME(tile)(const cr_gemm_tile *t, const int rows, const int vectors) {
  VEC acc[CR_GEMM_ROWS][CR_GEMM_VECTORS];
  const T *a = t->a, *b = t->b;
  const int64_t a_step = t->a_step, b_step = t->b_step;
  NAME(begin)(t, acc, rows, vectors);
  for (int64_t step = t->steps; step > 0; step--, a += a_step, b += b_step) {
    VEC right[CR_GEMM_VECTORS];
    for (int v = 0; v < vectors; v++) right[v] = ((const VEC *)b)[v];
    FOR_SUMS acc[m][v] += a[m] * right[v];
  }
  NAME(finish)(t, acc, rows, vectors);
}

/* The same for rows of a that are contiguous and stand apart. */
static ALWAYS_INLINE void NAME(long_tile)(const cr_gemm_tile *t, const int rows,
                                          const int vectors) {
  VEC acc[CR_GEMM_ROWS][CR_GEMM_VECTORS];
  const T *a[(CR_GEMM_ROWS + 2) / 3], *b = t->b; /* a pointer for each row would be too many */
  const int64_t a_row = t->a_row, b_step = t->b_step, steps = t->steps;
  const char *ahead = t->ahead ? t->ahead : t->b;
  const int64_t ahead_step = t->ahead ? t->ahead_step : 0;
  for (int i = 0; i < (rows + 2) / 3; i++) a[i] = (const T *)t->a + 3 * i * a_row;
  NAME(begin)(t, acc, rows, vectors);
  for (int64_t step = 0; step < steps; step++, b += b_step, ahead += ahead_step) {
    VEC right[CR_GEMM_VECTORS];
    __builtin_prefetch(ahead, 0, 2);
    const int64_t at[3] = {step, step + a_row, step + 2 * a_row};
    for (int v = 0; v < vectors; v++) right[v] = ((const VEC *)b)[v];
    FOR_SUMS acc[m][v] += a[m / 3][at[m % 3]] * right[v];
  }
  NAME(finish)(t, acc, rows, vectors);
}

#define DEFINE(rows, vectors)                                                                      \
  static void NAME(tile_##rows##x##vectors)(const cr_gemm_tile *t) {                               \
    NAME(tile)(t, rows, vectors);                                                                  \
  }                                                                                                \
  static void NAME(long_tile_##rows##x##vectors)(const cr_gemm_tile *t) {                          \
    NAME(long_tile)(t, rows, vectors);                                                             \
  }
FOR_ALL_TILES(DEFINE)
#undef DEFINE

/* Rows and columns of four vectors of four change places. */
static ALWAYS_INLINE void NAME(transpose4)(QUAD r[4]) {
  QUAD a = SHUFFLE4(r[0], r[1], 0, 4, 1, 5), b = SHUFFLE4(r[0], r[1], 2, 6, 3, 7);
  QUAD c = SHUFFLE4(r[2], r[3], 0, 4, 1, 5), d = SHUFFLE4(r[2], r[3], 2, 6, 3, 7);
  r[0] = SHUFFLE4(a, c, 0, 1, 4, 5);
  r[1] = SHUFFLE4(a, c, 2, 3, 6, 7);
  r[2] = SHUFFLE4(b, d, 0, 1, 4, 5);
  r[3] = SHUFFLE4(b, d, 2, 3, 6, 7);
}

/* sums[n] = the sum of v[n]'s lanes, for four vectors. */
static ALWAYS_INLINE void NAME(sum_lanes)(T *sums, const VEC v[4]) {
  T lanes[4 * LANES];
  QUAD part[4];
  for (int n = 0; n < 4; n++) *(VEC *)(lanes + n * LANES) = v[n];
  if (LANES < 4) {
    for (int n = 0; n < 4; n++) sums[n] = lanes[2 * n] + lanes[2 * n + 1];
    return;
  }
  for (int n = 0; n < 4; n++) {
    part[n] = *(const QUAD *)(lanes + n * LANES);
    for (int l = 4; l < LANES; l += 4) part[n] += *(const QUAD *)(lanes + n * LANES + l);
  }
  NAME(transpose4)(part);
  *(QUAD *)sums = (part[0] + part[1]) + (part[2] + part[3]);
}

/* Rows of a times rows of b, both contiguous: vectors run along the sums. */
static ALWAYS_INLINE void NAME(dots)(const cr_gemm_tile *t, const int rows, const int columns) {
  VEC acc[CR_GEMM_DOTS][CR_GEMM_DOTS];
  T sums[CR_GEMM_DOTS][CR_GEMM_DOTS];
  const T *a[CR_GEMM_DOTS], *b[CR_GEMM_DOTS];
  for (int m = 0; m < rows; m++) a[m] = (const T *)t->a + m * t->a_row;
  for (int n = 0; n < columns; n++) b[n] = (const T *)t->b + n * t->b_step;
  for (int m = 0; m < rows; m++)
    for (int n = 0; n < CR_GEMM_DOTS; n++) acc[m][n] = (VEC){0};
  int64_t step = 0;
  for (; step + LANES <= t->steps; step += LANES) {
    VEC right[CR_GEMM_DOTS];
    for (int n = 0; n < columns; n++) right[n] = *(const VEC *)(b[n] + step);
    for (int m = 0; m < rows; m++) {
      VEC left = *(const VEC *)(a[m] + step);
      for (int n = 0; n < columns; n++) acc[m][n] += left * right[n];
    }
  }
  for (int m = 0; m < rows; m++) NAME(sum_lanes)(sums[m], acc[m]);
  for (; step < t->steps; step++)
    for (int m = 0; m < rows; m++)
      for (int n = 0; n < columns; n++) sums[m][n] += a[m][step] * b[n][step];
  NAME(finish_part)(t, sums[0], rows, CR_GEMM_DOTS, false);
}

#define DEFINE(rows, columns)                                                                      \
  static void NAME(dots_##rows##x##columns)(const cr_gemm_tile *t) { NAME(dots)(t, rows, columns); }
FOR_ALL_DOTS(DEFINE)
#undef DEFINE

/* out[i][j] = in[j][i] for 4 x 4. */
static ALWAYS_INLINE void NAME(move4)(T *out, int64_t out_stride, const T *in, int64_t in_stride) {
  QUAD r[4];
  for (int i = 0; i < 4; i++) r[i] = *(const QUAD *)(in + i * in_stride);
  NAME(transpose4)(r);
  for (int i = 0; i < 4; i++) *(QUAD *)(out + i * out_stride) = r[i];
}

/* Lines [first, lines) of a panel, one element at a time. */
static void NAME(pack_lines)(T *out, const cr_gemm_pack *p, const T *in, int64_t first,
                             int64_t lines) {
  for (int64_t l = first; l < lines; l++)
    for (int64_t s = 0; s < p->steps; s++)
      out[s * p->width + l] = in[l * p->line_stride + s * p->step_stride];
}

/* Lines are contiguous: a cache line of each of four at a time. So many lines at once are more than
 * the processor fetches ahead by itself; what lies `ahead` further on, at last in the next panel, is
 * asked for. */
static void NAME(pack_long)(T *out, const cr_gemm_pack *p, const T *in, int64_t lines) {
  enum { stretch = 64 / sizeof(T), ahead = 8 * stretch };
  int64_t even = lines & ~(int64_t)3, whole = p->steps & ~(int64_t)3, width = p->width;
  for (int64_t begin = 0; begin < whole; begin += stretch) {
    int64_t end = begin + stretch < whole ? begin + stretch : whole, jump = begin + ahead;
    if (jump >= whole) jump += width * p->line_stride - whole;
    for (int64_t l = 0; l < even; l += 4) {
      for (int i = 0; i < 4; i++) __builtin_prefetch(in + (l + i) * p->line_stride + jump);
      for (int64_t s = begin; s < end; s += 4)
        NAME(move4)(out + s * width + l, width, in + l * p->line_stride + s, p->line_stride);
    }
  }
  for (int64_t s = whole; s < p->steps; s++)
    for (int64_t l = 0; l < even; l++) out[s * width + l] = in[l * p->line_stride + s];
  NAME(pack_lines)(out, p, in, even, lines);
}

/* Steps are contiguous, in panels that are whole. */
static ALWAYS_INLINE void NAME(pack_flat)(T *out, const cr_gemm_pack *p, const T *in,
                                          const int64_t width) {
  for (int64_t s = 0; s < p->steps; s++, in += p->step_stride, out += width)
    memcpy(out, in, (size_t)width * sizeof(T));
}

static void NAME(pack_panel)(T *out, const cr_gemm_pack *p, const T *in, int64_t lines) {
  const int64_t wide = TILE_VECTORS * LANES;
  if (lines < p->width) memset(out, 0, (size_t)(p->width * p->steps) * sizeof(T));
  if (p->line_stride == 1 && lines == wide && p->width == wide) {
    NAME(pack_flat)(out, p, in, wide);
  } else if (p->line_stride == 1 && lines == TILE_ROWS && p->width == TILE_ROWS) {
    NAME(pack_flat)(out, p, in, TILE_ROWS);
  } else if (p->line_stride == 1) {
    for (int64_t s = 0; s < p->steps; s++)
      memcpy(out + s * p->width, in + s * p->step_stride, (size_t)lines * sizeof(T));
  } else if (p->step_stride == 1) {
    NAME(pack_long)(out, p, in, lines);
  } else {
    NAME(pack_lines)(out, p, in, 0, lines);
  }
}

static void NAME(pack)(const cr_gemm_pack *p) {
  T *out = p->panels;
  const T *in = p->from;
  for (int64_t l = 0; l < p->lines; l += p->width, out += p->pitch) NAME(pack_panel)
  (out, p, in + l * p->line_stride, p->lines - l < p->width ? p->lines - l : p->width);
}

static void NAME(register)(cr_gemm_kernels *k) {
#define ENTER(rows, vectors)                                                                       \
  k->tile[rows - 1][vectors - 1] = NAME(tile_##rows##x##vectors);                                  \
  k->long_tile[rows - 1][vectors - 1] = NAME(long_tile_##rows##x##vectors);
  FOR_ALL_TILES(ENTER)
#undef ENTER
#define ENTER(rows, columns) k->dots[rows - 1][columns - 1] = NAME(dots_##rows##x##columns);
  FOR_ALL_DOTS(ENTER)
#undef ENTER
  k->rows = TILE_ROWS;
  k->vectors = TILE_VECTORS;
  k->lanes = (int)LANES;
  k->pack = NAME(pack);
}

#undef VEC
#undef IVEC
#undef QUAD
#undef LANES
