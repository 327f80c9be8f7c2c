/* The kernels of pool.h for one type; included by pool.c with T and NAME defined. No include guard:
 * it is included once per type. */

typedef T NAME(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef I NAME(ivec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
#define VEC NAME(vec)
#define IVEC NAME(ivec)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(T)))

/* ---- maximum; NaN counts as largest ---- */

static inline IVEC NAME(wins)(VEC value, VEC best) {
  return (IVEC)(value > best) | (IVEC)(value != value);
}

static inline VEC NAME(choose)(IVEC mask, VEC a, VEC b) {
  return (VEC)(((IVEC)a & mask) | ((IVEC)b & ~mask));
}

/* The same for one element: a branch on what cannot be foreseen costs more. */
static inline T NAME(choose_one)(bool which, T a, T b) {
  union {
    T value;
    I bits;
  } x = {a}, y = {b};
  I mask = -(I)which;
  x.bits = (x.bits & mask) | (y.bits & ~mask);
  return x.value;
}

static inline IVEC NAME(choose_place)(IVEC mask, IVEC a, IVEC b) {
  return (a & mask) | (b & ~mask);
}

static inline IVEC NAME(count_up)(void) {
  IVEC up = {0};
  for (int l = 0; l < LANES; l++) up[l] = l;
  return up;
}

/* LANES elements from p on, `jump` (1 or 2) apart. The last vector of a row reads no element behind
 * its last one, but the one in front of its first. */
static inline __attribute__((always_inline)) VEC NAME(pick)(const T *p, int64_t jump, bool last) {
  if (jump == 1) return *(const VEC *)p;
  const VEC *low = (const VEC *)(p - last), *high = (const VEC *)(p - last + LANES);
  IVEC which = 2 * NAME(count_up)() + (I)last;
  return CR_SHUFFLE(*low, *high, which);
}

/* Calls STEP(i, last) for vectors from i = 0 on; the last one overlaps the one before. What is left
 * of short rows begins at `done`. */
#define FOR_VECTORS(STEP)                                                                          \
  int64_t done = 0;                                                                                \
  for (; done + LANES < n; done += LANES) STEP(done, false);                                       \
  if (done > 0) {                                                                                  \
    STEP(n - LANES, true);                                                                         \
    done = n;                                                                                      \
  }

/* best[i] = max(best[i], in[i * jump]), and where it was found. */
static inline __attribute__((always_inline)) void
NAME(max_tap_by)(int64_t n, T *best, I *at, const T *in, const int64_t jump, I first, I step) {
  IVEC places = NAME(count_up)() * step + first;
#define STEP(i, last)                                                                              \
  do {                                                                                             \
    VEC value = NAME(pick)(in + (i)*jump, jump, last), *b = (VEC *)(best + (i));                   \
    IVEC *p = (IVEC *)(at + (i)), mask = NAME(wins)(value, *b);                                    \
    *b = NAME(choose)(mask, value, *b);                                                            \
    *p = NAME(choose_place)(mask, places + (I)(i)*step, *p);                                       \
  } while (0)
  FOR_VECTORS(STEP)
#undef STEP
  for (; done < n; done++) {
    T value = in[done * jump];
    bool wins = (value > best[done]) | (value != value);
    best[done] = NAME(choose_one)(wins, value, best[done]);
    at[done] += (first + (I)done * step - at[done]) & -(I)wins;
  }
}

static inline __attribute__((always_inline)) void
NAME(max_only_tap_by)(int64_t n, T *best, const T *in, const int64_t jump) {
#define STEP(i, last)                                                                              \
  do {                                                                                             \
    VEC value = NAME(pick)(in + (i)*jump, jump, last), *b = (VEC *)(best + (i));                   \
    *b = NAME(choose)(NAME(wins)(value, *b), value, *b);                                           \
  } while (0)
  FOR_VECTORS(STEP)
#undef STEP
  for (; done < n; done++) {
    T value = in[done * jump];
    bool wins = (value > best[done]) | (value != value);
    best[done] = NAME(choose_one)(wins, value, best[done]);
  }
}

static void NAME(max_tap)(int64_t n, T *best, I *at, const T *in, int64_t jump, I first, I step) {
  if (jump == 1) {
    NAME(max_tap_by)(n, best, at, in, 1, first, step);
  } else if (jump == 2) {
    NAME(max_tap_by)(n, best, at, in, 2, first, step);
  } else {
    for (int64_t i = 0; i < n; i++) {
      T value = in[i * jump];
      if (value <= best[i] || best[i] != best[i]) continue;
      best[i] = value;
      at[i] = first + (I)i * step;
    }
  }
}

static void NAME(max_only_tap)(int64_t n, T *best, const T *in, int64_t jump) {
  if (jump == 1) {
    NAME(max_only_tap_by)(n, best, in, 1);
  } else if (jump == 2) {
    NAME(max_only_tap_by)(n, best, in, 2);
  } else {
    for (int64_t i = 0; i < n; i++) {
      T value = in[i * jump];
      best[i] = value <= best[i] || best[i] != best[i] ? best[i] : value;
    }
  }
}

/* One row of outputs from the input rows y0 ... y1 - 1 of a plane. */
static void NAME(max_row)(const cr_pool_job *job, const T *plane, int64_t y0, int64_t y1, T *best,
                          I *at) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input;
  int64_t outputs = job->output.w;
  for (int64_t i = 0; i < outputs; i++) {
    best[i] = (T)-INFINITY;
    if (job->indices) at[i] = (I)(y0 * in->w + most(0, i * w->step_w - w->pad_w));
  }
  for (int64_t y = y0; y < y1; y++) {
    for (int64_t tap = 0; tap < w->kernel_w; tap++) {
      int64_t begin = job->ranges[tap].begin, end = job->ranges[tap].end;
      if (end <= begin) continue;
      int64_t x = begin * w->step_w - w->pad_w + tap, jump = w->step_w * in->sw;
      const T *from = plane + y * in->sh + x * in->sw;
      if (job->indices) {
        NAME(max_tap)
        (end - begin, best + begin, at + begin, from, jump, (I)(y * in->w + x), (I)w->step_w);
      } else {
        NAME(max_only_tap)(end - begin, best + begin, from, jump);
      }
    }
  }
}

/* Few outputs of large windows: window by window. */
static void NAME(max_narrow_row)(const cr_pool_job *job, const T *plane, int64_t y0, int64_t y1,
                                 T *best, I *at) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input;
  for (int64_t i = 0; i < job->output.w; i++) {
    int64_t x0 = i * w->step_w - w->pad_w, x1 = least(in->w, x0 + w->kernel_w);
    x0 = most(0, x0);
    T largest = (T)-INFINITY;
    int64_t place = y0 * in->w + x0;
    for (int64_t y = y0; y < y1; y++) {
      const T *row = plane + y * in->sh;
      for (int64_t x = x0; x < x1; x++) {
        T value = row[x * in->sw];
        if (value <= largest || largest != largest) continue;
        largest = value;
        place = y * in->w + x;
      }
    }
    best[i] = largest;
    at[i] = (I)place;
  }
}

