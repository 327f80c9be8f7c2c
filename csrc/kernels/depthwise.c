/* Convolution of single planes; see depthwise.h. */
#include "kernels/kernels.h"

#include <string.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

/* Rows of a tile, and taps of a gradient that are summed at a time. */
enum { ROWS = 4, GROUP = 9 };

#define UNROLL _Pragma("GCC unroll 8")
#define ALWAYS_INLINE inline __attribute__((always_inline))
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed within this file alone */
#endif

/* The first n elements of a vector; the others are zero, or not written. */
#if !defined(__AVX512F__)
#define PARTS(T, F)                                                                                \
  typedef T F##_part __attribute__((vector_size(VECTOR_BYTES)));                                   \
  static ALWAYS_INLINE F##_part F##_load_part(const T *p, int64_t n) {                             \
    F##_part v = {0};                                                                              \
    for (int64_t i = 0; i < n; i++) v[i] = p[i];                                                   \
    return v;                                                                                      \
  }                                                                                                \
  static ALWAYS_INLINE void F##_store_part(T *p, F##_part v, int64_t n) {                          \
    memcpy(p, &v, (size_t)n * sizeof(T));                                                          \
  }
PARTS(float, f32)
PARTS(double, f64)
#endif

#define T float
#define I int32_t
#define NAME(name) name##_f32
#if defined(__AVX512F__)
#define LOAD_PART(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), v)
#else
#define LOAD_PART f32_load_part
#define STORE_PART f32_store_part
#endif
#include "kernels/depthwise_type.h"

#define T double
#define I int64_t
#define NAME(name) name##_f64
#if defined(__AVX512F__)
#define LOAD_PART(p, n) _mm512_maskz_loadu_pd((__mmask8)((1u << (n)) - 1), p)
#define STORE_PART(p, v, n) _mm512_mask_storeu_pd(p, (__mmask8)((1u << (n)) - 1), v)
#else
#define LOAD_PART f64_load_part
#define STORE_PART f64_store_part
#endif
#include "kernels/depthwise_type.h"

void CR_KERNEL(register_depthwise)(cr_kernel_table *table) {
  register_f32(&table->depthwise[0]);
  register_f64(&table->depthwise[1]);
}
