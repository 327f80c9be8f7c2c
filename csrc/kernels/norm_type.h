/* The kernels of norm.h for one type; included by norm.c with T and NAME defined. No include guard:
 * it is included once per type. */

static T NAME(element)(const void *vector, int64_t c, T otherwise) {
  return vector ? ((const T *)vector)[c] : otherwise;
}

/* ---- runs: stretches of one channel's elements, `stride` apart ---- */

typedef struct {
  int64_t count, length, stride;
} NAME(runs);

/* Whole planes where their rows follow each other, images where planes have one element. */
static NAME(runs) NAME(runs_of)(const cr_planes *p) {
  if (p->h == 1 && p->w == 1) return (NAME(runs)){1, p->n, p->sn};
  if (p->h == 1 || p->sh == p->w * p->sw) return (NAME(runs)){p->n, p->h * p->w, p->sw};
  return (NAME(runs)){p->n * p->h, p->w, p->sw};
}

static T *NAME(run_at)(const cr_planes *p, int64_t c, int64_t run, int64_t runs) {
  T *channel = (T *)p->data + c * p->sc;
  if (runs == p->n) return channel + run * p->sn;
  if (runs == 1) return channel;
  return channel + run / p->h * p->sn + run % p->h * p->sh;
}

/* Sums of (x - shift) and its square. */
static void NAME(add_moments)(const T *restrict x, int64_t stride, int64_t n, T shift, double *sum,
                              double *squares) {
  T s[sum_lanes] = {0}, q[sum_lanes] = {0};
  int64_t i = 0;
  if (stride == 1) {
    for (; i + sum_lanes <= n; i += sum_lanes) {
      for (int l = 0; l < sum_lanes; l++) {
        T d = x[i + l] - shift;
        s[l] += d;
        q[l] += d * d;
      }
    }
  }
  for (; i < n; i++) {
    T d = x[i * stride] - shift;
    s[i % sum_lanes] += d;
    q[i % sum_lanes] += d * d;
  }
  double total = 0, total_squares = 0;
  for (int l = 0; l < sum_lanes; l++) {
    total += (double)s[l];
    total_squares += (double)q[l];
  }
  *sum += total;
  *squares += total_squares;
}

static void NAME(moments)(const cr_planes *p, int64_t c, double *mean, double *variance) {
  NAME(runs) r = NAME(runs_of)(p);
  T shift = *((T *)p->data + c * p->sc);
  double sum = 0, squares = 0, n = (double)r.count * (double)r.length;
  for (int64_t run = 0; run < r.count; run++) {
    const T *x = NAME(run_at)(p, c, run, r.count);
    for (int64_t at = 0; at < r.length; at += sum_block) {
      int64_t length = r.length - at < sum_block ? r.length - at : sum_block;
      NAME(add_moments)(x + at * r.stride, r.stride, length, shift, &sum, &squares);
    }
  }
  double offset = sum / n, spread = squares / n - offset * offset;
  *mean = (double)shift + offset;
  *variance = spread < 0 ? 0 : spread;
}

