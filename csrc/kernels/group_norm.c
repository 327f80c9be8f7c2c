/* Normalization of rows; see group_norm.h. */
#include "kernels/kernels.h"

#include <math.h>

enum { LANES = 16, BLOCK = 4096 };

#define T float
#define NAME(name) name##_f32
#include "kernels/group_norm_type.h"
#define T double
#define NAME(name) name##_f64
#include "kernels/group_norm_type.h"

void CR_KERNEL(register_group_norm)(cr_kernel_table *table) {
  table->group_norm[0] = kernels_f32;
  table->group_norm[1] = kernels_f64;
}
