/* Elementary functions without branches or calls, which the compiler vectorizes inside a loop:
 * vm_expf, vm_exp, vm_expm1f, vm_logf, vm_log1pf, vm_tanhf, vm_erff, ... with libm's arguments and
 * special cases (NaN, infinities, zeros, subnormal numbers). Errors in float32 are below 2 units in
 * the last place, measured by bench/ulp.c.
 *
 * The methods are classical (Cody and Waite 1980): exp reduces its argument by multiples of log 2
 * and sums a polynomial; log sums one around 1 and adds the exponent; the others rest on these. */
#ifndef CR_KERNELS_VECMATH_H
#define CR_KERNELS_VECMATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline int32_t vm_bits_f(float x) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float vm_from_bits_f(int32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline int64_t vm_bits(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double vm_from_bits(int64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* ---- exp ----
 * x = n log 2 + r with |r| <= log 2 / 2. Adding 1.5 * 2^23 (2^52) rounds to an integer, which then
 * stands in the low bits. *n gets it, *q gets exp(r) - 1. */

static inline void vm_reduce_f(float x, int32_t *n, float *q) {
  const float shift = 12582912.0f;
  float shifted = x * 1.44269504088896341f + shift, k = shifted - shift;
  float r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
  float p = 1.3814226e-3f; /* minimax */
  p = p * r + 8.3688991e-3f;
  p = p * r + 4.1668404e-2f;
  p = p * r + 1.6666520e-1f;
  p = p * r + 4.9999994e-1f;
  *n = vm_bits_f(shifted) - vm_bits_f(shift);
  *q = p * (r * r) + r;
}

static inline void vm_reduce(double x, int64_t *n, double *q) {
  const double shift = 6755399441055744.0;
  double shifted = x * 1.4426950408889634074 + shift, k = shifted - shift;
  double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  double p = 1.1470745597729725e-11; /* 1 / 14! */
  p = p * r + 1.6059043836821613e-10;
  p = p * r + 2.0876756987868099e-09;
  p = p * r + 2.5052108385441719e-08;
  p = p * r + 2.7557319223985891e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.4801587301587302e-05;
  p = p * r + 1.9841269841269841e-04;
  p = p * r + 1.3888888888888889e-03;
  p = p * r + 8.3333333333333332e-03;
  p = p * r + 4.1666666666666664e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  *n = vm_bits(shifted) - vm_bits(shift);
  *q = p * (r * r) + r;
}

/* x 2^n in two steps, so that neither factor overflows where the product does not. */
static inline float vm_scale_f(float x, int32_t n) {
  int32_t half = n >> 1;
  return x * vm_from_bits_f((half + 127) << 23) * vm_from_bits_f((n - half + 127) << 23);
}

static inline double vm_scale(double x, int64_t n) {
  int64_t half = (int32_t)n >> 1;
  return x * vm_from_bits((half + 1023) << 52) * vm_from_bits((n - half + 1023) << 52);
}

static inline float vm_expf(float x) {
  int32_t n;
  float q;
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  vm_reduce_f(x, &n, &q);
  return vm_scale_f(q + 1, n);
}

/* 2^32 exp(x) for x up to 0, never subnormal: one step of scaling is enough. For those who scale the
 * results anyway. */
static inline float vm_exp_raisedf(float x) {
  int32_t n;
  float q;
  x = x < -104.0f ? -104.0f : x;
  vm_reduce_f(x, &n, &q);
  return (q + 1) * vm_from_bits_f((n + 32 + 127) << 23);
}

static inline double vm_exp(double x) {
  int64_t n;
  double q;
  x = x > 710 ? 710 : x;
  x = x < -746 ? -746 : x;
  vm_reduce(x, &n, &q);
  return vm_scale(q + 1, n);
}

/* 2^n (1 + r + r^2 p) - 1 = (2^n r + 2^n - 1) + 2^n (lost + r^2 p), where `lost` is what rounding took
 * from r; the first sum is exact where its parts cancel. 2^128 - 1 is no float32, hence the 127. */
static inline double vm_exp_raised(double x) { return 4294967296.0 * vm_exp(x); }

