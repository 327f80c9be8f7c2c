/* Distances of rows, of one type; included by distance.c with T, INDEX and NAME(name) defined. No
 * include guard: it is included once per type. */

/* The sum of an expression of i over [0, n), in several lanes. */
#define SUM(n, expression)                                                                         \
  double lane[LANES] = {0}, sum = 0;                                                               \
  int64_t i0 = 0;                                                                                  \
  for (; i0 + LANES <= n; i0 += LANES)                                                             \
    for (int k = 0; k < LANES; k++) {                                                              \
      int64_t i = i0 + k;                                                                          \
      lane[k] += (double)(expression);                                                             \
    }                                                                                              \
  for (int64_t i = i0; i < n; i++) sum += (double)(expression);                                    \
  for (int k = 0; k < LANES; k++) sum += lane[k];                                                  \
  return sum;

static double NAME(dot)(int64_t n, const T *a, const T *b) { SUM(n, a[i] * b[i]) }

static inline double NAME(sign)(T x) { return x > 0 ? 1 : (x < 0 ? -1 : 0); }

/* ---- norms; d is a - b, or a where b is NULL ---- */

#define D(i) (b ? a[i] - b[i] : a[i])

static double NAME(sum_abs)(int64_t n, const T *a, const T *b) { SUM(n, D(i) < 0 ? -D(i) : D(i)) }

static double NAME(sum_squares)(int64_t n, const T *a, const T *b) { SUM(n, D(i) * D(i)) }

/* Where the largest |d| is first. */
static int64_t NAME(farthest)(int64_t n, const T *a, const T *b) {
  int64_t at = 0;
  for (int64_t i = 1; i < n; i++)
    if (fabs((double)D(i)) > fabs((double)D(at))) at = i;
  return at;
}

/* sum |d|^p */
static double NAME(power_sum)(int64_t n, const T *a, const T *b, double p) {
  double sum = 0;
  if (p == 1) return NAME(sum_abs)(n, a, b);
  if (p == 2) return NAME(sum_squares)(n, a, b);
  for (int64_t i = 0; i < n; i++) sum += pow(fabs((double)D(i)), p);
  return sum;
}

static double NAME(norm)(int64_t n, const T *a, const T *b, double p, double eps) {
  if (isinf(p)) return n == 0 ? eps : fabs((double)D(NAME(farthest)(n, a, b))) + eps;
  double sum = NAME(power_sum)(n, a, b, p) + eps;
  return p == 1 ? sum : (p == 2 ? sqrt(sum) : pow(sum, 1 / p));
}

/* ---- pairs ---- */

static double NAME(cosine)(int64_t n, const T *a, const T *b, double *aa, double *bb) {
  *aa = NAME(dot)(n, a, a) + 1e-12;
  *bb = NAME(dot)(n, b, b) + 1e-12;
  return NAME(dot)(n, a, b) / sqrt(*aa * *bb);
}

static void NAME(pairs)(const void *job, int64_t begin, int64_t end) {
  const cr_pairs *pairs = job;
  int64_t n = pairs->width;
  double aa, bb;
  T *out = pairs->out;
  for (int64_t row = begin; row < end; row++) {
    const T *a = (const T *)pairs->a + row * n, *b = (const T *)pairs->b + row * n;
    switch (pairs->op) {
    case CR_PAIR_DOT: out[row] = (T)NAME(dot)(n, a, b); break;
    case CR_PAIR_COSINE: out[row] = (T)NAME(cosine)(n, a, b, &aa, &bb); break;
    case CR_PAIR_NORM: out[row] = (T)NAME(norm)(n, a, b, pairs->p, 0); break;
    }
  }
}

