/* Pooling; see pool.h. Each kernel walks over one row of outputs for each tap of the window, so that
 * the innermost loop runs along the row and vectorizes. */
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Rows are short: wider vectors would leave more to the last one. */
#if defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

#define T float
#define I int32_t
#define NAME(name) name##_f32
#include "kernels/pool_type.h"
#define T double
#define I int64_t
#define NAME(name) name##_f64
#include "kernels/pool_type.h"

void CR_KERNEL(register_pool)(cr_kernel_table *table) {
  table->pool[0] = kernels_f32;
  table->pool[1] = kernels_f64;
}