static inline float vm_expm1f(float x) {
  const float shift = 12582912.0f;
  float z = x > 89.0f ? 89.0f : x;
  z = z < -104.0f ? -104.0f : z;
  float shifted = z * 1.44269504088896341f + shift, k = shifted - shift;
  float exact = z - k * 0.693359375f, r = exact - k * -2.12194440e-4f;
  float lost = (exact - r) - k * -2.12194440e-4f;
  float p = 1.9841270e-4f;
  p = p * r + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  int32_t n = vm_bits_f(shifted) - vm_bits_f(shift), m = n > 127 ? 127 : n;
  m = m < -126 ? -126 : m; /* below, 2^n - 1 is -1 as well */
  float power = vm_from_bits_f((m + 127) << 23);
  float y = (power * r + (power - 1)) + power * (p * (r * r) + lost);
  y = n > 127 ? 2 * y : y;
  y = n < -25 ? -1 : y;
  return x == 0 || x != x ? x : y; /* -0 too */
}

static inline double vm_expm1(double x) {
  int64_t n;
  double q, z = x;
  z = z > 710 ? 710 : z;
  z = z < -746 ? -746 : z;
  vm_reduce(z, &n, &q);
  return n == 0 ? q : vm_scale(q + 1, n) - 1;
}

/* ---- log ----
 * x = 2^e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2); log(1 + f) = f - s (f - R(s^2)) with
 * s = f / (2 + f), R the series of the area hyperbolic tangent. Subnormal numbers are scaled up. */

static inline float vm_logf(float x) {
  float up = x < 1.17549435e-38f ? x * 8388608.0f : x;
  float lift = x < 1.17549435e-38f ? -23.0f : 0.0f;
  int32_t bits = vm_bits_f(up), e = (bits - 0x3f3504f3) >> 23;
  float k = (float)e + lift, f = vm_from_bits_f(bits - (e << 23)) - 1;
  float s = f / (2 + f), z = s * s, half = 0.5f * f * f;
  float r = 0.22222222f + z * 0.18181818f;
  r = z * (0.66666667f + z * (0.4f + z * (0.28571429f + z * r)));
  float y = k * 0.693359375f + (f - (half - (s * (half + r) + k * -2.12194440e-4f)));
  y = x == 0 ? -INFINITY : y;
  y = x < 0 ? NAN : y;
  return x < INFINITY ? y : x; /* NaN too */
}

static inline double vm_log(double x) {
  double up = x < 2.2250738585072014e-308 ? x * 4503599627370496.0 : x;
  double lift = x < 2.2250738585072014e-308 ? -52.0 : 0.0;
  int64_t bits = vm_bits(up), e = (bits - 0x3fe6a09e667f3bcdLL) >> 52;
  double k = vm_from_bits(0x4338000000000000LL + e) - 6755399441055744.0 + lift;
  double f = vm_from_bits(bits - (int64_t)((uint64_t)e << 52)) - 1;
  double s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  double r = 2.0 / 19 + z * (2.0 / 21 + z * (2.0 / 23));
  r = 2.0 / 11 + z * (2.0 / 13 + z * (2.0 / 15 + z * (2.0 / 17 + z * r)));
  r = z * (2.0 / 3 + z * (2.0 / 5 + z * (2.0 / 7 + z * (2.0 / 9 + z * r))));
  double y = k * 6.93147180369123816490e-01 +
             (f - (half - (s * (half + r) + k * 1.90821492927058770002e-10)));
  y = x == 0 ? -INFINITY : y;
  y = x < 0 ? NAN : y;
  return x < INFINITY ? y : x;
}

/* log(u) with u = 1 + x rounded, corrected by what the rounding lost. */
static inline float vm_log1pf(float x) {
  float u = 1 + x, lost = (x - (u - 1)) / u;
  float y = vm_logf(u) + (u > 0 && u < INFINITY ? lost : 0);
  return x == 0 ? x : y; /* -0 too */
}

static inline double vm_log1p(double x) {
  double u = 1 + x, lost = (x - (u - 1)) / u;
  double y = vm_log(u) + (u > 0 && u < INFINITY ? lost : 0);
  return x == 0 ? x : y;
}

