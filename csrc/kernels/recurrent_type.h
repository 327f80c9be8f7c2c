/* The kernels of recurrent.h for one type; included by recurrent.c with T, F and NAME(name) defined.
 * No include guard: it is included once per type. */
typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
#define VEC NAME(vec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

/* ---- products with packed weights ---- */

/* One k after the other: rows of b are contiguous. */
static void NAME(pack_rows)(const cr_panel_product *p, T *out, const T *in, int64_t n) {
  int64_t width = p->vectors * LANES, step = p->blocks * width;
  for (int64_t k = 0; k < p->k; k++) {
    const T *from = in + k * p->row_step;
    for (int64_t i = 0; i < n; i++) out[k * step + i] = from[i * p->column_step];
    for (int64_t i = n; i < width; i++) out[k * step + i] = 0;
  }
}

/* Columns of b are contiguous: a cache line of each at a time. */
static void NAME(pack_columns)(const cr_panel_product *p, T *out, const T *in, int64_t n) {
  enum { LINE = 16 };
  int64_t width = p->vectors * LANES, step = p->blocks * width;
  for (int64_t k = 0; k < p->k; k += LINE) {
    int64_t count = p->k - k < LINE ? p->k - k : LINE;
    T *to = out + k * step;
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < count; j++)
        to[j * step + i] = in[i * p->column_step + (k + j) * p->row_step];
    for (int64_t j = 0; j < count; j++)
      for (int64_t i = n; i < width; i++) to[j * step + i] = 0;
  }
}

static void NAME(pack)(const cr_panel_product *p, int64_t begin, int64_t end) {
  int64_t width = p->vectors * LANES;
  for (int64_t panel = begin; panel < end; panel++) {
    int64_t first = panel * width, n = p->units - first < width ? p->units - first : width;
    for (int64_t block = 0; block < p->blocks; block++) {
      T *out = (T *)p->packed + (panel * p->k * p->blocks + block) * width;
      const T *in = (const T *)p->b + (block * p->units + first) * p->column_step;
      if (p->column_step == 1) {
        NAME(pack_rows)(p, out, in, n);
      } else {
        NAME(pack_columns)(p, out, in, n);
      }
    }
  }
}

/* rows x vectors of c, whose vectors start at column[v]. */
static inline __attribute__((always_inline)) void
NAME(tile)(const int rows, const int vectors, int64_t depth, const T *a, int64_t lda, const T *b,
           T *c, int64_t ldc, const int64_t *column, bool accumulate) {
  VEC acc[TILE_ROWS][CR_PANEL_VECTORS];
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++)
      acc[m][v] = accumulate ? *(const VEC *)(c + m * ldc + column[v]) : (VEC){0};
  for (int64_t k = 0; k < depth; k++, b += vectors * LANES) {
    VEC right[CR_PANEL_VECTORS];
    for (int v = 0; v < vectors; v++) right[v] = *(const VEC *)(b + v * LANES);
    for (int m = 0; m < rows; m++)
      for (int v = 0; v < vectors; v++) acc[m][v] += a[m * lda + k] * right[v];
  }
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) *(VEC *)(c + m * ldc + column[v]) = acc[m][v];
}

static inline __attribute__((always_inline)) void NAME(rows_of_tiles)(const int vectors,
                                                                      const cr_panel_product *p,
                                                                      const T *b, T *c, int64_t ldc,
                                                                      const int64_t *column) {
  const T *a = p->a;
  int64_t m = 0;
  for (; m + TILE_ROWS <= p->rows; m += TILE_ROWS) NAME(tile)
  (TILE_ROWS, vectors, p->k, a + m * p->lda, p->lda, b, c + m * ldc, ldc, column, p->accumulate);
  if (m + 2 < p->rows) {
    NAME(tile)
    (3, vectors, p->k, a + m * p->lda, p->lda, b, c + m * ldc, ldc, column, p->accumulate);
    m += 3;
  }
  if (m + 1 < p->rows) {
    NAME(tile)
    (2, vectors, p->k, a + m * p->lda, p->lda, b, c + m * ldc, ldc, column, p->accumulate);
    m += 2;
  }
  if (m < p->rows) NAME(tile)
  (1, vectors, p->k, a + m * p->lda, p->lda, b, c + m * ldc, ldc, column, p->accumulate);
}

