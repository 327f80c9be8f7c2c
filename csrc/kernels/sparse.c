/* Products of sparse rows with a table. */
#include "kernels/kernels.h"

#define T float
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/sparse_type.h"
#define T double
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/sparse_type.h"

void CR_KERNEL(register_sparse)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