/* log2(1 + f) = f + (f (log2 e - 1) - (f - log(1 + f)) log2 e): f keeps all its digits. */
static inline float vm_log2f(float x) {
  float up = x < 1.17549435e-38f ? x * 8388608.0f : x;
  float lift = x < 1.17549435e-38f ? -23.0f : 0.0f;
  int32_t bits = vm_bits_f(up), e = (bits - 0x3f3504f3) >> 23;
  float f = vm_from_bits_f(bits - (e << 23)) - 1;
  float s = f / (2 + f), z = s * s, half = 0.5f * f * f;
  float r = 0.22222222f + z * 0.18181818f;
  r = z * (0.66666667f + z * (0.4f + z * (0.28571429f + z * r)));
  float y = f * 0.44269504f - (half - s * (half + r)) * 1.44269504f;
  y = ((float)e + lift) + (f + y);
  y = x == 0 ? -INFINITY : y;
  y = x < 0 ? NAN : y;
  return x < INFINITY ? y : x;
}

/* ---- tanh ----
 * A polynomial near 0; elsewhere 1 - 2 e / (1 + e) with e = exp(-2 |x|), where the fraction is at
 * most a half and its errors count little. In float64 from exp(-2 |x|) - 1, between -1 and 0. */

static inline float vm_tanhf(float x) {
  float t = fabsf(x), z = x * x, e = vm_expf(-2 * t);
  float p = -6.2074163e-03f;
  p = p * z + 2.1027207e-02f;
  p = p * z + -5.3842276e-02f;
  p = p * z + 1.3332500e-01f;
  p = p * z + -3.3333316e-01f;
  float large = 1 - 2 * e / (1 + e);
  return copysignf(t < 0.55f ? t + t * z * p : large, x);
}

static inline double vm_tanh(double x) {
  double e = vm_expm1(-2 * fabs(x));
  return copysign(-e / (e + 2), x);
}

/* ---- 1 / (1 + exp(-x)), whose small values keep their digits ----
 * In float32 the quotient e / (1 + e) or 1 / (1 + e) is corrected by what the roundings of e and of
 * 1 + e lost; the derivative of the quotient to e is needed roughly only. */

static inline float vm_sigmoidf(float x) {
  int32_t n;
  float q, t = fabsf(x);
  t = t > 104.0f ? 104.0f : t; /* not NaN */
  vm_reduce_f(-t, &n, &q);
  float head = q + 1, tail = (1 - head) + q;
  float e = vm_scale_f(head, n), sum = 1 + e, lost = ((1 - sum) + e) + vm_scale_f(tail, n);
  float y = (x < 0 ? e : 1) / sum;
  float change = (x < 0 ? vm_scale_f(tail, n) : 0) - y * lost;
  return y + change * (x < 0 ? 1 - y : y);
}

static inline double vm_sigmoid(double x) {
  double e = vm_exp(-fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/* ---- erf ----
 * Minimax polynomials: of erf(x) / x - 1 in x^2 below 0.93, of log(1 - erf(x)) from there to 4,
 * where erf is 1 in float32. */

static inline float vm_erff(float x) {
  float t = fabsf(x), s = t < 0.93f ? x * x : 0;
  float p = 8.3452223815e-05f;
  p = p * s + -8.1374369149e-04f;
  p = p * s + 5.2006342431e-03f;
  p = p * s + -2.6859270756e-02f;
  p = p * s + 1.1283693942e-01f;
  p = p * s + -3.7612633697e-01f;
  p = p * s + 1.2837916664e-01f;
  float u = t > 4 ? 4 : t;
  float q = -2.0909601204e-05f;
  q = q * u + 4.3230350454e-04f;
  q = q * u + -4.1605292771e-03f;
  q = q * u + 2.5091502443e-02f;
  q = q * u + -1.0823662756e-01f;
  q = q * u + -6.3338663954e-01f;
  q = q * u + -1.1294951623e+00f;
  q = q * u + 1.7055266472e-04f;
  return t < 0.93f ? x * p + x : copysignf(1 - vm_expf(q), x);
}

/* For checking gradients: exactness counts, not speed. */
static inline double vm_erf(double x) { return erf(x); }

#endif