/* ga = g (the slope of |a - b| to a), gb = -ga; 0 where the distance is. */
static void NAME(norm_slopes)(int64_t n, const T *a, const T *b, double p, double g, T *ga, T *gb) {
  double norm = NAME(norm)(n, a, b, p, 0), inverse = norm > 0 ? 1 / norm : 0;
  if (isinf(p)) {
    for (int64_t i = 0; i < n; i++) ga[i] = gb[i] = 0;
    int64_t at = NAME(farthest)(n, a, b);
    ga[at] = (T)(g * NAME(sign)(D(at)));
    gb[at] = -ga[at];
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    double d = (double)D(i), slope = NAME(sign)(D(i));
    if (p == 2)
      slope = d * inverse;
    else if (p != 1)
      slope *= d == 0 || norm == 0 ? 0 : pow(fabs(d) * inverse, p - 1);
    ga[i] = (T)(g * slope);
    gb[i] = -ga[i];
  }
}

static void NAME(pairs_backward)(const void *job, int64_t begin, int64_t end) {
  const cr_pairs *pairs = job;
  int64_t n = pairs->width;
  for (int64_t row = begin; row < end; row++) {
    const T *a = (const T *)pairs->a + row * n, *b = (const T *)pairs->b + row * n;
    T *ga = (T *)pairs->grad_a + row * n, *gb = (T *)pairs->grad_b + row * n;
    T g = ((const T *)pairs->grad)[row];
    if (pairs->op == CR_PAIR_DOT) {
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
        ga[i] = g * b[i];
        gb[i] = g * a[i];
      }
    } else if (pairs->op == CR_PAIR_COSINE) {
      double aa, bb, cosine = NAME(cosine)(n, a, b, &aa, &bb);
      T across = (T)((double)g / sqrt(aa * bb));
      T along_a = (T)((double)g * cosine / aa), along_b = (T)((double)g * cosine / bb);
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
        ga[i] = across * b[i] - along_a * a[i];
        gb[i] = across * a[i] - along_b * b[i];
      }
    } else {
      NAME(norm_slopes)(n, a, b, pairs->p, (double)g, ga, gb);
    }
  }
}

/* ---- centers ---- */

static void NAME(centers)(const void *job, int64_t begin, int64_t end) {
  const cr_centers *c = job;
  const T *w = c->w, *d = c->d;
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)c->x + row * c->in;
    T *y = (T *)c->result + row * c->out;
    for (int64_t k = 0; k < c->out; k++) y[k] = 0;
    for (int64_t i = 0; i < c->in; i++) {
      const T *wi = w + i * c->out, *di = d ? d + i * c->out : NULL;
      T xi = x[i];
      CR_INDEPENDENT for (int64_t k = 0; k < c->out; k++) {
        T z = di ? (xi - wi[k]) * di[k] : xi - wi[k];
        y[k] += z * z;
      }
    }
    for (int64_t k = 0; k < c->out; k++) y[k] = (T)sqrt((double)y[k]);
  }
}

/* slope[k - begin] = g / y, or 0 where y is, for a block of a row's outputs; returns its end. */
static int64_t NAME(slopes)(const cr_centers *c, int64_t row, int64_t begin, T *slope) {
  int64_t end = begin + BLOCK < c->out ? begin + BLOCK : c->out;
  const T *y = (const T *)c->y + row * c->out, *g = (const T *)c->g + row * c->out;
  for (int64_t k = begin; k < end; k++) slope[k - begin] = y[k] > 0 ? g[k] / y[k] : 0;
  return end;
}

static void NAME(centers_backward)(const void *job, int64_t begin, int64_t end) {
  const cr_centers *c = job;
  T slope[BLOCK];
  const T *w = c->w, *d = c->d;
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)c->x + row * c->in;
    T *gx = (T *)c->result + row * c->in;
    for (int64_t i = 0; i < c->in; i++) gx[i] = 0;
    for (int64_t first = 0, last; first < c->out; first = last) {
      last = NAME(slopes)(c, row, first, slope);
      for (int64_t i = 0; i < c->in; i++) {
        const T *wi = w + i * c->out + first, *di = d ? d + i * c->out + first : NULL;
        T lane[LANES] = {0}, sum = 0;
        int64_t n = last - first, k = 0;
        for (; k + LANES <= n; k += LANES)
          for (int l = 0; l < LANES; l++) {
            T z = slope[k + l] * (x[i] - wi[k + l]);
            lane[l] += di ? z * di[k + l] * di[k + l] : z;
          }
        for (; k < n; k++) {
          T z = slope[k] * (x[i] - wi[k]);
          sum += di ? z * di[k] * di[k] : z;
        }
        for (int l = 0; l < LANES; l++) sum += lane[l];
        gx[i] += sum;
      }
    }
  }
}

