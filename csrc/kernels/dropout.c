/* Dropout; see dropout.h. */
#include "kernels/kernels.h"

/* The key of a block of 65,536 numbers: the finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t block_key(uint64_t key, uint64_t block) {
  uint64_t z = key + (block + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Wellons' 32-bit integer hash (2018), twice with a key each: every input bit reaches every output
 * bit, and it needs nothing but what vector units have. */
static inline uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}

static inline uint32_t random_at(uint32_t number, uint32_t low, uint32_t high) {
  return mix(mix(number ^ low) + high);
}

#define DROPOUT(name, T)                                                                           \
  static void name##_singles(const cr_dropout *d, int64_t begin, int64_t end, uint64_t key) {      \
    const T *in = (const T *)d->in + begin;                                                        \
    T *out = (T *)d->out + begin;                                                                  \
    T scale = (T)d->scale;                                                                         \
    uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32), first = (uint32_t)begin & 0xffff;  \
    uint32_t threshold = d->threshold;                                                             \
    int32_t n = (int32_t)(end - begin);                                                            \
    CR_INDEPENDENT for (int32_t i = 0; i < n; i++) {                                               \
      T kept = in[i] * scale;                                                                      \
      out[i] = random_at(first + (uint32_t)i, low, high) < threshold ? 0 : kept;                   \
    }                                                                                              \
  }                                                                                                \
  static void name(const cr_dropout *d, int64_t begin, int64_t end) {                              \
    for (int64_t at = begin; at < end;) {                                                          \
      int64_t stop = (at | 0xffff) + 1 < end ? (at | 0xffff) + 1 : end;                            \
      uint64_t key = block_key(d->key, (uint64_t)at >> 16);                                        \
      if (d->group == 1) {                                                                         \
        name##_singles(d, at, stop, key);                                                          \
        at = stop;                                                                                 \
        continue;                                                                                  \
      }                                                                                            \
      for (; at < stop; at++) {                                                                    \
        const T *in = (const T *)d->in + at * d->group;                                            \
        T *out = (T *)d->out + at * d->group;                                                      \
        uint32_t random = random_at((uint32_t)at & 0xffff, (uint32_t)key, (uint32_t)(key >> 32));  \
        T scale = random < d->threshold ? 0 : (T)d->scale;                                         \
        CR_INDEPENDENT for (int64_t i = 0; i < d->group; i++) out[i] = in[i] * scale;              \
      }                                                                                            \
    }                                                                                              \
  }

DROPOUT(dropout_f32, float)
DROPOUT(dropout_f64, double)

void CR_KERNEL(register_dropout)(cr_kernel_table *table) {
  table->dropout[0] = dropout_f32;
  table->dropout[1] = dropout_f64;
}
