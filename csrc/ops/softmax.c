#include "ops/softmax.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

static const double softmax_cost = 1.2; /* nanoseconds an element */

cr_status cr_find_classes(const cr_tensor *input, cr_class_layout *layout) {
  char text[CR_PAREN_TEXT];
  if (input->ndim < 1 || input->ndim > 5)
    return cr_fail(CR_EINVAL,
                   "input must be (C), (N x C), (C x H x W), (N x C x H x W) or "
                   "(N x C x D x H x W), got %s",
                   cr_paren_text(text, input));
  layout->dim = input->ndim == 1 || input->ndim == 3 ? 0 : 1;
  layout->samples = layout->dim == 1 ? input->size[0] : 1;
  layout->classes = input->size[layout->dim];
  layout->positions = 1;
  for (int d = layout->dim + 1; d < input->ndim; d++) layout->positions *= input->size[d];
  return CR_OK;
}

typedef struct {
  cr_class_layout layout;
  bool is_log, is_large;
  double sign;
  size_t width;
  const char *in, *grad; /* grad: backward only */
  char *out;
  cr_softmax_kernel forward;
  cr_softmax_rows_kernel forward_rows;
  cr_softmax_backward_kernel backward;
} job;

/* Pieces are samples x positions: a piece's part of each sample is done in one call. */
static void run_positions(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  int64_t classes = j->layout.classes, positions = j->layout.positions;
  if (positions == 1 && !j->grad) {
    size_t at = (size_t)(begin * classes) * j->width;
    j->forward_rows(j->is_log, j->is_large, j->sign, end - begin, classes, j->in + at, j->out + at);
    return;
  }
  while (begin < end) {
    int64_t sample = begin / positions, first = begin % positions;
    int64_t count = positions - first < end - begin ? positions - first : end - begin;
    size_t at = (size_t)(sample * classes * positions + first) * j->width;
    if (j->grad) {
      j->backward(j->is_log, j->sign, classes, positions, count, j->in + at, j->grad + at,
                  j->out + at);
    } else {
      j->forward(j->is_log, j->sign, classes, positions, count, j->in + at, j->out + at);
    }
    begin += count;
  }
}

static void run(job *j) {
  if (j->layout.classes == 0) return;
  cr_parallel_for(j->layout.samples * j->layout.positions,
                  cr_grain(softmax_cost * (double)j->layout.classes), run_positions, j);
}

cr_status cr_softmax_forward(cr_tensor *output, const cr_tensor *input, bool is_log, double sign) {
  job j = {.is_log = is_log, .sign = sign, .width = cr_dtype_size(output->dtype)};
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  CR_TRY(cr_find_classes(input, &j.layout));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  cr_status status = cr_prepare_contiguous(output, input->ndim, input->size, input);
  if (status == CR_OK) {
    j.in = cr_tensor_data(&flat);
    j.out = cr_tensor_data(output);
    j.forward = cr_kernels()->softmax[cr_float_index(output->dtype)];
    j.forward_rows = cr_kernels()->softmax_rows[cr_float_index(output->dtype)];
    j.is_large = j.in != j.out && cr_tensor_numel(output) * (int64_t)j.width >= CR_STREAM_BYTES;
    run(&j);
  }
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_softmax_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                              const cr_tensor *input, const cr_tensor *output, bool is_log,
                              double sign) {
  job j = {.is_log = is_log, .sign = sign, .width = cr_dtype_size(grad_input->dtype)};
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(cr_expect_dtype("output", output, grad_input->dtype));
  CR_TRY(cr_find_classes(input, &j.layout));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  CR_TRY(cr_expect_forward(output, input));
  cr_tensor flat_grad, flat_output;
  CR_TRY(cr_contiguous(&flat_grad, grad_output));
  cr_status status = cr_contiguous(&flat_output, output);
  if (status != CR_OK) {
    cr_tensor_clear(&flat_grad);
    return status;
  }
  status = cr_prepare_contiguous(grad_input, input->ndim, input->size, grad_output);
  if (status == CR_OK) status = cr_prepare_contiguous(grad_input, input->ndim, input->size, output);
  if (status == CR_OK) {
    j.in = cr_tensor_data(&flat_output);
    j.grad = cr_tensor_data(&flat_grad);
    j.out = cr_tensor_data(grad_input);
    j.backward = cr_kernels()->softmax_backward[cr_float_index(grad_input->dtype)];
    run(&j);
  }
  cr_tensor_clear(&flat_output);
  cr_tensor_clear(&flat_grad);
  return status;
}
