#include "ops/boxes.h"

#include "ops/check.h"

#include <string.h>

const char *const cr_axis_names[3] = {"T", "H", "W"};

cr_status cr_expect_boxes(cr_boxes *out, const char *name, const cr_tensor *t, int dims) {
  CR_TRY(cr_expect_float(name, t));
  char text[CR_PAREN_TEXT];
  bool fits = t->ndim == dims + 1 || t->ndim == dims + 2;
  double elements = 1;
  *out = (cr_boxes){1, {{1, 1, 1}}};
  for (int d = 0; fits && d < dims; d++) {
    int64_t size = t->size[t->ndim - dims + d];
    out->box.size[3 - dims + d] = size;
    elements *= (double)size;
    fits = size > 0;
  }
  if (!fits || t->size[t->ndim - dims - 1] == 0)
    return cr_fail(CR_EINVAL, "%s must be (N x C x %sH x W) or (C x %sH x W), got %s", name,
                   dims == 3 ? "T x " : "", dims == 3 ? "T x " : "", cr_paren_text(text, t));
  if (elements > INT32_MAX)
    return cr_fail(CR_EINVAL, "planes of %s must have fewer than 2147483648 elements, got %s", name,
                   cr_paren_text(text, t));
  for (int d = 0; d < t->ndim - dims; d++) out->planes *= t->size[d];
  return CR_OK;
}

void cr_boxes_size(int64_t *size, const cr_tensor *t, const cr_box *box, int dims) {
  memcpy(size, t->size, sizeof t->size);
  for (int d = 0; d < dims; d++) size[t->ndim - dims + d] = box->size[3 - dims + d];
}

cr_status cr_expect_count(const char *name, int64_t value, int64_t low) {
  const int64_t high = 1 << 30;
  if (value >= low && value <= high) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be an integer from %lld to %lld, got %lld", name,
                 (long long)low, (long long)high, (long long)value);
}

cr_status cr_prepare_box_backward(cr_tensor *grad_input, const cr_tensor *input,
                                  const cr_tensor *grad_output, const cr_box *out, int dims) {
  int64_t size[CR_MAX_DIMS];
  cr_boxes_size(size, input, out, dims);
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, input->dtype));
  CR_TRY(cr_expect_own_result(grad_input, input));
  return cr_prepare_contiguous(grad_input, input->ndim, input->size, grad_output);
}

typedef struct {
  cr_range_fn work;
  void *context;
  int64_t block;
} plane_run;

static void run_blocks(int64_t begin, int64_t end, int thread, void *context) {
  const plane_run *run = context;
  for (int64_t p = begin; p < end && !cr_interrupt_pending(); p += run->block)
    run->work(p, p + run->block < end ? p + run->block : end, thread, run->context);
}

cr_status cr_run_planes(int64_t planes, double cost, cr_range_fn work, void *context) {
  plane_run run = {work, context, 1 + (int64_t)(1e8 / (cost + 1))};
  cr_parallel_for(planes, cr_grain(cost), run_blocks, &run);
  return cr_check_interrupt();
}
