/* Pooling; see pool.h. Each kernel walks over one row of outputs for each tap of the window, so that
 * the innermost loop runs along the row and vectorizes. */
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Outputs [begin, end) whose tap lies inside the image. */
static void tap_range(int64_t tap, int64_t step, int64_t pad, int64_t size, int64_t outputs,
                      int64_t *begin, int64_t *end) {
  int64_t before = pad - tap, last = size - 1 + pad - tap;
  *begin = before > 0 ? (before + step - 1) / step : 0;
  *end = last < 0 ? 0 : least(outputs, last / step + 1);
}

#define T float
#define NAME(name) name##_f32
#include "kernels/pool_type.h"
#define T double
#define NAME(name) name##_f64
#include "kernels/pool_type.h"

void CR_KERNEL(register_pool)(cr_kernel_table *table) {
  table->pool[0] = kernels_f32;
  table->pool[1] = kernels_f64;
}
