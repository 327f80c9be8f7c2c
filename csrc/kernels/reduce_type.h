/* The reductions of one type; included by reduce.c with T, A (the type that sums have), FIELD (the
 * state's field of that type), ABS, D, NAME and REGISTER defined. */

static void NAME(sum)(int64_t n, const char *x, int64_t stride, cr_accumulator *state) {
  enum { lanes = 32 };
  A lane[lanes] = {0}, rest = 0;
  int64_t i = 0;
  if (stride == sizeof(T)) {
    const T *run = (const T *)x;
    for (; i + lanes <= n; i += lanes)
      for (int k = 0; k < lanes; k++) lane[k] += run[i + k];
  }
  for (; i < n; i++) rest += *(const T *)(x + i * stride);
  for (int k = 0; k < lanes; k++) rest += lane[k];
  state->FIELD += rest;
}

static void NAME(squares)(int64_t n, const char *x, int64_t stride, cr_accumulator *state) {
  enum { lanes = 16 };
  double lane[lanes] = {0}, rest = 0, from = state->parameter;
  int64_t i = 0;
  if (stride == sizeof(T)) {
    const T *run = (const T *)x;
    for (; i + lanes <= n; i += lanes)
      for (int k = 0; k < lanes; k++) {
        double d = (double)run[i + k] - from;
        lane[k] += d * d;
      }
  }
  for (; i < n; i++) {
    double d = (double)*(const T *)(x + i * stride) - from;
    rest += d * d;
  }
  for (int k = 0; k < lanes; k++) rest += lane[k];
  state->f += rest;
}

/* One plain loop for each of the rarer ones. */
#define PLAIN_LOOP(name, statement)                                                                \
  static void NAME(name)(int64_t n, const char *p, int64_t stride, cr_accumulator *state) {        \
    for (int64_t k = 0; k < n; k++) {                                                              \
      T x = *(const T *)(p + k * stride);                                                          \
      statement;                                                                                   \
    }                                                                                              \
  }
PLAIN_LOOP(prod, state->FIELD *= x)
PLAIN_LOOP(abs, state->FIELD += ABS(x))
PLAIN_LOOP(powers, state->f += pow(fabs((double)x), state->parameter))
PLAIN_LOOP(nonzero, state->i += x != 0)
PLAIN_LOOP(maxabs, {
  A a = ABS(x);
  if (a > state->FIELD || a != a) state->FIELD = a;
})

/* Position of the first element that equals the value, which one does. */
static int64_t NAME(find)(const T *x, int64_t n, T value) {
  enum { step = 64 };
  int64_t i = 0;
  for (; i + step <= n; i += step) {
    int is_here = 0;
    for (int k = 0; k < step; k++) is_here |= x[i + k] == value;
    if (is_here) break;
  }
  while (i < n && x[i] != value) i++;
  return i;
}

/* The first one of equal elements; a NaN beats all and the first NaN stays. Whole blocks of a
 * contiguous run are looked through for their extreme alone; where it beats the best one so far, it is
 * looked for. */
