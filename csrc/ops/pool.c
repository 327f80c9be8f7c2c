#include "ops/pool.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/channelwise.h"
#include "ops/check.h"

/* ---- checks ---- */

static cr_status check_range(const char *name, int64_t value, int64_t low) {
  const int64_t high = 1 << 30;
  if (value >= low && value <= high) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be an integer from %lld to %lld, got %lld", name,
                 (long long)low, (long long)high, (long long)value);
}

static cr_status check_shape(const cr_pool_shape *s) {
  CR_TRY(check_range("kW", s->kernel_w, 1));
  CR_TRY(check_range("kH", s->kernel_h, 1));
  CR_TRY(check_range("dW", s->step_w, 1));
  CR_TRY(check_range("dH", s->step_h, 1));
  CR_TRY(check_range("padW", s->pad_w, 0));
  CR_TRY(check_range("padH", s->pad_h, 0));
  if (s->pad_w <= s->kernel_w / 2 && s->pad_h <= s->kernel_h / 2) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "padding must be at most half the kernel's size, got %lld x %lld for a kernel of "
                 "%lld x %lld (W x H)",
                 (long long)s->pad_w, (long long)s->pad_h, (long long)s->kernel_w,
                 (long long)s->kernel_h);
}

static cr_status check_image(const cr_tensor *t, const char *name) {
  CR_TRY(cr_expect_float(name, t));
  char text[CR_PAREN_TEXT];
  bool fits = (t->ndim == 3 || t->ndim == 4) && t->size[t->ndim - 3] > 0 &&
              t->size[t->ndim - 2] > 0 && t->size[t->ndim - 1] > 0;
  if (!fits)
    return cr_fail(CR_EINVAL, "%s must be (N x C x H x W) or (C x H x W), got %s", name,
                   cr_paren_text(text, t));
  int64_t h = t->size[t->ndim - 2], w = t->size[t->ndim - 1];
  if (h <= INT32_MAX / w) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must have fewer than 2147483648 pixels, got %s", name,
                 cr_paren_text(text, t));
}

static int64_t output_length(int64_t size, int64_t kernel, int64_t step, int64_t pad, bool ceil) {
  int64_t room = size + 2 * pad - kernel + (ceil ? step - 1 : 0);
  if (room < 0) return 0;
  int64_t length = room / step + 1;
  if (ceil && (length - 1) * step >= size + pad) length--; /* would lie in the padding alone */
  return length;
}

static cr_status output_size(const cr_tensor *input, const cr_pool_shape *s, int64_t *size) {
  int last = input->ndim - 1;
  for (int d = 0; d < last - 1; d++) size[d] = input->size[d];
  size[last - 1] =
      output_length(input->size[last - 1], s->kernel_h, s->step_h, s->pad_h, s->ceil_mode);
  size[last] = output_length(input->size[last], s->kernel_w, s->step_w, s->pad_w, s->ceil_mode);
  if (size[last - 1] > 0 && size[last] > 0) return CR_OK;
  char text[CR_PAREN_TEXT];
  return cr_fail(CR_EINVAL,
                 "the window of %lld x %lld (H x W) is larger than the input with its padding, "
                 "%lld x %lld; got an input of %s",
                 (long long)s->kernel_h, (long long)s->kernel_w,
                 (long long)(input->size[last - 1] + 2 * s->pad_h),
                 (long long)(input->size[last] + 2 * s->pad_w), cr_paren_text(text, input));
}

static cr_status check_indices(const cr_tensor *indices, const cr_tensor *grad_output) {
  if (indices->dtype != CR_I64)
    return cr_fail(CR_EINVAL, "indices must be a torch.LongTensor, got a %s",
                   cr_dtype_tensor_name(indices->dtype));
  CR_TRY(cr_expect_size_of("indices", indices, grad_output));
  if (!cr_tensor_is_contiguous(indices)) return cr_fail(CR_EINVAL, "indices must be contiguous");
  return CR_OK;
}

/* ---- running ---- */

typedef struct {
  cr_pool_job job;
  cr_pool_kernel kernel;
  char *rows; /* one for each thread */
  int64_t row_bytes;
} pool_run;

static void run_planes(int64_t begin, int64_t end, int thread, void *context) {
  const pool_run *run = context;
  cr_pool_job job = run->job;
  job.row = run->rows + thread * run->row_bytes;
  /* A few planes at a time, looking for an interrupt in between. */
  for (int64_t p = begin; p < end && !cr_interrupt_pending(); p += 64)
    run->kernel(&job, p, p + 64 < end ? p + 64 : end);
}

