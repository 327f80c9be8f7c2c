/* The kernels of volume.h for one type; included by volume.c with T and NAME defined. No include
 * guard: it is included once per type. */

/* ---- gathering ---- */

/* The input's row for output row (t, y), or -1 when it is all zeros. */
static inline int64_t NAME(row_of)(const cr_gathering *g, int64_t t, int64_t y) {
  int64_t from_t = g->from[0][t], from_y = g->from[1][y];
  return from_t < 0 || from_y < 0 ? -1 : from_t * g->in.size[1] + from_y;
}

static void NAME(gather_row)(const cr_gathering *g, T *out, const T *in) {
  const int64_t *from = g->from[2];
  for (int64_t x = 0; x < g->run; x++) out[x] = from[x] < 0 ? 0 : in[from[x]];
  if (g->run_end > g->run)
    memcpy(out + g->run, in + from[g->run], (size_t)(g->run_end - g->run) * sizeof(T));
  for (int64_t x = g->run_end; x < g->out.size[2]; x++) out[x] = from[x] < 0 ? 0 : in[from[x]];
}

static void NAME(gather)(const cr_gathering *g, int64_t begin, int64_t end) {
  int64_t w = g->out.size[2], in_w = g->in.size[2];
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)g->in_data + p * cr_box_elements(&g->in);
    T *out = (T *)g->out_data + p * cr_box_elements(&g->out);
    int64_t previous = -1;
    for (int64_t t = 0; t < g->out.size[0]; t++) {
      for (int64_t y = 0; y < g->out.size[1]; y++, out += w) {
        int64_t row = NAME(row_of)(g, t, y);
        if (row < 0) {
          memset(out, 0, (size_t)w * sizeof(T));
        } else if (row == previous) { /* enlarged: the same row again */
          memcpy(out, out - w, (size_t)w * sizeof(T));
        } else {
          NAME(gather_row)(g, out, plane + row * in_w);
        }
        previous = row;
      }
    }
  }
}

static void NAME(scatter_row)(const cr_gathering *g, T *in, const T *out) {
  const int64_t *from = g->from[2];
  for (int64_t x = 0; x < g->run; x++)
    if (from[x] >= 0) in[from[x]] += out[x];
  if (g->run_end > g->run) {
    T *to = in + from[g->run];
    const T *run = out + g->run;
    int64_t n = g->run_end - g->run;
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) to[i] += run[i];
  }
  for (int64_t x = g->run_end; x < g->out.size[2]; x++)
    if (from[x] >= 0) in[from[x]] += out[x];
}

static void NAME(gather_backward)(const cr_gathering *g, int64_t begin, int64_t end) {
  int64_t w = g->out.size[2], in_w = g->in.size[2];
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)g->in_data + p * cr_box_elements(&g->in);
    const T *out = (const T *)g->out_data + p * cr_box_elements(&g->out);
    memset(plane, 0, (size_t)cr_box_elements(&g->in) * sizeof(T));
    for (int64_t t = 0; t < g->out.size[0]; t++) {
      for (int64_t y = 0; y < g->out.size[1]; y++, out += w) {
        int64_t row = NAME(row_of)(g, t, y);
        if (row >= 0) NAME(scatter_row)(g, plane + row * in_w, out);
      }
    }
  }
}

/* ---- interpolation: first between the rows, then along the row ---- */

/* The (up to) four input rows of output row (t, y), and their weights. */
static int NAME(corners)(const cr_interpolation *k, int64_t t, int64_t y, int64_t *rows,
                         T *weights) {
  int count = 0;
  for (int upper_t = 0; upper_t < 2; upper_t++) {
    T weight_t = (T)(upper_t ? k->weight[0][t] : 1 - k->weight[0][t]);
    for (int upper_y = 0; upper_y < 2; upper_y++) {
      T weight = weight_t * (T)(upper_y ? k->weight[1][y] : 1 - k->weight[1][y]);
      if (weight == 0) continue; /* 0 times infinity must not count */
      int64_t from_t = (upper_t ? k->high : k->low)[0][t];
      int64_t from_y = (upper_y ? k->high : k->low)[1][y];
      rows[count] = from_t * k->in.size[1] + from_y;
      weights[count++] = weight;
    }
  }
  return count;
}

static void NAME(interpolate)(const cr_interpolation *k, int64_t begin, int64_t end) {
  int64_t in_w = k->in.size[2], w = k->out.size[2], rows[4];
  const int64_t *low = k->low[2], *high = k->high[2];
  const double *part = k->weight[2];
  T *between = k->row, weights[4];
  for (int64_t p = begin; p < end; p++) {
    const T *plane = (const T *)k->in_data + p * cr_box_elements(&k->in);
    T *out = (T *)k->out_data + p * cr_box_elements(&k->out);
    for (int64_t t = 0; t < k->out.size[0]; t++) {
      for (int64_t y = 0; y < k->out.size[1]; y++, out += w) {
        int count = NAME(corners)(k, t, y, rows, weights);
        for (int c = 0; c < count; c++) {
          const T *in = plane + rows[c] * in_w;
          T weight = weights[c];
          if (c == 0) {
            CR_INDEPENDENT for (int64_t x = 0; x < in_w; x++) between[x] = weight * in[x];
          } else {
            CR_INDEPENDENT for (int64_t x = 0; x < in_w; x++) between[x] += weight * in[x];
          }
        }
        for (int64_t x = 0; x < w; x++) {
          T f = (T)part[x], value = between[low[x]];
          out[x] = f == 0 ? value : (1 - f) * value + f * between[high[x]];
        }
      }
    }
  }
}

static void NAME(interpolate_backward)(const cr_interpolation *k, int64_t begin, int64_t end) {
  int64_t in_w = k->in.size[2], w = k->out.size[2], rows[4];
  const int64_t *low = k->low[2], *high = k->high[2];
  const double *part = k->weight[2];
  T *between = k->row, weights[4];
  for (int64_t p = begin; p < end; p++) {
    T *plane = (T *)k->in_data + p * cr_box_elements(&k->in);
    const T *out = (const T *)k->out_data + p * cr_box_elements(&k->out);
    memset(plane, 0, (size_t)cr_box_elements(&k->in) * sizeof(T));
    for (int64_t t = 0; t < k->out.size[0]; t++) {
      for (int64_t y = 0; y < k->out.size[1]; y++, out += w) {
        memset(between, 0, (size_t)in_w * sizeof(T));
        for (int64_t x = 0; x < w; x++) {
          T f = (T)part[x];
          between[low[x]] += (1 - f) * out[x];
          if (f != 0) between[high[x]] += f * out[x];
        }
        int count = NAME(corners)(k, t, y, rows, weights);
        for (int c = 0; c < count; c++) {
          T *in = plane + rows[c] * in_w, weight = weights[c];
          CR_INDEPENDENT for (int64_t x = 0; x < in_w; x++) in[x] += weight * between[x];
        }
      }
    }
  }
}

static const cr_volume_kernels NAME(kernels) = {
    .gather = NAME(gather),
    .gather_backward = NAME(gather_backward),
    .interpolate = NAME(interpolate),
    .interpolate_backward = NAME(interpolate_backward),
};

#undef T
#undef NAME
