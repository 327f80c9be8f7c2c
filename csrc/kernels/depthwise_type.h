/* The kernels of depthwise.h for one type; included by depthwise.c with T, LOAD_PART, STORE_PART and
 * NAME defined. No include guard: it is included once per type. */
typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
#define VEC NAME(vec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

static ALWAYS_INLINE void NAME(put)(T *out, VEC value, int64_t n, int64_t step) {
  if (step == 1 && n >= LANES) {
    *(VEC *)out = value;
  } else if (step == 1) {
    STORE_PART(out, value, n);
  } else {
    T lanes[LANES];
    *(VEC *)lanes = value;
    for (int64_t i = 0; i < n && i < LANES; i++) out[i * step] = lanes[i];
  }
}

/* Some rows of one vector: the sums of several rows hide the adders' latency. */
static ALWAYS_INLINE void NAME(column)(const cr_depthwise_plane *p, int64_t y, int64_t x,
                                       const int rows, const int64_t taps) {
  const T *in = (const T *)p->slab + y * p->pitch + x, *weight = p->weight;
  T *out = (T *)p->out + y * p->row_step + x * p->column_step;
  VEC sum[ROWS];
  for (int r = 0; r < rows; r++) sum[r] = (p->bias ? *(const T *)p->bias : 0) - (VEC){0};
  for (int64_t t = 0; t < taps; t++) {
    const T *from = in + p->offset[t];
    for (int r = 0; r < rows; r++) sum[r] += weight[t] * *(const VEC *)(from + r * p->pitch);
  }
  for (int r = 0; r < rows; r++)
    NAME(put)(out + r * p->row_step, sum[r], p->columns - x, p->column_step);
}

static ALWAYS_INLINE void NAME(strip)(const cr_depthwise_plane *p, int64_t y, const int rows) {
  if (p->taps == 9) { /* 3 x 3: unrolled */
    for (int64_t x = 0; x < p->columns; x += LANES) NAME(column)(p, y, x, rows, 9);
  } else {
    for (int64_t x = 0; x < p->columns; x += LANES) NAME(column)(p, y, x, rows, p->taps);
  }
}

static void NAME(forward)(const cr_depthwise_plane *p) {
  int64_t y = 0;
  for (; y + ROWS <= p->rows; y += ROWS) NAME(strip)(p, y, ROWS);
  for (; y < p->rows; y++) NAME(strip)(p, y, 1);
}

/* Up to GROUP taps at a time over the whole plane. */
static ALWAYS_INLINE void NAME(taps)(const cr_depthwise_plane *p, const int64_t *offset,
                                     const int taps, double *sums) {
  VEC sum[GROUP];
  for (int t = 0; t < taps; t++) sum[t] = (VEC){0};
  for (int64_t y = 0; y < p->rows; y++) {
    const T *in = (const T *)p->slab + y * p->pitch, *out = (const T *)p->out + y * p->row_step;
    for (int64_t x = 0; x < p->columns; x += LANES) {
      VEC value;
      if (x + LANES <= p->columns && p->column_step == 1) {
        value = *(const VEC *)(out + x);
      } else if (p->column_step == 1) {
        value = LOAD_PART(out + x, p->columns - x);
      } else {
        T lanes[LANES];
        for (int64_t i = 0; i < LANES; i++)
          lanes[i] = x + i < p->columns ? out[(x + i) * p->column_step] : 0;
        value = *(const VEC *)lanes;
      }
      for (int t = 0; t < taps; t++) sum[t] += value * *(const VEC *)(in + x + offset[t]);
    }
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
#undef LANES
#undef T
#undef NAME
#undef LOAD_PART
#undef STORE_PART
