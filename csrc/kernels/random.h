/* Mersenne Twister in blocks, and its bits as random numbers. Formulas and order are those of
 * core/generator.c, so the numbers are the same, to the rounding of the elementary functions. */
#ifndef CR_KERNELS_RANDOM_H
#define CR_KERNELS_RANDOM_H

#include <stdint.h>

typedef struct {
  /* The next block of the generator's state, and n of its words tempered. */
  void (*twist)(uint32_t *state);
  void (*temper)(int64_t n, const uint32_t *state, uint32_t *bits);
  /* n numbers, one for each word of bits: u (b - a) + a with u in [0, 1), log(1 - u) a, u <= a. */
  void (*uniform)(int64_t n, const uint32_t *bits, double a, double b, double *out);
  void (*logarithm)(int64_t n, const uint32_t *bits, double a, double *out);
  void (*bernoulli)(int64_t n, const uint32_t *bits, double a, double *out);
  void (*cauchy)(int64_t n, const uint32_t *bits, double median, double sigma, double *out);
  void (*geometric)(int64_t n, const uint32_t *bits, double p, double *out);
  /* n normal numbers by Box and Muller, two for each two words; n is even. */
  void (*normal)(int64_t n, const uint32_t *bits, double mean, double stddev, double *out);
} cr_random_kernels;

#endif
