#include "core/dtype.h"

#include <string.h>
#include <strings.h>

typedef struct {
  const char *word, *common, *tensor, *storage;
} type_info;

static const type_info types[CR_DTYPE_COUNT] = {
#define INFO(dtype, T, Word, common)                                                               \
  [dtype] = {#Word, #common, "torch." #Word "Tensor", "torch." #Word "Storage"},
    CR_FOR_ALL_TYPES(INFO)
#undef INFO
};

const char *cr_dtype_word(cr_dtype dtype) { return types[dtype].word; }

const char *cr_dtype_tensor_name(cr_dtype dtype) { return types[dtype].tensor; }

const char *cr_dtype_storage_name(cr_dtype dtype) { return types[dtype].storage; }

bool cr_dtype_from_name(const char *name, cr_dtype *out) {
  for (int d = 0; d < CR_DTYPE_COUNT; d++) {
    const type_info *type = &types[d];
    const char *short_tensor = type->tensor + strlen("torch.");
    if (strcmp(name, type->tensor) == 0 || strcmp(name, short_tensor) == 0 ||
        strcmp(name, type->storage) == 0 || strcmp(name, type->common) == 0 ||
        strcasecmp(name, type->word) == 0) {
      *out = (cr_dtype)d;
      return true;
    }
  }
  return false;
}

cr_scalar cr_scalar_from_double(double value) {
  int64_t i;
  if (value != value) {
    i = 0;
  } else if (value >= 9223372036854775808.0) {
    i = INT64_MAX;
  } else if (value < -9223372036854775808.0) {
    i = INT64_MIN;
  } else {
    i = (int64_t)value;
  }
  return (cr_scalar){value, i};
}

cr_scalar cr_scalar_from_int(int64_t value) { return (cr_scalar){(double)value, value}; }

cr_scalar cr_load(cr_dtype dtype, const void *element) {
  switch (dtype) {
#define LOAD(dtype, T, Word, common)                                                               \
  case dtype: return cr_scalar_from_int((int64_t) * (const T *)element);
    CR_FOR_INTEGER_TYPES(LOAD)
#undef LOAD
  case CR_F32: return cr_scalar_from_double((double)*(const float *)element);
  case CR_F64: return cr_scalar_from_double(*(const double *)element);
  default: return cr_scalar_from_int(0);
  }
}

void cr_store(cr_dtype dtype, void *element, cr_scalar value) {
  switch (dtype) {
#define STORE(dtype, T, Word, common)                                                              \
  case dtype: *(T *)element = (T)value.i; break;
    CR_FOR_INTEGER_TYPES(STORE)
#undef STORE
  case CR_F32: *(float *)element = (float)value.f; break;
  case CR_F64: *(double *)element = value.f; break;
  default: break;
  }
}
