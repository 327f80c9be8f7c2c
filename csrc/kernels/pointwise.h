/* Names of the pointwise operations. Each line is X(name, expression of x) or (a, b). */
#ifndef CR_KERNELS_POINTWISE_H
#define CR_KERNELS_POINTWISE_H

/* For every type. */
#define CR_UNARY_ANY(X)                                                                            \
  X(neg, (T)(-x))                                                                                  \
  X(square, (T)(x * x))                                                                            \
  X(sign, (T)((x > 0) - (x < 0)))

/* For float32 and float64; F(f) is f for double and ff for float. */
#define CR_UNARY_FLOAT(X)                                                                          \
  X(abs, F(fabs)(x))                                                                               \
  X(sqrt, F(sqrt)(x))                                                                              \
  X(rsqrt, 1 / F(sqrt)(x))                                                                         \
  X(reciprocal, 1 / x)                                                                             \
  X(exp, F(exp)(x))                                                                                \
  X(log, F(log)(x))                                                                                \
  X(tanh, F(tanh)(x))                                                                              \
  X(sigmoid, 1 / (1 + F(exp)(-x)))

#define CR_BINARY_ANY(X)                                                                           \
  X(add, (T)(a + b))                                                                               \
  X(sub, (T)(a - b))                                                                               \
  X(mul, (T)(a * b))

#define CR_COMPARE_ANY(X)                                                                          \
  X(lt, a < b) X(gt, a > b) X(le, a <= b) X(ge, a >= b) X(eq, a == b) X(ne, a != b)

#define CR_NAME_UNARY(name, expression) CR_UNARY_##name,
#define CR_NAME_BINARY(name, expression) CR_BINARY_##name,
#define CR_NAME_COMPARE(name, expression) CR_COMPARE_##name,
typedef enum {
  CR_UNARY_ANY(CR_NAME_UNARY) CR_UNARY_FLOAT(CR_NAME_UNARY) CR_UNARY_COUNT
} cr_unary_op;
typedef enum { CR_BINARY_ANY(CR_NAME_BINARY) CR_BINARY_COUNT } cr_binary_op;
typedef enum { CR_COMPARE_ANY(CR_NAME_COMPARE) CR_COMPARE_COUNT } cr_compare_op;

#endif
