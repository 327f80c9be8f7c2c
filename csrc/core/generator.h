/* Random numbers: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), drawn from in the
 * same order and with the same formulas as Torch7, so that a seed gives Torch7's stream. */
#ifndef CR_CORE_GENERATOR_H
#define CR_CORE_GENERATOR_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define CR_MT_SIZE 624

typedef struct {
  uint64_t seed;
  uint32_t state[CR_MT_SIZE];
  int next;       /* of the current block; CR_MT_SIZE: a new block is due */
  int has_normal; /* Box-Muller makes two numbers: the second one waits */
  double normal_x, normal_rho;
} cr_generator;

void cr_generator_seed(cr_generator *g, uint64_t seed);
/* Seeds from the operating system; returns the seed. */
uint64_t cr_generator_seed_from_system(cr_generator *g);

uint32_t cr_random_u32(cr_generator *g);
/* Uniform in [0, 1) with 32 random bits. */
double cr_random_unit(cr_generator *g);
double cr_random_uniform(cr_generator *g, double low, double high);
/* Box-Muller. stddev must be positive: callers check. */
double cr_random_normal(cr_generator *g, double mean, double stddev);
double cr_random_exponential(cr_generator *g, double lambda);
double cr_random_cauchy(cr_generator *g, double median, double sigma);
double cr_random_log_normal(cr_generator *g, double mean, double stddev);
/* Number of trials up to the first failure, each failing with probability 1 - p, as Torch7 has it. */
int64_t cr_random_geometric(cr_generator *g, double p);
int cr_random_bernoulli(cr_generator *g, double p);

/* The complete state as bytes, for saving; restoring checks it. */
#define CR_GENERATOR_BYTES (8 + 4 * CR_MT_SIZE + 4 + 4 + 8 + 8)
void cr_generator_to_bytes(const cr_generator *g, unsigned char *bytes);
cr_status cr_generator_from_bytes(cr_generator *g, const unsigned char *bytes, size_t length);

#endif
