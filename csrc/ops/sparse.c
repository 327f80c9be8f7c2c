#include "ops/sparse.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <math.h>

/* A whole number from low to high at an element of a tensor of any type; fails with its name. */
static cr_status read_whole(int64_t *out, const char *name, const cr_tensor *t, int64_t at,
                            int64_t low, int64_t high) {
  const char *element =
      (const char *)cr_tensor_data(t) + at * t->stride[0] * (int64_t)cr_dtype_size(t->dtype);
  cr_scalar value = cr_load(t->dtype, element);
  bool is_float = cr_dtype_is_float(t->dtype);
  bool fits = is_float ? value.f == floor(value.f) && value.f >= (double)low &&
                             value.f <= (double)high && fabs(value.f) < 9e18
                       : value.i >= low && value.i <= high;
  if (!fits)
    return cr_fail(CR_EINVAL, "%s must hold whole numbers from %lld to %lld, got %.15g", name,
                   (long long)low, (long long)high, is_float ? value.f : (double)value.i);
  *out = is_float ? (int64_t)value.f : value.i;
  return CR_OK;
}

static cr_status expect_list(const char *name, const cr_tensor *t) {
  char got[CR_PAREN_TEXT];
  if (t->ndim == 1) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must have 1 dimension, got %s", name, cr_paren_text(got, t));
}

/* Where each sample's elements begin, into scratch memory. */
static cr_status read_sizes(cr_sparse *s, const cr_tensor *sizes, int64_t count) {
  if (sizes) CR_TRY(expect_list("sizes", sizes));
  s->samples = sizes ? sizes->size[0] : 1;
  int64_t *first = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)(s->samples + 1) * sizeof *first);
  if (!first) return CR_ENOMEM;
  first[0] = 0;
  for (int64_t n = 0; n < s->samples; n++) {
    int64_t size = count;
    if (sizes) CR_TRY(read_whole(&size, "sizes", sizes, n, 0, count - first[n]));
    first[n + 1] = first[n] + size;
  }
  if (first[s->samples] != count)
    return cr_fail(CR_EINVAL, "sizes must add up to %lld, the number of keys, got %lld",
                   (long long)count, (long long)first[s->samples]);
  s->first = first;
  return CR_OK;
}

/* Checks the input and reads its keys and sizes; values are left to the caller. */
static cr_status prepare(cr_sparse *s, const cr_sparse_input *input, const cr_tensor *weight) {
  char got[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float("weight", weight));
  if (weight->ndim != 2)
    return cr_fail(CR_EINVAL, "weight must have 2 dimensions, got %s", cr_paren_text(got, weight));
  CR_TRY(expect_list("keys", input->keys));
  CR_TRY(cr_expect_dtype("values", input->values, weight->dtype));
  CR_TRY(cr_expect_size_of("values", input->values, input->keys));
  int64_t count = input->keys->size[0], inputs = weight->size[0], offset = input->offset;
  if (offset < -(INT64_C(1) << 62) || offset > (INT64_C(1) << 62))
    return cr_fail(CR_EINVAL, "keysOffset must be from -2^62 to 2^62, got %lld", (long long)offset);
  int64_t *key = cr_scratch(CR_SCRATCH_INDEX, (size_t)count * sizeof *key + 1);
  if (!key) return CR_ENOMEM;
  for (int64_t e = 0; e < count; e++) {
    CR_TRY(read_whole(&key[e], "keys", input->keys, e, offset + 1, offset + inputs));
    key[e] -= offset + 1;
  }
  CR_TRY(read_sizes(s, input->sizes, count));
  s->key = key;
  s->outputs = weight->size[1];
  s->table = cr_tensor_data(weight);
  s->key_stride = weight->stride[0];
  s->output_stride = weight->stride[1];
  return CR_OK;
}

typedef struct {
  cr_row_kernel kernel;
  const void *job;
} sparse_run;

static void run_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const sparse_run *run = context;
  run->kernel(run->job, begin, end);
}

