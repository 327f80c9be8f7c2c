/* The kernels of norm.h for one type; included by norm.c with T and NAME defined. No include guard:
 * it is included once per type. */

static T NAME(element)(const void *vector, int64_t c, T otherwise) {
  return vector ? ((const T *)vector)[c] : otherwise;
}

/* ---- runs: one channel's elements as stretches of `length` elements, the same ones for every
 * operand; `outer` x `inner` of them ---- */

typedef struct {
  int64_t outer, inner, length;
} NAME(runs);

static bool NAME(has_whole_planes)(const cr_planes *p) { return p->sh == p->w * p->sw; }

/* Whole images where planes have one element, whole planes where rows follow each other, else rows.
 * The planes have the same sizes. */
static NAME(runs) NAME(runs_of)(const cr_planes *a, const cr_planes *b, const cr_planes *c) {
  if (a->h == 1 && a->w == 1) return (NAME(runs)){1, 1, a->n};
  if (a->h == 1) return (NAME(runs)){a->n, 1, a->w};
  if (NAME(has_whole_planes)(a) && NAME(has_whole_planes)(b) && NAME(has_whole_planes)(c))
    return (NAME(runs)){a->n, 1, a->h * a->w};
  return (NAME(runs)){a->n, a->h, a->w};
}

static int64_t NAME(stride_of)(const cr_planes *p) {
  return p->h == 1 && p->w == 1 ? p->sn : p->sw;
}

static T *NAME(run_at)(const cr_planes *p, int64_t c, int64_t outer, int64_t inner) {
  return (T *)p->data + c * p->sc + outer * p->sn + inner * p->sh;
}

/* Sums in lanes, which go to double precision every sum_block elements. */
typedef struct {
  T a[sum_lanes], b[sum_lanes];
  int64_t count;
  double total_a, total_b;
} NAME(sums);

static void NAME(flush)(NAME(sums) * s) {
  for (int l = 0; l < sum_lanes; l++) {
    s->total_a += (double)s->a[l];
    s->total_b += (double)s->b[l];
    s->a[l] = s->b[l] = 0;
  }
  s->count = 0;
}

/* Adds (x - shift) and its square. */
static void NAME(add_moments)(NAME(sums) * s, const T *restrict x, int64_t stride, int64_t n,
                              T shift) {
  int64_t i = 0;
  T *restrict a = s->a, *restrict b = s->b;
  if (stride == 1) {
    for (; i + sum_lanes <= n; i += sum_lanes) {
      for (int l = 0; l < sum_lanes; l++) {
        T d = x[i + l] - shift;
        a[l] += d;
        b[l] += d * d;
      }
    }
    for (; i + 8 <= n; i += 8) {
      for (int l = 0; l < 8; l++) {
        T d = x[i + l] - shift;
        a[l] += d;
        b[l] += d * d;
      }
    }
  }
  for (; i < n; i++) {
    T d = x[i * stride] - shift;
    a[i % sum_lanes] += d;
    b[i % sum_lanes] += d * d;
  }
  s->count += n;
}

static void NAME(moments)(const cr_planes *p, int64_t c, double *mean, double *variance) {
  NAME(runs) r = NAME(runs_of)(p, p, p);
  NAME(sums) s = {.count = 0};
  T shift = *NAME(run_at)(p, c, 0, 0);
  double n = (double)p->n * (double)p->h * (double)p->w;
  int64_t stride = NAME(stride_of)(p);
  for (int64_t outer = 0; outer < r.outer; outer++) {
    for (int64_t inner = 0; inner < r.inner; inner++) {
      const T *x = NAME(run_at)(p, c, outer, inner);
      for (int64_t at = 0; at < r.length; at += sum_block) {
        NAME(add_moments)(&s, x + at * stride, stride, least(r.length - at, sum_block), shift);
        if (s.count >= sum_block) NAME(flush)(&s);
      }
    }
  }
  NAME(flush)(&s);
  double offset = s.total_a / n, spread = s.total_b / n - offset * offset;
  *mean = (double)shift + offset;
  *variance = spread < 0 ? 0 : spread;
}

/* y = (x - mean) factor + shift, and what comes next; NaN stays. */
static inline __attribute__((always_inline)) void
NAME(normalize_run)(int64_t n, T *y, const T *x, const T *added, T mean, T factor, T shift,
                    const bool adds, const bool rectifies) {
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T value = (x[i] - mean) * factor + shift;
    if (adds) value += added[i];
    y[i] = rectifies && value <= 0 ? 0 : value;
  }
}