/* The most common window, 2 x 2 by steps of 2 with nothing outside: one pass over the two rows. */
static void NAME(max_row_2x2)(int64_t n, T *best, I *at, const T *top, const T *bottom, I first,
                              I width) {
  IVEC places = 2 * NAME(count_up)() + first;
#define STEP(i, last)                                                                              \
  do {                                                                                             \
    VEC a = NAME(pick)(top + 2 * (i), 2, last), b = NAME(pick)(top + 2 * (i) + 1, 2, last);        \
    VEC c = NAME(pick)(bottom + 2 * (i), 2, last), d = NAME(pick)(bottom + 2 * (i) + 1, 2, last);  \
    IVEC at_a = places + 2 * (I)(i), right = NAME(wins)(b, a), low_right = NAME(wins)(d, c);       \
    VEC upper = NAME(choose)(right, b, a), lower = NAME(choose)(low_right, d, c);                  \
    IVEC down = NAME(wins)(lower, upper);                                                          \
    *(VEC *)(best + (i)) = NAME(choose)(down, lower, upper);                                       \
    if (at)                                                                                        \
      *(IVEC *)(at + (i)) =                                                                        \
          at_a + (down & (width - low_right)) + (~down & -right); /* masks are -1 where true */    \
  } while (0)
  FOR_VECTORS(STEP)
#undef STEP
  for (; done < n; done++) {
    T a = top[2 * done], b = top[2 * done + 1], c = bottom[2 * done], d = bottom[2 * done + 1];
    bool right = (b > a) | (b != b), low_right = (d > c) | (d != d);
    T upper = NAME(choose_one)(right, b, a), lower = NAME(choose_one)(low_right, d, c);
    bool down = (lower > upper) | (lower != lower);
    best[done] = NAME(choose_one)(down, lower, upper);
    I below = (width + (I)low_right) & -(I)down, beside = (I)right & ~-(I)down;
    if (at) at[done] = first + 2 * (I)done + below + beside;
  }
}

static bool NAME(is_2x2)(const cr_pool_job *job) {
  const cr_pool_window *w = &job->window;
  return w->kernel_w == 2 && w->kernel_h == 2 && w->step_w == 2 && w->step_h == 2 &&
         w->pad_w == 0 && w->pad_h == 0 && job->input.sw == 1 &&
         job->output.w * 2 <= job->input.w && job->output.h * 2 <= job->input.h;
}