static void NAME(centers_accumulate)(const void *job, int64_t begin, int64_t end) {
  const cr_centers *c = job;
  T slope[BLOCK], scale = (T)c->scale;
  for (int64_t row = 0; row < c->rows; row++) {
    const T *x = (const T *)c->x + row * c->in;
    for (int64_t first = 0, last; first < c->out; first = last) {
      last = NAME(slopes)(c, row, first, slope);
      for (int64_t i = begin; i < end; i++) {
        int64_t at = i * c->out + first, n = last - first;
        const T *wi = (const T *)c->w + at, *di = c->d ? (const T *)c->d + at : NULL;
        T *gw = (T *)c->result + at, *gd = c->d ? (T *)c->grad_d + at : NULL;
        T xi = x[i];
        if (!di) {
          CR_INDEPENDENT for (int64_t k = 0; k < n; k++) {
            gw[k] += scale * slope[k] * (wi[k] - xi);
          }
          continue;
        }
        CR_INDEPENDENT for (int64_t k = 0; k < n; k++) {
          T z = wi[k] - xi, s = scale * slope[k] * di[k] * z;
          gw[k] += s * di[k];
          gd[k] += s * z;
        }
      }
    }
  }
}

/* ---- norms of rows ---- */

static void NAME(normalize)(const void *job, int64_t begin, int64_t end) {
  const cr_normalize *c = job;
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)c->x + row * c->width;
    T *y = (T *)c->result + row * c->width;
    T inverse = (T)(1 / NAME(norm)(c->width, x, NULL, c->p, c->eps));
    CR_INDEPENDENT for (int64_t i = 0; i < c->width; i++) y[i] = x[i] * inverse;
  }
}

static void NAME(normalize_backward)(const void *job, int64_t begin, int64_t end) {
  const cr_normalize *c = job;
  int64_t n = c->width;
  double p = c->p;
  for (int64_t row = begin; row < end; row++) {
    const T *x = (const T *)c->x + row * n, *g = (const T *)c->g + row * n;
    T *gx = (T *)c->result + row * n;
    double norm = NAME(norm)(n, x, NULL, p, c->eps), along = NAME(dot)(n, x, g) / norm / norm;
    T inverse = (T)(1 / norm);
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) gx[i] = g[i] * inverse;
    if (isinf(p)) {
      int64_t at = NAME(farthest)(n, x, NULL);
      gx[at] -= (T)(along * NAME(sign)(x[at]));
    } else if (p == 2) {
      T factor = (T)(along / norm);
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) gx[i] -= factor * x[i];
    } else {
      for (int64_t i = 0; i < n; i++) {
        if (x[i] == 0) continue;
        gx[i] -= (T)(along * NAME(sign)(x[i]) * pow(fabs((double)x[i]) / norm, p - 1));
      }
    }
  }
}

static void NAME(register)(cr_kernel_table *table) {
  table->distance[INDEX] = (cr_distance_kernels){
      .pairs = NAME(pairs),
      .pairs_backward = NAME(pairs_backward),
      .centers = NAME(centers),
      .centers_backward = NAME(centers_backward),
      .centers_accumulate = NAME(centers_accumulate),
      .normalize = NAME(normalize),
      .normalize_backward = NAME(normalize_backward),
  };
}

#undef D
#undef SUM
#undef T
#undef INDEX
#undef NAME
