/* Element types. */
#ifndef CR_CORE_DTYPE_H
#define CR_CORE_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { CR_U8, CR_I8, CR_I16, CR_I32, CR_I64, CR_F32, CR_F64, CR_DTYPE_COUNT } cr_dtype;

/* X(dtype, C type, Torch7's word, common name): one line for every element type. */
#define CR_FOR_INTEGER_TYPES(X)                                                                    \
  X(CR_U8, uint8_t, Byte, uint8)                                                                   \
  X(CR_I8, int8_t, Char, int8)                                                                     \
  X(CR_I16, int16_t, Short, int16)                                                                 \
  X(CR_I32, int32_t, Int, int32)                                                                   \
  X(CR_I64, int64_t, Long, int64)
#define CR_FOR_FLOAT_TYPES(X)                                                                      \
  X(CR_F32, float, Float, float32)                                                                 \
  X(CR_F64, double, Double, float64)
#define CR_FOR_ALL_TYPES(X) CR_FOR_INTEGER_TYPES(X) CR_FOR_FLOAT_TYPES(X)

static inline size_t cr_dtype_size(cr_dtype dtype) {
#define CR_SIZE_ENTRY(dtype, T, Word, common) [dtype] = sizeof(T),
  static const uint8_t size[CR_DTYPE_COUNT] = {CR_FOR_ALL_TYPES(CR_SIZE_ENTRY)};
#undef CR_SIZE_ENTRY
  return size[dtype];
}

static inline bool cr_dtype_is_float(cr_dtype dtype) { return dtype == CR_F32 || dtype == CR_F64; }

const char *cr_dtype_word(cr_dtype dtype);         /* "Float" */
const char *cr_dtype_tensor_name(cr_dtype dtype);  /* "torch.FloatTensor" */
const char *cr_dtype_storage_name(cr_dtype dtype); /* "torch.FloatStorage" */

/* Finds a type by any of its names: "torch.FloatTensor", "torch.FloatStorage", "FloatTensor",
 * "Float", "float", "float32". False when there is none. */
bool cr_dtype_from_name(const char *name, cr_dtype *out);

/* A number in both of Lua's forms, so that int64 elements lose no digits. */
typedef struct {
  double f;
  int64_t i;
} cr_scalar;

cr_scalar cr_scalar_from_double(double value);
cr_scalar cr_scalar_from_int(int64_t value);

/* Reads and writes one element. A float written to an integer type is truncated towards zero
 * (NaN becomes 0, values out of int64's range its nearest bound), then wrapped to the width. */
cr_scalar cr_load(cr_dtype dtype, const void *element);
void cr_store(cr_dtype dtype, void *element, cr_scalar value);

#endif
