/* The kernels of norm.h for one type; included by norm.c with T and NAME defined. No include guard:
 * it is included once per type. */

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

static T NAME(element)(const void *vector, int64_t c, T otherwise) {
  return vector ? ((const T *)vector)[c] : otherwise;
}

static void NAME(forward)(const cr_batch_norm *b, int64_t begin, int64_t end) {
  double n = (double)b->input.n * (double)b->input.h * (double)b->input.w;
  T *running_mean = b->running_mean, *running_var = b->running_var;
  for (int64_t c = begin; c < end; c++) {
    double mean, variance;
    if (b->training) {
      NAME(moments)(&b->input, c, &mean, &variance);
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
    T factor = (T)(inverse_std * (double)NAME(element)(b->weight, c, 1));
    NAME(normalize)(&b->input, &b->output, c, (T)mean, factor, NAME(element)(b->bias, c, 0));
  }
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

static void NAME(backward)(const cr_batch_norm *b, int64_t begin, int64_t end) {
  double n = (double)b->input.n * (double)b->input.h * (double)b->input.w;
  for (int64_t c = begin; c < end; c++) {
    double sum = 0, dot = 0, inverse_std;
    T mean = b->training ? ((T *)b->mean)[c] : ((T *)b->running_mean)[c];
    if (b->training) {
      inverse_std = (double)((T *)b->inverse_std)[c];
    } else {
      inverse_std = 1 / sqrt((double)((T *)b->running_var)[c] + b->eps);
    }
    if (b->training || b->grad_weight || b->grad_bias)
      NAME(products)(&b->output, &b->input, c, mean, &sum, &dot);
    if (b->grad_weight) ((T *)b->grad_weight)[c] += (T)(b->scale * dot * inverse_std);
    if (b->grad_bias) ((T *)b->grad_bias)[c] += (T)(b->scale * sum);
    if (!b->grad_input.data) continue;
    T factor = (T)(inverse_std * (double)NAME(element)(b->weight, c, 1));
    double a = b->training ? sum / n : 0, d = b->training ? dot / n * inverse_std * inverse_std : 0;
    NAME(spread)(b, c, mean, (T)a, (T)d, factor);
  }
}

static const cr_norm_kernels NAME(kernels) = {NAME(forward), NAME(backward)};

#undef T
#undef NAME
