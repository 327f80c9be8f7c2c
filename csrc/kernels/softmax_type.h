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

static T NAME(row_sum)(int64_t n, const T *x) {
  T lane[LANES] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] += x[i + k];
  for (; i < n; i++) sum += x[i];
  for (int k = 0; k < LANES; k++) sum += lane[k];
  return sum;
}

/* Sum over c of exp(sign x[c] - shift), block by block through a buffer that stays in the cache. */
static T NAME(row_exp_sum)(int64_t n, T sign, const T *x, T shift) {
  T buffer[BLOCK], sum = 0;
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) buffer[i] = EXP(sign * x[at + i] - shift);
    sum += NAME(row_sum)(length, buffer);
  }
  return sum;
}

static T NAME(row_shift)(int64_t n, T sign, const T *x) {
  if (sign > 0) return NAME(row_max)(n, x);
  T smallest = INFINITY;
  for (int64_t i = 0; i < n; i++) smallest = x[i] < smallest ? x[i] : smallest;
  return -smallest;
}

static void NAME(softmax_row)(bool is_log, T sign, int64_t n, const T *x, T *y) {
  T shift = NAME(row_shift)(n, sign, x);
  if (is_log) {
    T lse = shift + F(log)(NAME(row_exp_sum)(n, sign, x, shift));
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = sign * x[i] - lse;
    return;
  }
  T sum = 0;
  for (int64_t at = 0; at < n; at += BLOCK) { /* the sum finds its block in the cache */
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    const T *in = x + at;
    T *out = y + at;
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) out[i] = EXP_RAISED(sign * in[i] - shift);
    sum += NAME(row_sum)(length, out);
  }
  T factor = 1 / sum;
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] *= factor;
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

static void NAME(softmax)(bool is_log, double sign, int64_t classes, int64_t stride, int64_t count,
                          const void *x, void *y) {
  if (stride == 1 && count == 1) {
    NAME(softmax_row)(is_log, (T)sign, classes, x, y);
    return;
  }
  for (int64_t at = 0; at < count; at += BLOCK) NAME(softmax_block)
  (is_log, classes, stride, count - at < BLOCK ? count - at : BLOCK, (T)sign, (const T *)x + at,
   (T *)y + at);
}

/* log: gx = gy - exp(y) sum(gy); else gx = y (gy - sum(gy y)). */
static void NAME(softmax_backward_row)(bool is_log, T sign, int64_t n, const T *y, const T *gy,
                                       T *gx) {
  T buffer[BLOCK], sum = 0;
  if (is_log) {
    sum = NAME(row_sum)(n, gy);
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) gx[i] = sign * (gy[i] - EXP(y[i]) * sum);
    return;
  }
  for (int64_t at = 0; at < n; at += BLOCK) {
    int64_t length = n - at < BLOCK ? n - at : BLOCK;
    CR_INDEPENDENT for (int64_t i = 0; i < length; i++) buffer[i] = gy[at + i] * y[at + i];
    sum += NAME(row_sum)(length, buffer);
  }
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
  table->softmax_backward[INDEX] = NAME(softmax_backward);
  table->log_sum_exp[INDEX] = NAME(log_sum_exp);
  table->cross_entropy_backward[INDEX] = NAME(cross_entropy_backward);
}

#undef T
#undef F
#undef INDEX
#undef NAME