static void NAME(normalize)(const cr_batch_norm *b, int64_t c, T mean, T factor, T shift) {
  const cr_planes *in = &b->input, *out = &b->output, *added = &b->added;
  NAME(runs) r = NAME(runs_of)(in, out, out);
  int64_t from = NAME(stride_of)(in), to = NAME(stride_of)(out);
  for (int64_t outer = 0; outer < r.outer; outer++) {
    for (int64_t inner = 0; inner < r.inner; inner++) {
      const T *x = NAME(run_at)(in, c, outer, inner);
      T *y = NAME(run_at)(out, c, outer, inner);
      if (added->data) {
        const T *a = NAME(run_at)(added, c, outer, inner);
        NAME(normalize_run)(r.length, y, x, a, mean, factor, shift, true, true);
      } else if (b->rectifies) {
        NAME(normalize_run)(r.length, y, x, NULL, mean, factor, shift, false, true);
      } else if (from == 1 && to == 1) {
        NAME(normalize_run)(r.length, y, x, NULL, mean, factor, shift, false, false);
      } else {
        for (int64_t i = 0; i < r.length; i++) y[i * to] = (x[i * from] - mean) * factor + shift;
      }
    }
  }
}

/* Turns the batch's moments of channel c into what its elements are multiplied with and added to. */
static void NAME(finish_moments)(const cr_batch_norm *b, int64_t c, double mean, double variance,
                                 double n, T *center, T *factor) {
  T *running_mean = b->running_mean, *running_var = b->running_var;
  if (b->training) {
    double keep = 1 - b->momentum, unbiased = variance * n / (n - 1);
    running_mean[c] = (T)(keep * (double)running_mean[c] + b->momentum * mean);
    running_var[c] = (T)(keep * (double)running_var[c] + b->momentum * unbiased);
  } else {
    mean = (double)running_mean[c];
    variance = (double)running_var[c];
  }
  double inverse_std = 1 / sqrt(variance + b->eps);
  if (b->training) {
    ((T *)b->mean)[c] = (T)mean;
    ((T *)b->inverse_std)[c] = (T)inverse_std;
    inverse_std = (double)(T)inverse_std; /* what the backward pass knows */
  }
  *center = (T)mean;
  *factor = (T)(inverse_std * (double)NAME(element)(b->weight, c, 1));
}

static void NAME(forward_planes)(const cr_batch_norm *b, int64_t begin, int64_t end, double n) {
  for (int64_t c = begin; c < end; c++) {
    double mean = 0, variance = 0;
    T center, factor;
    if (b->training) NAME(moments)(&b->input, c, &mean, &variance);
    NAME(finish_moments)(b, c, mean, variance, n, &center, &factor);
    NAME(normalize)(b, c, center, factor, NAME(element)(b->bias, c, 0));
  }
}

/* ---- channels innermost: an N x C matrix, worked on in blocks of channels ---- */

/* Whether the elements are a matrix of rows of channels; its number of rows and their distance. */
static bool NAME(is_matrix)(const cr_planes *p, int64_t *rows, int64_t *stride) {
  int64_t width = p->w > 1 ? p->sw : p->h > 1 ? p->sh : p->sn;
  bool even = (p->w == 1 || p->h == 1 || p->sh == p->w * width) &&
              (p->n == 1 || (p->w == 1 && p->h == 1) || p->sn == p->h * p->w * width);
  *rows = p->n * p->h * p->w;
  *stride = width;
  return p->sc == 1 && even;
}

static void NAME(add_block_moments)(const T *x, int64_t stride, int64_t rows, int64_t channels,
                                    const T *shift, double *sum, double *squares) {
  T s[matrix_block] = {0}, q[matrix_block] = {0};
  for (int64_t r = 0; r < rows; r++, x += stride) {
    CR_INDEPENDENT for (int64_t c = 0; c < channels; c++) {
      T d = x[c] - shift[c];
      s[c] += d;
      q[c] += d * d;
    }
  }
  for (int64_t c = 0; c < channels; c++) {
    sum[c] += (double)s[c];
    squares[c] += (double)q[c];
  }
}

