#include "ops/norm.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/activation.h"
#include "ops/check.h"
#include "ops/pointwise.h"

/* ---- checks ---- */

static cr_status check_vector(const cr_tensor *t, const char *name, cr_dtype dtype, int64_t size) {
  if (!t) return CR_OK;
  CR_TRY(cr_expect_vector(name, t, dtype, size));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

static cr_status check_state(const cr_batch_norm_state *s) {
  cr_dtype dtype = s->running_mean->dtype;
  int64_t channels = cr_tensor_numel(s->running_mean);
  CR_TRY(cr_expect_float("running_mean", s->running_mean));
  CR_TRY(check_vector(s->running_mean, "running_mean", dtype, channels));
  CR_TRY(check_vector(s->running_var, "running_var", dtype, channels));
  CR_TRY(check_vector(s->weight, "weight", dtype, channels));
  CR_TRY(check_vector(s->bias, "bias", dtype, channels));
  CR_TRY(cr_expect_dtype("save_mean", s->mean, dtype));
  CR_TRY(cr_expect_dtype("save_std", s->inverse_std, dtype));
  if (!(s->eps >= 0)) return cr_fail(CR_EINVAL, "eps must be at least 0, got %g", s->eps);
  if (!(s->momentum >= 0 && s->momentum <= 1))
    return cr_fail(CR_EINVAL, "momentum must be from 0 to 1, got %g", s->momentum);
  return CR_OK;
}

static cr_status check_input(const cr_tensor *t, const cr_batch_norm_state *s) {
  int64_t channels = cr_tensor_numel(s->running_mean);
  CR_TRY(cr_expect_dtype("input", t, s->running_mean->dtype));
  char text[CR_PAREN_TEXT];
  if (t->ndim != s->ndim || t->size[1] != channels)
    return cr_fail(CR_EINVAL, "input must be (N x %lld%s), got %s", (long long)channels,
                   s->ndim == 4 ? " x H x W" : "", cr_paren_text(text, t));
  if (s->training && cr_tensor_numel(t) == channels)
    return cr_fail(CR_EINVAL,
                   "training needs more than one value for each channel, got an input of %s: use "
                   "a larger batch, or call evaluate() first",
                   cr_paren_text(text, t));
  return CR_OK;
}

static cr_planes planes_of(const cr_tensor *t) {
  bool spatial = t->ndim == 4;
  return (cr_planes){
      .data = cr_tensor_data(t),
      .n = t->size[0],
      .c = t->size[1],
      .h = spatial ? t->size[2] : 1,
      .w = spatial ? t->size[3] : 1,
      .sn = t->stride[0],
      .sc = t->stride[1],
      .sh = spatial ? t->stride[2] : 0,
      .sw = spatial ? t->stride[3] : 0,
  };
}

static void *data_of(const cr_tensor *t) { return t ? cr_tensor_data(t) : NULL; }

static cr_batch_norm job_for(const cr_tensor *input, const cr_tensor *output,
                             const cr_batch_norm_state *s) {
  return (cr_batch_norm){
      .input = planes_of(input),
      .output = planes_of(output),
      .weight = data_of(s->weight),
      .bias = data_of(s->bias),
      .running_mean = data_of(s->running_mean),
      .running_var = data_of(s->running_var),
      .mean = data_of(s->mean),
      .inverse_std = data_of(s->inverse_std),
      .eps = s->eps,
      .momentum = s->momentum,
      .training = s->training,
  };
}

/* ---- running ---- */

typedef struct {
  cr_batch_norm job;
  cr_batch_norm_kernel kernel;
} norm_run;

static void run_channels(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const norm_run *run = context;
  for (int64_t c = begin; c < end && !cr_interrupt_pending(); c += 256)
    run->kernel(&run->job, c, c + 256 < end ? c + 256 : end);
}

static cr_status run_kernel(const cr_batch_norm *job, cr_batch_norm_kernel kernel) {
  norm_run run = {*job, kernel};
  double elements = (double)job->input.n * (double)job->input.h * (double)job->input.w;
  cr_parallel_for(job->input.c, cr_grain(elements * 0.4), run_channels, &run);
  return cr_check_interrupt();
}

/* ---- a ReLU that comes next ---- */

static const cr_activation_parameters no_parameters;

/* The kernels do it where elements are one behind the other in all operands. */
static bool is_plain(const cr_tensor *a, const cr_tensor *b, const cr_tensor *other) {
  return cr_tensor_is_contiguous(a) && cr_tensor_is_contiguous(b) &&
         (!other || cr_tensor_is_contiguous(other));
}

static cr_status rectify_alone(cr_tensor *output, const cr_tensor *added) {
  if (added) CR_TRY(cr_binary(output, output, added, CR_BINARY_add));
  cr_tensor rectified = {.dtype = output->dtype};
  cr_status status =
      cr_activation_forward(CR_ACTIVATION_relu, no_parameters, &rectified, output, true);
  cr_tensor_clear(&rectified);
  return status;
}

static cr_status mask_alone(cr_tensor *grad_output, const cr_tensor *kept) {
  cr_tensor masked = {.dtype = kept->dtype};
  cr_status status = cr_activation_backward(CR_ACTIVATION_relu, no_parameters, &masked, grad_output,
                                            kept, kept, true);
  cr_tensor_clear(&masked);
  return status;
}

static cr_status check_added(cr_tensor *output, const cr_tensor *input, const cr_tensor *added) {
  if (!added) return CR_OK;
  CR_TRY(cr_expect_dtype("the shortcut's output", added, input->dtype));
  CR_TRY(cr_expect_size_of("the shortcut's output", added, input));
  return cr_prepare_result(output, input->ndim, input->size, added);
}

/* ---- both directions ---- */

cr_status cr_batch_norm_forward(cr_tensor *output, const cr_tensor *input,
                                const cr_batch_norm_state *state) {
  CR_TRY(check_state(state));
  CR_TRY(check_input(input, state));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  CR_TRY(cr_prepare_result(output, input->ndim, input->size, input));
  CR_TRY(check_added(output, input, state->added));
  if (state->training) {
    CR_TRY(cr_prepare_contiguous(state->mean, 1, &input->size[1], input));
    CR_TRY(cr_prepare_contiguous(state->inverse_std, 1, &input->size[1], input));
  }
  if (cr_tensor_numel(input) == 0) return CR_OK;
  cr_batch_norm job = job_for(input, output, state);
  job.rectifies = state->rectifies && is_plain(input, output, state->added);
  if (job.rectifies && state->added) job.added = planes_of(state->added);
  CR_TRY(run_kernel(&job, cr_kernels()->norm[cr_float_index(input->dtype)].forward));
  if (!state->rectifies || job.rectifies) return CR_OK;
  return rectify_alone(output, state->added);
}

cr_status cr_batch_norm_backward(cr_tensor *grad_input, cr_tensor *grad_weight,
                                 cr_tensor *grad_bias, const cr_tensor *input,
                                 cr_tensor *grad_output, double scale,
                                 const cr_batch_norm_state *state) {
  CR_TRY(check_state(state));
  CR_TRY(check_input(input, state));
  int64_t channels = input->size[1];
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, input->size));
  if (state->kept) {
    CR_TRY(cr_expect_dtype("output", state->kept, input->dtype));
    CR_TRY(cr_expect_forward(state->kept, input));
  }
  CR_TRY(check_vector(grad_weight, "gradWeight", input->dtype, channels));
  CR_TRY(check_vector(grad_bias, "gradBias", input->dtype, channels));
  if (state->training && cr_tensor_numel(input) > 0) {
    CR_TRY(check_vector(state->mean, "save_mean", input->dtype, channels));
    CR_TRY(check_vector(state->inverse_std, "save_std", input->dtype, channels));
  }
  if (grad_input) {
    CR_TRY(cr_expect_dtype("gradInput", grad_input, input->dtype));
    CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, input));
    CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
  }
  if (cr_tensor_numel(input) == 0) return CR_OK;
  cr_batch_norm job = job_for(input, grad_output, state);
  job.rectifies = state->kept && is_plain(input, grad_output, NULL);
  if (state->kept && !job.rectifies) CR_TRY(mask_alone(grad_output, state->kept));
  if (grad_input) job.grad_input = planes_of(grad_input);
  job.grad_weight = data_of(grad_weight);
  job.grad_bias = data_of(grad_bias);
  job.scale = scale;
  return run_kernel(&job, cr_kernels()->norm[cr_float_index(input->dtype)].backward);
}
