/* The inner loops of convolution; see conv.h. */
#include "kernels/kernels.h"

#include <string.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define VECTORS 4
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#define VECTORS 2
#elif defined(__aarch64__)
#define VECTOR_BYTES 16
#define VECTORS 4
#else
#define VECTOR_BYTES 16
#define VECTORS 2
#endif

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t ceil_div(int64_t a, int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/* Writes from[i] to to[2 i] for the first elements, and returns how many these were. */
#if defined(__AVX512F__)
static inline int64_t store_seconds_f32(float *to, const float *from, int64_t n) {
  const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    __m512 v = _mm512_castps256_ps512(_mm256_loadu_ps(from + i));
    _mm512_mask_storeu_ps(to + 2 * i, 0x5555, _mm512_permutexvar_ps(twice, v));
  }
  return i;
}
#define STORE_SECONDS store_seconds_f32
#else
#define STORE_SECONDS(to, from, n) 0
#endif
#define T float
#define I int32_t
#define NAME(name) name##_f32
#include "kernels/conv_type.h"
#define STORE_SECONDS(to, from, n) 0
#define T double
#define I int64_t
#define NAME(name) name##_f64
#include "kernels/conv_type.h"

void CR_KERNEL(register_conv)(cr_kernel_table *table) {
  register_f32(&table->conv[0]);
  register_f64(&table->conv[1]);
}
