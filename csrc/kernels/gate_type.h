/* Transfer functions of more than one operand, of one type; included by gate.c with T, INDEX, F and
 * NAME(name) defined. No include guard: it is included once per type. */

static inline T NAME(silu_slope)(T x) {
  T gate = SIGMOID(x);
  return gate * (1 + x * (1 - gate));
}

#define silu_slope NAME(silu_slope)

CR_GATES(DEFINE_GATE)

/* max(0, x) and max(0, -x) */
static void NAME(crelu)(int64_t n, char *const *p, const int64_t *s, const void *context) {
  (void)context;
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T x = AT(2, i);
    AT(0, i) = x <= 0 ? 0 : x;
    AT(1, i) = x >= 0 ? 0 : -x;
  }
}

static void NAME(crelu_backward)(int64_t n, char *const *p, const int64_t *s, const void *context) {
  (void)context;
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T x = AT(3, i);
    AT(0, i) = x > 0 ? AT(1, i) : (x < 0 ? -AT(2, i) : 0);
  }
}

static void NAME(prelu)(int64_t n, char *const *p, const int64_t *s, const void *context) {
  (void)context;
  if (s[0] == sizeof(T) && s[1] == sizeof(T) && s[2] == 0) {
    T *out = (T *)p[0], w = *(const T *)p[2];
    const T *in = (const T *)p[1];
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = in[i] > 0 ? in[i] : w * in[i];
    return;
  }
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T x = AT(1, i);
    AT(0, i) = x > 0 ? x : AT(2, i) * x;
  }
}

static void NAME(prelu_backward)(int64_t n, char *const *p, const int64_t *s, const void *context) {
  (void)context;
  if (s[0] == sizeof(T) && s[1] == sizeof(T) && s[2] == 0 && s[3] == sizeof(T)) {
    T *out = (T *)p[0], w = *(const T *)p[2];
    const T *in = (const T *)p[1], *g = (const T *)p[3];
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = in[i] > 0 ? g[i] : w * g[i];
    return;
  }
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T g = AT(3, i);
    AT(0, i) = AT(1, i) > 0 ? g : AT(2, i) * g;
  }
}

static double NAME(prelu_sum)(int64_t n, int64_t stride, const void *x, const void *g) {
  const T *in = x, *grad = g;
  double lane[LANES] = {0}, sum = 0;
  int64_t i = 0;
  if (stride == 1)
    for (; i + LANES <= n; i += LANES)
      for (int k = 0; k < LANES; k++) {
        T below = in[i + k] > 0 ? 0 : in[i + k];
        lane[k] += (double)(below * grad[i + k]);
      }
  for (; i < n; i++) sum += (double)(in[i * stride] > 0 ? 0 : in[i * stride] * grad[i * stride]);
  for (int k = 0; k < LANES; k++) sum += lane[k];
  return sum;
}

static void NAME(register)(cr_kernel_table *table) {
  CR_GATES(ENTER_GATE)
  table->crelu[INDEX] = NAME(crelu);
  table->crelu_backward[INDEX] = NAME(crelu_backward);
  table->prelu[INDEX] = NAME(prelu);
  table->prelu_backward[INDEX] = NAME(prelu_backward);
  table->prelu_sum[INDEX] = NAME(prelu_sum);
}

#undef silu_slope
#undef T
#undef F
#undef INDEX
#undef NAME
