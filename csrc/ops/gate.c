#include "ops/gate.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/check.h"

static const double gate_cost = 1, relu_cost = 0.4; /* nanoseconds an element */

/* One of the two halves of a dimension, as a view that holds no reference. */
static cr_tensor half_of(const cr_tensor *t, int dim, int which) {
  cr_tensor half = *t;
  half.size[dim] = t->size[dim] / 2;
  half.offset += which * half.size[dim] * t->stride[dim];
  return half;
}

static cr_status run(int operands, const cr_tensor *const *tensors, cr_loop loop, double cost) {
  cr_iter it;
  if (cr_tensor_numel(tensors[0]) == 0) return CR_OK;
  CR_TRY(cr_iter_init(&it, operands, tensors));
  return cr_iter_run(&it, loop, NULL, cost);
}

static cr_status check_dim(const cr_tensor *input, int dim) {
  char text[CR_PAREN_TEXT];
  if (dim >= 0 && dim < input->ndim) return CR_OK;
  return cr_fail(CR_EINVAL, "input must have a dimension %d, got %s", dim + 1,
                 cr_paren_text(text, input));
}

static cr_status check_even(const cr_tensor *input, int dim) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(check_dim(input, dim));
  if (input->size[dim] % 2 == 0) return CR_OK;
  return cr_fail(CR_EINVAL, "input's dimension %d must have an even size, got %s", dim + 1,
                 cr_paren_text(text, input));
}

static cr_status expect_scaled_size(const char *name, const cr_tensor *t, const cr_tensor *input,
                                    int dim, int64_t size) {
  cr_tensor like = *input;
  like.size[dim] = size;
  return cr_expect_size_of(name, t, &like);
}

cr_status cr_gate_forward(cr_gate op, int dim, cr_tensor *output, const cr_tensor *input) {
  CR_TRY(check_even(input, dim));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  cr_tensor a = half_of(input, dim, 0), b = half_of(input, dim, 1);
  CR_TRY(cr_prepare_result(output, a.ndim, a.size, input));
  const cr_tensor *operands[] = {output, &a, &b};
  return run(3, operands, cr_kernels()->gate[op][cr_float_index(output->dtype)], gate_cost);
}

cr_status cr_gate_backward(cr_gate op, int dim, cr_tensor *grad_input, const cr_tensor *grad_output,
                           const cr_tensor *input) {
  CR_TRY(check_even(input, dim));
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(expect_scaled_size("gradOutput", grad_output, input, dim, input->size[dim] / 2));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, input));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
  cr_tensor a = half_of(input, dim, 0), b = half_of(input, dim, 1);
  cr_tensor grad_a = half_of(grad_input, dim, 0), grad_b = half_of(grad_input, dim, 1);
  const cr_tensor *operands[] = {&grad_a, &grad_b, grad_output, &a, &b};
  return run(5, operands, cr_kernels()->gate_backward[op][cr_float_index(input->dtype)], gate_cost);
}

cr_status cr_crelu_forward(int dim, cr_tensor *output, const cr_tensor *input) {
  int64_t size[CR_MAX_DIMS];
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(check_dim(input, dim));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  for (int d = 0; d < input->ndim; d++) size[d] = input->size[d];
  if (__builtin_mul_overflow(size[dim], 2, &size[dim]))
    return cr_fail(CR_EINVAL, "input is too large");
  CR_TRY(cr_prepare_result(output, input->ndim, size, input));
  cr_tensor positive = half_of(output, dim, 0), negative = half_of(output, dim, 1);
  const cr_tensor *operands[] = {&positive, &negative, input};
  return run(3, operands, cr_kernels()->crelu[cr_float_index(output->dtype)], relu_cost);
}

cr_status cr_crelu_backward(int dim, cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input) {
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(check_dim(input, dim));
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(expect_scaled_size("gradOutput", grad_output, input, dim, 2 * input->size[dim]));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, input));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
  cr_tensor positive = half_of(grad_output, dim, 0), negative = half_of(grad_output, dim, 1);
  const cr_tensor *operands[] = {grad_input, &positive, &negative, input};
  return run(4, operands, cr_kernels()->crelu_backward[cr_float_index(input->dtype)], relu_cost);
}
