/* Distances of rows. */
#include "kernels/kernels.h"

#include <math.h>

enum { LANES = 16, BLOCK = 256 };

#define T float
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/distance_type.h"
#define T double
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/distance_type.h"

void CR_KERNEL(register_distance)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
