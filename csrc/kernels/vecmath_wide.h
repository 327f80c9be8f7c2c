/* float32 functions that compute in float64, without branches or calls: their results are within 0.52
 * units in the last place. In float64 these are libm's: what is computed in float64 is computed for
 * its digits. Sines and cosines reduce their argument in float64 only. */
#ifndef CR_KERNELS_VECMATH_WIDE_H
#define CR_KERNELS_VECMATH_WIDE_H

#include "kernels/vecmath.h"

#include <stdbool.h>

#define VM_LIBM(name)                                                                              \
  static inline double vm_##name(double x) { return name(x); }
VM_LIBM(log2)
VM_LIBM(log10)
VM_LIBM(sin)
VM_LIBM(cos)
VM_LIBM(tan)
VM_LIBM(asin)
VM_LIBM(acos)
VM_LIBM(atan)
VM_LIBM(sinh)
VM_LIBM(cosh)
VM_LIBM(asinh)
VM_LIBM(acosh)
VM_LIBM(atanh)
static inline double vm_pow(double x, double y) { return y == 2 ? x * x : pow(x, y); }

static inline float vm_log10f(float x) { return (float)(vm_log(x) * 0.43429448190325182765); }

/* A choice that the compiler cannot turn into a branch, for conditions on one variable after the
 * other. */
static inline float vm_choose_f(int32_t condition, float a, float b) {
  int32_t mask = -condition;
  return vm_from_bits_f((vm_bits_f(a) & mask) | (vm_bits_f(b) & ~mask));
}

/* ---- sin, cos, tan ----
 * x = k pi / 2 + r. The first part of pi / 2 has 33 bits, so k times it is exact up to the limit; what
 * lies beyond is libm's. */

#define VM_TURNS_LIMIT 1048576.0f

static inline double vm_turns(float x, int32_t *quadrant) {
  const double shift = 6755399441055744.0;
  double shifted = x * 0.63661977236758134308 + shift, k = shifted - shift;
  *quadrant = (int32_t)vm_bits(shifted);
  return (x - k * 1.57079632673412561417e+00) - k * 6.07710050650619224932e-11;
}

static inline float vm_sin_near_f(float r) {
  float z = r * r, p = -1.9516975e-04f;
  p = p * z + 8.3321761e-03f;
  p = p * z + -1.6666655e-01f;
  return r + r * z * p;
}

static inline float vm_cos_near_f(float r) {
  float z = r * r, p = 2.4438088e-05f;
  p = p * z + -1.3887364e-03f;
  p = p * z + 4.1666646e-02f;
  return 1 - (0.5f * z - z * z * p);
}

/* For |x| up to the limit. */
static inline float vm_sin_limited_f(float x) {
  int32_t quadrant;
  float r = (float)vm_turns(x, &quadrant);
  float y = quadrant & 1 ? vm_cos_near_f(r) : vm_sin_near_f(r);
  y = quadrant & 2 ? -y : y;
  return x == 0 ? x : y; /* -0 too */
}

static inline float vm_cos_limited_f(float x) {
  int32_t quadrant;
  float r = (float)vm_turns(x, &quadrant);
  float y = quadrant & 1 ? vm_sin_near_f(r) : vm_cos_near_f(r);
  return (quadrant + 1) & 2 ? -y : y;
}

static inline float vm_tan_limited_f(float x) {
  int32_t quadrant;
  double r = vm_turns(x, &quadrant), z = r * r;
  double s = -2.4761377317051176e-08, c = 2.6579124822745038e-09;
  s = s * z + 2.7555354004858473e-06;
  s = s * z + -1.9841263805500602e-04;
  s = s * z + 8.3333333252399999e-03;
  s = s * z + -1.6666666666631411e-01;
  s = r + r * z * s;
  c = c * z + -2.7651132930594987e-07;
  c = c * z + 2.4802121529928987e-05;
  c = c * z + -1.3888890115409168e-03;
  c = c * z + 4.1666666675749212e-02;
  c = 1 - (0.5 * z - z * z * c);
  return x == 0 ? x : (float)(quadrant & 1 ? -c / s : s / c);
}

static inline bool vm_is_limited(float x) { return fabsf(x) <= VM_TURNS_LIMIT; }
static inline float vm_sinf(float x) { return vm_is_limited(x) ? vm_sin_limited_f(x) : sinf(x); }
static inline float vm_cosf(float x) { return vm_is_limited(x) ? vm_cos_limited_f(x) : cosf(x); }
static inline float vm_tanf(float x) { return vm_is_limited(x) ? vm_tan_limited_f(x) : tanf(x); }

/* ---- atan, asin, acos ----
 * Above tan(pi / 8), atan(t) = pi / 4 + atan((t - 1) / (t + 1)), above its inverse
 * pi / 2 - atan(1 / t). */