static void NAME(normalize_row)(int64_t n, T *y, const T *x, const T *center, const T *factor,
                                const T *shift) {
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = (x[i] - center[i]) * factor[i] + shift[i];
}

static void NAME(rectify_row)(int64_t n, T *y, const T *added) {
  if (added) CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] += added[i];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = y[i] <= 0 ? 0 : y[i];
}

/* Up to matrix_block channels from c on. */
static void NAME(forward_block)(const cr_batch_norm *b, int64_t c, int64_t channels, int64_t rows,
                                int64_t in_stride, int64_t out_stride) {
  const T *x = (const T *)b->input.data + c;
  T *y = (T *)b->output.data + c;
  double sum[matrix_block] = {0}, squares[matrix_block] = {0}, n = (double)rows;
  T center[matrix_block], factor[matrix_block], shift[matrix_block];
  for (int64_t r = 0; b->training && r < rows; r += matrix_rows) NAME(add_block_moments)
  (x + r * in_stride, in_stride, least(rows - r, matrix_rows), channels, x, sum, squares);
  for (int64_t i = 0; i < channels; i++) {
    double offset = sum[i] / n, variance = squares[i] / n - offset * offset;
    NAME(finish_moments)
    (b, c + i, (double)x[i] + offset, variance < 0 ? 0 : variance, n, &center[i], &factor[i]);
    shift[i] = NAME(element)(b->bias, c + i, 0);
  }
  const T *added = b->added.data ? (const T *)b->added.data + c : NULL;
  for (int64_t r = 0; r < rows; r++, x += in_stride, y += out_stride) {
    NAME(normalize_row)(channels, y, x, center, factor, shift);
    if (b->rectifies) NAME(rectify_row)(channels, y, added ? added + r * out_stride : NULL);
  }
}

static void NAME(forward)(const cr_batch_norm *b, int64_t begin, int64_t end) {
  int64_t rows, in_stride, out_stride;
  bool matrix = NAME(is_matrix)(&b->input, &rows, &in_stride) &&
                NAME(is_matrix)(&b->output, &rows, &out_stride);
  if (!matrix || b->input.c == 1) {
    NAME(forward_planes)(b, begin, end, (double)rows);
    return;
  }
  for (int64_t c = begin; c < end; c += matrix_block)
    NAME(forward_block)(b, c, least(end - c, matrix_block), rows, in_stride, out_stride);
}

/* Bytes that are asked for ahead of their use, where two runs are read and one of them written. */
enum { NAME(ahead) = 1024 / sizeof(T), NAME(line) = 64 / sizeof(T) };

static inline __attribute__((always_inline)) void NAME(fetch)(const T *p) {
  for (int l = 0; l < sum_lanes; l += NAME(line)) __builtin_prefetch(p + l + NAME(ahead));
}

/* The constants of channel c's backward pass. */
typedef struct {
  T mean, factor, shift;
  double inverse_std;
} NAME(constants);

/* The gradient behind a ReLU becomes that in front of it. */
static inline __attribute__((always_inline)) void NAME(mask)(int64_t n, T *g, const T *x,
                                                             const NAME(constants) * k) {
  T mean = k->mean, factor = k->factor, shift = k->shift;
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) g[i] =
      (x[i] - mean) * factor + shift > 0 ? g[i] : 0;
}

/* Adds the output's gradient g and g (x - mean); with a ReLU behind the layer, g becomes what comes
 * through that. The sums are the same code in both cases, so that they are the same to the bit. */
static void NAME(add_products)(NAME(sums) * s, T *g, const T *x, int64_t n,
                               const NAME(constants) * k, bool masks) {
  int64_t i = 0;
  T *restrict a = s->a, *restrict b = s->b, mean = k->mean;
  for (; i + sum_lanes <= n; i += sum_lanes) {
    NAME(fetch)(x + i);
    NAME(fetch)(g + i);
    if (masks) NAME(mask)(sum_lanes, g + i, x + i, k);
    CR_INDEPENDENT for (int l = 0; l < sum_lanes; l++) {
      a[l] += g[i + l];
      b[l] += g[i + l] * (x[i + l] - mean);
    }
  }
  if (masks) NAME(mask)(n - i, g + i, x + i, k);
  for (; i + 8 <= n; i += 8) {
    CR_INDEPENDENT for (int l = 0; l < 8; l++) {
      a[l] += g[i + l];
      b[l] += g[i + l] * (x[i + l] - mean);
    }
  }
  for (; i < n; i++) {
    a[i % sum_lanes] += g[i];
    b[i % sum_lanes] += g[i] * (x[i] - mean);
  }
  s->count += n;
}

