/* Plain matrix products, for sizes that are not worth a BLAS call and for machines without one. */
#include "kernels/kernels.h"

#define SMALL_GEMM(name, T)                                                                        \
  static void name(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,            \
                   double alpha, const void *a_data, int64_t lda, const void *b_data, int64_t ldb, \
                   double beta, void *c_data, int64_t ldc) {                                       \
    const T *a = a_data, *b = b_data;                                                              \
    int64_t a_row = transpose_a ? 1 : lda, a_column = transpose_a ? lda : 1;                       \
    for (int64_t i = 0; i < m; i++) {                                                              \
      T *c = (T *)c_data + i * ldc;                                                                \
      if (beta == 0) {                                                                             \
        for (int64_t j = 0; j < n; j++) c[j] = 0;                                                  \
      } else if (beta != 1) {                                                                      \
        for (int64_t j = 0; j < n; j++) c[j] *= (T)beta;                                           \
      }                                                                                            \
      if (transpose_b) {                                                                           \
        for (int64_t j = 0; j < n; j++) {                                                          \
          T sum = 0;                                                                               \
          for (int64_t l = 0; l < k; l++) sum += a[i * a_row + l * a_column] * b[j * ldb + l];     \
          c[j] += (T)alpha * sum;                                                                  \
        }                                                                                          \
      } else {                                                                                     \
        for (int64_t l = 0; l < k; l++) {                                                          \
          T factor = (T)alpha * a[i * a_row + l * a_column];                                       \
          CR_INDEPENDENT for (int64_t j = 0; j < n; j++) c[j] += factor * b[l * ldb + j];          \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }

SMALL_GEMM(small_gemm_f32, float)
SMALL_GEMM(small_gemm_f64, double)

void CR_KERNEL(register_gemm)(cr_kernel_table *table) {
  table->small_gemm[0] = small_gemm_f32;
  table->small_gemm[1] = small_gemm_f64;
}
