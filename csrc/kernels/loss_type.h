/* The losses of one type; included by loss.c with T, INDEX, F and NAME(name) defined. No include
 * guard: it is included once per type. */

static inline T NAME(sign)(T x) { return (T)((x > 0) - (x < 0)); }
static inline T NAME(positive)(T x) { return x < 0 ? 0 : x; }

/* 0.5 d^2 / beta where |d| < beta, else |d| - 0.5 beta */
static inline T NAME(smooth_l1)(T d, T beta) {
  T size = F(fabs)(d);
  return size < beta ? K(0.5) * d * d / beta : size - K(0.5) * beta;
}

static inline T NAME(smooth_l1_slope)(T d, T beta) {
  return F(fabs)(d) < beta ? d / beta : (T)((d > 0) - (d < 0));
}

/* log(1 + exp(-x)) */
static inline T NAME(log1p_exp_minus)(T x) { return (x < 0 ? -x : 0) + LOG1P(EXP(-F(fabs)(x))); }

/* With p = sigmoid(x), the probability given to the target q = p t + (1 - p) (1 - t) and the weight
 * w = alpha t + (1 - alpha) (1 - t): w (1 - q)^gamma times the binary cross entropy. */
static inline T NAME(focal)(T x, T t, T gamma, T alpha) {
  T p = F(vm_sigmoid)(x), miss = p + t - 2 * p * t;
  T entropy = (1 - t) * x + NAME(log1p_exp_minus)(x);
  T weight = alpha * t + (1 - alpha) * (1 - t);
  return weight * EXP(gamma * LOG(miss + K(1e-30))) * entropy;
}

static inline T NAME(focal_slope)(T x, T t, T gamma, T alpha) {
  T p = F(vm_sigmoid)(x), miss = p + t - 2 * p * t + K(1e-30);
  T entropy = (1 - t) * x + NAME(log1p_exp_minus)(x);
  T weight = alpha * t + (1 - alpha) * (1 - t);
  T power = EXP(gamma * LOG(miss));
  return weight * power * ((p - t) + gamma * entropy * p * (1 - p) * (1 - 2 * t) / miss);
}

#define focal NAME(focal)
#define focal_slope NAME(focal_slope)
#define sign NAME(sign)
#define positive NAME(positive)
#define smooth_l1 NAME(smooth_l1)
#define smooth_l1_slope NAME(smooth_l1_slope)
#define log1p_exp_minus NAME(log1p_exp_minus)

/* Sum in double precision, in lanes. */
static double NAME(block_sum)(int64_t n, const T *x) {
  double lane[LANES] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) lane[k] += (double)x[i + k];
  for (; i < n; i++) sum += (double)x[i];
  for (int k = 0; k < LANES; k++) sum += lane[k];
  return sum;
}

/* One block of an operand as contiguous memory: itself, or gathered into the buffer, which the
 * first block of a single value fills for all. */
static const T *NAME(block_of)(const char *p, int64_t stride, int64_t at, int64_t n, T *buffer) {
  const char *first = p + at * stride;
  if (stride == sizeof(T)) return (const T *)first;
  if (stride == 0 && at > 0) return buffer;
  for (int64_t i = 0; i < n; i++) buffer[i] = *(const T *)(first + i * stride);
  return buffer;
}

CR_LOSSES(DEFINE_LOSS)

static void NAME(register)(cr_kernel_table *table) { CR_LOSSES(ENTER_LOSS) }

#undef focal
#undef focal_slope
#undef sign
#undef positive
#undef smooth_l1
#undef smooth_l1_slope
#undef log1p_exp_minus
#undef T
#undef F
#undef INDEX
#undef NAME