static void NAME(add_spread_products)(NAME(sums) * s, const T *g, int64_t g_stride, const T *x,
                                      int64_t x_stride, int64_t n, T mean) {
  for (int64_t i = 0; i < n; i++) {
    s->a[i % sum_lanes] += g[i * g_stride];
    s->b[i % sum_lanes] += g[i * g_stride] * (x[i * x_stride] - mean);
  }
  s->count += n;
}

static void NAME(products)(const cr_batch_norm *b, int64_t c, const NAME(constants) * k,
                           double *sum, double *dot) {
  const cr_planes *grad = &b->output, *in = &b->input;
  NAME(runs) r = NAME(runs_of)(grad, in, in);
  NAME(sums) s = {.count = 0};
  int64_t g_stride = NAME(stride_of)(grad), x_stride = NAME(stride_of)(in);
  for (int64_t outer = 0; outer < r.outer; outer++) {
    for (int64_t inner = 0; inner < r.inner; inner++) {
      const T *x = NAME(run_at)(in, c, outer, inner);
      T *g = NAME(run_at)(grad, c, outer, inner);
      for (int64_t at = 0; at < r.length; at += sum_block) {
        int64_t n = least(r.length - at, sum_block);
        if (g_stride == 1 && x_stride == 1) {
          NAME(add_products)(&s, g + at, x + at, n, k, b->rectifies);
        } else {
          NAME(add_spread_products)
          (&s, g + at * g_stride, g_stride, x + at * x_stride, x_stride, n, k->mean);
        }
        if (s.count >= sum_block) NAME(flush)(&s);
      }
    }
  }
  NAME(flush)(&s);
  *sum = s.total_a;
  *dot = s.total_b;
}

/* out = (g - a - (x - mean) b) factor */
static void NAME(spread)(const cr_batch_norm *n, int64_t c, T mean, T a, T b, T factor) {
  const cr_planes *grad = &n->output, *in = &n->input, *out = &n->grad_input;
  NAME(runs) r = NAME(runs_of)(grad, in, out);
  int64_t g_stride = NAME(stride_of)(grad), x_stride = NAME(stride_of)(in);
  int64_t out_stride = NAME(stride_of)(out);
  bool plain = g_stride == 1 && x_stride == 1 && out_stride == 1;
  for (int64_t outer = 0; outer < r.outer; outer++) {
    for (int64_t inner = 0; inner < r.inner; inner++) {
      const T *g = NAME(run_at)(grad, c, outer, inner), *x = NAME(run_at)(in, c, outer, inner);
      T *to = NAME(run_at)(out, c, outer, inner);
      if (plain) {
        CR_INDEPENDENT for (int64_t i = 0; i < r.length; i++) to[i] =
            (g[i] - a - (x[i] - mean) * b) * factor;
      } else {
        for (int64_t i = 0; i < r.length; i++)
          to[i * out_stride] = (g[i * g_stride] - a - (x[i * x_stride] - mean) * b) * factor;
      }
    }
  }
}

static NAME(constants) NAME(constants_of)(const cr_batch_norm *b, int64_t c) {
  NAME(constants) k;
  if (b->training) {
    k.mean = ((T *)b->mean)[c];
    k.inverse_std = (double)((T *)b->inverse_std)[c];
  } else {
    k.mean = ((T *)b->running_mean)[c];
    k.inverse_std = 1 / sqrt((double)((T *)b->running_var)[c] + b->eps);
  }
  k.factor = (T)(k.inverse_std * (double)NAME(element)(b->weight, c, 1));
  k.shift = NAME(element)(b->bias, c, 0);
  return k;
}

/* Adds the parameters' gradients; a and d: see spread. */
static void NAME(finish_products)(const cr_batch_norm *b, int64_t c, const NAME(constants) * k,
                                  double n, double sum, double dot, T *a, T *d) {
  if (b->grad_weight) ((T *)b->grad_weight)[c] += (T)(b->scale * dot * k->inverse_std);
  if (b->grad_bias) ((T *)b->grad_bias)[c] += (T)(b->scale * sum);
  *a = b->training ? (T)(sum / n) : 0;
  *d = b->training ? (T)(dot / n * k->inverse_std * k->inverse_std) : 0;
}

