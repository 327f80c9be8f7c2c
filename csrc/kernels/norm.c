/* Batch normalization; see norm.h. */
#include "kernels/kernels.h"

#include <math.h>

enum { sum_lanes = 64, sum_block = 64 * 64, matrix_block = 256, matrix_rows = 64 };

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

#define T float
#define NAME(name) name##_f32
#include "kernels/norm_type.h"
#define T double
#define NAME(name) name##_f64
#include "kernels/norm_type.h"

void CR_KERNEL(register_norm)(cr_kernel_table *table) {
  table->norm[0] = kernels_f32;
  table->norm[1] = kernels_f64;
}
