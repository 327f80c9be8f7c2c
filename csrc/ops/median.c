#include "ops/median.h"

#include "ops/index.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/sort.h"

/* Puts the first NaN of a run and its place where the mask is set. */
static cr_status put_nan(cr_tensor *values, cr_tensor *positions, const cr_tensor *largest,
                         const cr_tensor *places, const cr_tensor *mask) {
  int64_t count;
  CR_TRY(cr_count_nonzero(&count, mask));
  if (count == 0) return CR_OK;
  cr_choice nan = {.tensor = largest}, value = {.tensor = values};
  CR_TRY(cr_where(values, mask, nan, value));
  cr_choice place = {.tensor = places}, position = {.tensor = positions};
  return cr_where(positions, mask, place, position);
}

/* Sorting puts NaN last; the largest element of a run with NaN is the first NaN. */
static cr_status spread_nan(cr_tensor *values, cr_tensor *positions, const cr_tensor *x, int dim) {
  cr_tensor largest, places, mask;
  cr_tensor_init(&largest, x->dtype);
  cr_tensor_init(&places, CR_I64);
  cr_tensor_init(&mask, CR_U8);
  cr_status status = cr_extreme_dim(&largest, &places, x, dim, true);
  if (status == CR_OK) status = cr_test(&mask, &largest, CR_TEST_isnan);
  if (status == CR_OK) status = put_nan(values, positions, &largest, &places, &mask);
  cr_tensor_clear(&largest);
  cr_tensor_clear(&places);
  cr_tensor_clear(&mask);
  return status;
}

cr_status cr_median(cr_tensor *values, cr_tensor *positions, const cr_tensor *x, int dim) {
  int64_t n = x->size[dim];
  if (n == 0) return cr_fail(CR_EINVAL, "'x' must not be empty along dimension %d", dim + 1);
  cr_tensor kept; /* a result may be x itself */
  cr_tensor_init(&kept, x->dtype);
  cr_tensor_alias(&kept, x);
  cr_status status = cr_sort(values, positions, &kept, dim, false, (n - 1) / 2, 1);
  if (status == CR_OK && cr_dtype_is_float(x->dtype) && cr_tensor_numel(values) > 0)
    status = spread_nan(values, positions, &kept, dim);
  cr_tensor_clear(&kept);
  return status;
}
