#include "ops/window.h"

#include "kernels/kernels.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/reduce.h"
#include "ops/window_tables.h"

/* ---- running ---- */

typedef struct {
  cr_window_job job;
  cr_window_kernel kernel;
  int64_t row_bytes;
} window_run;

static void run_part(int64_t begin, int64_t end, int thread, void *context) {
  const window_run *run = context;
  cr_window_job job = run->job;
  job.row = (char *)job.row + thread * run->row_bytes;
  run->kernel(&job, begin, end);
}

/* Inputs that the windows of one plane read. */
static double window_cost(const cr_window_job *job, const cr_window_shape *s) {
  double rows = 1;
  for (int axis = 0; axis < 2; axis++) {
    double overlap = s->kind == CR_WINDOW_ADAPTIVE
                         ? 1 + (double)job->in.size[axis] / (double)job->out.size[axis]
                         : (double)s->kernel[axis];
    rows *= (double)job->out.size[axis] * overlap;
  }
  return 0.2 * rows * (double)job->in.size[2] + 2.0 * (double)cr_box_elements(&job->out);
}

static cr_status run_windows(window_run *run, int64_t planes, const cr_window_shape *s) {
  if (planes == 0) return CR_OK;
  CR_TRY(cr_window_tables(&run->job, planes, s));
  run->row_bytes = (run->job.in.size[2] * 16 + CR_ALIGNMENT - 1) / CR_ALIGNMENT * CR_ALIGNMENT;
  run->job.row = cr_scratch(CR_SCRATCH_RESULT, (size_t)(run->row_bytes * cr_num_threads()));
  if (!run->job.row) return CR_ENOMEM;
  return cr_run_planes(planes, window_cost(&run->job, s), run_part, run);
}

static const cr_window_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->window[cr_float_index(t->dtype)];
}

static cr_status prepare_forward(cr_boxes *in, cr_box *out, cr_tensor *output,
                                 const cr_tensor *input, const cr_window_shape *s) {
  int64_t size[CR_MAX_DIMS];
  CR_TRY(cr_expect_boxes(in, "input", input, s->dims));
  CR_TRY(cr_window_output(out, input, in, s));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  cr_boxes_size(size, input, out, s->dims);
  return cr_prepare_contiguous(output, input->ndim, size, input);
}

static cr_status run_forward(cr_window_kernel kernel, const cr_boxes *in, const cr_box *out,
                             cr_tensor *output, int64_t *indices, const cr_tensor *input,
                             const cr_window_shape *s) {
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  window_run run = {.job = {.in = in->box,
                            .out = *out,
                            .in_data = cr_tensor_data(&flat),
                            .out_data = cr_tensor_data(output),
                            .indices = indices},
                    .kernel = kernel};
  cr_status status = run_windows(&run, in->planes, s);
  cr_tensor_clear(&flat);
  return status;
}

/* ---- maximum and average ---- */

static cr_status expect_long(const cr_tensor *indices) {
  if (indices->dtype == CR_I64) return CR_OK;
  return cr_fail(CR_EINVAL, "indices must be a torch.LongTensor, got a %s",
                 cr_dtype_tensor_name(indices->dtype));
}

cr_status cr_window_max_forward(cr_tensor *output, cr_tensor *indices, const cr_tensor *input,
                                const cr_window_shape *shape) {
  cr_boxes in;
  cr_box out;
  if (indices) CR_TRY(expect_long(indices));
  CR_TRY(prepare_forward(&in, &out, output, input, shape));
  if (indices) {
    CR_TRY(cr_prepare_contiguous(indices, output->ndim, output->size, shape->samples));
  }
  int64_t *places = indices ? cr_tensor_data(indices) : NULL;
  return run_forward(kernels_for(input)->max, &in, &out, output, places, input, shape);
}

/* One window that is the whole plane, whose pixels are evenly spaced. */
static bool is_mean(const cr_tensor *input, const cr_box *out, const cr_window_shape *s) {
  bool is_one = s->kind == CR_WINDOW_ADAPTIVE && cr_box_elements(out) == 1;
  for (int d = input->ndim - s->dims; is_one && d < input->ndim - 1; d++)
    is_one = input->size[d] == 1 || input->stride[d] == input->size[d + 1] * input->stride[d + 1];
  return is_one;
}

static cr_status mean_of_planes(cr_tensor *output, const cr_tensor *input, int dims) {
  cr_tensor pixels = *input, means = *output; /* views without references */
  int last = input->ndim - dims;
  pixels.ndim = means.ndim = last + 1;
  for (int d = last + 1; d < input->ndim; d++) pixels.size[last] *= input->size[d];
  pixels.stride[last] = input->stride[input->ndim - 1];
  return cr_reduce_dim(&means, &pixels, last, (cr_reduction){.op = CR_RESULT_mean});
}

cr_status cr_window_average_forward(cr_tensor *output, const cr_tensor *input,
                                    const cr_window_shape *shape) {
  cr_boxes in;
  cr_box out;
  CR_TRY(prepare_forward(&in, &out, output, input, shape));
  if (is_mean(input, &out, shape)) return mean_of_planes(output, input, shape->dims);
  return run_forward(kernels_for(input)->average, &in, &out, output, NULL, input, shape);
}