static void NAME(panel)(const cr_panel_product *p, const T *b, T *c, int64_t ldc,
                        const int64_t *column) {
  switch (p->blocks * p->vectors) {
  case 1: NAME(rows_of_tiles)(1, p, b, c, ldc, column); break;
  case 2: NAME(rows_of_tiles)(2, p, b, c, ldc, column); break;
  case 3: NAME(rows_of_tiles)(3, p, b, c, ldc, column); break;
  default: NAME(rows_of_tiles)(4, p, b, c, ldc, column);
  }
}

/* A panel with units missing: rows in a buffer of whole vectors. */
static void NAME(last_panel)(const cr_panel_product *p, const T *b, T *c, int64_t n) {
  enum { ROWS = 12 };
  T buffer[ROWS * CR_PANEL_VECTORS * (VECTOR_BYTES / sizeof(T))];
  int64_t width = p->vectors * LANES, ldc = p->blocks * width, column[CR_PANEL_VECTORS];
  for (int v = 0; v < CR_PANEL_VECTORS; v++) column[v] = v * LANES;
  for (int64_t m = 0; m < p->rows; m += ROWS) {
    cr_panel_product part = *p;
    part.rows = p->rows - m < ROWS ? p->rows - m : ROWS;
    part.a = (const T *)p->a + m * p->lda;
    memset(buffer, 0, sizeof buffer);
    for (int64_t r = 0; p->accumulate && r < part.rows; r++)
      for (int64_t block = 0; block < p->blocks; block++)
        memcpy(buffer + r * ldc + block * width, c + (m + r) * p->ldc + block * p->units,
               (size_t)n * sizeof(T));
    NAME(panel)(&part, b, buffer, ldc, column);
    for (int64_t r = 0; r < part.rows; r++)
      for (int64_t block = 0; block < p->blocks; block++)
        memcpy(c + (m + r) * p->ldc + block * p->units, buffer + r * ldc + block * width,
               (size_t)n * sizeof(T));
  }
}

static void NAME(multiply)(const cr_panel_product *p, int64_t begin, int64_t end) {
  int64_t width = p->vectors * LANES, column[CR_PANEL_VECTORS];
  for (int64_t i = 0; i < p->blocks * p->vectors; i++)
    column[i] = i / p->vectors * p->units + i % p->vectors * LANES;
  for (int64_t panel = begin; panel < end; panel++) {
    const T *b = (const T *)p->packed + panel * p->k * p->blocks * width;
    T *c = (T *)p->c + panel * width;
    int64_t n = p->units - panel * width;
    if (n >= width) {
      NAME(panel)(p, b, c, p->ldc, column);
    } else {
      NAME(last_panel)(p, b, c, n);
    }
  }
}

/* ---- what all cells share ---- */

#define SIGMOID(x) F(vm_sigmoid)(x)
#define TANH(x) F(vm_tanh)(x)

/* The rows' parts of the step's tensors. */
typedef struct {
  T *gates, *after, *c_after, *output, *grad_state, *grad_cell, *grad_gates;
  const T *before, *c_before, *grad_output;
} NAME(row);

static inline NAME(row) NAME(row_at)(const cr_recurrent_step *s, int64_t r) {
  int64_t state = r * s->units;
  return (NAME(row)){
      .gates = (T *)s->gates + r * s->width,
      .after = (T *)s->after + state,
      .c_after = s->c_after ? (T *)s->c_after + state : NULL,
      .output = (T *)s->output + r * s->output_stride,
      .before = (const T *)s->before + state,
      .c_before = s->c_before ? (const T *)s->c_before + state : NULL,
      .grad_output = (const T *)s->grad_output + r * s->grad_output_stride,
      .grad_state = (T *)s->grad_state + state,
      .grad_cell = s->grad_cell ? (T *)s->grad_cell + state : NULL,
      .grad_gates = (T *)s->grad_gates + r * s->width,
  };
}

static void NAME(zero_blocks)(const cr_recurrent_step *s, T *gates, int64_t begin, int64_t end) {
  for (int64_t at = 0; at < s->width; at += s->units)
    memset(gates + at + begin, 0, (size_t)(end - begin) * sizeof(T));
}

/* A row without a part in the step. */
static void NAME(skip)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                       int64_t end) {
  for (int64_t u = begin; u < end; u++) {
    row->after[u] = s->carries ? row->before[u] : 0;
    row->output[u] = 0;
    if (row->c_after) row->c_after[u] = s->carries ? row->c_before[u] : 0;
  }
  NAME(zero_blocks)(s, row->gates, begin, end);
}

