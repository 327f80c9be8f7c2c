/* The inner loops of convolution; see conv.h. */
#include "kernels/kernels.h"

#include <string.h>

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

#define T float
#define I int32_t
#define NAME(name) name##_f32
#include "kernels/conv_type.h"
#define T double
#define I int64_t
#define NAME(name) name##_f64
#include "kernels/conv_type.h"

void CR_KERNEL(register_conv)(cr_kernel_table *table) {
  register_f32(&table->conv[0]);
  register_f64(&table->conv[1]);
}
