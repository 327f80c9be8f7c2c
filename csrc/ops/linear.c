#include "ops/linear.h"

#include "core/parallel.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/gemm.h"

/* Sizes of a call; a vector counts as a batch of one. */
typedef struct {
  int64_t batch, in, out;
} shape;

static cr_status check_parameter(const char *name, const cr_tensor *t, cr_dtype dtype) {
  CR_TRY(cr_expect_dtype(name, t, dtype));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

static cr_status check(shape *s, const cr_tensor *input, const cr_tensor *weight, cr_dtype dtype) {
  char got[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, dtype));
  CR_TRY(check_parameter("weight", weight, dtype));
  if (weight->ndim != 2)
    return cr_fail(CR_EINVAL, "weight must have 2 dimensions, got %s", cr_paren_text(got, weight));
  s->out = weight->size[0];
  s->in = weight->size[1];
  bool fits = (input->ndim == 1 || input->ndim == 2) && input->size[input->ndim - 1] == s->in;
  if (!fits)
    return cr_fail(CR_EINVAL, "input must be (N x %lld), got %s", (long long)s->in,
                   cr_paren_text(got, input));
  s->batch = input->ndim == 2 ? input->size[0] : 1;
  return CR_OK;
}

static cr_status check_grad_output(const shape *s, const cr_tensor *grad_output,
                                   const cr_tensor *input, cr_dtype dtype) {
  int64_t size[2] = {s->batch, s->out};
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, dtype));
  return cr_expect_size("gradOutput", grad_output, input->ndim, input->ndim == 2 ? size : size + 1);
}

cr_status cr_linear_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                            const cr_tensor *bias, const double *limits) {
  shape s;
  CR_TRY(check(&s, input, weight, output->dtype));
  if (bias) CR_TRY(cr_expect_vector("bias", bias, output->dtype, s.out));
  int64_t size[2] = {s.batch, s.out};
  const cr_tensor *others[] = {input, weight, bias};
  for (int k = 0; k < 3; k++)
    CR_TRY(
        cr_prepare_contiguous(output, input->ndim, input->ndim == 2 ? size : size + 1, others[k]));
  cr_product p = {.dtype = output->dtype,
                  .m = s.batch,
                  .n = s.out,
                  .k = s.in,
                  .a = cr_tensor_data(input),
                  .b = cr_tensor_data(weight),
                  .c = cr_tensor_data(output),
                  .a_row = input->ndim == 2 ? input->stride[0] : 0,
                  .a_column = input->stride[input->ndim - 1],
                  .b_row = 1,
                  .b_column = s.in,
                  .c_row = s.out,
                  .c_column = 1,
                  .alpha = 1};
  if (limits) p.finish = (cr_gemm_finish){.has_clamp = true, .low = limits[0], .high = limits[1]};
  if (!bias) return cr_multiply(&p);
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, bias));
  p.finish.column_bias = cr_tensor_data(&flat);
  cr_status status = cr_multiply(&p);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_linear_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                             const cr_tensor *input, const cr_tensor *weight) {
  shape s;
  CR_TRY(check(&s, input, weight, grad_input->dtype));
  CR_TRY(check_grad_output(&s, grad_output, input, grad_input->dtype));
  const cr_tensor *others[] = {input, weight, grad_output};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  cr_status status =
      cr_gemm(grad_input->dtype, false, false, s.batch, s.in, s.out, 1, cr_tensor_data(&flat),
              s.out, cr_tensor_data(weight), s.in, 0, cr_tensor_data(grad_input), s.in);
  cr_tensor_clear(&flat);
  return status;
}

/* grad_bias += scale (column sums): a product with a vector of ones. */
static cr_status accumulate_bias(cr_tensor *grad_bias, const cr_tensor *flat_grad, const shape *s,
                                 double scale) {
  size_t width = cr_dtype_size(grad_bias->dtype);
  char *ones = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)s->batch * width);
  if (!ones) return CR_ENOMEM;
  for (int64_t i = 0; i < s->batch; i++)
    cr_store(grad_bias->dtype, ones + (size_t)i * width, cr_scalar_from_int(1));
  return cr_gemm(grad_bias->dtype, false, false, 1, s->out, s->batch, scale, ones, s->batch,
                 cr_tensor_data(flat_grad), s->out, 1, cr_tensor_data(grad_bias), s->out);
}

static cr_status check_gradients(const cr_tensor *grad_weight, const cr_tensor *grad_bias,
                                 const cr_tensor *grad_output, const cr_tensor *input,
                                 const shape *s) {
  if (cr_tensor_overlaps(grad_weight, grad_output) || cr_tensor_overlaps(grad_weight, input))
    return cr_fail(CR_EINVAL, "gradWeight must not share memory with input or gradOutput");
  if (!grad_bias) return CR_OK;
  CR_TRY(check_parameter("gradBias", grad_bias, grad_weight->dtype));
  CR_TRY(cr_expect_vector("gradBias", grad_bias, grad_weight->dtype, s->out));
  if (cr_tensor_overlaps(grad_bias, grad_output) || cr_tensor_overlaps(grad_bias, input) ||
      cr_tensor_overlaps(grad_bias, grad_weight))
    return cr_fail(CR_EINVAL, "gradBias must not share memory with other tensors of the call");
  return CR_OK;
}

cr_status cr_linear_accumulate(cr_tensor *grad_weight, cr_tensor *grad_bias,
                               const cr_tensor *grad_output, const cr_tensor *input, double scale) {
  shape s;
  CR_TRY(check(&s, input, grad_weight, grad_weight->dtype));
  CR_TRY(check_grad_output(&s, grad_output, input, grad_weight->dtype));
  CR_TRY(check_gradients(grad_weight, grad_bias, grad_output, input, &s));
  cr_tensor flat_grad, flat_input;
  CR_TRY(cr_contiguous(&flat_grad, grad_output));
  cr_status status = cr_contiguous(&flat_input, input);
  if (status == CR_OK) {
    status = cr_gemm(grad_weight->dtype, true, false, s.out, s.in, s.batch, scale,
                     cr_tensor_data(&flat_grad), s.out, cr_tensor_data(&flat_input), s.in, 1,
                     cr_tensor_data(grad_weight), s.in);
    cr_tensor_clear(&flat_input);
  }
  if (status == CR_OK && grad_bias) status = accumulate_bias(grad_bias, &flat_grad, &s, scale);
  cr_tensor_clear(&flat_grad);
  return status;
}