static inline double vm_atan_positive(double t) {
  bool is_large = t > 2.414213562373095, is_middle = !is_large && t > 0.41421356237309503;
  double base = is_large ? 1.5707963267948966 : is_middle ? 0.78539816339744831 : 0;
  double above = is_large ? -1 : is_middle ? t - 1 : t;
  double below = is_large ? t : is_middle ? t + 1 : 1;
  double u = above / below, z = u * u, p = -0.037939153430974697;
  p = p * z + 0.069921812657685628;
  p = p * z + -0.089970830400616306;
  p = p * z + 0.1110403379040153;
  p = p * z + -0.14285425474772684;
  p = p * z + 0.19999994378850061;
  p = p * z + -0.33333333296219853;
  return base + (u + u * z * p);
}

static inline float vm_atanf(float x) { return copysignf((float)vm_atan_positive(fabs(x)), x); }

static inline float vm_asinf(float x) {
  double t = fabs(x), y = vm_atan_positive(t / sqrt((1 - t) * (1 + t)));
  return copysignf((float)(t == 1 ? 1.5707963267948966 : y), x);
}

static inline float vm_acosf(float x) {
  double y = 2 * vm_atan_positive(sqrt((1 - (double)x) / (1 + (double)x)));
  return (float)(x == -1 ? 3.1415926535897931 : y);
}

static inline double vm_atan2(double y, double x) { return atan2(y, x); }

/* Two zeros and two infinities are chosen among float32 numbers: a choice of float64 numbers by
 * comparisons of float32 ones does not vectorize. */
static inline float vm_atan2f(float y, float x) {
  double angle = vm_atan_positive(fabs(y) / (double)fabsf(x));
  float right = (float)angle, left = (float)(3.1415926535897931 - angle);
  int32_t is_origin = (y == 0) & (x == 0);
  int32_t is_corner = (fabsf(y) == INFINITY) & (fabsf(x) == INFINITY);
  right = vm_choose_f(is_origin, 0, vm_choose_f(is_corner, 0.785398163f, right));
  left = vm_choose_f(is_origin, 3.14159265f, vm_choose_f(is_corner, 2.35619449f, left));
  return copysignf(vm_choose_f(vm_bits_f(x) < 0, left, right), y);
}

/* ---- fmod ----
 * a - n b with n = a / b towards 0, which is exact as long as n is. Of float32 numbers up to the limit
 * the quotient never rounds up to an integer, and n b is exact in float64. In float64 the quotient may
 * have, and then the difference has the wrong sign; it is exact through a fused product. Beyond the
 * limit, and for an infinite b, fmod is libm's. */

static inline bool vm_is_near_f(float a, float b) {
  return fabs((double)a / b) < 67108864.0 && fabsf(b) < INFINITY;
}

static inline float vm_fmod_near_f(float a, float b) {
  double n = (double)(int32_t)((double)a / b);
  return copysignf((float)(a - n * b), a);
}

static inline bool vm_is_near(double a, double b) {
  return fabs(a / b) < 4503599627370496.0 && fabs(b) < INFINITY;
}

static inline double vm_fmod_near(double a, double b) {
  double n = trunc(a / b), rest = fma(-n, b, a);
  rest = (rest < 0) != (a < 0) && rest != 0 ? rest + copysign(b, a) : rest;
  return copysign(rest, a);
}

/* ---- sinh, cosh and their inverses ---- */

static inline float vm_sinhf(float x) {
  double e = vm_expm1(fabs(x));
  double y = e < 1e30 ? 0.5 * (e + e / (e + 1)) : 0.5 * e;
  return copysignf((float)y, x);
}

static inline float vm_coshf(float x) {
  double e = vm_exp(fabs(x));
  return (float)(0.5 * (e + 1 / e));
}

static inline float vm_asinhf(float x) {
  double t = fabs(x), y = vm_log1p(t + t * t / (1 + sqrt(t * t + 1)));
  return copysignf((float)(t < INFINITY ? y : t), x);
}

static inline float vm_acoshf(float x) {
  double t = (double)x - 1;
  return x < 1 ? NAN : (float)vm_log1p(t + sqrt(2 * t + t * t));
}

static inline float vm_atanhf(float x) {
  double t = fabs(x);
  return copysignf((float)(0.5 * vm_log1p(2 * t / (1 - t))), x);
}

/* ---- pow ---- */

static inline float vm_powf(float x, float y) {
  float magnitude = (float)vm_exp(y * vm_log(fabs(x)));
  float small = vm_choose_f(fabsf(y) < 16777216.0f, y, 0); /* larger exponents are even */
  int32_t whole = (int32_t)small, is_integer = (float)whole == small;
  int32_t sign = vm_bits_f(x) & (int32_t)((uint32_t)whole << 31) & -is_integer;
  float power = vm_from_bits_f(vm_bits_f(magnitude) ^ sign);
  power = vm_choose_f((x < 0) & (x > -INFINITY) & !is_integer, NAN, power);
  int32_t is_even_one = (x == -1) & (fabsf(y) == INFINITY);
  return vm_choose_f((x == 1) | (y == 0) | is_even_one, 1, power);
}

#endif
