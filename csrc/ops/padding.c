#include "ops/padding.h"

#include "kernels/kernels.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"

static const cr_volume_kernels *kernels_for(const cr_tensor *t) {
  return &cr_kernels()->volume[cr_float_index(t->dtype)];
}

/* ---- gathering: padding and repeating ---- */

typedef struct {
  cr_gathering job;
  cr_gathering_kernel kernel;
} gather_run;

static void gather_planes(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const gather_run *run = context;
  run->kernel(&run->job, begin, end);
}

/* Where the longest start of equal steps lies in from[0 ... n - 1]: the inside of a padded row. */
static void find_run(cr_gathering *job) {
  const int64_t *from = job->from[2];
  int64_t n = job->out.size[2], begin = 0, longest = 0;
  for (int64_t i = 1; i <= n; i++) {
    if (i < n && from[i - 1] >= 0 && from[i] == from[i - 1] + 1) continue;
    if (from[begin] >= 0 && i - begin > longest) {
      longest = i - begin;
      job->run = begin;
      job->run_end = i;
    }
    begin = i;
  }
}

static int64_t *take_tables(cr_gathering *job) {
  const int64_t *size = job->out.size;
  int64_t *table =
      cr_scratch(CR_SCRATCH_INDEX, (size_t)(size[0] + size[1] + size[2]) * sizeof *table);
  if (!table) return NULL;
  job->from[0] = table;
  job->from[1] = table + size[0];
  job->from[2] = table + size[0] + size[1];
  return table;
}

/* `in` and `out` are contiguous. */
static cr_status run_gather(gather_run *run, int64_t planes) {
  find_run(&run->job);
  double cost = 0.3 * (double)(cr_box_elements(&run->job.out) + 10);
  return cr_run_planes(planes, cost, gather_planes, run);
}

/* ---- padding ---- */

static int64_t padded_from(int64_t i, int64_t size, cr_pad_mode mode) {
  if (i >= 0 && i < size) return i;
  if (mode == CR_PAD_ZERO) return -1;
  if (mode == CR_PAD_REPLICATION) return i < 0 ? 0 : size - 1;
  return i < 0 ? -i : 2 * (size - 1) - i;
}

static cr_status padded_axis(int64_t *out, int axis, int64_t size, const cr_pad_shape *s) {
  const int64_t limit = 1 << 30;
  int64_t before = s->before[axis], after = s->after[axis];
  const char *name = cr_axis_names[axis];
  if (before < -limit || before > limit || after < -limit || after > limit)
    return cr_fail(CR_EINVAL, "padding must be from %lld to %lld, got %lld and %lld along %s",
                   (long long)-limit, (long long)limit, (long long)before, (long long)after, name);
  *out = size + before + after;
  /* A crop on one side must not reach beyond the image where the other side is padded. */
  if (*out < 1 || before < -size + 1 || after < -size + 1)
    return cr_fail(CR_EINVAL,
                   "padding of %lld and %lld leaves nothing of an input of %lld along %s",
                   (long long)before, (long long)after, (long long)size, name);
  if (s->mode == CR_PAD_REFLECTION && (before >= size || after >= size))
    return cr_fail(CR_EINVAL,
                   "padding must be smaller than the input to reflect it, got %lld and %lld for "
                   "%lld along %s",
                   (long long)before, (long long)after, (long long)size, name);
  return CR_OK;
}

static cr_status check_padding(cr_boxes *in, cr_box *out, const cr_tensor *input,
                               const cr_pad_shape *s) {
  CR_TRY(cr_expect_boxes(in, "input", input, s->dims));
  *out = in->box;
  for (int axis = 3 - s->dims; axis < 3; axis++)
    CR_TRY(padded_axis(&out->size[axis], axis, in->box.size[axis], s));
  return CR_OK;
}

/* Runs the kernel between the input's memory and the output's. */
static cr_status run_padding(const cr_boxes *in, const cr_box *out, const cr_pad_shape *s,
                             gather_run *run) {
  if (in->planes == 0) return CR_OK;
  run->job.in = in->box;
  run->job.out = *out;
  int64_t *table = take_tables(&run->job);
  if (!table) return CR_ENOMEM;
  for (int axis = 0; axis < 3; axis++) {
    int64_t before = axis < 3 - s->dims ? 0 : s->before[axis];
    for (int64_t i = 0; i < out->size[axis]; i++)
      *table++ = padded_from(i - before, in->box.size[axis], s->mode);
  }
  return run_gather(run, in->planes);
}

cr_status cr_pad_forward(cr_tensor *output, const cr_tensor *input, const cr_pad_shape *shape) {
  cr_boxes in;
  cr_box out;
  int64_t size[CR_MAX_DIMS];
  CR_TRY(check_padding(&in, &out, input, shape));
  CR_TRY(cr_expect_dtype("output", output, input->dtype));
  cr_boxes_size(size, input, &out, shape->dims);
  CR_TRY(cr_prepare_contiguous(output, input->ndim, size, input));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  gather_run run = {.kernel = kernels_for(input)->gather};
  run.job.in_data = cr_tensor_data(&flat);
  run.job.out_data = cr_tensor_data(output);
  cr_status status = run_padding(&in, &out, shape, &run);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_pad_backward(cr_tensor *grad_input, const cr_tensor *input,
                          const cr_tensor *grad_output, const cr_pad_shape *shape) {
  cr_boxes in;
  cr_box out;
  CR_TRY(check_padding(&in, &out, input, shape));
  CR_TRY(cr_prepare_box_backward(grad_input, input, grad_output, &out, shape->dims));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  gather_run run = {.kernel = kernels_for(input)->gather_backward};
  run.job.in_data = cr_tensor_data(grad_input);
  run.job.out_data = cr_tensor_data(&flat);
  cr_status status = run_padding(&in, &out, shape, &run);
  cr_tensor_clear(&flat);
  return status;
}
