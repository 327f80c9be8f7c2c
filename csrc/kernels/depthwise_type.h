/* The kernels of depthwise.h for one type; included by depthwise.c with T, LOAD_PART, STORE_PART and
 * NAME defined. No include guard: it is included once per type. */
typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef I NAME(ivec) __attribute__((vector_size(VECTOR_BYTES)));
#define IVEC NAME(ivec)
#define VEC NAME(vec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

static ALWAYS_INLINE void NAME(put)(T *out, VEC value, int64_t n, int64_t step) {
  if (step == 1 && n >= LANES) {
    *(VEC *)out = value;
  } else if (step == 1) {
    STORE_PART(out, value, n);
  } else {
    for (int64_t i = 0; i < n && i < LANES; i++) out[i * step] = value[i];
  }
}

/* Comparisons with NaN are false, so that it stays. */
static ALWAYS_INLINE VEC NAME(limit)(const cr_depthwise_plane *p, VEC x) {
  if (!p->has_clamp) return x;
  VEC low = (T)p->low - (VEC){0}, high = (T)p->high - (VEC){0};
  IVEC below = x < low;
  x = (VEC)((below & (IVEC)low) | (~below & (IVEC)x));
  IVEC above = x > high;
  return (VEC)((above & (IVEC)high) | (~above & (IVEC)x));
}

static ALWAYS_INLINE VEC NAME(start)(const cr_depthwise_plane *p) {
  return (p->bias ? *(const T *)p->bias : 0) - (VEC){0};
}

/* Some rows: sums of several rows hide the adders' latency. */
static ALWAYS_INLINE void NAME(strip)(const cr_depthwise_plane *p, int64_t y, const int rows) {
  const int64_t pitch = p->pitch, row_step = p->row_step, columns = p->columns, taps = p->taps;
  const int64_t column_step = p->column_step, *offset = p->offset;
  const T *in = (const T *)p->slab + y * pitch, *weight = p->weight;
  T *out = (T *)p->out + y * row_step;
  for (int64_t x = 0; x < columns; x += LANES) {
    VEC sum[ROWS];
    for (int r = 0; r < rows; r++) sum[r] = NAME(start)(p);
    for (int64_t t = 0; t < taps; t++) {
      const T *from = in + x + offset[t];
      T w = weight[t];
      for (int r = 0; r < rows; r++) sum[r] += w * *(const VEC *)(from + r * pitch);
    }
    for (int r = 0; r < rows; r++) NAME(put)
    (out + r * row_step + x * column_step, NAME(limit)(p, sum[r]), columns - x, column_step);
  }
}

/* The same for 3 x 3 neighbours, where each vector that is read serves up to three rows. */
static ALWAYS_INLINE void NAME(strip3)(const cr_depthwise_plane *p, int64_t y, const int rows) {
  const int64_t pitch = p->pitch, row_step = p->row_step, columns = p->columns;
  const int64_t column_step = p->column_step;
  const T *in[ROWS + 2], *weight = p->weight;
  T *out = (T *)p->out + y * row_step;
  VEC w[9], start = NAME(start)(p);
  for (int t = 0; t < 9; t++) w[t] = weight[t] - (VEC){0};
  for (int i = 0; i < rows + 2; i++) in[i] = (const T *)p->slab + p->offset[0] + (y + i) * pitch;
  for (int64_t x = 0; x < columns; x += LANES) {
    VEC sum[ROWS];
    for (int r = 0; r < rows; r++) sum[r] = start;
    UNROLL for (int i = 0; i < rows + 2; i++) {
      UNROLL for (int k = 0; k < 3; k++) {
        VEC value = *(const VEC *)(in[i] + x + k);
        UNROLL for (int r = 0; r < rows; r++) if (i >= r && i < r + 3) sum[r] +=
            w[(i - r) * 3 + k] * value;
      }
    }
    for (int r = 0; r < rows; r++) NAME(put)
    (out + r * row_step + x * column_step, NAME(limit)(p, sum[r]), columns - x, column_step);
  }
}

static bool NAME(has_neighbours)(const cr_depthwise_plane *p) {
  if (p->taps != 9) return false;
  for (int t = 0; t < 9; t++)
    if (p->offset[t] - p->offset[0] != t / 3 * p->pitch + t % 3) return false;
  return true;
}

static void NAME(forward)(const cr_depthwise_plane *p) {
  int64_t y = 0;
  if (NAME(has_neighbours)(p)) {
    for (; y + ROWS <= p->rows; y += ROWS) NAME(strip3)(p, y, ROWS);
    for (; y < p->rows; y++) NAME(strip3)(p, y, 1);
  } else {
    for (; y + ROWS <= p->rows; y += ROWS) NAME(strip)(p, y, ROWS);
    for (; y < p->rows; y++) NAME(strip)(p, y, 1);
  }
}

static ALWAYS_INLINE VEC NAME(get)(const T *in, int64_t n, int64_t step) {
  if (step == 1 && n >= LANES) return *(const VEC *)in;
  if (step == 1) return LOAD_PART(in, n);
  T lanes[LANES];
  for (int64_t i = 0; i < LANES; i++) lanes[i] = i < n ? in[i * step] : 0;
  return *(const VEC *)lanes;
}

/* Up to GROUP taps at a time over the whole plane. */
static ALWAYS_INLINE void NAME(taps)(const cr_depthwise_plane *p, const int64_t *offset,
                                     const int taps, double *sums) {
  const int64_t columns = p->columns, step = p->column_step;
  VEC sum[GROUP];
  for (int t = 0; t < taps; t++) sum[t] = (VEC){0};
  for (int64_t y = 0; y < p->rows; y++) {
    const T *in = (const T *)p->slab + y * p->pitch, *out = (const T *)p->out + y * p->row_step;
    int64_t x = 0;
    for (; x + LANES <= columns; x += LANES) {
      VEC value = NAME(get)(out + x * step, LANES, step);
      for (int t = 0; t < taps; t++) sum[t] += value * *(const VEC *)(in + x + offset[t]);
    }
    if (x == columns) continue;
    VEC value = NAME(get)(out + x * step, columns - x, step);
    for (int t = 0; t < taps; t++)
      sum[t] += value * (VEC)LOAD_PART(in + x + offset[t], columns - x);
  }
  for (int t = 0; t < taps; t++)
    for (int64_t i = 0; i < LANES; i++) sums[t] += (double)sum[t][i];
}

static void NAME(gradient)(const cr_depthwise_plane *p, double *sums) {
  int64_t t = 0;
  for (; t + GROUP <= p->taps; t += GROUP) NAME(taps)(p, p->offset + t, GROUP, sums + t);
  for (; t + 3 <= p->taps; t += 3) NAME(taps)(p, p->offset + t, 3, sums + t);
  for (; t < p->taps; t++) NAME(taps)(p, p->offset + t, 1, sums + t);
}

static void NAME(register)(cr_depthwise_kernels *k) {
  k->forward = NAME(forward);
  k->gradient = NAME(gradient);
}

#undef VEC
#undef IVEC
#undef I
#undef LANES
#undef T
#undef NAME
#undef LOAD_PART
#undef STORE_PART
