/* Recurrent layers; see recurrent.h. */
#include "kernels/kernels.h"
#include "kernels/vecmath.h"

#include <string.h>

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64, TILE_ROWS = 6 };
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32, TILE_ROWS = 3 };
#elif defined(__aarch64__)
enum { VECTOR_BYTES = 16, TILE_ROWS = 6 };
#else
enum { VECTOR_BYTES = 16, TILE_ROWS = 3 };
#endif

#define F32(name) name##f
#define F64(name) name

#define T float
#define F F32
#define NAME(name) name##_f32
#include "kernels/recurrent_type.h"
#define T double
#define F F64
#define NAME(name) name##_f64
#include "kernels/recurrent_type.h"

void CR_KERNEL(register_recurrent)(cr_kernel_table *table) {
  register_f32(&table->recurrent[0]);
  register_f64(&table->recurrent[1]);
}
