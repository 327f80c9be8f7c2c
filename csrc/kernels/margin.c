/* Losses of whole rows: margins between classes and between embeddings. */
#include "kernels/kernels.h"

#include <math.h>

#define T float
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/margin_type.h"
#define T double
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/margin_type.h"

void CR_KERNEL(register_margin)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
