#include "ops/mode.h"

#include "core/iter.h"
#include "ops/check.h"
#include "ops/sort.h"

#include <string.h>

typedef struct {
  cr_dtype dtype;
  int64_t n, stride, order_stride; /* of the sorted dimension, in bytes */
} mode_job;

/* The place in a sorted run where its longest row of equal elements ends. */
static int64_t longest_row_end(const mode_job *job, const char *sorted) {
  bool is_float = cr_dtype_is_float(job->dtype);
  int64_t best = 0, longest = 0, start = 0;
  cr_scalar first = cr_load(job->dtype, sorted);
  for (int64_t i = 0; i < job->n; i++) {
    cr_scalar value = cr_load(job->dtype, sorted + i * job->stride);
    if (is_float ? value.f != first.f : value.i != first.i) {
      start = i;
      first = value;
    }
    if (i - start + 1 > longest) {
      longest = i - start + 1;
      best = i;
    }
  }
  return best;
}

static void mode_of_runs(int64_t n, char *const *p, const int64_t *stride, const void *data) {
  const mode_job *job = data;
  size_t width = cr_dtype_size(job->dtype);
  for (int64_t k = 0; k < n; k++) {
    const char *sorted = p[2] + k * stride[2], *order = p[3] + k * stride[3];
    int64_t at = longest_row_end(job, sorted);
    memcpy(p[0] + k * stride[0], sorted + at * job->stride, width);
    memcpy(p[1] + k * stride[1], order + at * job->order_stride, sizeof(int64_t));
  }
}

static cr_status find_modes(cr_tensor *values, cr_tensor *positions, const cr_tensor *sorted,
                            const cr_tensor *order, int dim) {
  cr_tensor first_sorted = *sorted, first_order = *order;
  first_sorted.size[dim] = first_order.size[dim] = 1;
  const cr_tensor *operands[] = {values, positions, &first_sorted, &first_order};
  mode_job job = {sorted->dtype, sorted->size[dim],
                  sorted->stride[dim] * (int64_t)cr_dtype_size(sorted->dtype),
                  order->stride[dim] * (int64_t)sizeof(int64_t)};
  CR_TRY(cr_prepare_result(values, sorted->ndim, first_sorted.size, sorted));
  CR_TRY(cr_prepare_result(positions, sorted->ndim, first_sorted.size, values));
  if (cr_tensor_numel(values) == 0) return CR_OK;
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 4, operands));
  return cr_iter_run(&it, mode_of_runs, &job, 2.0 * (double)job.n);
}

cr_status cr_mode(cr_tensor *values, cr_tensor *positions, const cr_tensor *x, int dim) {
  if (values == positions) return cr_fail(CR_EINVAL, "'res' and 'indices' must be two tensors");
  CR_TRY(cr_expect_dtype("'res'", values, x->dtype));
  CR_TRY(cr_expect_dtype("'indices'", positions, CR_I64));
  if (x->size[dim] == 0)
    return cr_fail(CR_EINVAL, "'x' must not be empty along dimension %d", dim + 1);
  cr_tensor sorted, order;
  cr_tensor_init(&sorted, x->dtype);
  cr_tensor_init(&order, CR_I64);
  cr_status status = cr_sort(&sorted, &order, x, dim, false, 0, x->size[dim]);
  if (status == CR_OK) status = find_modes(values, positions, &sorted, &order, dim);
  cr_tensor_clear(&sorted);
  cr_tensor_clear(&order);
  return status;
}
