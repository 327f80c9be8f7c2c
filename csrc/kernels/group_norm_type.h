/* The kernels of group_norm.h for one type; included by group_norm.c with T and NAME(name) defined. No
 * include guard: it is included once per type. */

/* The sums of (x - shift) and of its square; lanes in T for a block, then double. */
static void NAME(moments)(const T *x, int64_t n, T shift, double *sum, double *squares) {
  *sum = *squares = 0;
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t end = n - at < BLOCK ? n : at + BLOCK, i = at;
    T a[LANES] = {0}, b[LANES] = {0};
    for (; i + LANES <= end; i += LANES)
      for (int l = 0; l < LANES; l++) {
        T d = x[i + l] - shift;
        a[l] += d;
        b[l] += d * d;
      }
    for (int l = 0; i < end; i++, l++) {
      T d = x[i] - shift;
      a[l] += d;
      b[l] += d * d;
    }
    for (int l = 0; l < LANES; l++) {
      *sum += (double)a[l];
      *squares += (double)b[l];
    }
  }
}

static void NAME(spread)(const cr_group_norm *n, const T *x, T *y, int64_t first, T mean,
                         T factor) {
  const T *weight = n->weight, *bias = n->bias;
  if (n->area == 1 && weight && bias) {
    CR_INDEPENDENT for (int64_t c = 0; c < n->channels; c++) y[c] =
        (x[c] - mean) * factor * weight[first + c] + bias[first + c];
    return;
  }
  if (n->area == 1) {
    CR_INDEPENDENT for (int64_t c = 0; c < n->channels; c++) y[c] = (x[c] - mean) * factor;
    for (int64_t c = 0; weight && c < n->channels; c++) y[c] *= weight[first + c];
    for (int64_t c = 0; bias && c < n->channels; c++) y[c] += bias[first + c];
    return;
  }
  for (int64_t c = 0; c < n->channels; c++, x += n->area, y += n->area) {
    T gain = weight ? weight[first + c] * factor : factor, offset = bias ? bias[first + c] : 0;
    CR_INDEPENDENT for (int64_t i = 0; i < n->area; i++) y[i] = (x[i] - mean) * gain + offset;
  }
}

static void NAME(forward)(const cr_group_norm *n, int64_t begin, int64_t end) {
  int64_t length = n->channels * n->area;
  for (int64_t r = begin; r < end; r++) {
    const T *x = (const T *)n->x + r * length;
    double sum = 0, squares, count = (double)length, mean = 0;
    /* Twice, so that the deviations are those from the mean. */
    if (!n->is_rms) {
      NAME(moments)(x, length, 0, &sum, &squares);
      mean = sum / count;
    }
    NAME(moments)(x, length, (T)mean, &sum, &squares);
    double variance = squares / count;
    if (!n->is_rms) {
      double rest = sum / count;
      mean = (double)(T)mean + rest;
      variance -= rest * rest;
    }
    T inverse = (T)(1 / sqrt((variance < 0 ? 0 : variance) + n->eps));
    ((T *)n->mean)[r] = (T)mean;
    ((T *)n->inverse_std)[r] = inverse;
    NAME(spread)(n, x, (T *)n->y + r * length, r % n->groups * n->channels, (T)mean, inverse);
  }
}

/* The sums of g and of g (x - mean), without weights. */
static void NAME(products)(const T *g, const T *x, int64_t n, T mean, double *sum, double *dot) {
  *sum = *dot = 0;
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t end = n - at < BLOCK ? n : at + BLOCK, i = at;
    T a[LANES] = {0}, b[LANES] = {0};
    for (; i + LANES <= end; i += LANES)
      for (int l = 0; l < LANES; l++) {
        a[l] += g[i + l];
        b[l] += g[i + l] * (x[i + l] - mean);
      }
    for (int l = 0; i < end; i++, l++) {
      a[l] += g[i];
      b[l] += g[i] * (x[i] - mean);
    }
    for (int l = 0; l < LANES; l++) {
      *sum += (double)a[l];
      *dot += (double)b[l];
    }
  }
}

