/* Names of the pointwise operations. Each line is X(name, expression of x) or (a, b). */
#ifndef CR_KERNELS_POINTWISE_H
#define CR_KERNELS_POINTWISE_H

#include "core/dtype.h"

/* For every type. */
#define CR_UNARY_ANY(X)                                                                            \
  X(neg, (T)(-x))                                                                                  \
  X(abs, (T)(x < 0 ? -x : x))                                                                      \
  X(square, (T)(x * x))                                                                            \
  X(sign, (T)((x > 0) - (x < 0)))

/* For the integer types. */
#define CR_UNARY_INTEGER(X) X(bitnot, (T)(~x))

/* For float32 and float64; F(f) is f for double and ff for float. Memory sets the pace of the light
 * ones, which have a loop for results that no cache keeps besides (see stream.h). */
#define CR_UNARY_FLOAT(X) CR_UNARY_LIGHT(X) CR_UNARY_HEAVY(X)
#define CR_UNARY_LIGHT(X)                                                                          \
  X(sqrt, F(sqrt)(x))                                                                              \
  X(rsqrt, 1 / F(sqrt)(x))                                                                         \
  X(reciprocal, 1 / x)                                                                             \
  X(exp, F(vm_exp)(x))                                                                             \
  X(log, F(vm_log)(x))                                                                             \
  X(sigmoid, F(vm_sigmoid)(x))                                                                     \
  X(floor, F(floor)(x))                                                                            \
  X(ceil, F(ceil)(x))                                                                              \
  X(round, F(round)(x))                                                                            \
  X(trunc, F(trunc)(x))                                                                            \
  X(frac, x - F(trunc)(x))
#define CR_UNARY_HEAVY(X)                                                                          \
  X(expm1, F(vm_expm1)(x))                                                                         \
  X(log1p, F(vm_log1p)(x))                                                                         \
  X(log2, F(vm_log2)(x))                                                                           \
  X(log10, F(vm_log10)(x))                                                                         \
  X(tanh, F(vm_tanh)(x))                                                                           \
  X(erf, F(vm_erf)(x))                                                                             \
  X(sin, F(vm_sin)(x))                                                                             \
  X(cos, F(vm_cos)(x))                                                                             \
  X(tan, F(vm_tan)(x))                                                                             \
  X(asin, F(vm_asin)(x))                                                                           \
  X(acos, F(vm_acos)(x))                                                                           \
  X(atan, F(vm_atan)(x))                                                                           \
  X(sinh, F(vm_sinh)(x))                                                                           \
  X(cosh, F(vm_cosh)(x))                                                                           \
  X(asinh, F(vm_asinh)(x))                                                                         \
  X(acosh, F(vm_acosh)(x))                                                                         \
  X(atanh, F(vm_atanh)(x))

/* quotient and the others after it are defined for each type in pointwise_type.h. */
#define CR_BINARY_ANY(X) CR_BINARY_LIGHT(X) CR_BINARY_HEAVY(X)
#define CR_BINARY_LIGHT(X)                                                                         \
  X(add, (T)(a + b))                                                                               \
  X(sub, (T)(a - b))                                                                               \
  X(mul, (T)(a * b))                                                                               \
  X(max, (T)(a > b || a != a ? a : b))                                                             \
  X(min, (T)(a < b || a != a ? a : b))                                                             \
  X(div, LOOP(quotient)(a, b))
#define CR_BINARY_HEAVY(X)                                                                         \
  X(fmod, LOOP(modulo)(a, b))                                                                      \
  X(remainder, LOOP(floored_modulo)(a, b))                                                         \
  X(floordiv, LOOP(floored_quotient)(a, b))                                                        \
  X(pow, LOOP(power)(a, b))                                                                        \
  X(lshift, LOOP(left)(a, b))                                                                      \
  X(rshift, LOOP(right)(a, b))

#define CR_BINARY_INTEGER(X) X(bitand, (T)(a & b)) X(bitor, (T)(a | b)) X(bitxor, (T)(a ^ b))

#define CR_BINARY_FLOAT(X) X(atan2, F(vm_atan2)(a, b))

/* With a number v (and w) besides: X(name, number of inputs, expression of a, b, c, v, w). */
#define CR_SCALED_ANY(X)                                                                           \
  X(axpy, 2, (T)(a + v * b))                                                                       \
  X(addcmul, 3, (T)(a + v * b * c))                                                                \
  X(addcdiv, 3, (T)(a + LOOP(quotient)((T)(v * b), c)))                                            \
  X(lerp, 2, (T)(a + v * (b - a)))                                                                 \
  X(clamp, 1, (T)(a < v ? v : a > w ? w : a))

#define CR_COMPARE_ANY(X)                                                                          \
  X(lt, a < b) X(gt, a > b) X(le, a <= b) X(ge, a >= b) X(eq, a == b) X(ne, a != b)

/* What a number is; x - x is 0 unless x is an infinity or NaN. */
#define CR_TEST_ANY(X) X(isnan, x != x) X(isinf, x == x && x - x != 0) X(isfinite, x - x == 0)

#define CR_NAME_UNARY(name, expression) CR_UNARY_##name,
#define CR_NAME_BINARY(name, expression) CR_BINARY_##name,
#define CR_NAME_COMPARE(name, expression) CR_COMPARE_##name,
#define CR_NAME_TEST(name, expression) CR_TEST_##name,
#define CR_NAME_SCALED(name, inputs, expression) CR_SCALED_##name,
typedef enum {
  CR_UNARY_ANY(CR_NAME_UNARY) CR_UNARY_INTEGER(CR_NAME_UNARY) CR_UNARY_FLOAT(CR_NAME_UNARY)
      CR_UNARY_COUNT
} cr_unary_op;
typedef enum {
  CR_BINARY_ANY(CR_NAME_BINARY) CR_BINARY_INTEGER(CR_NAME_BINARY) CR_BINARY_FLOAT(CR_NAME_BINARY)
      CR_BINARY_COUNT
} cr_binary_op;
typedef enum { CR_SCALED_ANY(CR_NAME_SCALED) CR_SCALED_COUNT } cr_scaled_op;
typedef enum { CR_TEST_ANY(CR_NAME_TEST) CR_TEST_COUNT } cr_test_op;
typedef enum { CR_COMPARE_ANY(CR_NAME_COMPARE) CR_COMPARE_COUNT } cr_compare_op;

/* The numbers of a scaled operation, the loops' context. */
typedef struct {
  cr_scalar v, w;
} cr_scaled_numbers;

#endif
