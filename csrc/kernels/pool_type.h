/* The kernels of pool.h for one type; included by pool.c with T and NAME defined. No include guard:
 * it is included once per type. */

/* ---- maximum ---- */

/* best[i] = max(best[i], in[i * jump]), and where it was found; NaN counts as largest. */
#define MAX_TAP(jump)                                                                              \
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                                 \
    T value = in[i * (jump)];                                                                      \
    bool wins = value > best[i] || value != value;                                                 \
    best[i] = wins ? value : best[i];                                                              \
    at[i] = wins ? first + (int32_t)i * step : at[i];                                              \
  }
#define MAX_ONLY_TAP(jump)                                                                         \
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                                 \
    T value = in[i * (jump)];                                                                      \
    best[i] = value > best[i] || value != value ? value : best[i];                                 \
  }
#define WITH_JUMP(LOOP)                                                                            \
  if (jump == 1) {                                                                                 \
    LOOP(1)                                                                                        \
  } else if (jump == 2) {                                                                          \
    LOOP(2)                                                                                        \
  } else {                                                                                         \
    LOOP(jump)                                                                                     \
  }

static void NAME(max_tap)(int64_t n, T *restrict best, int32_t *restrict at, const T *restrict in,
                          int64_t jump, int32_t first, int32_t step) {
  WITH_JUMP(MAX_TAP)
}

static void NAME(max_only_tap)(int64_t n, T *restrict best, const T *restrict in, int64_t jump) {
  WITH_JUMP(MAX_ONLY_TAP)
}

/* One row of outputs from the input rows y0 ... y1 - 1 of a plane. */
static void NAME(max_row)(const cr_pool_job *job, const T *plane, int64_t y0, int64_t y1, T *best,
                          int32_t *at) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input;
  int64_t outputs = job->output.w;
  for (int64_t i = 0; i < outputs; i++) {
    best[i] = (T)-INFINITY;
    at[i] = (int32_t)(y0 * in->w + most(0, i * w->step_w - w->pad_w));
  }
  for (int64_t y = y0; y < y1; y++) {
    for (int64_t tap = 0; tap < w->kernel_w; tap++) {
      int64_t begin, end;
      tap_range(tap, w->step_w, w->pad_w, in->w, outputs, &begin, &end);
      if (end <= begin) continue;
      int64_t x = begin * w->step_w - w->pad_w + tap, jump = w->step_w * in->sw;
      const T *from = plane + y * in->sh + x * in->sw;
      if (job->indices) {
        NAME(max_tap)
        (end - begin, best + begin, at + begin, from, jump, (int32_t)(y * in->w + x),
         (int32_t)w->step_w);
      } else {
        NAME(max_only_tap)(end - begin, best + begin, from, jump);
      }
    }
  }
}

static void NAME(max)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input, *out = &job->output;
  int32_t *at = job->row;
  T *best = (T *)((int32_t *)job->row + (out->w + 1) / 2 * 2);
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    T *result = (T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    for (int64_t j = 0; j < out->h; j++) {
      int64_t y = j * w->step_h - w->pad_h;
      T *row = result + j * out->sh, *here = out->sw == 1 ? row : best;
      NAME(max_row)(job, plane, most(0, y), least(in->h, y + w->kernel_h), here, at);
      if (here != row)
        for (int64_t i = 0; i < out->w; i++) row[i * out->sw] = best[i];
      if (!job->indices) continue;
      int64_t *indices = job->indices + (p * out->h + j) * out->w;
      for (int64_t i = 0; i < out->w; i++) indices[i] = at[i] + 1;
    }
  }
}

static void NAME(zero_plane)(const cr_planes *p, T *plane) {
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
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    const T *grad = (const T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    const int64_t *indices = job->indices + p * out->h * out->w;
    NAME(zero_plane)(in, plane);
    for (int64_t j = 0; j < out->h; j++, grad += out->sh, indices += out->w) {
      if (in->sh == in->w * in->sw) {
        for (int64_t i = 0; i < out->w; i++) plane[(indices[i] - 1) * in->sw] += grad[i * out->sw];
        continue;
      }
      for (int64_t i = 0; i < out->w; i++) {
        int64_t y = (indices[i] - 1) / in->w, x = (indices[i] - 1) % in->w;
        plane[y * in->sh + x * in->sw] += grad[i * out->sw];
      }
    }
  }
}

/* ---- average ---- */

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

/* row[i] = factor[i * stride] / number of elements; row j of the outputs. */
static void NAME(divide_row)(const cr_pool_job *job, int64_t j, T *row, const T *factor,
                             int64_t stride) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input;
  T rows = (T)NAME(extent)(j, w->kernel_h, w->step_h, w->pad_h, in->h, w->count_pad);
  for (int64_t i = 0; i < job->output.w; i++)
    row[i] = factor[i * stride] /
             (rows * (T)NAME(extent)(i, w->kernel_w, w->step_w, w->pad_w, in->w, w->count_pad));
}

static void NAME(average)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input, *out = &job->output;
  T *sum = job->row;
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    T *result = (T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    for (int64_t j = 0; j < out->h; j++) {
      int64_t y0 = j * w->step_h - w->pad_h;
      memset(sum, 0, (size_t)out->w * sizeof(T));
      for (int64_t y = most(0, y0); y < least(in->h, y0 + w->kernel_h); y++) {
        for (int64_t tap = 0; tap < w->kernel_w; tap++) {
          int64_t first, last;
          tap_range(tap, w->step_w, w->pad_w, in->w, out->w, &first, &last);
          if (last <= first) continue;
          int64_t x = first * w->step_w - w->pad_w + tap;
          NAME(sum_tap)
          (last - first, sum + first, plane + y * in->sh + x * in->sw, w->step_w * in->sw);
        }
      }
      NAME(divide_row)(job, j, sum, sum, 1);
      T *row = result + j * out->sh;
      for (int64_t i = 0; i < out->w; i++) row[i * out->sw] = sum[i];
    }
  }
}

static void NAME(average_backward)(const cr_pool_job *job, int64_t begin, int64_t end) {
  const cr_pool_window *w = &job->window;
  const cr_planes *in = &job->input, *out = &job->output;
  T *share = job->row;
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)in->data + p / in->c * in->sn + p % in->c * in->sc;
    const T *grad = (const T *)out->data + p / in->c * out->sn + p % in->c * out->sc;
    NAME(zero_plane)(in, plane);
    for (int64_t j = 0; j < out->h; j++) {
      int64_t y0 = j * w->step_h - w->pad_h;
      NAME(divide_row)(job, j, share, grad + j * out->sh, out->sw);
      for (int64_t y = most(0, y0); y < least(in->h, y0 + w->kernel_h); y++) {
        for (int64_t tap = 0; tap < w->kernel_w; tap++) {
          int64_t first, last;
          tap_range(tap, w->step_w, w->pad_w, in->w, out->w, &first, &last);
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

#undef MAX_TAP
#undef MAX_ONLY_TAP
#undef SUM_TAP
#undef SPREAD_TAP
#undef WITH_JUMP
#undef T
#undef NAME
