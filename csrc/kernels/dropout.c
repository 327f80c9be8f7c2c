/* Dropout; see dropout.h. */
#include "kernels/counter_random.h"
#include "kernels/kernels.h"

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
      out[i] = cr_random_at(first + (uint32_t)i, low, high) < threshold ? 0 : kept;                \
    }                                                                                              \
  }                                                                                                \
  static void name(const cr_dropout *d, int64_t begin, int64_t end) {                              \
    for (int64_t at = begin; at < end;) {                                                          \
      int64_t stop = (at | 0xffff) + 1 < end ? (at | 0xffff) + 1 : end;                            \
      uint64_t key = cr_block_key(d->key, (uint64_t)at >> 16);                                     \
      if (d->group == 1) {                                                                         \
        name##_singles(d, at, stop, key);                                                          \
        at = stop;                                                                                 \
        continue;                                                                                  \
      }                                                                                            \
      for (; at < stop; at++) {                                                                    \
        const T *in = (const T *)d->in + at * d->group;                                            \
        T *out = (T *)d->out + at * d->group;                                                      \
        uint32_t random =                                                                          \
            cr_random_at((uint32_t)at & 0xffff, (uint32_t)key, (uint32_t)(key >> 32));             \
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