cr_status cr_window_average_backward(cr_tensor *grad_input, const cr_tensor *input,
                                     const cr_tensor *grad_output, const cr_window_shape *shape) {
  cr_boxes in;
  cr_box out;
  CR_TRY(cr_expect_boxes(&in, "input", input, shape->dims));
  CR_TRY(cr_window_output(&out, input, &in, shape));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out, shape->dims));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  window_run run = {.job = {.in = in.box,
                            .out = out,
                            .in_data = cr_tensor_data(grad_input),
                            .out_data = cr_tensor_data(&flat)},
                    .kernel = kernels_for(input)->average_backward};
  cr_status status = run_windows(&run, in.planes, shape);
  cr_tensor_clear(&flat);
  return status;
}

/* ---- by index ---- */

static cr_status check_indices(const cr_tensor *indices, const cr_tensor *like) {
  CR_TRY(expect_long(indices));
  CR_TRY(cr_expect_size_of("indices", indices, like));
  if (!cr_tensor_is_contiguous(indices)) return cr_fail(CR_EINVAL, "indices must be contiguous");
  return CR_OK;
}

static cr_status run_by_index(cr_window_kernel kernel, int64_t planes, cr_window_job job,
                              const cr_tensor *indices) {
  int outside = 0;
  if (planes == 0) return CR_OK;
  window_run run = {.job = job, .kernel = kernel};
  run.job.indices = cr_tensor_data(indices);
  run.job.outside = &outside;
  double cost = (double)cr_box_elements(&job.out) + 0.1 * (double)cr_box_elements(&job.in);
  CR_TRY(cr_run_planes(planes, cost, run_part, &run));
  if (!outside) return CR_OK;
  return cr_fail(CR_EINVAL, "indices must be from 1 to %lld, the number of pixels of a plane",
                 (long long)cr_box_elements(&job.in));
}

/* Runs a kernel between the planes of `big` and those of `small`, one of which is contiguous. */
static cr_status between(cr_window_kernel kernel, const cr_boxes *big_boxes, const cr_tensor *big,
                         const cr_boxes *small_boxes, const cr_tensor *small,
                         const cr_tensor *indices) {
  cr_tensor flat_big, flat_small;
  CR_TRY(cr_contiguous(&flat_big, big));
  cr_status status = cr_contiguous(&flat_small, small);
  if (status == CR_OK) {
    cr_window_job job = {.in = big_boxes->box,
                         .out = small_boxes->box,
                         .in_data = cr_tensor_data(&flat_big),
                         .out_data = cr_tensor_data(&flat_small)};
    status = run_by_index(kernel, small_boxes->planes, job, indices);
    cr_tensor_clear(&flat_small);
  }
  cr_tensor_clear(&flat_big);
  return status;
}

cr_status cr_window_max_backward(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_tensor *indices, int dims) {
  cr_boxes in, out;
  CR_TRY(cr_expect_boxes(&in, "input", input, dims));
  CR_TRY(expect_long(indices));
  int64_t size[CR_MAX_DIMS];
  bool fits = indices->ndim == input->ndim;
  for (int d = 0; fits && d < input->ndim - dims; d++) fits = indices->size[d] == input->size[d];
  if (!fits) return cr_expect_forward(indices, input);
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, indices->ndim, indices->size));
  CR_TRY(cr_expect_boxes(&out, "gradOutput", grad_output, dims));
  CR_TRY(check_indices(indices, grad_output));
  cr_boxes_size(size, input, &out.box, dims);
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out.box, dims));
  return between(kernels_for(input)->scatter, &in, grad_input, &out, grad_output, indices);
}

static cr_status check_unpool(cr_boxes *in, cr_boxes *out, const cr_tensor *input,
                              const cr_tensor *indices, int dims, const int64_t *size) {
  CR_TRY(cr_expect_boxes(in, "input", input, dims));
  CR_TRY(check_indices(indices, input));
  *out = (cr_boxes){in->planes, {{1, 1, 1}}};
  for (int axis = 3 - dims; axis < 3; axis++) {
    CR_TRY(cr_expect_count(cr_axis_names[axis], size[axis], 1));
    out->box.size[axis] = size[axis];
  }
  return CR_OK;
}

cr_status cr_unpool_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *indices,
                            int dims, const int64_t *size) {
  cr_boxes in, out;
  int64_t full[CR_MAX_DIMS];
  CR_TRY(check_unpool(&in, &out, input, indices, dims, size));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  cr_boxes_size(full, input, &out.box, dims);
  CR_TRY(cr_prepare_contiguous(output, input->ndim, full, input));
  return between(kernels_for(input)->place, &out, output, &in, input, indices);
}

cr_status cr_unpool_backward(cr_tensor *grad_input, const cr_tensor *input,
                             const cr_tensor *grad_output, const cr_tensor *indices, int dims,
                             const int64_t *size) {
  cr_boxes in, out;
  CR_TRY(check_unpool(&in, &out, input, indices, dims, size));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out.box, dims));
  return between(kernels_for(input)->gather, &out, grad_output, &in, grad_input, indices);
}