static cr_pool_range *tap_ranges(const cr_pool_shape *s, int64_t size, int64_t outputs) {
  cr_pool_range *ranges = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)s->kernel_w * sizeof *ranges);
  for (int64_t tap = 0; ranges && tap < s->kernel_w; tap++) {
    int64_t before = s->pad_w - tap, last = size - 1 + s->pad_w - tap;
    int64_t end = last < 0 ? 0 : last / s->step_w + 1;
    ranges[tap].begin = before > 0 ? (before + s->step_w - 1) / s->step_w : 0;
    ranges[tap].end = end < outputs ? end : outputs;
  }
  return ranges;
}

static cr_status run_kernel(cr_pool_kernel kernel, const cr_tensor *input, const cr_tensor *output,
                            int64_t *indices, const cr_pool_shape *s) {
  if (cr_tensor_numel(output) == 0) return CR_OK;
  int outside = 0;
  pool_run run = {
      .job = {.window = {s->kernel_w, s->kernel_h, s->step_w, s->step_h, s->pad_w, s->pad_h,
                         s->count_pad},
              .input = cr_planes_of(input),
              .output = cr_planes_of(output),
              .indices = indices,
              .outside = &outside},
      .kernel = kernel,
  };
  const cr_planes *out = &run.job.output;
  run.row_bytes = (out->w * 16 + CR_ALIGNMENT - 1) / CR_ALIGNMENT * CR_ALIGNMENT;
  run.rows = cr_scratch(CR_SCRATCH_INDEX, (size_t)(run.row_bytes * cr_num_threads()));
  run.job.ranges = tap_ranges(s, run.job.input.w, out->w);
  if (!run.rows || !run.job.ranges) return CR_ENOMEM;
  double taps = (double)s->kernel_w * (double)s->kernel_h + 4;
  int64_t grain = cr_grain(0.2 * taps * (double)out->h * (double)out->w);
  cr_parallel_for(out->n * out->c, grain, run_planes, &run);
  if (outside)
    return cr_fail(CR_EINVAL, "indices must be from 1 to %lld, the number of pixels of a plane",
                   (long long)(run.job.input.h * run.job.input.w));
  return cr_check_interrupt();
}

static const cr_pool_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->pool[cr_float_index(t->dtype)];
}

/* ---- operations ---- */

static cr_status prepare_forward(cr_tensor *output, const cr_tensor *input,
                                 const cr_pool_shape *s) {
  int64_t size[CR_MAX_DIMS];
  CR_TRY(check_shape(s));
  CR_TRY(check_image(input, "input"));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  CR_TRY(output_size(input, s, size));
  if (s->innermost) CR_TRY(cr_lay_out_innermost(output, input->ndim, size));
  return cr_prepare_result(output, input->ndim, size, input);
}

static cr_status prepare_backward(cr_tensor *grad_input, const cr_tensor *input,
                                  const cr_tensor *grad_output, const cr_pool_shape *s) {
  int64_t size[CR_MAX_DIMS];
  CR_TRY(check_shape(s));
  CR_TRY(check_image(input, "input"));
  CR_TRY(output_size(input, s, size));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, input->dtype));
  return cr_prepare_result(grad_input, input->ndim, input->size, grad_output);
}

cr_status cr_max_pool_forward(cr_tensor *output, cr_tensor *indices, const cr_tensor *input,
                              const cr_pool_shape *shape) {
  CR_TRY(prepare_forward(output, input, shape));
  int64_t *places = NULL;
  if (indices) {
    if (indices->dtype != CR_I64)
      return cr_fail(CR_EINVAL, "indices must be a torch.LongTensor, got a %s",
                     cr_dtype_tensor_name(indices->dtype));
    CR_TRY(cr_prepare_contiguous(indices, output->ndim, output->size, NULL));
    places = cr_tensor_data(indices);
  }
  if (!indices && cr_channelwise_max_fits(input, output))
    return cr_channelwise_max(output, input, shape);
  return run_kernel(kernels_for(input)->max, input, output, places, shape);
}

cr_status cr_max_pool_backward(cr_tensor *grad_input, const cr_tensor *input,
                               const cr_tensor *grad_output, const cr_tensor *indices,
                               const cr_pool_shape *shape) {
  CR_TRY(prepare_backward(grad_input, input, grad_output, shape));
  CR_TRY(check_indices(indices, grad_output));
  return run_kernel(kernels_for(input)->max_backward, grad_input, grad_output,
                    cr_tensor_data(indices), shape);
}

cr_status cr_average_pool_forward(cr_tensor *output, const cr_tensor *input,
                                  const cr_pool_shape *shape) {
  CR_TRY(prepare_forward(output, input, shape));
  return run_kernel(kernels_for(input)->average, input, output, NULL, shape);
}

cr_status cr_average_pool_backward(cr_tensor *grad_input, const cr_tensor *input,
                                   const cr_tensor *grad_output, const cr_pool_shape *shape) {
  CR_TRY(prepare_backward(grad_input, input, grad_output, shape));
  return run_kernel(kernels_for(input)->average_backward, grad_input, grad_output, NULL, shape);
}
