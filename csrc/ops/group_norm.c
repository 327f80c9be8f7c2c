#include "ops/group_norm.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

#include <stdio.h>

/* "* x 3 x 4" for what LayerNorm normalizes. */
static cr_status wrong_input(const cr_tensor *input, const cr_group_norm_spec *spec) {
  char expected[CR_PAREN_TEXT], got[CR_PAREN_TEXT];
  int at = 0;
  cr_paren_text(got, input);
  if (spec->groups > 0)
    return cr_fail(CR_EINVAL, "input must be (N x %lld x ...), got %s", (long long)spec->size[0],
                   got);
  for (int d = 0; d < spec->ndim; d++)
    at += sprintf(expected + at, " x %lld", (long long)spec->size[d]);
  return cr_fail(CR_EINVAL, "input must be (...%s), got %s", expected, got);
}

static cr_status check_vector(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t n) {
  CR_TRY(cr_expect_dtype(name, t, dtype));
  if (cr_tensor_numel(t) == n && cr_tensor_is_contiguous(t)) return CR_OK;
  char got[CR_PAREN_TEXT];
  return cr_fail(CR_EINVAL, "%s must have %lld elements and be contiguous, got %s", name,
                 (long long)n, cr_paren_text(got, t));
}

/* Sizes of the job, after the checks. */
static cr_status measure(cr_group_norm *n, const cr_tensor *input, const cr_group_norm_spec *spec) {
  cr_dtype dtype = input->dtype;
  int64_t elements = 1, all = cr_tensor_numel(input);
  bool fits = spec->groups > 0 ? input->ndim >= 2 && input->size[1] == spec->size[0]
                               : input->ndim >= spec->ndim;
  for (int d = 0; d < spec->ndim && fits && spec->groups == 0; d++) {
    fits = input->size[input->ndim - spec->ndim + d] == spec->size[d];
    elements *= spec->size[d];
  }
  if (!fits) return wrong_input(input, spec);
  if (spec->groups > 0) {
    if (spec->groups > spec->size[0] || spec->size[0] % spec->groups != 0)
      return cr_fail(CR_EINVAL, "the channels must be a multiple of the groups");
    n->groups = spec->groups;
    n->channels = spec->size[0] / spec->groups;
    n->rows = all > 0 ? input->size[0] * spec->groups : 0;
    n->area = all > 0 ? all / (input->size[0] * spec->size[0]) : 0;
  } else {
    n->groups = 1;
    n->channels = elements;
    n->area = 1;
    n->rows = all > 0 ? all / elements : 0;
  }
  int64_t parameters = n->channels * n->groups;
  if (spec->weight) CR_TRY(check_vector("weight", spec->weight, dtype, parameters));
  if (spec->bias) CR_TRY(check_vector("bias", spec->bias, dtype, parameters));
  n->weight = spec->weight ? cr_tensor_data(spec->weight) : NULL;
  n->bias = spec->bias ? cr_tensor_data(spec->bias) : NULL;
  n->eps = spec->eps;
  n->is_rms = spec->is_rms;
  return CR_OK;
}

typedef struct {
  const cr_group_norm *job;
  cr_group_norm_kernel kernel;
} norm_run;

static void run_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const norm_run *run = context;
  run->kernel(run->job, begin, end);
}

static cr_status run(const cr_group_norm *job, cr_group_norm_kernel kernel, int64_t n,
                     double elements) {
  norm_run r = {job, kernel};
  cr_parallel_for(n, cr_grain(elements * 0.4 + 20), run_range, &r);
  return cr_check_interrupt();
}

static const cr_group_norm_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->group_norm[cr_float_index(t->dtype)];
}

