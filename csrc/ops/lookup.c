#include "ops/lookup.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>
#include <string.h>

/* ---- checks ---- */

static cr_status check_table(const char *name, const cr_tensor *t) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float(name, t));
  if (t->ndim != 2)
    return cr_fail(CR_EINVAL, "%s must have 2 dimensions, got %s", name, cr_paren_text(text, t));
  if (!cr_tensor_is_contiguous(t)) return cr_fail(CR_EINVAL, "%s must be contiguous", name);
  return CR_OK;
}

/* Reads the indices, in order, into scratch memory, counted from 0. */
static cr_status read_indices(int64_t **out, const cr_tensor *indices, int64_t rows) {
  int64_t count = cr_tensor_numel(indices), at[CR_MAX_DIMS] = {0};
  int64_t width = (int64_t)cr_dtype_size(indices->dtype);
  char text[CR_PAREN_TEXT];
  if (indices->ndim < 1 || indices->ndim >= CR_MAX_DIMS)
    return cr_fail(CR_EINVAL, "input must be (n) or (N x n) indices, got %s",
                   cr_paren_text(text, indices));
  int64_t *list = cr_scratch(CR_SCRATCH_INDEX, (size_t)count * sizeof *list);
  if (!list) return CR_ENOMEM;
  const char *element = cr_tensor_data(indices);
  for (int64_t i = 0; i < count; i++) {
    cr_scalar value = cr_load(indices->dtype, element);
    bool whole = !cr_dtype_is_float(indices->dtype) || value.f == floor(value.f);
    bool inside = cr_dtype_is_float(indices->dtype) ? value.f >= 1 && value.f <= (double)rows
                                                    : value.i >= 1 && value.i <= rows;
    if (!whole || !inside)
      return cr_fail(CR_EINVAL, "input must hold whole numbers from 1 to %lld, got %.15g",
                     (long long)rows, value.f);
    list[i] = value.i - 1;
    for (int d = indices->ndim - 1; d >= 0; d--) {
      element += indices->stride[d] * width;
      if (++at[d] < indices->size[d]) break;
      element -= indices->stride[d] * indices->size[d] * width;
      at[d] = 0;
    }
  }
  *out = list;
  return CR_OK;
}

/* ---- running ---- */

typedef struct {
  cr_lookup lookup;
  cr_lookup_kernel kernel;
} lookup_run;

static void run_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const lookup_run *run = context;
  run->kernel(&run->lookup, begin, end);
}

static const cr_lookup_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->lookup[cr_float_index(t->dtype)];
}

static void gather(const cr_tensor *output, const cr_tensor *weight, const int64_t *list,
                   int64_t count) {
  lookup_run run = {.kernel = kernels_for(weight)->gather};
  run.lookup = (cr_lookup){.indices = list,
                           .count = count,
                           .width = weight->size[1],
                           .table = cr_tensor_data(weight),
                           .rows = cr_tensor_data(output)};
  cr_parallel_for(count, cr_grain(0.2 * (double)weight->size[1] + 5), run_range, &run);
}

cr_status cr_lookup_forward(cr_tensor *output, cr_tensor *weight, const cr_tensor *indices,
                            double max_norm, double norm_type) {
  int64_t *list, size[CR_MAX_DIMS];
  CR_TRY(check_table("weight", weight));
  CR_TRY(cr_expect_dtype("output", output, weight->dtype));
  CR_TRY(cr_expect_own_result(output, indices));
  if (isnan(max_norm)) return cr_fail(CR_EINVAL, "maxNorm must be a number, got nan");
  if (max_norm > 0 && !(norm_type > 0))
    return cr_fail(CR_EINVAL, "normType must be larger than 0, got %g", norm_type);
  CR_TRY(read_indices(&list, indices, weight->size[0]));
  memcpy(size, indices->size, sizeof size);
  size[indices->ndim] = weight->size[1];
  CR_TRY(cr_prepare_contiguous(output, indices->ndim + 1, size, weight));
  int64_t count = cr_tensor_numel(indices), width = weight->size[1];
  if (count == 0 || width == 0) return CR_OK;
  char *table = cr_tensor_data(weight);
  int64_t row_bytes = width * (int64_t)cr_dtype_size(weight->dtype);
  for (int64_t i = 0; max_norm > 0 && i < count; i++)
    kernels_for(weight)->renormalize(table + list[i] * row_bytes, width, norm_type, max_norm);
  gather(output, weight, list, count);
  return cr_check_interrupt();
}

/* 1 / how often each index occurs, in scratch memory. */
static cr_status inverse_counts(double **out, const int64_t *list, int64_t count, int64_t rows) {
  double *scale = cr_scratch(CR_SCRATCH_RESULT, (size_t)count * sizeof *scale);
  int64_t *seen = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)rows * sizeof *seen);
  if (!scale || !seen) return CR_ENOMEM;
  for (int64_t i = 0; i < count; i++) seen[list[i]] = 0;
  for (int64_t i = 0; i < count; i++) seen[list[i]]++;
  for (int64_t i = 0; i < count; i++) scale[i] = 1 / (double)seen[list[i]];
  *out = scale;
  return CR_OK;
}

static cr_status add_rows(cr_tensor *grad_weight, const cr_tensor *grad_output, int64_t *list,
                          int64_t count, double scale, int64_t padding, bool by_count) {
  double *factors = NULL;
  if (by_count) CR_TRY(inverse_counts(&factors, list, count, grad_weight->size[0]));
  for (int64_t i = 0; i < count; i++)
    if (list[i] == padding - 1) list[i] = -1;
  int64_t width = grad_weight->size[1];
  lookup_run run = {.kernel = kernels_for(grad_weight)->add};
  run.lookup = (cr_lookup){.indices = list,
                           .count = count,
                           .width = width,
                           .table = cr_tensor_data(grad_weight),
                           .rows = cr_tensor_data(grad_output),
                           .scale = factors,
                           .common_scale = scale};
  int64_t grain = cr_grain(0.3 * (double)count + 1);
  cr_parallel_for(width, grain < 16 ? 16 : grain, run_range, &run);
  return cr_check_interrupt();
}

cr_status cr_lookup_backward(cr_tensor *grad_weight, const cr_tensor *indices,
                             const cr_tensor *grad_output, double scale, int64_t padding,
                             bool by_count) {
  int64_t *list, size[CR_MAX_DIMS];
  CR_TRY(check_table("gradWeight", grad_weight));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_weight->dtype));
  CR_TRY(read_indices(&list, indices, grad_weight->size[0]));
  memcpy(size, indices->size, sizeof size);
  size[indices->ndim] = grad_weight->size[1];
  CR_TRY(cr_expect_size("gradOutput", grad_output, indices->ndim + 1, size));
  int64_t count = cr_tensor_numel(indices);
  if (count == 0 || grad_weight->size[1] == 0) return CR_OK;
  cr_tensor rows;
  CR_TRY(cr_contiguous(&rows, grad_output));
  cr_status status = add_rows(grad_weight, &rows, list, count, scale, padding, by_count);
  cr_tensor_clear(&rows);
  return status;
}
