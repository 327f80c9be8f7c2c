/* Resampling: first down the columns, a whole row at a time, then along that row. */
#include "kernels/kernels.h"

#define RESAMPLE(name, T)                                                                          \
  static void name(const cr_axis *y, const cr_axis *x, const void *in_data, void *out_data,        \
                   void *row_data) {                                                               \
    const T *in = in_data;                                                                         \
    T *row = row_data;                                                                             \
    for (int64_t i = 0; i < y->out; i++) {                                                         \
      T *out = (T *)out_data + i * x->out;                                                         \
      for (int64_t j = 0; j < x->in; j++) row[j] = 0;                                              \
      for (int64_t k = 0; k < y->taps; k++) {                                                      \
        T weight = (T)y->weight[i * y->taps + k];                                                  \
        const T *from = in + (y->first[i] + k) * x->in;                                            \
        if (weight == 0) continue; /* 0 times infinity must not count */                           \
        CR_INDEPENDENT for (int64_t j = 0; j < x->in; j++) row[j] += weight * from[j];             \
      }                                                                                            \
      for (int64_t j = 0; j < x->out; j++) {                                                       \
        T sum = 0;                                                                                 \
        for (int64_t k = 0; k < x->taps; k++) {                                                    \
          T weight = (T)x->weight[j * x->taps + k];                                                \
          if (weight != 0) sum += weight * row[x->first[j] + k];                                   \
        }                                                                                          \
        out[j] = sum;                                                                              \
      }                                                                                            \
    }                                                                                              \
  }

RESAMPLE(resample_f32, float)
RESAMPLE(resample_f64, double)

void CR_KERNEL(register_image)(cr_kernel_table *table) {
  table->resample[0] = resample_f32;
  table->resample[1] = resample_f64;
}