/* Row j of the outputs of a plane. */
static void NAME(max_any_row)(const cr_pool_job *job, const T *plane, int64_t j, bool is_2x2,
                              T *best, I *at) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input;
  const T *top = plane + 2 * j * in->sh;
  if (is_2x2) {
    NAME(max_row_2x2)
    (job->output.w, best, job->indices ? at : NULL, top, top + in->sh, (I)(2 * j * in->w),
     (I)in->w);
  } else {
    int64_t y = j * w->step_h - w->pad_h, y0 = most(0, y), y1 = least(in->h, y + w->kernel_h);
    bool narrow = job->output.w < 4 && w->kernel_w > job->output.w;
    (narrow ? NAME(max_narrow_row) : NAME(max_row))(job, plane, y0, y1, best, at);
  }
}

static void NAME(max)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_planes *in = &job->input, *out = &job->output;
  I *at = job->row;
  T *best = (T *)(at + out->w);
  bool is_2x2 = NAME(is_2x2)(job);
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    T *result = (T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    for (int64_t j = 0; j < out->h; j++) {
      T *row = result + j * out->sh, *here = out->sw == 1 ? row : best;
      NAME(max_any_row)(job, plane, j, is_2x2, here, at);
      if (here != row)
        for (int64_t i = 0; i < out->w; i++) row[i * out->sw] = best[i];
      if (!job->indices) continue;
      int64_t *indices = job->indices + (p * out->h + j) * out->w;
      for (int64_t i = 0; i < out->w; i++) indices[i] = at[i] + 1;
    }
  }
}

static void NAME(zero_plane)(const cr_planes *p, T *plane) {
  if (p->sw == 1 && p->sh == p->w) {
    memset(plane, 0, (size_t)(p->h * p->w) * sizeof(T));
    return;
  }
  for (int64_t y = 0; y < p->h; y++) {
    T *row = plane + y * p->sh;
    if (p->sw == 1) {
      memset(row, 0, (size_t)p->w * sizeof(T));
    } else {
      for (int64_t x = 0; x < p->w; x++) row[x * p->sw] = 0;
    }
  }
}

static void NAME(max_backward)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_planes *in = &job->input, *out = &job->output;
  bool even = in->sh == in->w * in->sw, inside = true;
  uint64_t pixels = (uint64_t)(in->h * in->w);
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    const T *grad = (const T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    const int64_t *indices = job->indices + p * out->h * out->w;
    NAME(zero_plane)(in, plane);
    for (int64_t j = 0; j < out->h; j++, grad += out->sh, indices += out->w) {
      for (int64_t i = 0; i < out->w; i++) {
        uint64_t at = (uint64_t)indices[i] - 1;
        if (at >= pixels) {
          inside = false;
          continue;
        }
        int64_t to = even ? (int64_t)at * in->sw
                          : (int64_t)at / in->w * in->sh + (int64_t)at % in->w * in->sw;
        plane[to] += grad[i * out->sw];
      }
    }
  }
  if (!inside) __atomic_store_n(job->outside, 1, __ATOMIC_RELAXED);
}

/* ---- average ---- */

#define WITH_JUMP(LOOP)                                                                            \
  if (jump == 1) {                                                                                 \
    LOOP(1)                                                                                        \
  } else if (jump == 2) {                                                                          \
    LOOP(2)                                                                                        \
  } else {                                                                                         \
    LOOP(jump)                                                                                     \
  }
#define SUM_TAP(jump) CR_INDEPENDENT for (int64_t i = 0; i < n; i++) sum[i] += in[i * (jump)];
#define SPREAD_TAP(jump) CR_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i * (jump)] += share[i];

static void NAME(sum_tap)(int64_t n, T *restrict sum, const T *restrict in, int64_t jump) {
  WITH_JUMP(SUM_TAP)
}

static void NAME(spread_tap)(int64_t n, T *restrict out, const T *restrict share, int64_t jump) {
  WITH_JUMP(SPREAD_TAP)
}

/* Number of elements along one axis that output i's mean is taken over. */
static int64_t NAME(extent)(int64_t i, int64_t kernel, int64_t step, int64_t pad, int64_t size,
                            bool count_pad) {
  int64_t begin = i * step - pad, end = begin + kernel;
  if (count_pad) return least(end, size + pad) - begin;
  return least(end, size) - most(begin, 0);
}

/* Numbers of columns of each output's window. */
static void NAME(count_columns)(const cr_pool_job *job, T *columns) {
  const cr_pool_window *w = &job->window;
  for (int64_t i = 0; i < job->output.w; i++)
    columns[i] = (T)NAME(extent)(i, w->kernel_w, w->step_w, w->pad_w, job->input.w, w->count_pad);
}

