/* Sums, extremes and other reductions; one instance of reduce_type.h per type. Floating-point sums
 * are kept in float64, integer sums in int64, where they wrap around. */
#include "kernels/kernels.h"

#include <math.h>

#define T uint8_t
#define A int64_t
#define FIELD i
#define ABS(x) ((x) < 0 ? -(int64_t)(x) : (int64_t)(x))
#define D CR_U8
#define NAME(name) name##_u8
#define REGISTER register_u8
#include "kernels/reduce_type.h"
#define T int8_t
#define A int64_t
#define FIELD i
#define ABS(x) ((x) < 0 ? -(int64_t)(x) : (int64_t)(x))
#define D CR_I8
#define NAME(name) name##_i8
#define REGISTER register_i8
#include "kernels/reduce_type.h"
#define T int16_t
#define A int64_t
#define FIELD i
#define ABS(x) ((x) < 0 ? -(int64_t)(x) : (int64_t)(x))
#define D CR_I16
#define NAME(name) name##_i16
#define REGISTER register_i16
#include "kernels/reduce_type.h"
#define T int32_t
#define A int64_t
#define FIELD i
#define ABS(x) ((x) < 0 ? -(int64_t)(x) : (int64_t)(x))
#define D CR_I32
#define NAME(name) name##_i32
#define REGISTER register_i32
#include "kernels/reduce_type.h"
#define T int64_t
#define A int64_t
#define FIELD i
#define ABS(x) ((x) < 0 ? -(int64_t)(x) : (int64_t)(x))
#define D CR_I64
#define NAME(name) name##_i64
#define REGISTER register_i64
#include "kernels/reduce_type.h"
#define T float
#define A double
#define FIELD f
#define ABS(x) fabs((double)(x))
#define D CR_F32
#define NAME(name) name##_f32
#define REGISTER register_f32
#include "kernels/reduce_type.h"
#define T double
#define A double
#define FIELD f
#define ABS(x) fabs((double)(x))
#define D CR_F64
#define NAME(name) name##_f64
#define REGISTER register_f64
#include "kernels/reduce_type.h"

void CR_KERNEL(register_reduce)(cr_kernel_table *table) {
  register_u8(table);
  register_i8(table);
  register_i16(table);
  register_i32(table);
  register_i64(table);
  register_f32(table);
  register_f64(table);
}
