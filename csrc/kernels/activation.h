/* Transfer functions. Each line is X(name, kept, cost, forward, backward): forward gives the output
 * of x; backward gives the gradient with respect to x from the gradient g of the output and what
 * was kept, s: the INPUT, or the OUTPUT where that is cheaper. a and b are parameters, K(c) a constant
 * of the element type, F(f) the function f for that type. cost: rough nanoseconds an element. */
#ifndef CR_KERNELS_ACTIVATION_H
#define CR_KERNELS_ACTIVATION_H

/* Comparisons are written so that NaN comes through. */
/* clang-format off */
#define CR_ACTIVATIONS(X)                                                                          \
  X(relu, INPUT, 0.3, x <= 0 ? 0 : x, s > 0 ? g : 0)                                               \
  X(leakyReLU, INPUT, 0.3, x > 0 ? x : a * x, s > 0 ? g : a * g)                                   \
  X(threshold, INPUT, 0.3, x <= a ? b : x, s > a ? g : 0)                                          \
  X(hardTanh, INPUT, 0.3, x < a ? a : (x > b ? b : x), s > a && s < b ? g : 0)                     \
  X(hardShrink, INPUT, 0.3, x <= a && x >= -a ? 0 : x, s <= a && s >= -a ? 0 : g)                  \
  X(softShrink, INPUT, 0.3, x - (x < -a ? -a : (x > a ? a : x)), s <= a && s >= -a ? 0 : g)        \
  X(hardSigmoid, INPUT, 0.3, clamp06(x + 3) * K(1.0 / 6), s > -3 && s < 3 ? g * K(1.0 / 6) : 0)    \
  X(hardSwish, INPUT, 0.3, x * clamp06(x + 3) * K(1.0 / 6),                                        \
    s < -3 ? 0 : (s > 3 ? g : g * (s * K(1.0 / 3) + K(0.5))))                                      \
  X(abs, INPUT, 0.3, F(fabs)(x), s > 0 ? g : (s < 0 ? -g : 0))                                     \
  X(square, INPUT, 0.3, x * x, 2 * s * g)                                                          \
  X(addConstant, INPUT, 0.3, x + a, g)                                                             \
  X(mulConstant, INPUT, 0.3, x * a, g * a)                                                         \
  X(softSign, INPUT, 0.5, x / (1 + F(fabs)(x)), g / ((1 + F(fabs)(s)) * (1 + F(fabs)(s))))         \
  X(sqrt, OUTPUT, 0.5, F(sqrt)(x), s == 0 ? 0 : g * K(0.5) / s)                                    \
  X(tanh, OUTPUT, 0.6, TANH(x), g * (1 - s * s))                                                   \
  X(scaledTanh, OUTPUT, 0.6, a * TANH(b * x), g * b * (a - s * s / a))                             \
  X(sigmoid, OUTPUT, 0.6, SIGMOID(x), g * s * (1 - s))                                      \
  X(exp, OUTPUT, 0.6, EXP(x), g * s)                                                               \
  X(log, INPUT, 0.6, LOG(x), g / s)                                                                \
  X(power, INPUT, 8, F(pow)(x, a), g * a * F(pow)(s, a - 1))                                       \
  X(elu, OUTPUT, 0.6, x > 0 ? x : a * EXPM1(x), s > 0 ? g : g * (s + a))                           \
  X(selu, OUTPUT, 0.6, a * (x > 0 ? x : b * EXPM1(x)), s > 0 ? g * a : g * (s + a * b))            \
  X(softPlus, INPUT, 1, a * x > b ? x : LOG1P(EXP(a * x)) / a,                                     \
    a * s > b ? g : g * SIGMOID(a * s))                                                         \
  X(logSigmoid, INPUT, 1, (x > 0 ? 0 : x) - LOG1P(EXP(-F(fabs)(x))), g * SIGMOID(-s))             \
  X(tanhShrink, INPUT, 0.6, x - TANH(x), g * squared(TANH(s)))                                     \
  X(silu, INPUT, 0.6, x * SIGMOID(x), g * silu_slope(s))                                        \
  X(mish, INPUT, 1, x * mish_gate(x), g * mish_slope(s))                                           \
  X(gelu, INPUT, 1, K(0.5) * x * (1 + ERF(x * K(0.70710678118654752440))), g * gelu_slope(s))      \
  X(geluTanh, INPUT, 1, K(0.5) * x * (1 + TANH(gelu_inner(x))), g * gelu_tanh_slope(s))
/* clang-format on */

#define CR_NAME_ACTIVATION(name, kept, cost, forward, backward) CR_ACTIVATION_##name,
typedef enum { CR_ACTIVATIONS(CR_NAME_ACTIVATION) CR_ACTIVATION_COUNT } cr_activation;
#undef CR_NAME_ACTIVATION

#endif
