/* The steps of one type; included by optim.c with T, INDEX, F and NAME(name) defined. No include
 * guard: it is included once per type. In each, o holds the operands (x: the parameters, g: the
 * gradient) and h the numbers. */

/* x -= lr rate (g + decay x);  h: lr */
static inline void NAME(sgd)(int64_t n, T *const *o, const T *h) {
  T *x = o[0];
  const T *g = o[1], *rate = o[2], *decay = o[3], lr = h[0];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) x[i] -= lr * rate[i] * (g[i] + decay[i] * x[i]);
}

/* d = g + decay x;  m = momentum m + gain d;  x -= lr rate (of_d d + of_m m)
 * h: lr, momentum, gain (1 - dampening), of_d, of_m (0, 1; Nesterov's: 1, momentum) */
static inline void NAME(momentum)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2];
  const T *g = o[1], *rate = o[3], *decay = o[4];
  const T lr = h[0], momentum = h[1], gain = h[2], of_d = h[3], of_m = h[4];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay[i] * x[i];
    m[i] = momentum * m[i] + gain * d;
    x[i] -= lr * rate[i] * (of_d * d + of_m * m[i]);
  }
}

/* x += momentum m: where Nesterov's method takes the gradient;  h: momentum */
static inline void NAME(lookahead)(int64_t n, T *const *o, const T *h) {
  T *x = o[0];
  const T *m = o[1], momentum = h[0];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) x[i] += momentum * m[i];
}

/* step = lr rate (g + decay x);  m = momentum m - step;  x -= step;  h: lr, momentum, decay */
static inline void NAME(nag)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2];
  const T *g = o[1], *rate = o[3], lr = h[0], momentum = h[1], decay = h[2];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T step = lr * rate[i] * (g[i] + decay * x[i]);
    m[i] = momentum * m[i] - step;
    x[i] -= step;
  }
}

/* d = g + decay x;  m = b1 m + c1 d;  v = b2 v + c2 d^2;
 * x = keep x - step m / (root sqrt(v) + epsilon)
 * h: b1, c1 (1 - b1), b2, c2 (1 - b2), epsilon, step, decay, keep, root */
static inline void NAME(adam)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2], *v = o[3];
  const T *g = o[1], b1 = h[0], c1 = h[1], b2 = h[2], c2 = h[3];
  const T epsilon = h[4], step = h[5], decay = h[6], keep = h[7], root = h[8];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * x[i];
    m[i] = b1 * m[i] + c1 * d;
    v[i] = b2 * v[i] + c2 * d * d;
    x[i] = keep * x[i] - step * m[i] / (root * F(sqrt)(v[i]) + epsilon);
  }
}

/* d = g + decay x;  m = b1 m + c1 d;  u = max(b2 u, |d| + epsilon);  x -= step m / u
 * h: b1, c1, b2, epsilon, step, decay */
static inline void NAME(adamax)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2], *u = o[3];
  const T *g = o[1], b1 = h[0], c1 = h[1], b2 = h[2], epsilon = h[3], step = h[4], decay = h[5];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * x[i], size = F(fabs)(d) + epsilon, old = b2 * u[i];
    m[i] = b1 * m[i] + c1 * d;
    u[i] = old > size ? old : size;
    x[i] -= step * m[i] / u[i];
  }
}

/* d = g + decay x;  m = alpha m + c d^2;  x -= lr d / (sqrt(m) + epsilon)
 * h: alpha, c (1 - alpha), epsilon, lr, decay */
static inline void NAME(rmsprop)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2];
  const T *g = o[1], alpha = h[0], c = h[1], epsilon = h[2], lr = h[3], decay = h[4];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * x[i];
    m[i] = alpha * m[i] + c * d * d;
    x[i] -= lr * d / (F(sqrt)(m[i]) + epsilon);
  }
}

/* d = g + decay x;  v += d^2;  x -= lr d / (sqrt(v) + 1e-10);  h: lr, decay */
static inline void NAME(adagrad)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *v = o[2];
  const T *g = o[1], lr = h[0], decay = h[1];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * x[i];
    v[i] += d * d;
    x[i] -= lr * d / (F(sqrt)(v[i]) + (T)1e-10);
  }
}

/* d = g + decay x;  v = rho v + c d^2;  delta = sqrt(a + epsilon) / sqrt(v + epsilon) d;
 * x -= delta;  a = rho a + c delta^2;  h: rho, c (1 - rho), epsilon, decay */
static inline void NAME(adadelta)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *v = o[2], *a = o[3];
  const T *g = o[1], rho = h[0], c = h[1], epsilon = h[2], decay = h[3];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = g[i] + decay * x[i];
    v[i] = rho * v[i] + c * d * d;
    T delta = F(sqrt)(a[i] + epsilon) / F(sqrt)(v[i] + epsilon) * d;
    x[i] -= delta;
    a[i] = rho * a[i] + c * delta * delta;
  }
}

/* x = keep x - eta g;  average += mu (x - average);  h: keep, eta, mu */
static inline void NAME(asgd)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *average = o[2];
  const T *g = o[1], keep = h[0], eta = h[1], mu = h[2];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    x[i] = keep * x[i] - eta * g[i];
    average[i] = mu == 1 ? x[i] : average[i] + mu * (x[i] - average[i]);
  }
}

/* The step size grows while the sign of the gradient stays, shrinks when it turns (then this
 * gradient is taken as 0);  x -= sign(d) size;  h: etaplus, etaminus, largest, smallest */
static inline void NAME(rprop)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *last = o[2], *size = o[3];
  const T *g = o[1], etaplus = h[0], etaminus = h[1], largest = h[2], smallest = h[3];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T turn = g[i] * last[i];
    T s = size[i] * (turn > 0 ? etaplus : (turn < 0 ? etaminus : 1));
    s = s > largest ? largest : (s < smallest ? smallest : s);
    T d = turn < 0 ? 0 : g[i];
    size[i] = s;
    last[i] = d;
    x[i] -= d > 0 ? s : (d < 0 ? -s : 0);
  }
}

/* x = keep x - lr sign(b1 m + c1 g);  m = b2 m + c2 g;  h: b1, c1, b2, c2, lr, keep */
static inline void NAME(lion)(int64_t n, T *const *o, const T *h) {
  T *x = o[0], *m = o[2];
  const T *g = o[1], b1 = h[0], c1 = h[1], b2 = h[2], c2 = h[3], lr = h[4], keep = h[5];
  CR_INDEPENDENT for (int64_t i = 0; i < n; i++) {
    T d = b1 * m[i] + c1 * g[i];
    x[i] = keep * x[i] - (d > 0 ? lr : (d < 0 ? -lr : 0));
    m[i] = b2 * m[i] + c2 * g[i];
  }
}

CR_OPTIMIZERS(DEFINE_STEP)

static void NAME(register)(cr_kernel_table *table) { CR_OPTIMIZERS(ENTER_STEP) }

#undef T
#undef F
#undef INDEX
#undef NAME
