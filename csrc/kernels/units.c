/* Stochastic units; see units.h. */
#include "kernels/counter_random.h"
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

/* Uniform in [0, 1) with 24 bits, which float32 holds exactly: 0 is never below a probability of 0,
 * and all are below 1. */
static inline float unit_from(uint32_t bits) { return (float)(int32_t)(bits >> 8) * 0x1p-24f; }

enum { columns_at_once = 64 };

#define UNITS(suffix, T, SIGMOID)                                                                  \
  static void transfer_##suffix(T *x, int64_t n) {                                                 \
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) x[i] = SIGMOID(x[i]);                           \
  }                                                                                                \
                                                                                                   \
  static void draw_##suffix(const T *mean, T *sample, uint32_t first, int32_t n, uint64_t key) {   \
    uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);                                    \
    CR_INDEPENDENT for (int32_t i = 0; i < n; i++) {                                               \
      T u = (T)unit_from(cr_random_at(first + (uint32_t)i, low, high));                            \
      sample[i] = u < mean[i] ? 1 : 0;                                                             \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  /* In blocks that the first-level cache holds. */                                                \
  static void sample_##suffix(const cr_units *u, int64_t begin, int64_t end) {                     \
    for (int64_t at = begin; at < end;) {                                                          \
      int64_t stop = (at | 0x7ff) + 1 < end ? (at | 0x7ff) + 1 : end;                              \
      T *mean = (T *)u->mean + at;                                                                 \
      if (u->has_sigmoid) transfer_##suffix(mean, stop - at);                                      \
      if (u->sample)                                                                               \
        draw_##suffix(mean, (T *)u->sample + at, (uint32_t)at & 0xffff, (int32_t)(stop - at),      \
                      cr_block_key(u->key, (uint64_t)at >> 16));                                   \
      at = stop;                                                                                   \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void add_row_##suffix(T *field, const T *row, T change, int64_t n) {                      \
    CR_INDEPENDENT for (int64_t i = 0; i < n; i++) field[i] += change * row[i];                    \
  }                                                                                                \
                                                                                                   \
  static void sweep_##suffix(const cr_sweep *s, int64_t begin, int64_t end) {                      \
    T low = (T)s->low, high = (T)s->high;                                                          \
    for (int64_t network = begin; network < end; network++) {                                      \
      T *state = (T *)s->states + network * s->units,                                              \
        *field = (T *)s->fields + network * s->units;                                              \
      uint64_t key = cr_block_key(s->key, (uint64_t)network);                                      \
      int64_t flips = 0;                                                                           \
      for (int64_t visit = 0; visit < s->visits; visit++) {                                        \
        int64_t i = s->order[visit] - 1;                                                           \
        T now = state[i], next;                                                                    \
        if (s->temperature > 0) {                                                                  \
          double p = vm_sigmoid((s->high - s->low) * (double)field[i] / s->temperature);           \
          uint32_t bits = cr_random_at((uint32_t)visit, (uint32_t)key, (uint32_t)(key >> 32));     \
          next = (double)unit_from(bits) < p ? high : low;                                         \
        } else {                                                                                   \
          next = field[i] > 0 ? high : (field[i] < 0 ? low : now);                                 \
        }                                                                                          \
        if (next == now) continue;                                                                 \
        state[i] = next;                                                                           \
        flips++;                                                                                   \
        add_row_##suffix(field, (const T *)s->weight + i * s->units, next - now, s->units);        \
      }                                                                                            \
      s->flips[network] = flips;                                                                   \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void add_rows_##suffix(T *sum, const T *x, int64_t rows, int64_t pitch, int64_t n,        \
                                T scale) {                                                         \
    for (int64_t row = 0; row < rows; row++) {                                                     \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) sum[i] += scale * x[row * pitch + i];         \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void mean_gap_##suffix(const cr_mean_gap *g, int64_t begin, int64_t end) {                \
    for (int64_t at = begin; at < end; at += columns_at_once) {                                    \
      int64_t n = end - at < columns_at_once ? end - at : columns_at_once;                         \
      T sum[columns_at_once] = {0};                                                                \
      add_rows_##suffix(sum, (const T *)g->model + at, g->model_rows, g->columns, n,               \
                        (T)1 / (T)g->model_rows);                                                  \
      add_rows_##suffix(sum, (const T *)g->data + at, g->data_rows, g->columns, n,                 \
                        (T)-1 / (T)g->data_rows);                                                  \
      for (int64_t i = 0; i < n; i++) ((T *)g->out)[at + i] = sum[i];                              \
    }                                                                                              \
  }

UNITS(f32, float, vm_sigmoidf)
UNITS(f64, double, vm_sigmoid)

void CR_KERNEL(register_units)(cr_kernel_table *table) {
  table->units[0] = (cr_units_kernels){sample_f32, sweep_f32, mean_gap_f32};
  table->units[1] = (cr_units_kernels){sample_f64, sweep_f64, mean_gap_f64};
}