static void NAME(skip_backward)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                                int64_t end) {
  NAME(zero_blocks)(s, row->grad_gates, begin, end);
  if (s->carries) return;
  memset(row->grad_state + begin, 0, (size_t)(end - begin) * sizeof(T));
  if (row->grad_cell) memset(row->grad_cell + begin, 0, (size_t)(end - begin) * sizeof(T));
}

#define EACH_UNIT CR_INDEPENDENT for (int64_t u = begin; u < end; u++)

/* The kernels that go over the rows. */
#define FORWARD(name)                                                                              \
  static void NAME(name)(const cr_recurrent_step *s, int64_t begin, int64_t end) {                 \
    for (int64_t r = 0; r < s->rows; r++) {                                                        \
      NAME(row) row = NAME(row_at)(s, r);                                                          \
      if (s->mask && s->mask[r]) {                                                                 \
        NAME(skip)(s, &row, begin, end);                                                           \
      } else {                                                                                     \
        NAME(name##_row)(s, &row, begin, end);                                                     \
      }                                                                                            \
    }                                                                                              \
  }
#define BACKWARD(name)                                                                             \
  static void NAME(name##_backward)(const cr_recurrent_step *s, int64_t begin, int64_t end) {      \
    for (int64_t r = 0; r < s->rows; r++) {                                                        \
      NAME(row) row = NAME(row_at)(s, r);                                                          \
      if (s->mask && s->mask[r]) {                                                                 \
        NAME(skip_backward)(s, &row, begin, end);                                                  \
      } else {                                                                                     \
        NAME(name##_backward_row)(s, &row, begin, end);                                            \
      }                                                                                            \
    }                                                                                              \
  }

/* ---- LSTM ----
 * i, f, o = sigmoid(...), z = tanh(...), c = f c' + i z, h = o tanh(c); with peepholes p, i and f see
 * p c' and o sees p c. */

static inline __attribute__((always_inline)) void NAME(lstm_units)(const cr_recurrent_step *s,
                                                                   const NAME(row) * row,
                                                                   int64_t begin, int64_t end,
                                                                   const bool peeps) {
  int64_t n = s->units;
  T *i = row->gates, *f = i + n, *o = f + n, *z = o + n;
  const T *bias = s->bias, *peephole = s->peephole, *c_before = row->c_before;
  T *c_after = row->c_after, *after = row->after, *output = row->output;
  EACH_UNIT {
    T c = c_before[u];
    T in = SIGMOID(i[u] + bias[u] + (peeps ? peephole[u] * c : 0));
    T keep = SIGMOID(f[u] + bias[n + u] + (peeps ? peephole[n + u] * c : 0));
    T fresh = TANH(z[u] + bias[3 * n + u]);
    c = keep * c + in * fresh;
    T out = SIGMOID(o[u] + bias[2 * n + u] + (peeps ? peephole[2 * n + u] * c : 0));
    T h = out * TANH(c);
    i[u] = in;
    f[u] = keep;
    o[u] = out;
    z[u] = fresh;
    c_after[u] = c;
    after[u] = h;
    output[u] = h;
  }
}

static void NAME(lstm_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                           int64_t end) {
  if (s->peephole) {
    NAME(lstm_units)(s, row, begin, end, true);
  } else {
    NAME(lstm_units)(s, row, begin, end, false);
  }
}

static inline __attribute__((always_inline)) void
NAME(lstm_units_backward)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                          int64_t end, const bool peeps) {
  int64_t n = s->units;
  const T *i = row->gates, *f = i + n, *o = f + n, *z = o + n;
  T *di = row->grad_gates, *df = di + n, *d_o = df + n, *dz = d_o + n;
  const T *c_before = row->c_before, *c_after = row->c_after, *peephole = s->peephole;
  const T *grad_output = row->grad_output;
  T *grad_state = row->grad_state, *grad_cell = row->grad_cell;
  EACH_UNIT {
    T dh = grad_output[u] + grad_state[u], level = TANH(c_after[u]);
    T to_o = dh * level * o[u] * (1 - o[u]);
    T dc =
        grad_cell[u] + dh * o[u] * (1 - level * level) + (peeps ? peephole[2 * n + u] * to_o : 0);
    T to_i = dc * z[u] * i[u] * (1 - i[u]);
    T to_f = dc * c_before[u] * f[u] * (1 - f[u]);
    di[u] = to_i;
    df[u] = to_f;
    d_o[u] = to_o;
    dz[u] = dc * i[u] * (1 - z[u] * z[u]);
    grad_cell[u] = dc * f[u] + (peeps ? peephole[u] * to_i + peephole[n + u] * to_f : 0);
    grad_state[u] = 0;
  }
}

static void NAME(lstm_backward_row)(const cr_recurrent_step *s, const NAME(row) * row,
                                    int64_t begin, int64_t end) {
  if (s->peephole) {
    NAME(lstm_units_backward)(s, row, begin, end, true);
  } else {
    NAME(lstm_units_backward)(s, row, begin, end, false);
  }
}

static void NAME(peephole)(const cr_recurrent_step *s, double scale, void *grad) {
  int64_t n = s->units;
  T *pi = grad, *pf = pi + n, *po = pf + n, factor = (T)scale;
  for (int64_t r = 0; r < s->rows; r++) {
    NAME(row) row = NAME(row_at)(s, r);
    const T *di = row.grad_gates, *df = di + n, *d_o = df + n;
    CR_INDEPENDENT for (int64_t u = 0; u < n; u++) {
      pi[u] += factor * di[u] * row.c_before[u];
      pf[u] += factor * df[u] * row.c_before[u];
      po[u] += factor * d_o[u] * row.c_after[u];
    }
  }
}

/* ---- GRU ----
 * r, u = sigmoid(...), n = tanh(W x + U (r h') + b), h = (1 - u) n + u h'. */

static void NAME(gru_reset_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                                int64_t end) {
  int64_t n = s->units;
  T *reset = row->gates, *update = reset + n, *masked = reset + 3 * n;
  const T *bias = s->bias, *before = row->before;
  EACH_UNIT {
    reset[u] = SIGMOID(reset[u] + bias[u]);
    update[u] = SIGMOID(update[u] + bias[n + u]);
    masked[u] = reset[u] * before[u];
  }
}

static void NAME(gru_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                          int64_t end) {
  int64_t n = s->units;
  T *update = row->gates + n, *candidate = update + n, *after = row->after, *output = row->output;
  const T *bias = s->bias, *before = row->before;
  EACH_UNIT {
    T fresh = TANH(candidate[u] + bias[2 * n + u]);
    T h = fresh + update[u] * (before[u] - fresh);
    candidate[u] = fresh;
    after[u] = h;
    output[u] = h;
  }
}

/* First the candidate and the update gate; the product gives block 3 the gradient of r h'. */
static void NAME(gru_backward_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                                   int64_t end) {
  int64_t n = s->units;
  const T *update = row->gates + n, *candidate = update + n, *before = row->before;
  const T *grad_output = row->grad_output;
  T *du = row->grad_gates + n, *dn = du + n, *grad_state = row->grad_state;
  EACH_UNIT {
    T dh = grad_output[u] + grad_state[u], fresh = candidate[u];
    du[u] = dh * (before[u] - fresh) * update[u] * (1 - update[u]);
    dn[u] = dh * (1 - update[u]) * (1 - fresh * fresh);
    grad_state[u] = dh * update[u];
  }
}

static void NAME(gru_reset_backward_row)(const cr_recurrent_step *s, const NAME(row) * row,
                                         int64_t begin, int64_t end) {
  int64_t n = s->units;
  const T *reset = row->gates, *before = row->before;
  T *dr = row->grad_gates, *grad_masked = dr + 3 * n, *grad_state = row->grad_state;
  EACH_UNIT {
    T g = grad_masked[u];
    dr[u] = g * before[u] * reset[u] * (1 - reset[u]);
    grad_state[u] += g * reset[u];
  }
}

/* ---- GRU whose reset comes after the product: n = tanh(W x + b + r (U h' + b')) ---- */

static void NAME(gru_after_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                                int64_t end) {
  int64_t n = s->units;
  T *reset = row->gates, *update = reset + n, *share = update + n, *candidate = share + n;
  T *after = row->after, *output = row->output;
  const T *bias = s->bias, *before = row->before;
  EACH_UNIT {
    T r = SIGMOID(reset[u] + bias[u]), z = SIGMOID(update[u] + bias[n + u]);
    T m = share[u] + bias[2 * n + u];
    T fresh = TANH(candidate[u] + bias[3 * n + u] + r * m);
    T h = fresh + z * (before[u] - fresh);
    reset[u] = r;
    update[u] = z;
    share[u] = m;
    candidate[u] = fresh;
    after[u] = h;
    output[u] = h;
  }
}

static void NAME(gru_after_backward_row)(const cr_recurrent_step *s, const NAME(row) * row,
                                         int64_t begin, int64_t end) {
  int64_t n = s->units;
  const T *reset = row->gates, *update = reset + n, *share = update + n, *candidate = share + n;
  T *dr = row->grad_gates, *du = dr + n, *dm = du + n, *dn = dm + n, *grad_state = row->grad_state;
  const T *before = row->before, *grad_output = row->grad_output;
  EACH_UNIT {
    T dh = grad_output[u] + grad_state[u], fresh = candidate[u], r = reset[u], z = update[u];
    T to_n = dh * (1 - z) * (1 - fresh * fresh);
    dr[u] = to_n * share[u] * r * (1 - r);
    du[u] = dh * (before[u] - fresh) * z * (1 - z);
    dm[u] = to_n * r;
    dn[u] = to_n;
    grad_state[u] = dh * z;
  }
}

/* ---- h = tanh(W x + U h' + b), or max(0, ...) ---- */

static void NAME(tanh_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                           int64_t end) {
  T *gates = row->gates, *after = row->after, *output = row->output;
  const T *bias = s->bias;
  EACH_UNIT gates[u] = after[u] = output[u] = TANH(gates[u] + bias[u]);
}

static void NAME(tanh_backward_row)(const cr_recurrent_step *s, const NAME(row) * row,
                                    int64_t begin, int64_t end) {
  (void)s;
  const T *h = row->gates, *grad_output = row->grad_output;
  T *d = row->grad_gates, *grad_state = row->grad_state;
  EACH_UNIT {
    d[u] = (grad_output[u] + grad_state[u]) * (1 - h[u] * h[u]);
    grad_state[u] = 0;
  }
}

static void NAME(relu_row)(const cr_recurrent_step *s, const NAME(row) * row, int64_t begin,
                           int64_t end) {
  T *gates = row->gates, *after = row->after, *output = row->output;
  const T *bias = s->bias;
  EACH_UNIT {
    T x = gates[u] + bias[u];
    gates[u] = after[u] = output[u] = x <= 0 ? 0 : x;
  }
}

static void NAME(relu_backward_row)(const cr_recurrent_step *s, const NAME(row) * row,
                                    int64_t begin, int64_t end) {
  (void)s;
  const T *h = row->gates, *grad_output = row->grad_output;
  T *d = row->grad_gates, *grad_state = row->grad_state;
  EACH_UNIT {
    T g = grad_output[u] + grad_state[u];
    d[u] = h[u] > 0 ? g : 0;
    grad_state[u] = 0;
  }
}

FORWARD(lstm)
FORWARD(gru_reset)
FORWARD(gru)
FORWARD(gru_after)
FORWARD(tanh)
FORWARD(relu)
BACKWARD(lstm)
BACKWARD(gru_reset)
BACKWARD(gru)
BACKWARD(gru_after)
BACKWARD(tanh)
BACKWARD(relu)

static void NAME(register)(cr_recurrent_kernels *k) {
  *k = (cr_recurrent_kernels){
      .lanes = LANES,
      .pack = NAME(pack),
      .multiply = NAME(multiply),
      .peephole = NAME(peephole),
      .forward = {[CR_CELL_LSTM] = {NAME(lstm)},
                  [CR_CELL_GRU] = {NAME(gru_reset), NAME(gru)},
                  [CR_CELL_GRU_RESET_AFTER] = {NAME(gru_after)},
                  [CR_CELL_TANH] = {NAME(tanh)},
                  [CR_CELL_RELU] = {NAME(relu)}},
      .backward = {[CR_CELL_LSTM] = {NAME(lstm_backward)},
                   [CR_CELL_GRU] = {NAME(gru_backward), NAME(gru_reset_backward)},
                   [CR_CELL_GRU_RESET_AFTER] = {NAME(gru_after_backward)},
                   [CR_CELL_TANH] = {NAME(tanh_backward)},
                   [CR_CELL_RELU] = {NAME(relu_backward)}},
  };
}

#undef SIGMOID
#undef TANH
#undef EACH_UNIT
#undef FORWARD
#undef BACKWARD
#undef LANES
#undef VEC
#undef T
#undef F
#undef NAME
