/* PReLU and RReLU: rectifiers with a slope that is learned or drawn. */
#include "ops/gate.h"

#include "core/iter.h"
#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/loss.h"
#include "ops/pointwise.h"
#include "ops/softmax.h"

static const double cost = 0.4; /* nanoseconds an element */

/* The weight as a view of the input's size, holding no reference. */
static cr_status spread_weight(cr_tensor *out, const cr_tensor *weight, const cr_tensor *input) {
  char got[CR_PAREN_TEXT];
  cr_class_layout layout;
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, weight->dtype));
  CR_TRY(cr_find_classes(input, &layout));
  int64_t count = cr_tensor_numel(weight);
  if (weight->ndim != 1 || (count != 1 && count != layout.classes))
    return cr_fail(CR_EINVAL, "input must have %lld channels in dimension %d, got %s",
                   (long long)count, layout.dim + 1, cr_paren_text(got, input));
  *out = *weight;
  out->ndim = input->ndim;
  for (int d = 0; d < input->ndim; d++) {
    out->size[d] = input->size[d];
    out->stride[d] = d == layout.dim && count > 1 ? weight->stride[0] : 0;
  }
  return CR_OK;
}

cr_status cr_prelu_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight) {
  cr_tensor spread;
  cr_iter it;
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  CR_TRY(spread_weight(&spread, weight, input));
  CR_TRY(cr_prepare_result(output, input->ndim, input->size, input));
  CR_TRY(cr_prepare_result(output, input->ndim, input->size, weight));
  const cr_tensor *operands[] = {output, input, &spread};
  CR_TRY(cr_iter_init(&it, 3, operands));
  return cr_iter_run(&it, cr_kernels()->prelu[cr_float_index(input->dtype)], NULL, cost);
}

cr_status cr_prelu_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input, const cr_tensor *weight) {
  cr_tensor spread;
  cr_iter it;
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(spread_weight(&spread, weight, input));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  const cr_tensor *others[] = {input, grad_output, weight};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, others[k]));
  const cr_tensor *operands[] = {grad_input, input, &spread, grad_output};
  CR_TRY(cr_iter_init(&it, 4, operands));
  return cr_iter_run(&it, cr_kernels()->prelu_backward[cr_float_index(input->dtype)], NULL, cost);
}

typedef struct {
  cr_class_layout layout;
  const char *x, *g;
  size_t width;
  cr_prelu_sum sum;
  double *result; /* one for every channel */
} job;

static void sum_channels(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  int64_t positions = j->layout.positions, classes = j->layout.classes;
  bool is_matrix = positions == 1;
  for (int64_t c = begin; c < end; c++) {
    j->result[c] = 0;
    for (int64_t n = 0; n < (is_matrix ? 1 : j->layout.samples); n++) {
      size_t at = (size_t)((n * classes + c) * positions) * j->width;
      j->result[c] += is_matrix ? j->sum(j->layout.samples, classes, j->x + at, j->g + at)
                                : j->sum(positions, 1, j->x + at, j->g + at);
    }
  }
}

/* Adds the channels' sums, or their total to a single weight. */
static void add_sums(cr_tensor *grad_weight, const job *j, double scale) {
  char *w = cr_tensor_data(grad_weight);
  int64_t count = grad_weight->size[0];
  int64_t step = grad_weight->stride[0] * (int64_t)cr_dtype_size(grad_weight->dtype);
  for (int64_t c = 0; c < count; c++) {
    double sum = count == 1 ? cr_pairwise_sum(j->result, j->layout.classes) : j->result[c];
    double old = cr_load(grad_weight->dtype, w + c * step).f;
    cr_store(grad_weight->dtype, w + c * step, cr_scalar_from_double(old + scale * sum));
  }
}

cr_status cr_prelu_accumulate(cr_tensor *grad_weight, const cr_tensor *grad_output,
                              const cr_tensor *input, double scale) {
  job j = {.width = cr_dtype_size(input->dtype)};
  cr_tensor spread, flat_x, flat_g;
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, input->dtype));
  CR_TRY(spread_weight(&spread, grad_weight, input));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  CR_TRY(cr_find_classes(input, &j.layout));
  if (cr_tensor_numel(input) == 0) return CR_OK;
  j.result = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)j.layout.classes * sizeof *j.result);
  if (!j.result) return CR_ENOMEM;
  CR_TRY(cr_contiguous(&flat_x, input));
  cr_status status = cr_contiguous(&flat_g, grad_output);
  if (status == CR_OK) {
    j.x = cr_tensor_data(&flat_x);
    j.g = cr_tensor_data(&flat_g);
    j.sum = cr_kernels()->prelu_sum[cr_float_index(input->dtype)];
    int64_t each = j.layout.samples * j.layout.positions;
    cr_parallel_for(j.layout.classes, cr_grain(cost * (double)each), sum_channels, &j);
    add_sums(grad_weight, &j, scale);
    cr_tensor_clear(&flat_g);
  }
  cr_tensor_clear(&flat_x);
  return status;
}

typedef struct {
  cr_generator *generator;
  double lower, upper;
} slopes;

/* Operands: noise, output, input. Serial, since numbers are drawn in order. */
#define DEFINE_RRELU(name, T)                                                                      \
  static void name(int64_t n, char *const *p, const int64_t *s, const void *context) {             \
    const slopes *c = context;                                                                     \
    for (int64_t i = 0; i < n; i++) {                                                              \
      T x = *(const T *)(p[2] + i * s[2]), slope = 1;                                              \
      if (x <= 0) slope = (T)cr_random_uniform(c->generator, c->lower, c->upper);                  \
      *(T *)(p[0] + i * s[0]) = slope;                                                             \
      *(T *)(p[1] + i * s[1]) = x * slope;                                                         \
    }                                                                                              \
  }
DEFINE_RRELU(rrelu_f32, float)
DEFINE_RRELU(rrelu_f64, double)

cr_status cr_rrelu_forward(cr_generator *generator, cr_tensor *output, cr_tensor *noise,
                           cr_tensor *input, double lower, double upper, bool inplace) {
  cr_iter it;
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  CR_TRY(cr_expect_dtype("noise", noise, output->dtype));
  if (inplace) {
    if (cr_tensor_has_internal_overlap(input))
      return cr_fail(CR_EINVAL, "input cannot be changed in place: it is an expanded tensor, whose "
                                "elements share memory");
    cr_tensor_alias(output, input);
  } else {
    CR_TRY(cr_prepare_result(output, input->ndim, input->size, input));
  }
  CR_TRY(cr_prepare_result(noise, input->ndim, input->size, input));
  CR_TRY(cr_prepare_result(noise, input->ndim, input->size, output));
  const cr_tensor *operands[] = {noise, output, input};
  CR_TRY(cr_iter_init(&it, 3, operands));
  slopes context = {generator, lower, upper};
  if (it.numel > 0)
    cr_iter_run_range(&it, 0, it.numel, input->dtype == CR_F32 ? rrelu_f32 : rrelu_f64, &context);
  return CR_OK;
}

cr_status cr_rrelu_backward(cr_tensor *grad_input, const cr_tensor *grad_output,
                            const cr_tensor *input, const cr_tensor *noise) {
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  CR_TRY(cr_expect_forward(noise, input));
  return cr_binary(grad_input, grad_output, noise, CR_BINARY_mul);
}