/* The same with g times its weight, for area 1. */
static void NAME(weighted_products)(const T *g, const T *x, const T *w, int64_t n, T mean,
                                    double *sum, double *dot) {
  *sum = *dot = 0;
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t end = n - at < BLOCK ? n : at + BLOCK, i = at;
    T a[LANES] = {0}, b[LANES] = {0};
    for (; i + LANES <= end; i += LANES)
      for (int l = 0; l < LANES; l++) {
        T v = g[i + l] * w[i + l];
        a[l] += v;
        b[l] += v * (x[i + l] - mean);
      }
    for (int l = 0; i < end; i++, l++) {
      T v = g[i] * w[i];
      a[l] += v;
      b[l] += v * (x[i] - mean);
    }
    for (int l = 0; l < LANES; l++) {
      *sum += (double)a[l];
      *dot += (double)b[l];
    }
  }
}

static void NAME(row_products)(const cr_group_norm *n, const T *g, const T *x, int64_t first,
                               T mean, double *sum, double *dot) {
  const T *weight = n->weight;
  if (!weight) {
    NAME(products)(g, x, n->channels * n->area, mean, sum, dot);
  } else if (n->area == 1) {
    NAME(weighted_products)(g, x, weight + first, n->channels, mean, sum, dot);
  } else {
    *sum = *dot = 0;
    for (int64_t c = 0; c < n->channels; c++) {
      double a, b;
      NAME(products)(g + c * n->area, x + c * n->area, n->area, mean, &a, &b);
      *sum += a * (double)weight[first + c];
      *dot += b * (double)weight[first + c];
    }
  }
}

/* grad_x = inverse (w g - mean(w g) - (x - mean) inverse^2 mean(w g (x - mean))); without the second
 * term where is_rms. */
static void NAME(backward)(const cr_group_norm *n, int64_t begin, int64_t end) {
  int64_t length = n->channels * n->area;
  const T *weight = n->weight;
  for (int64_t r = begin; r < end; r++) {
    const T *x = (const T *)n->x + r * length, *g = (const T *)n->grad + r * length;
    T *out = (T *)n->grad_x + r * length;
    T mean = ((T *)n->mean)[r], inverse = ((T *)n->inverse_std)[r];
    int64_t first = r % n->groups * n->channels;
    double sum, dot, count = (double)length, f = (double)inverse;
    NAME(row_products)(n, g, x, first, mean, &sum, &dot);
    T a = n->is_rms ? 0 : (T)(sum / count * f), b = (T)(dot / count * f * f * f);
    if (n->area == 1 && weight) {
      CR_INDEPENDENT for (int64_t i = 0; i < length; i++) out[i] =
          g[i] * weight[first + i] * inverse - a - (x[i] - mean) * b;
      continue;
    }
    for (int64_t c = 0; c < n->channels; c++) {
      T gain = weight ? weight[first + c] * inverse : inverse;
      int64_t from = c * n->area, to = from + n->area;
      CR_INDEPENDENT for (int64_t i = from; i < to; i++) out[i] =
          g[i] * gain - a - (x[i] - mean) * b;
    }
  }
}

static void NAME(accumulate_row)(const cr_group_norm *n, int64_t r, int64_t begin, int64_t end) {
  int64_t length = n->channels * n->area, first = r % n->groups * n->channels;
  const T *x = (const T *)n->x + r * length, *g = (const T *)n->grad + r * length;
  T mean = ((T *)n->mean)[r], inverse = ((T *)n->inverse_std)[r], scale = (T)n->scale;
  T *to_weight = n->grad_weight, *to_bias = n->grad_bias;
  if (begin < first) begin = first;
  if (end > first + n->channels) end = first + n->channels;
  if (n->area == 1) {
    CR_INDEPENDENT for (int64_t c = begin; c < end; c++) to_weight[c] +=
        scale * g[c - first] * (x[c - first] - mean) * inverse;
    if (to_bias)
      CR_INDEPENDENT for (int64_t c = begin; c < end; c++) to_bias[c] += scale * g[c - first];
    return;
  }
  for (int64_t c = begin; c < end; c++) {
    double sum, dot;
    NAME(products)
    (g + (c - first) * n->area, x + (c - first) * n->area, n->area, mean, &sum, &dot);
    to_weight[c] += (T)(n->scale * dot * (double)inverse);
    if (to_bias) to_bias[c] += (T)(n->scale * sum);
  }
}

static void NAME(accumulate)(const cr_group_norm *n, int64_t begin, int64_t end) {
  for (int64_t r = 0; r < n->rows; r++) {
    int64_t first = r % n->groups * n->channels;
    if (first < end && first + n->channels > begin) NAME(accumulate_row)(n, r, begin, end);
  }
}

static const cr_group_norm_kernels NAME(kernels) = {NAME(forward), NAME(backward),
                                                    NAME(accumulate)};

#undef T
#undef NAME
