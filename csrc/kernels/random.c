#include "core/generator.h"
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

enum { shift_size = 397, lag = CR_MT_SIZE - shift_size };

static inline uint32_t mixed(uint32_t a, uint32_t b) {
  uint32_t word = (a & 0x80000000u) | (b & 0x7fffffffu);
  return (word >> 1) ^ (-(b & 1u) & 0x9908b0dfu);
}

/* Word i needs words i + 1 and i + 397 of the old block, or word i - 227 of the new one: so 227 words
 * at a time do not depend on each other. */
static void twist(uint32_t *s) {
  CR_INDEPENDENT for (int i = 0; i < lag; i++) s[i] = s[i + shift_size] ^ mixed(s[i], s[i + 1]);
  for (int first = lag; first < CR_MT_SIZE - 1; first += lag) {
    int end = first + lag < CR_MT_SIZE - 1 ? first + lag : CR_MT_SIZE - 1;
    CR_INDEPENDENT for (int i = first; i < end; i++) s[i] = s[i - lag] ^ mixed(s[i], s[i + 1]);
  }
  s[CR_MT_SIZE - 1] = s[shift_size - 1] ^ mixed(s[CR_MT_SIZE - 1], s[0]);
}

static void temper(int64_t n, const uint32_t *state, uint32_t *bits) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t y = state[i];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    bits[i] = y ^ (y >> 18);
  }
}

/* In [0, 1), with all 32 bits; conversion of signed numbers is what all instruction sets have. */
static inline double unit(uint32_t bits) {
  return ((double)(int32_t)(bits ^ 0x80000000u) + 2147483648.0) * (1.0 / 4294967296.0);
}

static void uniform(int64_t n, const uint32_t *bits, double a, double b, double *out) {
  for (int64_t i = 0; i < n; i++) out[i] = unit(bits[i]) * (b - a) + a;
}

static void logarithm(int64_t n, const uint32_t *bits, double a, double *out) {
  for (int64_t i = 0; i < n; i++) out[i] = a * vm_log(1 - unit(bits[i]));
}

static void bernoulli(int64_t n, const uint32_t *bits, double a, double *out) {
  for (int64_t i = 0; i < n; i++) out[i] = unit(bits[i]) <= a ? 1 : 0;
}

/* sin and cos of y from 0 to 2 pi: y = k pi / 2 + r, then Taylor's series, whose first term left out
 * is below 2^-54. */
static inline void sine_and_cosine(double y, double *sine, double *cosine) {
  const double shift = 6755399441055744.0;
  double shifted = y * 0.63661977236758134308 + shift, k = shifted - shift;
  int64_t quadrant = vm_bits(shifted);
  double r = (y - k * 1.57079632673412561417e+00) - k * 6.07710050650619224932e-11, z = r * r;
  double s = -1.0 / 1307674368000, c = 1.0 / 20922789888000;
  s = s * z + 1.0 / 6227020800;
  s = s * z + -1.0 / 39916800;
  s = s * z + 1.0 / 362880;
  s = s * z + -1.0 / 5040;
  s = s * z + 1.0 / 120;
  s = s * z + -1.0 / 6;
  s = r + r * z * s;
  c = c * z + -1.0 / 87178291200;
  c = c * z + 1.0 / 479001600;
  c = c * z + -1.0 / 3628800;
  c = c * z + 1.0 / 40320;
  c = c * z + -1.0 / 720;
  c = c * z + 1.0 / 24;
  c = 1 - (0.5 * z - z * z * c);
  double first = quadrant & 1 ? c : s, second = quadrant & 1 ? s : c;
  *sine = quadrant & 2 ? -first : first;
  *cosine = (quadrant + 1) & 2 ? -second : second;
}

static void cauchy(int64_t n, const uint32_t *bits, double median, double sigma, double *out) {
  for (int64_t i = 0; i < n; i++) {
    double sine, cosine;
    sine_and_cosine(3.14159265358979323846 * (unit(bits[i]) - 0.5), &sine, &cosine);
    out[i] = median + sigma * (sine / cosine);
  }
}

/* Quotients close to an integer are computed by libm, as single draws are: a last digit decides there
 * which number it is. */
static void geometric(int64_t n, const uint32_t *bits, double p, double *out) {
  double scale = log(p);
  for (int64_t i = 0; i < n; i++) out[i] = vm_log(1 - unit(bits[i])) / scale;
  for (int64_t i = 0; i < n; i++) {
    double nearest = floor(out[i] + 0.5);
    if (fabs(out[i] - nearest) <= 1e-12 * nearest) out[i] = log(1 - unit(bits[i])) / scale;
    out[i] = floor(out[i]) + 1;
  }
}

static void normal(int64_t n, const uint32_t *bits, double mean, double stddev, double *out) {
  enum { block = 64 };
  double angle[block], rho[block], first[block], second[block];
  for (int64_t at = 0; at < n; at += 2 * block) {
    int count = (int)(n - at < 2 * block ? n - at : 2 * block) / 2;
    const uint32_t *b = bits + at;
    for (int i = 0; i < count; i++) {
      angle[i] = 2 * 3.14159265358979323846 * unit(b[2 * i]);
      rho[i] = 1.0 - unit(b[2 * i + 1]);
    }
    for (int i = 0; i < count; i++) rho[i] = sqrt(-2 * vm_log(rho[i]));
    for (int i = 0; i < count; i++) {
      double sine, cosine;
      sine_and_cosine(angle[i], &sine, &cosine);
      first[i] = rho[i] * cosine * stddev + mean;
      second[i] = rho[i] * sine * stddev + mean;
    }
    for (int i = 0; i < count; i++) {
      out[at + 2 * i] = first[i];
      out[at + 2 * i + 1] = second[i];
    }
  }
}

void CR_KERNEL(register_random)(cr_kernel_table *table) {
  table->random =
      (cr_random_kernels){twist, temper, uniform, logarithm, bernoulli, cauchy, geometric, normal};
}
