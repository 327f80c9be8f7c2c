#include "kernels/kernels.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/padding.h"

#include <string.h>

/* ---- repeating ---- */

typedef struct {
  cr_gathering gather;
  cr_window_job window;
  cr_gathering_kernel repeat;
  cr_window_kernel sum;
  int64_t row_bytes;
} enlarge_run;

static void enlarge_planes(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const enlarge_run *run = context;
  run->repeat(&run->gather, begin, end);
}

/* The gradient of repeating is the sum over windows of scale x scale. */
static void sum_planes(int64_t begin, int64_t end, int thread, void *context) {
  const enlarge_run *run = context;
  cr_window_job job = run->window;
  job.row = (char *)job.row + thread * run->row_bytes;
  run->sum(&job, begin, end);
}

static cr_status check_enlarging(cr_boxes *in, cr_box *out, const cr_tensor *input, int dims,
                                 int64_t scale) {
  CR_TRY(cr_expect_boxes(in, "input", input, dims));
  CR_TRY(cr_expect_count("scale", scale, 1));
  *out = in->box;
  double elements = 1;
  for (int axis = 3 - dims; axis < 3; axis++) {
    out->size[axis] *= scale;
    elements *= (double)out->size[axis];
  }
  char text[CR_PAREN_TEXT];
  if (elements <= INT32_MAX) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "planes must have fewer than 2147483648 elements, got an input of %s "
                 "to be enlarged by %lld",
                 cr_paren_text(text, input), (long long)scale);
}

static cr_status run_repeat(enlarge_run *run, int64_t planes, int dims, int64_t scale) {
  cr_gathering *job = &run->gather;
  const int64_t *size = job->out.size;
  int64_t total = size[0] + size[1] + size[2];
  int64_t *table = cr_scratch(CR_SCRATCH_INDEX, (size_t)total * sizeof *table);
  if (!table) return CR_ENOMEM;
  for (int axis = 0; axis < 3; axis++) {
    int64_t repeat = axis < 3 - dims ? 1 : scale;
    job->from[axis] = table;
    for (int64_t i = 0; i < size[axis]; i++) *table++ = i / repeat;
  }
  return cr_run_planes(planes, 0.5 * (double)cr_box_elements(&job->out), enlarge_planes, run);
}

static cr_status run_sum(enlarge_run *run, int64_t planes, int dims, int64_t scale) {
  cr_window_job *job = &run->window;
  const int64_t *size = job->out.size;
  run->row_bytes = (job->in.size[2] * 8 + CR_ALIGNMENT - 1) / CR_ALIGNMENT * CR_ALIGNMENT;
  job->row = cr_scratch(CR_SCRATCH_RESULT, (size_t)(run->row_bytes * cr_num_threads()));
  int64_t total = size[0] + size[1] + size[2] + 3;
  int64_t *table = cr_scratch(CR_SCRATCH_INDEX, (size_t)total * sizeof *table);
  if (!job->row || !table) return CR_ENOMEM;
  for (int axis = 0; axis < 3; axis++) {
    job->axis[axis] = (cr_window_axis){.begin = table, .end = table + 1, .dilation = 1};
    for (int64_t i = 0; i <= size[axis]; i++) *table++ = i * (axis < 3 - dims ? 1 : scale);
  }
  return cr_run_planes(planes, 0.5 * (double)cr_box_elements(&job->in), sum_planes, run);
}

cr_status cr_enlarge_forward(cr_tensor *output, const cr_tensor *input, int dims, int64_t scale) {
  cr_boxes in;
  cr_box out;
  int64_t size[CR_MAX_DIMS];
  CR_TRY(check_enlarging(&in, &out, input, dims, scale));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  cr_boxes_size(size, input, &out, dims);
  CR_TRY(cr_prepare_contiguous(output, input->ndim, size, input));
  if (in.planes == 0) return CR_OK;
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  enlarge_run run = {
      .gather = {.in = in.box,
                 .out = out,
                 .in_data = cr_tensor_data(&flat),
                 .out_data = cr_tensor_data(output)},
      .repeat = cr_kernels()->volume[cr_float_index(input->dtype)].gather,
  };
  cr_status status = run_repeat(&run, in.planes, dims, scale);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_enlarge_backward(cr_tensor *grad_input, const cr_tensor *input,
                              const cr_tensor *grad_output, int dims, int64_t scale) {
  cr_boxes in;
  cr_box out;
  CR_TRY(check_enlarging(&in, &out, input, dims, scale));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out, dims));
  if (in.planes == 0) return CR_OK;
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  enlarge_run run = {
      .window = {.in = out,
                 .out = in.box,
                 .in_data = cr_tensor_data(&flat),
                 .out_data = cr_tensor_data(grad_input)},
      .sum = cr_kernels()->window[cr_float_index(input->dtype)].average,
  };
  cr_status status = run_sum(&run, in.planes, dims, scale);
  cr_tensor_clear(&flat);
  return status;
}

