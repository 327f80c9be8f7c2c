/* Random bits as a function of a key and of a number: any element's can be made by any thread, again
 * and again. Kernels include this. */
#ifndef CR_KERNELS_COUNTER_RANDOM_H
#define CR_KERNELS_COUNTER_RANDOM_H

#include <stdint.h>

/* The key of a block of 65,536 numbers: the finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t cr_block_key(uint64_t key, uint64_t block) {
  uint64_t z = key + (block + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Wellons' 32-bit integer hash (2018), twice with a key each: every input bit reaches every output
 * bit, and it needs nothing but what vector units have. */
static inline uint32_t cr_mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}

static inline uint32_t cr_random_at(uint32_t number, uint32_t low, uint32_t high) {
  return cr_mix(cr_mix(number ^ low) + high);
}

#endif