static void run(cr_row_kernel kernel, const cr_sparse *s, int64_t count) {
  sparse_run task = {.kernel = kernel, .job = s};
  double work = (s->output_stride == 1 ? 0.1 : 1) * (double)s->first[s->samples];
  double per_item = count > 0 ? work * (double)s->outputs / (double)count : 1;
  cr_parallel_for(count, cr_grain(per_item + 1), run_range, &task);
}

static const cr_sparse_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->sparse[cr_float_index(t->dtype)];
}

cr_status cr_sparse_forward(cr_tensor *output, const cr_sparse_input *input,
                            const cr_tensor *weight, const cr_tensor *bias) {
  cr_sparse s = {0};
  CR_TRY(prepare(&s, input, weight));
  CR_TRY(cr_expect_dtype("output", output, weight->dtype));
  if (bias) CR_TRY(cr_expect_vector("bias", bias, weight->dtype, s.outputs));
  const int64_t size[2] = {s.samples, s.outputs};
  const cr_tensor *others[] = {input->keys, input->values, input->sizes, weight, bias};
  for (int k = 0; k < 5; k++) CR_TRY(cr_prepare_contiguous(output, 2, size, others[k]));
  if (cr_tensor_numel(output) == 0) return CR_OK;
  cr_tensor values;
  CR_TRY(cr_contiguous(&values, input->values));
  cr_status status = bias ? cr_copy(output, bias) : cr_fill(output, (cr_scalar){0});
  s.value = cr_tensor_data(&values);
  s.rows = cr_tensor_data(output);
  if (status == CR_OK) run(kernels_for(weight)->forward, &s, s.samples);
  cr_tensor_clear(&values);
  return status != CR_OK ? status : cr_check_interrupt();
}

/* The gradient of the outputs, contiguous. */
static cr_status prepare_gradient(cr_tensor *dense, const cr_sparse *s,
                                  const cr_tensor *grad_output, const cr_tensor *weight) {
  const int64_t size[2] = {s->samples, s->outputs};
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, weight->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, 2, size));
  return cr_contiguous(dense, grad_output);
}

cr_status cr_sparse_backward(cr_tensor *grad_values, const cr_tensor *grad_output,
                             const cr_sparse_input *input, const cr_tensor *weight) {
  cr_sparse s = {0};
  cr_tensor dense;
  CR_TRY(prepare(&s, input, weight));
  CR_TRY(cr_expect_dtype("gradInput", grad_values, weight->dtype));
  const cr_tensor *others[] = {input->keys, input->values, input->sizes, weight, grad_output};
  for (int k = 0; k < 5; k++)
    CR_TRY(cr_prepare_contiguous(grad_values, 1, input->keys->size, others[k]));
  CR_TRY(prepare_gradient(&dense, &s, grad_output, weight));
  s.rows = cr_tensor_data(&dense);
  s.result = cr_tensor_data(grad_values);
  run(kernels_for(weight)->backward, &s, s.samples);
  cr_tensor_clear(&dense);
  return cr_check_interrupt();
}

cr_status cr_sparse_accumulate(cr_tensor *grad_weight, const cr_tensor *grad_output,
                               const cr_sparse_input *input, double scale) {
  cr_sparse s = {.scale = scale};
  cr_tensor dense, values;
  CR_TRY(prepare(&s, input, grad_weight));
  if (cr_tensor_has_internal_overlap(grad_weight))
    return cr_fail(CR_EINVAL, "gradWeight must not have several indices for one element");
  CR_TRY(cr_contiguous(&values, input->values));
  cr_status status = prepare_gradient(&dense, &s, grad_output, grad_weight);
  if (status == CR_OK) {
    s.value = cr_tensor_data(&values);
    s.rows = cr_tensor_data(&dense);
    run(kernels_for(grad_weight)->accumulate, &s, s.outputs);
    cr_tensor_clear(&dense);
  }
  cr_tensor_clear(&values);
  return status != CR_OK ? status : cr_check_interrupt();
}