/* y = (x - mean) factor + shift */
static void NAME(normalize)(const cr_planes *in, const cr_planes *out, int64_t c, T mean, T factor,
                            T shift) {
  NAME(runs) from = NAME(runs_of)(in), to = NAME(runs_of)(out);
  if (from.count != to.count) { /* different strides: row by row */
    from = (NAME(runs)){in->n * in->h, in->w, in->sw};
    to = (NAME(runs)){out->n * out->h, out->w, out->sw};
  }
  for (int64_t run = 0; run < from.count; run++) {
    const T *x = NAME(run_at)(in, c, run, from.count);
    T *y = NAME(run_at)(out, c, run, to.count);
    if (from.stride == 1 && to.stride == 1) {
      CR_INDEPENDENT for (int64_t i = 0; i < from.length; i++) y[i] =
          (x[i] - mean) * factor + shift;
    } else {
      for (int64_t i = 0; i < from.length; i++)
        y[i * to.stride] = (x[i * from.stride] - mean) * factor + shift;
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
    NAME(normalize)(&b->input, &b->output, c, center, factor, NAME(element)(b->bias, c, 0));
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
  T s[sum_lanes] = {0}, q[sum_lanes] = {0};
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

/* Up to sum_lanes channels from c on. */
static void NAME(forward_block)(const cr_batch_norm *b, int64_t c, int64_t channels, int64_t rows,
                                int64_t in_stride, int64_t out_stride) {
  const T *x = (const T *)b->input.data + c;
  T *y = (T *)b->output.data + c;
  double sum[sum_lanes] = {0}, squares[sum_lanes] = {0}, n = (double)rows;
  T center[sum_lanes], factor[sum_lanes], shift[sum_lanes];
  for (int64_t r = 0; b->training && r < rows; r += sum_lanes)
    NAME(add_block_moments)(x + r * in_stride, in_stride, rows - r < sum_lanes ? rows - r : sum_lanes,
                            channels, x, sum, squares);
  for (int64_t i = 0; i < channels; i++) {
    double offset = sum[i] / n, variance = squares[i] / n - offset * offset;
    NAME(finish_moments)(b, c + i, (double)x[i] + offset, variance < 0 ? 0 : variance, n,
                         &center[i], &factor[i]);
    shift[i] = NAME(element)(b->bias, c + i, 0);
  }
  for (int64_t r = 0; r < rows; r++, x += in_stride, y += out_stride)
    CR_INDEPENDENT for (int64_t i = 0; i < channels; i++)
      y[i] = (x[i] - center[i]) * factor[i] + shift[i];
}

static void NAME(forward)(const cr_batch_norm *b, int64_t begin, int64_t end) {
  int64_t rows, in_stride, out_stride;
  bool matrix = NAME(is_matrix)(&b->input, &rows, &in_stride) &&
                NAME(is_matrix)(&b->output, &rows, &out_stride);
  if (!matrix || b->input.c == 1) {
    NAME(forward_planes)(b, begin, end, (double)rows);
    return;
  }
  for (int64_t c = begin; c < end; c += sum_lanes)
    NAME(forward_block)(b, c, end - c < sum_lanes ? end - c : sum_lanes, rows, in_stride,
                        out_stride);
}

/* Sums of the output's gradient g and of g (x - mean). */
static void NAME(add_products)(const T *restrict g, int64_t g_stride, const T *restrict x,
                               int64_t x_stride, int64_t n, T mean, double *sum, double *dot) {
  T s[sum_lanes] = {0}, d[sum_lanes] = {0};
  int64_t i = 0;
  if (g_stride == 1 && x_stride == 1) {
    for (; i + sum_lanes <= n; i += sum_lanes) {
      for (int l = 0; l < sum_lanes; l++) {
        s[l] += g[i + l];
        d[l] += g[i + l] * (x[i + l] - mean);
      }
    }
  }
  for (; i < n; i++) {
    s[i % sum_lanes] += g[i * g_stride];
    d[i % sum_lanes] += g[i * g_stride] * (x[i * x_stride] - mean);
  }
  double total = 0, total_dot = 0;
  for (int l = 0; l < sum_lanes; l++) {
    total += (double)s[l];
    total_dot += (double)d[l];
  }
  *sum += total;
  *dot += total_dot;
}

static void NAME(products)(const cr_planes *grad, const cr_planes *in, int64_t c, T mean,
                           double *sum, double *dot) {
  NAME(runs) g = NAME(runs_of)(grad), x = NAME(runs_of)(in);
  if (g.count != x.count) {
    g = (NAME(runs)){grad->n * grad->h, grad->w, grad->sw};
    x = (NAME(runs)){in->n * in->h, in->w, in->sw};
  }
  *sum = *dot = 0;
  for (int64_t run = 0; run < g.count; run++) {
    const T *from_g = NAME(run_at)(grad, c, run, g.count);
    const T *from_x = NAME(run_at)(in, c, run, x.count);
    for (int64_t at = 0; at < g.length; at += sum_block) {
      int64_t length = g.length - at < sum_block ? g.length - at : sum_block;
      NAME(add_products)
      (from_g + at * g.stride, g.stride, from_x + at * x.stride, x.stride, length, mean, sum, dot);
    }
  }
}

/* out = (g - a - (x - mean) b) factor */
static void NAME(spread)(const cr_batch_norm *n, int64_t c, T mean, T a, T b, T factor) {
  const cr_planes *grad = &n->output, *in = &n->input, *out = &n->grad_input;
  NAME(runs) g = NAME(runs_of)(grad), x = NAME(runs_of)(in), o = NAME(runs_of)(out);
  if (g.count != x.count || g.count != o.count) {
    g = (NAME(runs)){grad->n * grad->h, grad->w, grad->sw};
    x = (NAME(runs)){in->n * in->h, in->w, in->sw};
    o = (NAME(runs)){out->n * out->h, out->w, out->sw};
  }
  for (int64_t run = 0; run < g.count; run++) {
    const T *from_g = NAME(run_at)(grad, c, run, g.count);
    const T *from_x = NAME(run_at)(in, c, run, x.count);
    T *to = NAME(run_at)(out, c, run, o.count);
    if (g.stride == 1 && x.stride == 1 && o.stride == 1) {
      CR_INDEPENDENT for (int64_t i = 0; i < g.length; i++) to[i] =
          (from_g[i] - a - (from_x[i] - mean) * b) * factor;
    } else {
      for (int64_t i = 0; i < g.length; i++)
        to[i * o.stride] = (from_g[i * g.stride] - a - (from_x[i * x.stride] - mean) * b) * factor;
    }
  }
}

/* The constants of channel c's backward pass. */
typedef struct {
  T mean, factor;
  double inverse_std;
} NAME(constants);

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
  return k;
}

/* Adds the parameters' gradients; a and d: see spread. */
static void NAME(finish_products)(const cr_batch_norm *b, int64_t c, const NAME(constants) *k,
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
    if (b->training || b->grad_weight || b->grad_bias)
      NAME(products)(&b->output, &b->input, c, k.mean, &sum, &dot);
    NAME(finish_products)(b, c, &k, n, sum, dot, &a, &d);
    if (b->grad_input.data) NAME(spread)(b, c, k.mean, a, d, k.factor);
  }
}

static void NAME(add_block_products)(const T *g, int64_t g_stride, const T *x, int64_t x_stride,
                                     int64_t rows, int64_t channels, const T *mean, double *sum,
                                     double *dot) {
  T s[sum_lanes] = {0}, d[sum_lanes] = {0};
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
  const T *x = (const T *)b->input.data + c, *g = (const T *)b->output.data + c;
  double sum[sum_lanes] = {0}, dot[sum_lanes] = {0};
  T mean[sum_lanes], factor[sum_lanes], a[sum_lanes], d[sum_lanes];
  NAME(constants) k[sum_lanes];
  for (int64_t i = 0; i < channels; i++) {
    k[i] = NAME(constants_of)(b, c + i);
    mean[i] = k[i].mean;
    factor[i] = k[i].factor;
  }
  for (int64_t r = 0; r < rows; r += sum_lanes)
    NAME(add_block_products)(g + r * g_stride, g_stride, x + r * x_stride, x_stride,
                             rows - r < sum_lanes ? rows - r : sum_lanes, channels, mean, sum, dot);
  for (int64_t i = 0; i < channels; i++)
    NAME(finish_products)(b, c + i, &k[i], (double)rows, sum[i], dot[i], &a[i], &d[i]);
  if (!b->grad_input.data) return;
  T *out = (T *)b->grad_input.data + c;
  for (int64_t r = 0; r < rows; r++, x += x_stride, g += g_stride, out += out_stride)
    CR_INDEPENDENT for (int64_t i = 0; i < channels; i++)
      out[i] = (g[i] - a[i] - (x[i] - mean[i]) * d[i]) * factor[i];
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
  for (int64_t c = begin; c < end; c += sum_lanes)
    NAME(backward_block)(b, c, end - c < sum_lanes ? end - c : sum_lanes, rows, x_stride, g_stride,
                         out_stride);
}

static const cr_norm_kernels NAME(kernels) = {NAME(forward), NAME(backward)};

#undef T
#undef NAME
