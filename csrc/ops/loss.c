#include "ops/loss.h"

#include "core/iter.h"
#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

/* Elements of one partial sum. */
enum { piece = 8192 };

static const double costs[] = {
#define COST(name, cost, loss, slope) cost,
    CR_LOSSES(COST)
#undef COST
};

double cr_pairwise_sum(const double *x, int64_t n) {
  if (n <= 32) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
  }
  return cr_pairwise_sum(x, n / 2) + cr_pairwise_sum(x + n / 2, n - n / 2);
}

/* The number 1, as a tensor of one element, for a weight that was not given. */
typedef struct {
  double element;
  cr_storage storage;
  cr_tensor tensor;
} single;

static const cr_tensor *make_one(single *s, cr_dtype dtype) {
  cr_store(dtype, &s->element, cr_scalar_from_int(1));
  s->storage = (cr_storage){.dtype = dtype, .size = 1, .capacity = 1, .data = &s->element};
  s->tensor =
      (cr_tensor){.dtype = dtype, .ndim = 1, .size = {1}, .stride = {1}, .storage = &s->storage};
  return &s->tensor;
}

/* Initializes out as the target with the input's size. */
static cr_status line_up_target(cr_tensor *out, const cr_tensor *target, const cr_tensor *input) {
  char expected[CR_PAREN_TEXT], got[CR_PAREN_TEXT];
  if (cr_tensor_numel(target) != cr_tensor_numel(input))
    return cr_fail(CR_EINVAL, "target must have as many elements as input, %s, got %s",
                   cr_paren_text(expected, input), cr_paren_text(got, target));
  if (cr_tensor_same_size(target, input)) {
    cr_tensor_init(out, target->dtype);
    cr_tensor_alias(out, target);
    return CR_OK;
  }
  CR_TRY(cr_contiguous(out, target));
  cr_status status = cr_tensor_view(out, out, input->ndim, input->size);
  if (status != CR_OK) cr_tensor_clear(out);
  return status;
}

static cr_status check_weight(const char *name, const cr_tensor *weight, const cr_tensor *input) {
  char expected[CR_PAREN_TEXT], got[CR_PAREN_TEXT];
  if (!weight) return CR_OK;
  CR_TRY(cr_expect_dtype(name, weight, input->dtype));
  bool fits = weight->ndim <= input->ndim && weight->ndim > 0;
  for (int d = 0; d < weight->ndim && fits; d++)
    fits = weight->size[d] == 1 || weight->size[d] == input->size[input->ndim - weight->ndim + d];
  if (fits || cr_tensor_numel(input) == 0) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must broadcast to the input's size %s, got %s", name,
                 cr_paren_text(expected, input), cr_paren_text(got, weight));
}

/* What both directions do first. *target is initialized when this succeeds. */
static cr_status prepare(const cr_loss_call *call, cr_tensor *target) {
  CR_TRY(cr_expect_float("input", call->input));
  CR_TRY(check_weight("weights", call->weight, call->input));
  CR_TRY(check_weight("posWeight", call->second_weight, call->input));
  if (!call->target) {
    cr_tensor_init(target, call->input->dtype);
    cr_tensor_alias(target, call->input);
    return CR_OK;
  }
  CR_TRY(cr_expect_dtype("target", call->target, call->input->dtype));
  return line_up_target(target, call->target, call->input);
}

static double scale_of(const cr_loss_call *call) {
  int64_t n = cr_tensor_numel(call->input);
  return call->size_average && n > 0 ? 1 / (double)n : 1;
}

typedef struct {
  const cr_iter *it;
  cr_loop loop;
  cr_loss_context context;
  double *partial;
} sum_job;

static void sum_pieces(int64_t begin, int64_t end, int thread, void *data) {
  (void)thread;
  const sum_job *job = data;
  for (int64_t k = begin; k < end; k++) {
    int64_t last = (k + 1) * piece;
    cr_loss_context context = job->context;
    context.sum = &job->partial[k];
    job->partial[k] = 0;
    cr_iter_run_range(job->it, k * piece, last < job->it->numel ? last : job->it->numel, job->loop,
                      &context);
  }
}

static cr_status sum_all(const cr_iter *it, cr_loop loop, const cr_loss_call *call, double *sum) {
  int64_t pieces = (it->numel + piece - 1) / piece;
  double *partial = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)pieces * sizeof *partial);
  if (!partial) return CR_ENOMEM;
  sum_job job = {it, loop, {call->a, call->b, 1, NULL}, partial};
  cr_parallel_for(pieces, cr_grain(costs[call->op] * piece), sum_pieces, &job);
  *sum = cr_pairwise_sum(partial, pieces);
  return CR_OK;
}

cr_status cr_loss_forward(const cr_loss_call *call, double *loss) {
  cr_tensor target;
  CR_TRY(prepare(call, &target));
  *loss = 0;
  if (cr_tensor_numel(call->input) > 0) {
    single one;
    const cr_tensor *unit = make_one(&one, call->input->dtype);
    const cr_tensor *operands[] = {call->input, &target, call->weight ? call->weight : unit,
                                   call->second_weight ? call->second_weight : unit};
    cr_iter it;
    cr_status status = cr_iter_init(&it, 4, operands);
    cr_loop loop = cr_kernels()->loss_sum[call->op][cr_float_index(call->input->dtype)];
    if (status == CR_OK) status = sum_all(&it, loop, call, loss);
    *loss *= scale_of(call);
    cr_tensor_clear(&target);
    return status;
  }
  cr_tensor_clear(&target);
  return CR_OK;
}

static cr_status run_slope(const cr_loss_call *call, const cr_tensor *target,
                           cr_tensor *grad_input) {
  const cr_tensor *input = call->input;
  const cr_tensor *inputs[] = {input, target, call->weight, call->second_weight};
  for (int k = 0; k < 4; k++)
    if (inputs[k]) CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, inputs[k]));
  single one;
  const cr_tensor *unit = make_one(&one, input->dtype);
  const cr_tensor *operands[] = {grad_input, input, target, call->weight ? call->weight : unit,
                                 call->second_weight ? call->second_weight : unit};
  if (cr_tensor_numel(input) == 0) return CR_OK;
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 5, operands));
  cr_loss_context context = {call->a, call->b, scale_of(call), NULL};
  cr_loop loop = cr_kernels()->loss_slope[call->op][cr_float_index(input->dtype)];
  return cr_iter_run(&it, loop, &context, costs[call->op]);
}

cr_status cr_loss_backward(const cr_loss_call *call, cr_tensor *grad_input) {
  cr_tensor target;
  CR_TRY(cr_expect_dtype("input", call->input, grad_input->dtype));
  CR_TRY(prepare(call, &target));
  cr_status status = run_slope(call, &target, grad_input);
  cr_tensor_clear(&target);
  return status;
}
