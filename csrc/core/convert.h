/* Numbers that files have and tensors do not: 16-bit floats and unsigned integers. */
#ifndef CR_CORE_CONVERT_H
#define CR_CORE_CONVERT_H

#include "core/storage.h"

typedef enum {
  CR_F16,  /* IEEE 754 binary16 */
  CR_BF16, /* the upper half of a float32 */
  CR_U16,
  CR_U32,
  CR_U64,
  CR_FOREIGN_COUNT
} cr_foreign;

/* The type whose bits hold such a number (int16, int32, int64), and the one that can hold its
 * value: float32, int32, int64, and int64 with a check. */
cr_dtype cr_foreign_bits(cr_foreign kind);
cr_dtype cr_foreign_value(cr_foreign kind);

/* Converts between storages of those two types and of the same size. Values of uint64 that int64
 * cannot hold are refused. Floats are rounded to the nearest, ties to even. */
cr_status cr_foreign_decode(cr_foreign kind, const cr_storage *bits, cr_storage *values);
/* CR_F16 and CR_BF16 alone. */
cr_status cr_foreign_encode(cr_foreign kind, const cr_storage *values, cr_storage *bits);

#endif
