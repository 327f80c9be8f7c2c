/* Losses of whole rows, of one type; included by margin.c with T, INDEX and NAME(name) defined. No
 * include guard: it is included once per type. */

static double NAME(multi_margin)(int64_t n, const void *x, int64_t label, double margin, int p,
                                 double scale, void *gx) {
  const T *in = x;
  T *out = gx;
  double sum = 0, pull = 0, share = scale / (double)n;
  for (int64_t c = 0; c < n; c++) {
    double z = c == label ? 0 : margin - (double)in[label] + (double)in[c];
    z = z < 0 ? 0 : z;
    sum += p == 1 ? z : z * z;
    double slope = z == 0 ? 0 : (p == 1 ? share : 2 * share * z);
    pull += slope;
    if (out) out[c] = (T)slope;
  }
  if (out) out[label] = (T)-pull;
  return sum / (double)n;
}

static double NAME(multi_label_margin)(int64_t n, const void *x, const int64_t *label,
                                       int64_t labels, const unsigned char *is_label, double scale,
                                       void *gx) {
  const T *in = x;
  T *out = gx;
  double sum = 0, share = scale / (double)n;
  for (int64_t c = 0; c < n && out; c++) out[c] = 0;
  for (int64_t k = 0; k < labels; k++) {
    int64_t active = 0;
    for (int64_t c = 0; c < n; c++) {
      double z = 1 - (double)in[label[k]] + (double)in[c];
      if (is_label[c] || z <= 0) continue;
      sum += z;
      active++;
      if (out) out[c] += (T)share;
    }
    if (out) out[label[k]] -= (T)((double)active * share);
  }
  return n > 0 ? sum / (double)n : 0;
}

static double NAME(cosine_embedding)(int64_t n, const void *x, const void *y, double target,
                                     double margin, double scale, void *gx, void *gy) {
  const T *a = x, *b = y;
  T *ga = gx, *gb = gy;
  double dot = 0, aa = 1e-12, bb = 1e-12;
  for (int64_t i = 0; i < n; i++) {
    dot += (double)a[i] * (double)b[i];
    aa += (double)a[i] * (double)a[i];
    bb += (double)b[i] * (double)b[i];
  }
  double inverse = 1 / sqrt(aa * bb), cosine = dot * inverse;
  double loss = target > 0 ? 1 - cosine : cosine - margin;
  bool is_active = target > 0 || loss > 0;
  double slope = is_active ? (target > 0 ? -scale : scale) : 0;
  for (int64_t i = 0; i < n && ga; i++) {
    ga[i] = (T)(slope * ((double)b[i] * inverse - cosine / aa * (double)a[i]));
    gb[i] = (T)(slope * ((double)a[i] * inverse - cosine / bb * (double)b[i]));
  }
  return is_active ? loss : 0;
}

static double NAME(triplet)(int64_t n, const void *a, const void *p, const void *q, double margin,
                            double scale, void *ga, void *gp, void *gq) {
  const T *x = a, *y = p, *z = q;
  T *gx = ga, *gy = gp, *gz = gq;
  double near = 0, far = 0;
  for (int64_t i = 0; i < n; i++) {
    near += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
    far += ((double)x[i] - (double)z[i]) * ((double)x[i] - (double)z[i]);
  }
  near = sqrt(near);
  far = sqrt(far);
  double loss = near - far + margin;
  double of_near = loss > 0 && near > 0 ? scale / near : 0;
  double of_far = loss > 0 && far > 0 ? scale / far : 0;
  for (int64_t i = 0; i < n && gx; i++) {
    double u = of_near * ((double)x[i] - (double)y[i]), v = of_far * ((double)x[i] - (double)z[i]);
    gx[i] = (T)(u - v);
    gy[i] = (T)-u;
    gz[i] = (T)v;
  }
  return loss > 0 || loss != loss ? loss : 0;
}

static void NAME(register)(cr_kernel_table *table) {
  table->margin[INDEX] = (cr_margin_kernels){
      .multi_margin = NAME(multi_margin),
      .multi_label_margin = NAME(multi_label_margin),
      .cosine_embedding = NAME(cosine_embedding),
      .triplet = NAME(triplet),
  };
}

#undef T
#undef INDEX
#undef NAME
