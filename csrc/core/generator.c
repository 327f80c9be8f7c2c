#include "core/generator.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double pi = 3.14159265358979323846;

enum { shift_size = 397 };

void cr_generator_seed(cr_generator *g, uint64_t seed) {
  memset(g, 0, sizeof *g);
  g->seed = seed;
  g->state[0] = (uint32_t)seed;
  for (uint32_t i = 1; i < CR_MT_SIZE; i++)
    g->state[i] = 1812433253u * (g->state[i - 1] ^ (g->state[i - 1] >> 30)) + i;
  g->next = CR_MT_SIZE;
}

uint64_t cr_generator_seed_from_system(cr_generator *g) {
  uint64_t seed = 0;
  int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  bool is_read = file >= 0 && read(file, &seed, sizeof seed) == (ssize_t)sizeof seed;
  if (file >= 0) close(file);
  if (!is_read) seed = (uint64_t)time(NULL) * 2654435761u ^ (uint64_t)getpid();
  seed &= INT64_MAX; /* a Lua integer shows it as a positive number */
  cr_generator_seed(g, seed);
  return seed;
}

static inline uint32_t twist(uint32_t a, uint32_t b) {
  uint32_t mixed = (a & 0x80000000u) | (b & 0x7fffffffu);
  return (mixed >> 1) ^ (b & 1u ? 0x9908b0dfu : 0u);
}

static void next_block(cr_generator *g) {
  uint32_t *s = g->state;
  int i = 0;
  for (; i < CR_MT_SIZE - shift_size; i++) s[i] = s[i + shift_size] ^ twist(s[i], s[i + 1]);
  for (; i < CR_MT_SIZE - 1; i++) s[i] = s[i + shift_size - CR_MT_SIZE] ^ twist(s[i], s[i + 1]);
  s[i] = s[shift_size - 1] ^ twist(s[i], s[0]);
  g->next = 0;
}

uint32_t cr_random_u32(cr_generator *g) {
  if (g->next >= CR_MT_SIZE) next_block(g);
  uint32_t y = g->state[g->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double cr_random_unit(cr_generator *g) { return cr_random_u32(g) * (1.0 / 4294967296.0); }

double cr_random_uniform(cr_generator *g, double low, double high) {
  return cr_random_unit(g) * (high - low) + low;
}

double cr_random_normal(cr_generator *g, double mean, double stddev) {
  g->has_normal = !g->has_normal;
  if (!g->has_normal) return g->normal_rho * sin(2 * pi * g->normal_x) * stddev + mean;
  g->normal_x = cr_random_unit(g);
  g->normal_rho = sqrt(-2 * log(1.0 - cr_random_unit(g)));
  return g->normal_rho * cos(2 * pi * g->normal_x) * stddev + mean;
}

double cr_random_exponential(cr_generator *g, double lambda) {
  return -1.0 / lambda * log(1 - cr_random_unit(g));
}

double cr_random_cauchy(cr_generator *g, double median, double sigma) {
  return median + sigma * tan(pi * (cr_random_unit(g) - 0.5));
}

double cr_random_log_normal(cr_generator *g, double mean, double stddev) {
  return exp(cr_random_normal(g, mean, stddev));
}

int64_t cr_random_geometric(cr_generator *g, double p) {
  return (int64_t)(log(1 - cr_random_unit(g)) / log(p)) + 1;
}

int cr_random_bernoulli(cr_generator *g, double p) { return cr_random_unit(g) <= p; }

static unsigned char *put(unsigned char *at, const void *value, size_t bytes) {
  memcpy(at, value, bytes);
  return at + bytes;
}

static const unsigned char *get(const unsigned char *at, void *value, size_t bytes) {
  memcpy(value, at, bytes);
  return at + bytes;
}

void cr_generator_to_bytes(const cr_generator *g, unsigned char *bytes) {
  int32_t next = g->next, has_normal = g->has_normal;
  bytes = put(bytes, &g->seed, 8);
  bytes = put(bytes, g->state, sizeof g->state);
  bytes = put(bytes, &next, 4);
  bytes = put(bytes, &has_normal, 4);
  bytes = put(bytes, &g->normal_x, 8);
  put(bytes, &g->normal_rho, 8);
}

cr_status cr_generator_from_bytes(cr_generator *g, const unsigned char *bytes, size_t length) {
  if (length != CR_GENERATOR_BYTES)
    return cr_fail(CR_EINVAL, "a generator's state has %d bytes, got %zu", CR_GENERATOR_BYTES,
                   length);
  cr_generator read;
  int32_t next, has_normal;
  bytes = get(bytes, &read.seed, 8);
  bytes = get(bytes, read.state, sizeof read.state);
  bytes = get(bytes, &next, 4);
  bytes = get(bytes, &has_normal, 4);
  bytes = get(bytes, &read.normal_x, 8);
  get(bytes, &read.normal_rho, 8);
  if (next < 0 || next > CR_MT_SIZE || (has_normal != 0 && has_normal != 1))
    return cr_fail(CR_EINVAL, "these bytes are not a generator's state");
  read.next = next;
  read.has_normal = has_normal;
  *g = read;
  return CR_OK;
}
