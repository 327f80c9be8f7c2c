/* Copies between element types. */
#include "kernels/kernels.h"

/* Towards zero; NaN gives 0 and what int64_t cannot hold its nearest bound, as cr_store. */
static inline int64_t to_int64(double x) {
  const double bound = 9223372036854775808.0;
  double y = x != x ? 0 : x;
  bool is_large = y >= bound;
  y = is_large ? 0 : y < -bound ? -bound : y;
  int64_t value = (int64_t)y;
  return is_large ? INT64_MAX : value;
}

#define PLAIN(TO, x) (TO)(x)
#define TRUNCATED(TO, x) (TO) to_int64((double)(x))

#define CONVERT_LOOP(loop_name, TO, FROM, CAST)                                                    \
  static void loop_name(int64_t n, char *const *p, const int64_t *s, const void *context) {        \
    (void)context;                                                                                 \
    if (s[0] == sizeof(TO) && s[1] == sizeof(FROM)) {                                              \
      TO *out = (TO *)p[0];                                                                        \
      const FROM *in = (const FROM *)p[1];                                                         \
      CR_INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = CAST(TO, in[i]);                     \
      return;                                                                                      \
    }                                                                                              \
    for (int64_t i = 0; i < n; i++)                                                                \
      *(TO *)(p[0] + i * s[0]) = CAST(TO, *(const FROM *)(p[1] + i * s[1]));                       \
  }

#define DEFINE_TO_U8(dtype, FROM, Word, common) CONVERT_LOOP(u8_from_##common, uint8_t, FROM, PLAIN)
#define TRUNCATE_TO_U8(dtype, FROM, Word, common)                                                  \
  CONVERT_LOOP(u8_from_##common, uint8_t, FROM, TRUNCATED)
#define DEFINE_TO_I8(dtype, FROM, Word, common) CONVERT_LOOP(i8_from_##common, int8_t, FROM, PLAIN)
#define TRUNCATE_TO_I8(dtype, FROM, Word, common)                                                  \
  CONVERT_LOOP(i8_from_##common, int8_t, FROM, TRUNCATED)
#define DEFINE_TO_I16(dtype, FROM, Word, common)                                                   \
  CONVERT_LOOP(i16_from_##common, int16_t, FROM, PLAIN)
#define TRUNCATE_TO_I16(dtype, FROM, Word, common)                                                 \
  CONVERT_LOOP(i16_from_##common, int16_t, FROM, TRUNCATED)
#define DEFINE_TO_I32(dtype, FROM, Word, common)                                                   \
  CONVERT_LOOP(i32_from_##common, int32_t, FROM, PLAIN)
#define TRUNCATE_TO_I32(dtype, FROM, Word, common)                                                 \
  CONVERT_LOOP(i32_from_##common, int32_t, FROM, TRUNCATED)
#define DEFINE_TO_I64(dtype, FROM, Word, common)                                                   \
  CONVERT_LOOP(i64_from_##common, int64_t, FROM, PLAIN)
#define TRUNCATE_TO_I64(dtype, FROM, Word, common)                                                 \
  CONVERT_LOOP(i64_from_##common, int64_t, FROM, TRUNCATED)
#define DEFINE_TO_F32(dtype, FROM, Word, common) CONVERT_LOOP(f32_from_##common, float, FROM, PLAIN)
#define DEFINE_TO_F64(dtype, FROM, Word, common)                                                   \
  CONVERT_LOOP(f64_from_##common, double, FROM, PLAIN)
CR_FOR_INTEGER_TYPES(DEFINE_TO_U8)
CR_FOR_FLOAT_TYPES(TRUNCATE_TO_U8)
CR_FOR_INTEGER_TYPES(DEFINE_TO_I8)
CR_FOR_FLOAT_TYPES(TRUNCATE_TO_I8)
CR_FOR_INTEGER_TYPES(DEFINE_TO_I16)
CR_FOR_FLOAT_TYPES(TRUNCATE_TO_I16)
CR_FOR_INTEGER_TYPES(DEFINE_TO_I32)
CR_FOR_FLOAT_TYPES(TRUNCATE_TO_I32)
CR_FOR_INTEGER_TYPES(DEFINE_TO_I64)
CR_FOR_FLOAT_TYPES(TRUNCATE_TO_I64)
CR_FOR_ALL_TYPES(DEFINE_TO_F32)
CR_FOR_ALL_TYPES(DEFINE_TO_F64)

#define ENTER_FROM(dtype, T, Word, common)                                                         \
  table->convert[CR_U8][dtype] = u8_from_##common;                                                 \
  table->convert[CR_I8][dtype] = i8_from_##common;                                                 \
  table->convert[CR_I16][dtype] = i16_from_##common;                                               \
  table->convert[CR_I32][dtype] = i32_from_##common;                                               \
  table->convert[CR_I64][dtype] = i64_from_##common;                                               \
  table->convert[CR_F32][dtype] = f32_from_##common;                                               \
  table->convert[CR_F64][dtype] = f64_from_##common;

void CR_KERNEL(register_convert)(cr_kernel_table *table) { CR_FOR_ALL_TYPES(ENTER_FROM) }
