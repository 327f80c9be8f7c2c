/* The kernels of window.h for one type; included by window.c with T, I (an integer of the same width)
 * and NAME defined. No include guard: it is included once per type. */

/* ---- maximum; NaN counts as largest ---- */

static void NAME(first_row)(int64_t n, T *best, I *at, const T *in, I place) {
  for (int64_t x = 0; x < n; x++) {
    best[x] = in[x];
    at[x] = place + (I)x;
  }
}

static void NAME(next_row)(int64_t n, T *restrict best, I *restrict at, const T *restrict in,
                           I place) {
  for (int64_t x = 0; x < n; x++) {
    T value = in[x];
    bool wins = (value > best[x]) | (value != value);
    best[x] = wins ? value : best[x];
    at[x] = wins ? place + (I)x : at[x];
  }
}

/* The maximum of each column over the rows of the windows of output row (t, y). */
static void NAME(max_columns)(const cr_window_job *j, const int64_t *begin, const int64_t *end,
                              const T *plane, T *best, I *at) {
  int64_t h = j->in.size[1], w = j->in.size[2];
  bool first = true;
  for (int64_t t = begin[0]; t < end[0]; t += j->axis[0].dilation) {
    for (int64_t y = begin[1]; y < end[1]; y += j->axis[1].dilation) {
      int64_t row = (t * h + y) * w;
      (first ? NAME(first_row) : NAME(next_row))(w, best, at, plane + row, (I)row);
      first = false;
    }
  }
}

/* The maximum of best[begin ... end - 1] and its place; of equal ones the first in the plane's order.
 * Chosen by masks, since branches on what cannot be foreseen cost more. */
static inline T NAME(max_along)(const T *best, const I *at, int64_t begin, int64_t end,
                                int64_t step, I *place) {
  union {
    T value;
    I bits;
  } largest = {best[begin]}, next;
  I first = at[begin];
  for (int64_t x = begin + step; x < end; x += step) {
    next.value = best[x];
    T value = next.value;
    bool is_tie = (value == largest.value) & (at[x] < first);
    I wins = -(I)((value > largest.value) | is_tie | (value != value));
    largest.bits = (next.bits & wins) | (largest.bits & ~wins);
    first += (at[x] - first) & wins;
  }
  *place = first;
  return largest.value;
}

static void NAME(max)(const cr_window_job *j, int64_t begin, int64_t end) {
  const cr_window_axis *a = j->axis;
  int64_t w = j->out.size[2], elements = cr_box_elements(&j->out);
  T *best = j->row;
  I *at = (I *)(best + j->in.size[2]);
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)j->in_data + p * cr_box_elements(&j->in);
    T *out = (T *)j->out_data + p * elements;
    int64_t *indices = j->indices ? j->indices + p * elements : NULL;
    const int64_t *x0 = a[2].begin + p * a[2].next_plane, *x1 = a[2].end + p * a[2].next_plane;
    for (int64_t r = 0; r < j->out.size[0] * j->out.size[1]; r++, out += w) {
      int64_t t = p * a[0].next_plane + r / j->out.size[1];
      int64_t y = p * a[1].next_plane + r % j->out.size[1];
      int64_t from[2] = {a[0].begin[t], a[1].begin[y]}, to[2] = {a[0].end[t], a[1].end[y]};
      NAME(max_columns)(j, from, to, plane, best, at);
      for (int64_t x = 0; x < w; x++) {
        I place;
        out[x] = NAME(max_along)(best, at, x0[x], x1[x], a[2].dilation, &place);
        if (indices) *indices++ = 1 + (int64_t)place;
      }
    }
  }
}

/* ---- average ---- */

static inline double NAME(divisor)(const cr_window_axis *a, int64_t i) {
  return a->divisors ? a->divisors[i] : 1;
}

static void NAME(add_row)(int64_t n, T *restrict sum, const T *restrict in) {
  for (int64_t x = 0; x < n; x++) sum[x] += in[x];
}

