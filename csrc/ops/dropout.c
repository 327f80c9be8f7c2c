#include "ops/dropout.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

typedef struct {
  cr_dropout dropout;
  cr_dropout_kernel kernel;
} dropout_run;

static void run_groups(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const dropout_run *run = context;
  run->kernel(&run->dropout, begin, end);
}

/* Both contiguous, of the same size. */
static void run(const cr_tensor *out, const cr_tensor *in, cr_dropout d, int64_t group) {
  dropout_run run = {d, cr_kernels()->dropout[cr_float_index(in->dtype)]};
  run.dropout.in = cr_tensor_data(in);
  run.dropout.out = cr_tensor_data(out);
  run.dropout.group = group;
  cr_parallel_for(cr_tensor_numel(in) / group, cr_grain(0.4 * (double)group), run_groups, &run);
}

cr_status cr_dropout_apply(cr_tensor *out, const cr_tensor *in, double p, double scale,
                           int plane_dims, uint64_t key) {
  CR_TRY(cr_expect_float("input", in));
  CR_TRY(cr_expect_dtype("output", out, in->dtype));
  if (!(p >= 0 && p < 1))
    return cr_fail(CR_EINVAL, "p must be at least 0 and less than 1, got %g", p);
  char text[CR_PAREN_TEXT];
  if (plane_dims > 0 && in->ndim <= plane_dims) {
    const char *t = plane_dims == 3 ? "T x " : "";
    return cr_fail(CR_EINVAL, "input must be (N x C x %sH x W) or (C x %sH x W), got %s", t, t,
                   cr_paren_text(text, in));
  }
  bool in_place = out == in || cr_tensor_is_same_view(out, in);
  if (in_place && cr_tensor_has_internal_overlap(in))
    return cr_fail(CR_EINVAL, "an expanded tensor cannot be changed in place: clone it first");
  if (!in_place) CR_TRY(cr_prepare_result(out, in->ndim, in->size, in));
  if (cr_tensor_numel(in) == 0) return CR_OK;
  int64_t group = 1;
  for (int d = in->ndim - plane_dims; d < in->ndim; d++) group *= in->size[d];
  double threshold = p * 4294967296.0;
  cr_dropout d = {.key = key, .scale = scale};
  d.threshold = threshold < 4294967295.0 ? (uint32_t)threshold : UINT32_MAX;
  if (cr_tensor_is_contiguous(in) && cr_tensor_is_contiguous(out)) {
    run(out, in, d, group);
    return cr_check_interrupt();
  }
  cr_tensor copy;
  CR_TRY(cr_clone_as(&copy, in, in->dtype));
  run(&copy, &copy, d, group);
  cr_status status = cr_copy(out, &copy);
  cr_tensor_clear(&copy);
  return status;
}
