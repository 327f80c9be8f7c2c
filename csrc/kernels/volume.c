/* Padding and enlarging; see volume.h. */
#include "kernels/kernels.h"

#include <string.h>

#define T float
#define NAME(name) name##_f32
#include "kernels/volume_type.h"
#define T double
#define NAME(name) name##_f64
#include "kernels/volume_type.h"

void CR_KERNEL(register_volume)(cr_kernel_table *table) {
  table->volume[0] = kernels_f32;
  table->volume[1] = kernels_f64;
}