static void NAME(average)(const cr_window_job *j, int64_t begin, int64_t end) {
  const cr_window_axis *a = j->axis;
  int64_t h = j->in.size[1], in_w = j->in.size[2], w = j->out.size[2];
  T *sum = j->row;
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)j->in_data + p * cr_box_elements(&j->in);
    T *out = (T *)j->out_data + p * cr_box_elements(&j->out);
    for (int64_t r = 0; r < j->out.size[0] * j->out.size[1]; r++, out += w) {
      int64_t i = r / j->out.size[1], k = r % j->out.size[1];
      memset(sum, 0, (size_t)in_w * sizeof(T));
      for (int64_t t = a[0].begin[i]; t < a[0].end[i]; t++)
        for (int64_t y = a[1].begin[k]; y < a[1].end[k]; y++)
          NAME(add_row)(in_w, sum, plane + (t * h + y) * in_w);
      double rows = NAME(divisor)(&a[0], i) * NAME(divisor)(&a[1], k);
      for (int64_t x = 0; x < w; x++) {
        T total = 0;
        for (int64_t at = a[2].begin[x]; at < a[2].end[x]; at++) total += sum[at];
        out[x] = total / (T)(rows * NAME(divisor)(&a[2], x));
      }
    }
  }
}

static void NAME(average_backward)(const cr_window_job *j, int64_t begin, int64_t end) {
  const cr_window_axis *a = j->axis;
  int64_t h = j->in.size[1], in_w = j->in.size[2], w = j->out.size[2];
  T *share = j->row;
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)j->in_data + p * cr_box_elements(&j->in);
    const T *out = (const T *)j->out_data + p * cr_box_elements(&j->out);
    memset(plane, 0, (size_t)cr_box_elements(&j->in) * sizeof(T));
    for (int64_t r = 0; r < j->out.size[0] * j->out.size[1]; r++, out += w) {
      int64_t i = r / j->out.size[1], k = r % j->out.size[1];
      double rows = NAME(divisor)(&a[0], i) * NAME(divisor)(&a[1], k);
      memset(share, 0, (size_t)in_w * sizeof(T));
      for (int64_t x = 0; x < w; x++) {
        T part = out[x] / (T)(rows * NAME(divisor)(&a[2], x));
        for (int64_t at = a[2].begin[x]; at < a[2].end[x]; at++) share[at] += part;
      }
      for (int64_t t = a[0].begin[i]; t < a[0].end[i]; t++)
        for (int64_t y = a[1].begin[k]; y < a[1].end[k]; y++)
          NAME(add_row)(in_w, plane + (t * h + y) * in_w, share);
    }
  }
}

/* ---- by index ---- */

/* Calls USE(in, at, out) for each output; indices come from Lua, so each is checked. */
#define BY_INDEX(ZERO, USE)                                                                        \
  int64_t pixels = cr_box_elements(&j->in), elements = cr_box_elements(&j->out);                   \
  bool inside = true;                                                                              \
  for (int64_t p = begin; p < end; p++) {                                                          \
    T *in = (T *)j->in_data + p * pixels, *out = (T *)j->out_data + p * elements;                  \
    const int64_t *indices = j->indices + p * elements;                                            \
    if (ZERO) memset(in, 0, (size_t)pixels * sizeof(T));                                           \
    for (int64_t i = 0; i < elements; i++) {                                                       \
      uint64_t at = (uint64_t)indices[i] - 1;                                                      \
      if (at >= (uint64_t)pixels) {                                                                \
        inside = false;                                                                            \
        continue;                                                                                  \
      }                                                                                            \
      USE;                                                                                         \
    }                                                                                              \
  }                                                                                                \
  if (!inside) __atomic_store_n(j->outside, 1, __ATOMIC_RELAXED)

static void NAME(scatter)(const cr_window_job *j, int64_t begin, int64_t end) {
  BY_INDEX(true, in[at] += out[i]);
}

static void NAME(place)(const cr_window_job *j, int64_t begin, int64_t end) {
  BY_INDEX(true, in[at] = out[i]);
}

static void NAME(gather)(const cr_window_job *j, int64_t begin, int64_t end) {
  BY_INDEX(false, out[i] = in[at]);
}

static const cr_window_kernels NAME(kernels) = {
    .max = NAME(max),
    .average = NAME(average),
    .average_backward = NAME(average_backward),
    .scatter = NAME(scatter),
    .place = NAME(place),
    .gather = NAME(gather),
};

#undef BY_INDEX
#undef T
#undef I
#undef NAME
