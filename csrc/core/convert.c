#include "core/convert.h"

#include <math.h>
#include <string.h>

cr_dtype cr_foreign_bits(cr_foreign kind) {
  static const cr_dtype bits[CR_FOREIGN_COUNT] = {CR_I16, CR_I16, CR_I16, CR_I32, CR_I64};
  return bits[kind];
}

cr_dtype cr_foreign_value(cr_foreign kind) {
  static const cr_dtype values[CR_FOREIGN_COUNT] = {CR_F32, CR_F32, CR_I32, CR_I64, CR_I64};
  return values[kind];
}

static float as_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint32_t as_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
static float half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, rest = half & 1023;
  if (exponent == 31) return as_float(sign | 0x7f800000 | rest << 13); /* infinity, NaN */
  if (exponent > 0) return as_float(sign | (exponent + 112) << 23 | rest << 13);
  float tiny = ldexpf((float)rest, -24);
  return sign ? -tiny : tiny;
}

/* Drops the last `count` bits of a number, rounding to the nearest, ties to even. A carry into the
 * exponent is right: the next power of two, or infinity. */
static uint32_t round_bits(uint32_t bits, int count) {
  uint32_t half = 1u << (count - 1), odd = bits >> count & 1;
  return (bits + half - 1 + odd) >> count;
}

static uint16_t float_to_half(float value) {
  uint32_t bits = as_bits(value), magnitude = bits & 0x7fffffff;
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  if (magnitude > 0x7f800000) return sign | 0x7e00;  /* NaN */
  if (magnitude >= 0x47800000) return sign | 0x7c00; /* 65536 and more: infinity */
  if (magnitude >= 0x38800000)                       /* 2^-14: normal */
    return (uint16_t)(sign | round_bits(magnitude - (112u << 23), 13));
  return (uint16_t)(sign | (uint16_t)lrintf(ldexpf(fabsf(value), 24)));
}

static uint16_t float_to_bfloat(float value) {
  uint32_t bits = as_bits(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40); /* NaN stays one */
  return (uint16_t)round_bits(bits, 16);
}

#define EACH(body)                                                                                 \
  for (int64_t i = 0; i < bits->size; i++) {                                                       \
    body;                                                                                          \
  }

cr_status cr_foreign_decode(cr_foreign kind, const cr_storage *bits, cr_storage *values) {
  const uint16_t *u16 = bits->data;
  const uint32_t *u32 = bits->data;
  const int64_t *i64 = bits->data;
  float *f32 = values->data;
  int32_t *i32 = values->data;
  int64_t *out = values->data;
  switch (kind) {
  case CR_F16: EACH(f32[i] = half_to_float(u16[i])) break;
  case CR_BF16: EACH(f32[i] = as_float((uint32_t)u16[i] << 16)) break;
  case CR_U16: EACH(i32[i] = u16[i]) break;
  case CR_U32: EACH(out[i] = u32[i]) break;
  default:
    EACH(if (i64[i] < 0) return cr_fail(CR_EINVAL, "the number %llu is too large for int64",
                                        (unsigned long long)i64[i]);
         out[i] = i64[i])
  }
  return CR_OK;
}

cr_status cr_foreign_encode(cr_foreign kind, const cr_storage *values, cr_storage *bits) {
  const float *f32 = values->data;
  uint16_t *u16 = bits->data;
  if (kind == CR_F16)
    EACH(u16[i] = float_to_half(f32[i]))
  else
    EACH(u16[i] = float_to_bfloat(f32[i]))
  return CR_OK;
}
