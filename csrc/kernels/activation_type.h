/* The transfer functions of one type; included by activation.c with T, INDEX, F and NAME(name)
 * defined. No include guard: it is included once per type. */

static inline T NAME(clamp06)(T x) { return x < 0 ? 0 : (x > 6 ? 6 : x); }

static inline T NAME(squared)(T x) { return x * x; }

/* d/dx of x sigmoid(x) */
static inline T NAME(silu_slope)(T x) {
  T gate = SIGMOID(x);
  return gate * (1 + x * (1 - gate));
}

/* tanh(softplus(x)) = n / (n + 2) with n = e^2 + 2 e and e = exp(x); 1 to the last digit from 20 on. */
static inline T NAME(mish_gate)(T x) {
  T e = EXP(x > 20 ? 20 : x), n = e * (e + 2);
  return n / (n + 2);
}

static inline T NAME(mish_slope)(T x) {
  T e = EXP(x > 20 ? 20 : x), n = e * (e + 2), gate = n / (n + 2);
  return gate + x * (1 - gate * gate) * e / (1 + e);
}

/* Phi(x) + x phi(x), of the normal distribution */
static inline T NAME(gelu_slope)(T x) {
  T cumulative = K(0.5) * (1 + ERF(x * K(0.70710678118654752440)));
  return cumulative + x * K(0.39894228040143267794) * EXP(K(-0.5) * x * x);
}

/* sqrt(2 / pi) (x + 0.044715 x^3) */
static inline T NAME(gelu_inner)(T x) {
  return K(0.79788456080286535588) * (x + K(0.044715) * x * x * x);
}

static inline T NAME(gelu_tanh_slope)(T x) {
  T t = TANH(NAME(gelu_inner)(x));
  T inner_slope = K(0.79788456080286535588) * (1 + K(3 * 0.044715) * x * x);
  return K(0.5) * (1 + t) + K(0.5) * x * (1 - t * t) * inner_slope;
}

#define clamp06 NAME(clamp06)
#define squared NAME(squared)
#define silu_slope NAME(silu_slope)
#define mish_gate NAME(mish_gate)
#define mish_slope NAME(mish_slope)
#define gelu_slope NAME(gelu_slope)
#define gelu_inner NAME(gelu_inner)
#define gelu_tanh_slope NAME(gelu_tanh_slope)

CR_ACTIVATIONS(DEFINE_ACTIVATION)

static void NAME(register)(cr_kernel_table *table) { CR_ACTIVATIONS(ENTER_ACTIVATION) }

#undef clamp06
#undef squared
#undef silu_slope
#undef mish_gate
#undef mish_slope
#undef gelu_slope
#undef gelu_inner
#undef gelu_tanh_slope
#undef T
#undef F
#undef INDEX
#undef NAME