static void NAME(backward_planes)(const cr_batch_norm *b, int64_t begin, int64_t end, double n) {
  for (int64_t c = begin; c < end; c++) {
    double sum = 0, dot = 0;
    T a, d;
    NAME(constants) k = NAME(constants_of)(b, c);
    if (b->training || b->grad_weight || b->grad_bias || b->rectifies)
      NAME(products)(b, c, &k, &sum, &dot);
    NAME(finish_products)(b, c, &k, n, sum, dot, &a, &d);
    if (b->grad_input.data) NAME(spread)(b, c, k.mean, a, d, k.factor);
  }
}

static void NAME(mask_row)(int64_t n, T *g, const T *x, const T *mean, const T *factor,
                           const T *shift) {
  CR_INDEPENDENT for (int64_t c = 0; c < n; c++) g[c] =
      (x[c] - mean[c]) * factor[c] + shift[c] > 0 ? g[c] : 0;
}

static void NAME(add_block_products)(const T *g, int64_t g_stride, const T *x, int64_t x_stride,
                                     int64_t rows, int64_t channels, const T *mean, double *sum,
                                     double *dot) {
  T s[matrix_block] = {0}, d[matrix_block] = {0};
  for (int64_t r = 0; r < rows; r++, x += x_stride, g += g_stride) {
    CR_INDEPENDENT for (int64_t c = 0; c < channels; c++) {
      s[c] += g[c];
      d[c] += g[c] * (x[c] - mean[c]);
    }
  }
  for (int64_t c = 0; c < channels; c++) {
    sum[c] += (double)s[c];
    dot[c] += (double)d[c];
  }
}

static void NAME(backward_block)(const cr_batch_norm *b, int64_t c, int64_t channels, int64_t rows,
                                 int64_t x_stride, int64_t g_stride, int64_t out_stride) {
  const T *x = (const T *)b->input.data + c;
  T *g = (T *)b->output.data + c;
  double sum[matrix_block] = {0}, dot[matrix_block] = {0};
  T mean[matrix_block], factor[matrix_block], shift[matrix_block], a[matrix_block], d[matrix_block];
  NAME(constants) k[matrix_block];
  for (int64_t i = 0; i < channels; i++) {
    k[i] = NAME(constants_of)(b, c + i);
    mean[i] = k[i].mean;
    factor[i] = k[i].factor;
    shift[i] = k[i].shift;
  }
  for (int64_t r = 0; b->rectifies && r < rows; r++)
    NAME(mask_row)(channels, g + r * g_stride, x + r * x_stride, mean, factor, shift);
  for (int64_t r = 0; r < rows; r += matrix_rows) NAME(add_block_products)
  (g + r * g_stride, g_stride, x + r * x_stride, x_stride, least(rows - r, matrix_rows), channels,
   mean, sum, dot);
  for (int64_t i = 0; i < channels; i++)
    NAME(finish_products)(b, c + i, &k[i], (double)rows, sum[i], dot[i], &a[i], &d[i]);
  if (!b->grad_input.data) return;
  T *out = (T *)b->grad_input.data + c;
  for (int64_t r = 0; r < rows; r++, x += x_stride, g += g_stride, out += out_stride)
    CR_INDEPENDENT for (int64_t i = 0; i < channels; i++) out[i] =
        (g[i] - a[i] - (x[i] - mean[i]) * d[i]) * factor[i];
}

static void NAME(backward)(const cr_batch_norm *b, int64_t begin, int64_t end) {
  int64_t rows, x_stride, g_stride, out_stride = 0;
  bool matrix = NAME(is_matrix)(&b->input, &rows, &x_stride) &&
                NAME(is_matrix)(&b->output, &rows, &g_stride) &&
                (!b->grad_input.data || NAME(is_matrix)(&b->grad_input, &rows, &out_stride));
  if (!matrix || b->input.c == 1) {
    NAME(backward_planes)(b, begin, end, (double)rows);
    return;
  }
  for (int64_t c = begin; c < end; c += matrix_block)
    NAME(backward_block)(b, c, least(end - c, matrix_block), rows, x_stride, g_stride, out_stride);
}

static const cr_norm_kernels NAME(kernels) = {NAME(forward), NAME(backward)};

#undef T
#undef NAME