#define EXTREME(name, beats)                                                                       \
  static void NAME(name##_plain)(int64_t n, const char *p, int64_t stride,                         \
                                 cr_accumulator *state) {                                          \
    if (n <= 0) return;                                                                            \
    T best = state->count > 0 ? (T)state->FIELD : *(const T *)p;                                   \
    int64_t index = state->count > 0 ? state->index : state->position;                             \
    for (int64_t k = 0; k < n; k++) {                                                              \
      T x = *(const T *)(p + k * stride);                                                          \
      if (x beats best || (x != x && best == best)) {                                              \
        best = x;                                                                                  \
        index = state->position + k;                                                               \
      }                                                                                            \
    }                                                                                              \
    state->FIELD = best;                                                                           \
    state->index = index;                                                                          \
    state->position += n;                                                                          \
    state->count += n;                                                                             \
  }                                                                                                \
  static void NAME(name)(int64_t n, const char *p, int64_t stride, cr_accumulator *state) {        \
    enum { block = 1024, lanes = 64 };                                                             \
    int64_t at = 0;                                                                                \
    for (; stride == sizeof(T) && at + block <= n; at += block) {                                  \
      const T *x = (const T *)p + at;                                                              \
      T lane[lanes], best, before = state->count > 0 ? (T)state->FIELD : x[0];                     \
      int has_nan = before != before;                                                              \
      for (int k = 0; k < lanes; k++) lane[k] = x[k];                                              \
      for (int i = 0; i < block; i += lanes)                                                       \
        for (int k = 0; k < lanes; k++) {                                                          \
          lane[k] = x[i + k] beats lane[k] ? x[i + k] : lane[k];                                   \
          has_nan |= x[i + k] != x[i + k];                                                         \
        }                                                                                          \
      best = lane[0];                                                                              \
      for (int k = 1; k < lanes; k++) best = lane[k] beats best ? lane[k] : best;                  \
      if (has_nan) {                                                                               \
        NAME(name##_plain)(block, (const char *)x, stride, state);                                 \
        continue;                                                                                  \
      }                                                                                            \
      if (state->count == 0 || best beats before) {                                                \
        state->index = state->position + NAME(find)(x, block, best);                               \
        state->FIELD = best;                                                                       \
      }                                                                                            \
      state->position += block;                                                                    \
      state->count += block;                                                                       \
    }                                                                                              \
    NAME(name##_plain)(n - at, p + at * stride, stride, state);                                    \
  }
EXTREME(max, >)
EXTREME(min, <)

/* Four rows at a time, in as many columns as sums fit in half of the first-level cache: long pieces
 * of rows, which are fetched ahead, and sums that are read once for four elements. */
static void NAME(columns)(int64_t n, int64_t m, const char *x, int64_t row_stride, void *out) {
  enum { block = 2048 };
  for (int64_t first = 0; first < m; first += block) {
    int64_t width = m - first < block ? m - first : block, row = 0;
    A sum[block];
    for (int64_t k = 0; k < width; k++) sum[k] = 0;
    for (; row + 4 <= n; row += 4) {
      const T *a = (const T *)(x + row * row_stride) + first;
      const T *b = (const T *)((const char *)a + row_stride);
      const T *c = (const T *)((const char *)b + row_stride);
      const T *d = (const T *)((const char *)c + row_stride);
      for (int64_t k = 0; k < width; k++) sum[k] += ((A)a[k] + b[k]) + ((A)c[k] + d[k]);
    }
    for (; row < n; row++) {
      const T *in = (const T *)(x + row * row_stride) + first;
      for (int64_t k = 0; k < width; k++) sum[k] += in[k];
    }
    for (int64_t k = 0; k < width; k++) ((T *)out)[first + k] = (T)sum[k];
  }
}

#define EXTREME_COLUMNS(name, beats)                                                               \
  static void NAME(name)(int64_t n, int64_t m, const char *p, int64_t row_stride, void *out,       \
                         int64_t *position) {                                                      \
    T *best = out;                                                                                 \
    for (int64_t k = 0; k < m; k++) {                                                              \
      best[k] = ((const T *)p)[k];                                                                 \
      position[k] = 1;                                                                             \
    }                                                                                              \
    for (int64_t row = 1; row < n; row++) {                                                        \
      const T *in = (const T *)(p + row * row_stride);                                             \
      CR_INDEPENDENT for (int64_t k = 0; k < m; k++) {                                             \
        T x = in[k], old = best[k];                                                                \
        bool wins = (beats) || (x != x && old == old);                                             \
        best[k] = wins ? x : old;                                                                  \
        position[k] = wins ? row + 1 : position[k];                                                \
      }                                                                                            \
    }                                                                                              \
  }
EXTREME_COLUMNS(max_columns, x > old)
EXTREME_COLUMNS(min_columns, x < old)

/* Runs side by side in memory go row by row, in as many columns as totals fit in the first-level
 * cache. Others go four at a time: a sum waits for the one before it, those of other runs do not. */
#define CUMULATE(name, operator, start)                                                            \
  static void NAME(name##_columns)(const cr_cumulate_shape *s, int64_t count, const char *x,       \
                                   char *out) {                                                    \
    enum { most = 512 };                                                                           \
    A total[most];                                                                                 \
    for (int64_t k = 0; k < count; k++) total[k] = start;                                          \
    for (int64_t i = 0; i < s->n; i++) {                                                           \
      const T *in = (const T *)(x + i * s->x_stride);                                              \
      T *to = (T *)(out + i * s->out_stride);                                                      \
      CR_INDEPENDENT for (int64_t k = 0; k < count; k++) {                                         \
        total[k] = total[k] operator in[k];                                                        \
        to[k] = (T)total[k];                                                                       \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  static inline void NAME(name##_runs)(const cr_cumulate_shape *s, int count, const char *x,       \
                                       char *out) {                                                \
    A total[4] = {start, start, start, start};                                                     \
    for (int64_t i = 0; i < s->n; i++)                                                             \
      for (int k = 0; k < count; k++) {                                                            \
        total[k] = total[k] operator*(const T *)(x + i * s->x_stride + k * s->x_distance);         \
        *(T *)(out + i * s->out_stride + k * s->out_distance) = (T)total[k];                       \
      }                                                                                            \
  }                                                                                                \
  static void NAME(name)(const cr_cumulate_shape *s, const char *x, char *out) {                   \
    const int64_t width = sizeof(T), block = 512;                                                  \
    int64_t k = 0;                                                                                 \
    if (s->x_distance == width && s->out_distance == width && s->runs >= 8) {                      \
      for (; k < s->runs; k += block) NAME(name##_columns)                                         \
      (s, s->runs - k < block ? s->runs - k : block, x + k * width, out + k * width);              \
      return;                                                                                      \
    }                                                                                              \
    for (; k + 4 <= s->runs; k += 4)                                                               \
      NAME(name##_runs)(s, 4, x + k * s->x_distance, out + k * s->out_distance);                   \
    for (; k < s->runs; k++)                                                                       \
      NAME(name##_runs)(s, 1, x + k * s->x_distance, out + k * s->out_distance);                   \
  }
CUMULATE(cumsum, +, 0)
CUMULATE(cumprod, *, 1)

static void REGISTER(cr_kernel_table *table) {
  cr_reduce_kernel *reduce = table->reduce[D];
  reduce[CR_REDUCE_sum] = NAME(sum);
  reduce[CR_REDUCE_prod] = NAME(prod);
  reduce[CR_REDUCE_squares] = NAME(squares);
  reduce[CR_REDUCE_abs] = NAME(abs);
  reduce[CR_REDUCE_powers] = NAME(powers);
  reduce[CR_REDUCE_nonzero] = NAME(nonzero);
  reduce[CR_REDUCE_max] = NAME(max);
  reduce[CR_REDUCE_min] = NAME(min);
  reduce[CR_REDUCE_maxabs] = NAME(maxabs);
  table->sum_columns[D] = NAME(columns);
  table->max_columns[D] = NAME(max_columns);
  table->min_columns[D] = NAME(min_columns);
  table->cumsum[D] = NAME(cumsum);
  table->cumprod[D] = NAME(cumprod);
}

#undef PLAIN_LOOP
#undef EXTREME
#undef EXTREME_COLUMNS
#undef CUMULATE
#undef T
#undef A
#undef D
#undef FIELD
#undef ABS
#undef NAME
#undef REGISTER