/* row[i] = factor[i * stride] / number of elements; row j of the outputs. */
static void NAME(divide_row)(const cr_pool_job *job, int64_t j, T *row, const T *columns,
                             const T *factor, int64_t stride) {
  const cr_pool_window *w = &job->window;
  T rows = (T)NAME(extent)(j, w->kernel_h, w->step_h, w->pad_h, job->input.h, w->count_pad);
  if (stride == 1) {
    CR_INDEPENDENT for (int64_t i = 0; i < job->output.w; i++) row[i] =
        factor[i] / (rows * columns[i]);
  } else {
    for (int64_t i = 0; i < job->output.w; i++) row[i] = factor[i * stride] / (rows * columns[i]);
  }
}

/* Few outputs of large windows: along each window. */
static void NAME(sum_narrow_row)(const cr_pool_job *job, const T *row, T *sum) {
  const cr_pool_window *w = &job->window;
  for (int64_t i = 0; i < job->output.w; i++) {
    int64_t x0 = i * w->step_w - w->pad_w, x1 = least(job->input.w, x0 + w->kernel_w);
    T total = 0;
    for (int64_t x = most(0, x0); x < x1; x++) total += row[x * job->input.sw];
    sum[i] += total;
  }
}

static void NAME(average)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_pool_window *w = &job->window;
  bool narrow = job->output.w < 4 && w->kernel_w > job->output.w;
  const cr_planes *in = &job->input, *out = &job->output;
  T *sum = job->row, *columns = sum + out->w;
  NAME(count_columns)(job, columns);
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    T *result = (T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    for (int64_t j = 0; j < out->h; j++) {
      int64_t y0 = j * w->step_h - w->pad_h;
      memset(sum, 0, (size_t)out->w * sizeof(T));
      for (int64_t y = most(0, y0); y < least(in->h, y0 + w->kernel_h); y++) {
        if (narrow) {
          NAME(sum_narrow_row)(job, plane + y * in->sh, sum);
          continue;
        }
        for (int64_t tap = 0; tap < w->kernel_w; tap++) {
          int64_t first = job->ranges[tap].begin, last = job->ranges[tap].end;
          if (last <= first) continue;
          int64_t x = first * w->step_w - w->pad_w + tap;
          NAME(sum_tap)
          (last - first, sum + first, plane + y * in->sh + x * in->sw, w->step_w * in->sw);
        }
      }
      NAME(divide_row)(job, j, sum, columns, sum, 1);
      T *row = result + j * out->sh;
      for (int64_t i = 0; i < out->w; i++) row[i * out->sw] = sum[i];
    }
  }
}

static void NAME(spread_narrow_row)(const cr_pool_job *job, T *row, const T *share) {
  const cr_pool_window *w = &job->window;
  for (int64_t i = 0; i < job->output.w; i++) {
    int64_t x0 = i * w->step_w - w->pad_w, x1 = least(job->input.w, x0 + w->kernel_w);
    for (int64_t x = most(0, x0); x < x1; x++) row[x * job->input.sw] += share[i];
  }
}

static void NAME(average_backward)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_pool_window *w = &job->window;
  bool narrow = job->output.w < 4 && w->kernel_w > job->output.w;
  const cr_planes *in = &job->input, *out = &job->output;
  T *share = job->row, *columns = share + out->w;
  NAME(count_columns)(job, columns);
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    const T *grad = (const T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    NAME(zero_plane)(in, plane);
    for (int64_t j = 0; j < out->h; j++) {
      int64_t y0 = j * w->step_h - w->pad_h;
      NAME(divide_row)(job, j, share, columns, grad + j * out->sh, out->sw);
      for (int64_t y = most(0, y0); y < least(in->h, y0 + w->kernel_h); y++) {
        if (narrow) {
          NAME(spread_narrow_row)(job, plane + y * in->sh, share);
          continue;
        }
        for (int64_t tap = 0; tap < w->kernel_w; tap++) {
          int64_t first = job->ranges[tap].begin, last = job->ranges[tap].end;
          if (last <= first) continue;
          int64_t x = first * w->step_w - w->pad_w + tap;
          NAME(spread_tap)
          (last - first, plane + y * in->sh + x * in->sw, share + first, w->step_w * in->sw);
        }
      }
    }
  }
}

static const cr_pool_kernels NAME(kernels) = {
    .max = NAME(max),
    .average = NAME(average),
    .average_backward = NAME(average_backward),
    .max_backward = NAME(max_backward),
};

#undef SUM_TAP
#undef SPREAD_TAP
#undef WITH_JUMP
#undef FOR_VECTORS
#undef VEC
#undef IVEC
#undef LANES
#undef T
#undef I
#undef NAME
