/* Filling tensors with random numbers, element by element in row-major order, so that a seed gives
 * Torch7's numbers whatever the tensor's strides. */
#ifndef CR_OPS_RANDOM_H
#define CR_OPS_RANDOM_H

#include "core/generator.h"
#include "core/tensor.h"

typedef enum {
  CR_UNIFORM,     /* a: low, b: high */
  CR_NORMAL,      /* a: mean, b: standard deviation, above 0 */
  CR_EXPONENTIAL, /* a: rate, above 0 */
  CR_CAUCHY,      /* a: median, b: sigma */
  CR_LOG_NORMAL,  /* a: mean, b: standard deviation, above 0 */
  CR_GEOMETRIC,   /* a: p, between 0 and 1 */
  CR_BERNOULLI,   /* a: p, from 0 to 1 */
  CR_DISTRIBUTION_COUNT
} cr_distribution;

/* Fails when a parameter is out of range. */
cr_status cr_check_distribution(cr_distribution distribution, double a, double b);

double cr_draw(cr_generator *g, cr_distribution distribution, double a, double b);

/* Every type but for the continuous distributions, which need a floating-point one. */
cr_status cr_random_fill(cr_tensor *t, cr_generator *g, cr_distribution distribution, double a,
                         double b);

/* Each element is 1 with the probability at its place in p, else 0. */
cr_status cr_bernoulli_each(cr_tensor *t, cr_generator *g, const cr_tensor *p);

/* Integers from low to high, both included. */
cr_status cr_random_integers(cr_tensor *t, cr_generator *g, int64_t low, int64_t high);
int64_t cr_draw_integer(cr_generator *g, int64_t low, int64_t high);

/* The largest integer that Torch7's t:random() draws for the type. */
int64_t cr_random_limit(cr_dtype dtype);

/* Makes t (int64) a random order of the numbers from 1 to n. */
cr_status cr_random_permutation(cr_tensor *t, cr_generator *g, int64_t n);

#endif
