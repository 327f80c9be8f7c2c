/* Softmax, its logarithm, and the cross entropy with labels. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <math.h>

enum { LANES = 64, BLOCK = 256 };

/* A row up to this size leaves room for the next one in the first caches. */
#define ROW_BYTES 32768

#define F32(name) name##f
#define F64(name) name
#define EXP(v) F(vm_exp)(v)
#define EXP_RAISED(v) F(vm_exp_raised)(v)

#define T float
#define F F32
#define INDEX 0
#define NAME(name) name##_f32
#include "kernels/softmax_type.h"
#define T double
#define F F64
#define INDEX 1
#define NAME(name) name##_f64
#include "kernels/softmax_type.h"

void CR_KERNEL(register_softmax)(cr_kernel_table *table) {
  register_f32(table);
  register_f64(table);
}
