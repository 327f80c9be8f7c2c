/* Products of a matrix and a vector, and of two vectors. These are bound by memory: one pass over
 * the matrix, with enough independent sums to hide the adders' latency. */
#include "kernels/kernels.h"

#include <string.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed within this file alone */

/* 64 bytes: one AVX-512 register, two of AVX2, four of SSE2 or NEON. */
enum { vector_bytes = 64, column_block = 1024 };

#define GEMV(T, F)                                                                                 \
  typedef T F##_vector __attribute__((vector_size(vector_bytes)));                                 \
  enum { F##_lanes = vector_bytes / sizeof(T) };                                                   \
                                                                                                   \
  static inline F##_vector F##_load(const T *p) {                                                  \
    F##_vector v;                                                                                  \
    memcpy(&v, p, sizeof v);                                                                       \
    return v;                                                                                      \
  }                                                                                                \
                                                                                                   \
  static inline T F##_reduce(F##_vector v) {                                                       \
    T part[F##_lanes];                                                                             \
    memcpy(part, &v, sizeof v);                                                                    \
    for (int width = F##_lanes / 2; width > 0; width /= 2)                                         \
      for (int i = 0; i < width; i++) part[i] += part[i + width];                                  \
    return part[0];                                                                                \
  }                                                                                                \
                                                                                                   \
  static T F##_row_dot(int64_t k, const T *a, const T *x) {                                        \
    F##_vector s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};                                             \
    int64_t l = 0;                                                                                 \
    for (; l + 4 * F##_lanes <= k; l += 4 * F##_lanes) {                                           \
      s0 += F##_load(a + l) * F##_load(x + l);                                                     \
      s1 += F##_load(a + l + F##_lanes) * F##_load(x + l + F##_lanes);                             \
      s2 += F##_load(a + l + 2 * F##_lanes) * F##_load(x + l + 2 * F##_lanes);                     \
      s3 += F##_load(a + l + 3 * F##_lanes) * F##_load(x + l + 3 * F##_lanes);                     \
    }                                                                                              \
    for (; l + F##_lanes <= k; l += F##_lanes) s0 += F##_load(a + l) * F##_load(x + l);            \
    T sum = F##_reduce((s0 + s1) + (s2 + s3));                                                     \
    for (; l < k; l++) sum += a[l] * x[l];                                                         \
    return sum;                                                                                    \
  }                                                                                                \
                                                                                                   \
  static inline void F##_store(const cr_matrix_vector *p, int64_t i, T sum) {                      \
    T *y = (T *)p->y + i * p->y_stride;                                                            \
    *y = p->beta == 0 ? (T)p->alpha * sum : (T)p->alpha * sum + (T)p->beta * *y;                   \
  }                                                                                                \
                                                                                                   \
  /* Four rows at a time share the loads of x. */                                                  \
  static void F##_by_rows(const cr_matrix_vector *p) {                                             \
    const T *x = p->x;                                                                             \
    int64_t i = 0, k = p->k;                                                                       \
    for (; i + 4 <= p->m; i += 4) {                                                                \
      const T *a0 = (const T *)p->a + i * p->a_row, *a1 = a0 + p->a_row;                           \
      const T *a2 = a1 + p->a_row, *a3 = a2 + p->a_row;                                            \
      F##_vector s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};                                           \
      int64_t l = 0;                                                                               \
      for (; l + F##_lanes <= k; l += F##_lanes) {                                                 \
        F##_vector xs = F##_load(x + l);                                                           \
        s0 += F##_load(a0 + l) * xs;                                                               \
        s1 += F##_load(a1 + l) * xs;                                                               \
        s2 += F##_load(a2 + l) * xs;                                                               \
        s3 += F##_load(a3 + l) * xs;                                                               \
      }                                                                                            \
      T r0 = F##_reduce(s0), r1 = F##_reduce(s1), r2 = F##_reduce(s2), r3 = F##_reduce(s3);        \
      for (; l < k; l++) {                                                                         \
        r0 += a0[l] * x[l];                                                                        \
        r1 += a1[l] * x[l];                                                                        \
        r2 += a2[l] * x[l];                                                                        \
        r3 += a3[l] * x[l];                                                                        \
      }                                                                                            \
      F##_store(p, i, r0);                                                                         \
      F##_store(p, i + 1, r1);                                                                     \
      F##_store(p, i + 2, r2);                                                                     \
      F##_store(p, i + 3, r3);                                                                     \
    }                                                                                              \
    for (; i < p->m; i++) F##_store(p, i, F##_row_dot(k, (const T *)p->a + i * p->a_row, x));      \
  }                                                                                                \
                                                                                                   \
  /* Contiguous columns: a block of sums stays in the cache while four columns at a time pass. */  \
  static void F##_by_columns(const cr_matrix_vector *p) {                                          \
    T sum[column_block];                                                                           \
    const T *x = p->x;                                                                             \
    for (int64_t begin = 0; begin < p->m; begin += column_block) {                                 \
      int64_t rows = p->m - begin < column_block ? p->m - begin : column_block;                    \
      const T *a = (const T *)p->a + begin;                                                        \
      for (int64_t i = 0; i < rows; i++) sum[i] = 0;                                               \
      int64_t l = 0;                                                                               \
      for (; l + 4 <= p->k; l += 4) {                                                              \
        const T *a0 = a + l * p->a_column, *a1 = a0 + p->a_column;                                 \
        const T *a2 = a1 + p->a_column, *a3 = a2 + p->a_column;                                    \
        T x0 = x[l], x1 = x[l + 1], x2 = x[l + 2], x3 = x[l + 3];                                  \
        CR_INDEPENDENT for (int64_t i = 0; i < rows; i++) sum[i] +=                                \
            (x0 * a0[i] + x1 * a1[i]) + (x2 * a2[i] + x3 * a3[i]);                                 \
      }                                                                                            \
      for (; l < p->k; l++) {                                                                      \
        const T *a0 = a + l * p->a_column;                                                         \
        CR_INDEPENDENT for (int64_t i = 0; i < rows; i++) sum[i] += x[l] * a0[i];                  \
      }                                                                                            \
      for (int64_t i = 0; i < rows; i++) F##_store(p, begin + i, sum[i]);                          \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void F##_gemv(const cr_matrix_vector *p) {                                                \
    if (p->a_column == 1) {                                                                        \
      F##_by_rows(p);                                                                              \
    } else {                                                                                       \
      F##_by_columns(p);                                                                           \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  /* Sums of blocks are added in double: a long float32 sum loses nothing to its own length. */    \
  static cr_scalar F##_dot(int64_t n, const void *x_data, int64_t x_stride, const void *y_data,    \
                           int64_t y_stride) {                                                     \
    const T *x = x_data, *y = y_data;                                                              \
    double sum = 0;                                                                                \
    if (x_stride == 1 && y_stride == 1) {                                                          \
      for (int64_t i = 0; i < n; i += 4096)                                                        \
        sum += (double)F##_row_dot(n - i < 4096 ? n - i : 4096, x + i, y + i);                     \
    } else {                                                                                       \
      for (int64_t i = 0; i < n; i++) sum += (double)(x[i * x_stride] * y[i * y_stride]);          \
    }                                                                                              \
    return (cr_scalar){sum, 0};                                                                    \
  }

GEMV(float, f32)
GEMV(double, f64)

#define INTEGER_DOT(dtype, T, Word, common)                                                        \
  static cr_scalar common##_dot(int64_t n, const void *x_data, int64_t x_stride,                   \
                                const void *y_data, int64_t y_stride) {                            \
    const T *x = x_data, *y = y_data;                                                              \
    int64_t sum = 0;                                                                               \
    for (int64_t i = 0; i < n; i++) sum += (int64_t)x[i * x_stride] * (int64_t)y[i * y_stride];    \
    return (cr_scalar){0, sum};                                                                    \
  }
CR_FOR_INTEGER_TYPES(INTEGER_DOT)

#define ENTER_DOT(dtype, T, Word, common) table->dot[dtype] = common##_dot;

void CR_KERNEL(register_gemv)(cr_kernel_table *table) {
  CR_FOR_INTEGER_TYPES(ENTER_DOT)
  table->dot[CR_F32] = f32_dot;
  table->dot[CR_F64] = f64_dot;
  table->gemv[0] = f32_gemv;
  table->gemv[1] = f64_gemv;
}
