/* Softmax of one type; included by softmax.c with T, INDEX, F and NAME(name) defined. No include
 * guard: it is included once per type. */

/* Largest element, NaN when there is one. */
static T NAME(row_max)(int64_t n, const T *x) {
  T lane[LANES], largest = -INFINITY;
  int64_t i = 0;
  for (int k = 0; k < LANES; k++) lane[k] = -INFINITY;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] = x[i + k] > lane[k] ? x[i + k] : lane[k];
  for (int k = 0; k < LANES; k++) largest = lane[k] > largest ? lane[k] : largest;
  for (; i < n; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

/* Adds a block to partial sums; the elements past the last whole step go to the first ones. */
static inline void NAME(add_block)(int64_t n, const T *x, T *lane) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] += x[i + k];
  for (int k = 0; i + k < n; k++) lane[k] += x[i + k];
}

static inline T NAME(lane_sum)(T *lane) {
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

static T NAME(row_sum)(int64_t n, const T *x) {
  T lane[LANES] = {0};
  NAME(add_block)(n, x, lane);
  return NAME(lane_sum)(lane);
}

/* Fetches the part of the next row, n elements ahead, that lies behind these elements. */
static inline void NAME(fetch_next)(int64_t n, int64_t length, const T *x) {
  const int64_t line = 64 / sizeof(T), ahead = n * (int64_t)sizeof(T);
  if (ahead > ROW_BYTES) return;
  for (int64_t i = 0; i < length; i += line)
    __builtin_prefetch((const void *)((uintptr_t)(x + i) + (uintptr_t)ahead), 0, 2);
}

/* Sum over c of exp(sign x[c] - shift), block by block through a buffer that stays in the cache. */
static T NAME(row_exp_sum)(int64_t n, T sign, const T *x, T shift) {
  T buffer[BLOCK], lane[LANES] = {0};
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    NAME(fetch_next)(n, length, x + at);
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) buffer[i] = EXP(sign * x[at + i] - shift);
    NAME(add_block)(length, buffer, lane);
  }
  return NAME(lane_sum)(lane);
}

static T NAME(row_shift)(int64_t n, T sign, const T *x) {
  if (sign > 0) return NAME(row_max)(n, x);
  T smallest = INFINITY;
  for (int64_t i = 0; i < n; i++) smallest = x[i] < smallest ? x[i] : smallest;
  return -smallest;
}

/* y = factor x + offset, past the caches. */
static void NAME(stream_scaled)(int64_t n, T factor, T offset, const T *x, T *y) {
  enum { block = CR_STREAM_BLOCK / sizeof(T) };
  int64_t head = cr_stream_head(y) / (int64_t)sizeof(T), i = 0;
  for (; i < head && i < n; i++) y[i] = x[i] * factor + offset;
  for (; i + block <= n; i += block) {
    _Alignas(CR_STREAM_LINE) T line[block];
    CR_INDEPENDENT for (int k = 0; k < block; k++) line[k] = x[i + k] * factor + offset;
    cr_stream_block(y + i, line);
  }
  for (; i < n; i++) y[i] = x[i] * factor + offset;
}

/* A row that the caches will not keep waits for its factor in a buffer. */
static void NAME(softmax_row)(bool is_large, T sign, int64_t n, const T *x, T *y) {
  _Alignas(CR_STREAM_LINE) T buffer[ROW_BYTES / sizeof(T)];
  T lane[LANES] = {0}, shift = NAME(row_shift)(n, sign, x);
  bool is_buffered = is_large && n * (int64_t)sizeof(T) <= ROW_BYTES;
  T *raised = is_buffered ? buffer : y;
  for (int64_t at = 0; at < n; at += BLOCK) { /* the sum finds its block in the cache */
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    const T *in = x + at;
    T *out = raised + at;
    NAME(fetch_next)(n, length, in);
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) out[i] = EXP_RAISED(sign * in[i] - shift);
    NAME(add_block)(length, out, lane);
  }
  T factor = 1 / NAME(lane_sum)(lane);
  if (is_buffered) {
    NAME(stream_scaled)(n, factor, 0, buffer, y);
  } else {
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] *= factor;
  }
}

static void NAME(log_softmax_row)(bool is_large, T sign, int64_t n, const T *x, T *y) {
  T shift = NAME(row_shift)(n, sign, x);
  T lse = shift + F(log)(NAME(row_exp_sum)(n, sign, x, shift));
  if (is_large) {
    NAME(stream_scaled)(n, sign, -lse, x, y);
  } else {
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = sign * x[i] - lse;
  }
}

/* At most BLOCK positions: their maxima and sums live in buffers. */
static void NAME(block_lse)(int64_t classes, int64_t stride, int64_t count, T sign, const T *x,
                            T *shift, T *sum) {
  for (int64_t i = 0; i < count; i++) shift[i] = -INFINITY, sum[i] = 0;
  for (int64_t c = 0; c < classes; c++) {
    const T *row = x + c * stride;
    CR_INDEPENDENT for (int64_t i = 0; i < count; i++) {
      T v = sign * row[i];
      shift[i] = v > shift[i] ? v : shift[i];
    }
  }
  for (int64_t c = 0; c < classes; c++) {
    const T *row = x + c * stride;
    CR_INDEPENDENT for (int64_t i = 0; i < count; i++) sum[i] += EXP(sign * row[i] - shift[i]);
  }
}

static void NAME(softmax_block)(bool is_log, int64_t classes, int64_t stride, int64_t count, T sign,
                                const T *x, T *y) {
  T shift[BLOCK], sum[BLOCK];
  NAME(block_lse)(classes, stride, count, sign, x, shift, sum);
  for (int64_t i = 0; i < count; i++) {
    if (is_log) {
      shift[i] += F(log)(sum[i]);
    } else {
      sum[i] = 1 / sum[i];
    }
  }
  for (int64_t c = 0; c < classes; c++) {
    const T *row = x + c * stride;
    T *out = y + c * stride;
    if (is_log) {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[i] = sign * row[i] - shift[i];
    } else {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[i] =
          EXP(sign * row[i] - shift[i]) * sum[i];
    }
  }
}

