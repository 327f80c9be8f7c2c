/* Looking up rows of a table; see lookup.h. */
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

#define LOOKUP(T, suffix)                                                                          \
  static void gather_##suffix(const cr_lookup *l, int64_t begin, int64_t end) {                    \
    size_t bytes = (size_t)l->width * sizeof(T);                                                   \
    for (int64_t i = begin; i < end; i++)                                                          \
      memcpy((T *)l->rows + i * l->width, (const T *)l->table + l->indices[i] * l->width, bytes);  \
  }                                                                                                \
  static void add_##suffix(const cr_lookup *l, int64_t begin, int64_t end) {                       \
    for (int64_t i = 0; i < l->count; i++) {                                                       \
      if (l->indices[i] < 0) continue;                                                             \
      T *to = (T *)l->table + l->indices[i] * l->width;                                            \
      const T *from = (const T *)l->rows + i * l->width;                                           \
      T scale = (T)(l->scale ? l->common_scale * l->scale[i] : l->common_scale);                   \
      CR_INDEPENDENT for (int64_t k = begin; k < end; k++) to[k] += scale * from[k];               \
    }                                                                                              \
  }                                                                                                \
  static void renormalize_##suffix(void *data, int64_t width, double p, double max_norm) {         \
    T *row = data;                                                                                 \
    double sum = 0;                                                                                \
    for (int64_t k = 0; k < width; k++) {                                                          \
      double size = fabs((double)row[k]);                                                          \
      sum += p == 1 ? size : p == 2 ? size * size : pow(size, p);                                  \
    }                                                                                              \
    double norm = p == 1 ? sum : p == 2 ? sqrt(sum) : pow(sum, 1 / p);                             \
    if (!(norm > max_norm)) return;                                                                \
    T factor = (T)(max_norm / (norm + 1e-7));                                                      \
    for (int64_t k = 0; k < width; k++) row[k] *= factor;                                          \
  }

LOOKUP(float, f32)
LOOKUP(double, f64)

void CR_KERNEL(register_lookup)(cr_kernel_table *table) {
  table->lookup[0] = (cr_lookup_kernels){gather_f32, add_f32, renormalize_f32};
  table->lookup[1] = (cr_lookup_kernels){gather_f64, add_f64, renormalize_f64};
}