/* ---- linear interpolation ---- */

typedef struct {
  cr_interpolation job;
  cr_interpolation_kernel kernel;
  int64_t row_bytes;
} interpolate_run;

static void interpolate_planes(int64_t begin, int64_t end, int thread, void *context) {
  const interpolate_run *run = context;
  cr_interpolation job = run->job;
  job.row = (char *)job.row + thread * run->row_bytes;
  run->kernel(&job, begin, end);
}

/* Output i lies at i (in - 1) / (out - 1). */
static void set_axis(int64_t in, int64_t out, int64_t *low, int64_t *high, double *weight) {
  double step = out > 1 ? (double)(in - 1) / (double)(out - 1) : 0;
  for (int64_t i = 0; i < out; i++) {
    double at = (double)i * step;
    low[i] = (int64_t)at < in ? (int64_t)at : in - 1;
    high[i] = low[i] + 1 < in ? low[i] + 1 : low[i];
    weight[i] = high[i] > low[i] ? at - (double)low[i] : 0;
  }
}

static cr_status run_interpolation(interpolate_run *run, int64_t planes) {
  cr_interpolation *job = &run->job;
  const int64_t *size = job->out.size;
  int64_t total = size[0] + size[1] + size[2];
  run->row_bytes = (job->in.size[2] * 8 + CR_ALIGNMENT - 1) / CR_ALIGNMENT * CR_ALIGNMENT;
  job->row = cr_scratch(CR_SCRATCH_RESULT, (size_t)(run->row_bytes * cr_num_threads()));
  int64_t *table = cr_scratch(CR_SCRATCH_INDEX, (size_t)total * 2 * sizeof *table);
  double *weight = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)total * sizeof *weight);
  if (!job->row || !table || !weight) return CR_ENOMEM;
  for (int axis = 0; axis < 3; axis++) {
    job->low[axis] = table;
    job->high[axis] = table + size[axis];
    job->weight[axis] = weight;
    set_axis(job->in.size[axis], size[axis], table, table + size[axis], weight);
    table += 2 * size[axis];
    weight += size[axis];
  }
  double rows = (double)(size[0] * size[1]);
  double cost = rows * ((double)size[2] + 0.5 * (double)job->in.size[2]);
  return cr_run_planes(planes, cost, interpolate_planes, run);
}

static cr_status check_interpolation(cr_boxes *in, cr_box *out, const cr_tensor *input, int dims,
                                     const int64_t *size) {
  static const char *const names[3] = {"odepth", "oheight", "owidth"};
  CR_TRY(cr_expect_boxes(in, "input", input, dims));
  *out = in->box;
  double elements = 1;
  for (int axis = 3 - dims; axis < 3; axis++) {
    CR_TRY(cr_expect_count(names[axis], size[axis], 1));
    out->size[axis] = size[axis];
    elements *= (double)size[axis];
  }
  if (elements <= INT32_MAX) return CR_OK;
  return cr_fail(CR_EINVAL, "planes of the output must have fewer than 2147483648 elements");
}

cr_status cr_interpolate_forward(cr_tensor *output, const cr_tensor *input, int dims,
                                 const int64_t *size) {
  cr_boxes in;
  cr_box out;
  int64_t full[CR_MAX_DIMS];
  CR_TRY(check_interpolation(&in, &out, input, dims, size));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  cr_boxes_size(full, input, &out, dims);
  CR_TRY(cr_prepare_contiguous(output, input->ndim, full, input));
  if (in.planes == 0) return CR_OK;
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  interpolate_run run = {
      .job = {.in = in.box,
              .out = out,
              .in_data = cr_tensor_data(&flat),
              .out_data = cr_tensor_data(output)},
      .kernel = cr_kernels()->volume[cr_float_index(input->dtype)].interpolate,
  };
  cr_status status = run_interpolation(&run, in.planes);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_interpolate_backward(cr_tensor *grad_input, const cr_tensor *input,
                                  const cr_tensor *grad_output, int dims, const int64_t *size) {
  cr_boxes in;
  cr_box out;
  CR_TRY(check_interpolation(&in, &out, input, dims, size));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out, dims));
  if (in.planes == 0) return CR_OK;
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  interpolate_run run = {
      .job = {.in = in.box,
              .out = out,
              .in_data = cr_tensor_data(grad_input),
              .out_data = cr_tensor_data(&flat)},
      .kernel = cr_kernels()->volume[cr_float_index(input->dtype)].interpolate_backward,
  };
  cr_status status = run_interpolation(&run, in.planes);
  cr_tensor_clear(&flat);
  return status;
}
