/* Products of sparse rows with a table, of one type; included by sparse.c with T, INDEX and
 * NAME(name) defined. No include guard: it is included once per type. */

static void NAME(forward)(const void *job, int64_t begin, int64_t end) {
  const cr_sparse *s = job;
  for (int64_t n = begin; n < end; n++) {
    T *out = (T *)s->rows + n * s->outputs;
    for (int64_t e = s->first[n]; e < s->first[n + 1]; e++) {
      const T *w = (const T *)s->table + s->key[e] * s->key_stride;
      T value = ((const T *)s->value)[e];
      if (s->output_stride == 1) {
        CR_INDEPENDENT for (int64_t k = 0; k < s->outputs; k++) out[k] += value * w[k];
      } else {
        for (int64_t k = 0; k < s->outputs; k++) out[k] += value * w[k * s->output_stride];
      }
    }
  }
}

static void NAME(backward)(const void *job, int64_t begin, int64_t end) {
  const cr_sparse *s = job;
  for (int64_t n = begin; n < end; n++) {
    const T *g = (const T *)s->rows + n * s->outputs;
    for (int64_t e = s->first[n]; e < s->first[n + 1]; e++) {
      const T *w = (const T *)s->table + s->key[e] * s->key_stride;
      double sum = 0;
      for (int64_t k = 0; k < s->outputs; k++) sum += (double)(g[k] * w[k * s->output_stride]);
      ((T *)s->result)[e] = (T)sum;
    }
  }
}

static void NAME(accumulate)(const void *job, int64_t begin, int64_t end) {
  const cr_sparse *s = job;
  for (int64_t n = 0; n < s->samples; n++) {
    const T *g = (const T *)s->rows + n * s->outputs;
    for (int64_t e = s->first[n]; e < s->first[n + 1]; e++) {
      T *w = (T *)s->table + s->key[e] * s->key_stride;
      T value = (T)(s->scale * (double)((const T *)s->value)[e]);
      if (s->output_stride == 1) {
        CR_INDEPENDENT for (int64_t k = begin; k < end; k++) w[k] += value * g[k];
      } else {
        for (int64_t k = begin; k < end; k++) w[k * s->output_stride] += value * g[k];
      }
    }
  }
}

static void NAME(register)(cr_kernel_table *table) {
  table->sparse[INDEX] = (cr_sparse_kernels){
      .forward = NAME(forward), .backward = NAME(backward), .accumulate = NAME(accumulate)};
}

#undef T
#undef INDEX
#undef NAME