static void NAME(softmax_rows)(bool is_log, bool is_large, double sign, int64_t rows, int64_t n,
                               const void *x, void *y) {
  const T *in = x;
  T *out = y;
  for (int64_t r = 0; r < rows; r++) {
    if (is_log) {
      NAME(log_softmax_row)(is_large, (T)sign, n, in + r * n, out + r * n);
    } else {
      NAME(softmax_row)(is_large, (T)sign, n, in + r * n, out + r * n);
    }
  }
  if (is_large) cr_stream_end();
}

static void NAME(softmax)(bool is_log, double sign, int64_t classes, int64_t stride, int64_t count,
                          const void *x, void *y) {
  if (stride == 1 && count == 1) {
    NAME(softmax_rows)(is_log, false, sign, 1, classes, x, y);
    return;
  }
  for (int64_t at = 0; at < count; at += BLOCK) NAME(softmax_block)
  (is_log, classes, stride, count - at < BLOCK ? count - at : BLOCK, (T)sign, (const T *)x + at,
   (T *)y + at);
}

/* log: gx = gy - exp(y) sum(gy); else gx = y (gy - sum(gy y)). */
static void NAME(softmax_backward_row)(bool is_log, T sign, int64_t n, const T *y, const T *gy,
                                       T *gx) {
  T buffer[BLOCK], lane[LANES] = {0}, sum;
  if (is_log) {
    sum = NAME(row_sum)(n, gy);
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) gx[i] = sign * (gy[i] - EXP(y[i]) * sum);
    return;
  }
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) buffer[i] = gy[at + i] * y[at + i];
    NAME(add_block)(length, buffer, lane);
  }
  sum = NAME(lane_sum)(lane);
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) gx[i] = sign * y[i] * (gy[i] - sum);
}

static void NAME(softmax_backward_block)(bool is_log, int64_t classes, int64_t stride,
                                         int64_t count, T sign, const T *y, const T *gy, T *gx) {
  T sum[BLOCK] = {0};
  for (int64_t c = 0; c < classes; c++) {
    const T *g = gy + c * stride, *o = y + c * stride;
    if (is_log) {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) sum[i] += g[i];
    } else {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) sum[i] += g[i] * o[i];
    }
  }
  for (int64_t c = 0; c < classes; c++) {
    const T *g = gy + c * stride, *o = y + c * stride;
    T *out = gx + c * stride;
    if (is_log) {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[i] =
          sign * (g[i] - EXP(o[i]) * sum[i]);
    } else {
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[i] = sign * o[i] * (g[i] - sum[i]);
    }
  }
}

static void NAME(softmax_backward)(bool is_log, double sign, int64_t classes, int64_t stride,
                                   int64_t count, const void *y, const void *gy, void *gx) {
  if (stride == 1 && count == 1) {
    NAME(softmax_backward_row)(is_log, (T)sign, classes, y, gy, gx);
    return;
  }
  for (int64_t at = 0; at < count; at += BLOCK) NAME(softmax_backward_block)
  (is_log, classes, stride, count - at < BLOCK ? count - at : BLOCK, (T)sign, (const T *)y + at,
   (const T *)gy + at, (T *)gx + at);
}

static void NAME(log_sum_exp)(int64_t classes, int64_t stride, int64_t count, const void *x,
                              void *lse) {
  T *out = lse;
  if (stride == 1 && count == 1) {
    T shift = NAME(row_shift)(classes, 1, x);
    *out = shift + F(log)(NAME(row_exp_sum)(classes, 1, x, shift));
    return;
  }
  T shift[BLOCK], sum[BLOCK];
  for (int64_t at = 0; at < count; at += BLOCK) {
    int64_t length = count - at < BLOCK ? count - at : BLOCK;
    NAME(block_lse)(classes, stride, length, 1, (const T *)x + at, shift, sum);
    for (int64_t i = 0; i < length; i++) out[at + i] = shift[i] + F(log)(sum[i]);
  }
}

static void NAME(cross_entropy_backward)(int64_t classes, int64_t stride, int64_t count,
                                         const void *x, const void *lse, const int64_t *label,
                                         const double *scale, void *gx) {
  const T *in = x, *l = lse;
  T *out = gx;
  if (stride == 1 && count == 1) {
    T shift = l[0], factor = (T)scale[0];
    CR_INDEPENDENT for (int64_t c = 0; c < classes; c++) out[c] = EXP(in[c] - shift) * factor;
  } else {
    for (int64_t c = 0; c < classes; c++)
      CR_INDEPENDENT for (int64_t i = 0; i < count; i++) out[c * stride + i] =
          EXP(in[c * stride + i] - l[i]) * (T)scale[i];
  }
  for (int64_t i = 0; i < count; i++) {
    if (label[i] >= 0) {
      out[label[i] * stride + i] -= (T)scale[i];
    } else {
      for (int64_t c = 0; c < classes; c++) out[c * stride + i] = 0;
    }
  }
}

static void NAME(register)(cr_kernel_table *table) {
  table->softmax[INDEX] = NAME(softmax);
  table->softmax_rows[INDEX] = NAME(softmax_rows);
  table->softmax_backward[INDEX] = NAME(softmax_backward);
  table->log_sum_exp[INDEX] = NAME(log_sum_exp);
  table->cross_entropy_backward[INDEX] = NAME(cross_entropy_backward);
}

#undef T
#undef F
#undef INDEX
#undef NAME