cr_status cr_group_norm_forward(cr_tensor *output, const cr_tensor *input,
                                const cr_group_norm_spec *spec) {
  cr_group_norm job = {0};
  CR_TRY(cr_expect_float("output", output));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  CR_TRY(measure(&job, input, spec));
  CR_TRY(cr_expect_dtype("mean", spec->mean, output->dtype));
  CR_TRY(cr_expect_dtype("inverseStd", spec->inverse_std, output->dtype));
  CR_TRY(cr_prepare_contiguous(output, input->ndim, input->size, input));
  CR_TRY(cr_prepare_contiguous(spec->mean, 1, &job.rows, input));
  CR_TRY(cr_prepare_contiguous(spec->inverse_std, 1, &job.rows, input));
  CR_TRY(measure(&job, input, spec)); /* the tensors may be one another */
  CR_TRY(cr_expect_size_of("output", output, input));
  CR_TRY(check_vector("mean", spec->mean, output->dtype, job.rows));
  if (cr_tensor_numel(input) == 0) return CR_OK;
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  job.x = cr_tensor_data(&flat);
  job.y = cr_tensor_data(output);
  job.mean = cr_tensor_data(spec->mean);
  job.inverse_std = cr_tensor_data(spec->inverse_std);
  cr_status status =
      run(&job, kernels_for(input)->forward, job.rows, (double)job.channels * (double)job.area);
  cr_tensor_clear(&flat);
  return status;
}

/* Checks and sizes of both backward passes, after forward with the same input. */
static cr_status check_backward(cr_group_norm *job, const cr_tensor *input,
                                const cr_tensor *grad_output, const cr_group_norm_spec *spec) {
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(measure(job, input, spec));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  bool is_kept = spec->mean->dtype == input->dtype && spec->inverse_std->dtype == input->dtype &&
                 cr_tensor_numel(spec->mean) == job->rows &&
                 cr_tensor_numel(spec->inverse_std) == job->rows &&
                 cr_tensor_is_contiguous(spec->mean) && cr_tensor_is_contiguous(spec->inverse_std);
  if (!is_kept) return cr_fail(CR_EINVAL, "call forward with this input first");
  job->mean = cr_tensor_data(spec->mean);
  job->inverse_std = cr_tensor_data(spec->inverse_std);
  return CR_OK;
}

/* Runs a backward kernel over contiguous copies (or the tensors themselves). */
static cr_status run_backward(cr_group_norm *job, const cr_tensor *input,
                              const cr_tensor *grad_output, cr_group_norm_kernel kernel, int64_t n,
                              double elements) {
  cr_tensor x, g;
  CR_TRY(cr_contiguous(&x, input));
  cr_status status = cr_contiguous(&g, grad_output);
  if (status == CR_OK) {
    job->x = cr_tensor_data(&x);
    job->grad = cr_tensor_data(&g);
    status = run(job, kernel, n, elements);
    cr_tensor_clear(&g);
  }
  cr_tensor_clear(&x);
  return status;
}

cr_status cr_group_norm_backward(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_group_norm_spec *spec) {
  cr_group_norm job = {0};
  CR_TRY(check_backward(&job, input, grad_output, spec));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, input->dtype));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, input));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, grad_output));
  CR_TRY(check_backward(&job, input, grad_output, spec));
  if (cr_tensor_numel(input) == 0) return CR_OK;
  job.grad_x = cr_tensor_data(grad_input);
  return run_backward(&job, input, grad_output, kernels_for(input)->backward, job.rows,
                      2 * (double)job.channels * (double)job.area);
}

cr_status cr_group_norm_accumulate(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                   const cr_tensor *input, const cr_tensor *grad_output,
                                   double scale, const cr_group_norm_spec *spec) {
  cr_group_norm job = {0};
  CR_TRY(check_backward(&job, input, grad_output, spec));
  int64_t channels = job.channels * job.groups;
  CR_TRY(check_vector("gradWeight", grad_weight, input->dtype, channels));
  if (grad_bias) CR_TRY(check_vector("gradBias", grad_bias, input->dtype, channels));
  if (cr_tensor_numel(input) == 0) return CR_OK;
  job.grad_weight = cr_tensor_data(grad_weight);
  job.grad_bias = grad_bias ? cr_tensor_data(grad_bias) : NULL;
  job.scale = scale;
  double elements = (double)job.rows / (double)job.groups * (double)job.area;
  return run_backward(&job, input, grad_output, kernels_for(input)->accumulate, channels, elements);
}
