/* Plain matrix products: every type, any strides. The order of the loops follows the operand whose
 * rows are contiguous, so that the innermost one vectorizes. */
#include "kernels/kernels.h"

#define SCALAR_F32(s) ((float)(s).f)
#define SCALAR_F64(s) ((s).f)
#define SCALAR_INTEGER(T, s) ((T)(s).i)

#define PLAIN_GEMM(name, T, alpha_value, beta_value)                                               \
  static void name##_scale_row(T *c, int64_t n, int64_t step, T beta) {                            \
    if (beta == 0) {                                                                               \
      for (int64_t j = 0; j < n; j++) c[j * step] = 0;                                             \
    } else if (beta != 1) {                                                                        \
      for (int64_t j = 0; j < n; j++) c[j * step] = (T)(beta * c[j * step]);                       \
    }                                                                                              \
  }                                                                                                \
  static void name(const cr_plain_product *p) {                                                    \
    int64_t n = p->n, k = p->k;                                                                    \
    T alpha = alpha_value, beta = beta_value;                                                      \
    bool by_rows = p->b_column == 1 && p->c_column == 1 && n > 1;                                  \
    for (int64_t i = 0; i < p->m; i++) {                                                           \
      const T *a = (const T *)p->a + i * p->a_row, *b = p->b;                                      \
      T *c = (T *)p->c + i * p->c_row;                                                             \
      name##_scale_row(c, n, p->c_column, beta);                                                   \
      if (by_rows) {                                                                               \
        for (int64_t l = 0; l < k; l++) {                                                          \
          T factor = (T)(alpha * a[l * p->a_column]);                                              \
          const T *row = b + l * p->b_row;                                                         \
          CR_INDEPENDENT for (int64_t j = 0; j < n; j++) c[j] = (T)(c[j] + factor * row[j]);       \
        }                                                                                          \
        continue;                                                                                  \
      }                                                                                            \
      for (int64_t j = 0; j < n; j++) {                                                            \
        T sum = 0;                                                                                 \
        for (int64_t l = 0; l < k; l++)                                                            \
          sum = (T)(sum + a[l * p->a_column] * b[l * p->b_row + j * p->b_column]);                 \
        c[j * p->c_column] = (T)(c[j * p->c_column] + alpha * sum);                                \
      }                                                                                            \
    }                                                                                              \
  }

#define PLAIN_INTEGER(dtype, T, Word, common)                                                      \
  PLAIN_GEMM(plain_gemm_##common, T, SCALAR_INTEGER(T, p->alpha), SCALAR_INTEGER(T, p->beta))
CR_FOR_INTEGER_TYPES(PLAIN_INTEGER)
PLAIN_GEMM(plain_gemm_float32, float, SCALAR_F32(p->alpha), SCALAR_F32(p->beta))
PLAIN_GEMM(plain_gemm_float64, double, SCALAR_F64(p->alpha), SCALAR_F64(p->beta))

#define ENTER(dtype, T, Word, common) table->plain_gemm[dtype] = plain_gemm_##common;

void CR_KERNEL(register_gemm)(cr_kernel_table *table) { CR_FOR_ALL_TYPES(ENTER) }
