#include "ops/temporal.h"

#include "core/parallel.h"
#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/correlate.h"
#include "ops/gemm.h"

#include <string.h>

/* The windows of a sequence are rows of a matrix already: they begin `step` frames apart and overlap
 * in memory. So everything is a product without unfolding; with padding, dilation or groups one for
 * each tap of the kernel. */

/* Sizes of a call. */
typedef struct {
  cr_temporal_shape s;
  cr_dtype dtype;
  int64_t n, t, f, out_t, o;
  int64_t width; /* bytes of an element */
  const char *input, *weight, *grad_output;
  char *result; /* output, gradInput or gradWeight */
  const void *bias;
  double scale;
  int failure; /* of a piece of work: a cr_status */
} temporal;

/* A part of the kernel that is one product: `length` elements at `tap` of outputs first, first + jump,
 * ... below end. */
typedef struct {
  int64_t tap, length, first, end, jump;
} part;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* ---- checks ---- */

static cr_status check_shape(const cr_temporal_shape *s) {
  CR_TRY(cr_expect_count("kW", s->kernel, 1));
  CR_TRY(cr_expect_count("dW", s->step, 1));
  CR_TRY(cr_expect_count("padW", s->before, 0));
  CR_TRY(cr_expect_count("padW", s->after, 0));
  CR_TRY(cr_expect_count("dilationW", s->dilation, 1));
  return cr_expect_count("groups", s->groups, 1);
}

/* weight may be the gradient to it. */
static cr_status check_weight(temporal *c, const char *name, const cr_tensor *weight) {
  char text[CR_PAREN_TEXT];
  int64_t groups = c->s.groups;
  CR_TRY(cr_expect_float(name, weight));
  bool fits = weight->ndim == 2 && cr_tensor_is_contiguous(weight) && weight->size[0] > 0 &&
              weight->size[1] > 0 && weight->size[0] % groups == 0 &&
              weight->size[1] % c->s.kernel == 0;
  if (!fits)
    return cr_fail(CR_EINVAL,
                   "%s must be contiguous, (outputs x kW inputs / groups) with a kW of %lld and "
                   "%lld groups, got %s",
                   name, (long long)c->s.kernel, (long long)groups, cr_paren_text(text, weight));
  c->dtype = weight->dtype;
  c->width = (int64_t)cr_dtype_size(weight->dtype);
  c->o = weight->size[0];
  c->f = weight->size[1] / c->s.kernel;
  if (c->f > INT64_MAX / groups) return cr_fail(CR_EINVAL, "%s is too large", name);
  c->f *= groups;
  return CR_OK;
}

static cr_status check_input(temporal *c, const cr_tensor *input) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_dtype("input", input, c->dtype));
  if ((input->ndim != 2 && input->ndim != 3) || input->size[input->ndim - 1] != c->f)
    return cr_fail(CR_EINVAL, "input must be (N x T x %lld) or (T x %lld), got %s", (long long)c->f,
                   (long long)c->f, cr_paren_text(text, input));
  c->n = input->ndim == 3 ? input->size[0] : 1;
  c->t = input->size[input->ndim - 2];
  int64_t reach = c->s.dilation * (c->s.kernel - 1) + 1;
  int64_t room = c->t + c->s.before + c->s.after - reach;
  if (c->t == 0 || room < 0)
    return cr_fail(CR_EINVAL,
                   "the kernel reaches over %lld frames, more than the input with its padding has; "
                   "got an input of %s",
                   (long long)reach, cr_paren_text(text, input));
  c->out_t = room / c->s.step + 1;
  return CR_OK;
}

static cr_status check_grad_output(const temporal *c, const cr_tensor *grad_output, int ndim) {
  int64_t size[3] = {c->n, c->out_t, c->o};
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, c->dtype));
  return cr_expect_size("gradOutput", grad_output, ndim, size + 3 - ndim);
}

static cr_status check_bias(const temporal *c, const char *name, const cr_tensor *bias) {
  if (!bias) return CR_OK;
  CR_TRY(cr_expect_vector(name, bias, c->dtype, c->o));
  if (cr_tensor_is_contiguous(bias)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

/* ---- the kernel's parts ---- */

static bool is_one_part(const temporal *c) {
  const cr_temporal_shape *s = &c->s;
  return s->groups == 1 && s->before == 0 && s->after == 0 && (s->dilation == 1 || s->kernel == 1);
}

static int64_t count_parts(const temporal *c) { return is_one_part(c) ? 1 : c->s.kernel; }

static part part_at(const temporal *c, int64_t i) {
  const cr_temporal_shape *s = &c->s;
  if (is_one_part(c)) return (part){0, s->kernel * c->f, 0, c->out_t, 1};
  int64_t shift = i * s->dilation - s->before; /* output j meets frame j step + shift */
  int64_t first = shift < 0 ? (-shift + s->step - 1) / s->step : 0;
  int64_t last = c->t - 1 - shift;
  int64_t end = last < 0 ? 0 : least(c->out_t, last / s->step + 1);
  return (part){i, c->f / s->groups, first, most(first, end), 1};
}

/* The frames that a part meets, in a tensor like the input. */
static int64_t frame_offset(const temporal *c, const part *p, int64_t n, int64_t group) {
  int64_t shift = p->tap * c->s.dilation - c->s.before;
  if (p->length == c->s.kernel * c->f && is_one_part(c)) shift = 0;
  int64_t frame = p->first * c->s.step + shift;
  return ((n * c->t + frame) * c->f + group * (c->f / c->s.groups)) * c->width;
}

static int64_t weight_offset(const temporal *c, const part *p, int64_t group) {
  int64_t row = c->s.kernel * (c->f / c->s.groups);
  return (group * (c->o / c->s.groups) * row + p->tap * (c->f / c->s.groups)) * c->width;
}

static int64_t output_offset(const temporal *c, const part *p, int64_t n, int64_t group) {
  return ((n * c->out_t + p->first) * c->o + group * (c->o / c->s.groups)) * c->width;
}

static int64_t count_rows(const part *p) { return (p->end - p->first + p->jump - 1) / p->jump; }

/* ---- products ---- */

static void fill_with_bias(const temporal *c, char *row) {
  size_t bytes = (size_t)(c->o * c->width);
  for (int64_t j = 0; j < c->out_t; j++, row += bytes) {
    if (c->bias) {
      memcpy(row, c->bias, bytes);
    } else {
      memset(row, 0, bytes);
    }
  }
}

/* output = windows * weight' */
static cr_status forward_part(const temporal *c, const part *p, int64_t n, int64_t group) {
  cr_product m = {.dtype = c->dtype,
                  .m = count_rows(p),
                  .n = c->o / c->s.groups,
                  .k = p->length,
                  .a = c->input + frame_offset(c, p, n, group),
                  .a_row = c->s.step * c->f,
                  .a_column = 1,
                  .b = c->weight + weight_offset(c, p, group),
                  .b_row = 1,
                  .b_column = c->s.kernel * (c->f / c->s.groups),
                  .c = c->result + output_offset(c, p, n, group),
                  .c_row = c->o,
                  .c_column = 1,
                  .alpha = 1,
                  .beta = 1};
  return cr_multiply(&m);
}

/* windows += gradOutput * weight, for windows that do not overlap */
static cr_status backward_part(const temporal *c, const part *p, int64_t n, int64_t group) {
  cr_product m = {.dtype = c->dtype,
                  .m = count_rows(p),
                  .n = p->length,
                  .k = c->o / c->s.groups,
                  .a = c->grad_output + output_offset(c, p, n, group),
                  .a_row = p->jump * c->o,
                  .a_column = 1,
                  .b = c->weight + weight_offset(c, p, group),
                  .b_row = c->s.kernel * (c->f / c->s.groups),
                  .b_column = 1,
                  .c = c->result + frame_offset(c, p, n, group),
                  .c_row = p->jump * c->s.step * c->f,
                  .c_column = 1,
                  .alpha = 1,
                  .beta = 1};
  return cr_multiply(&m);
}

/* gradWeight += scale * gradOutput' * windows */
static cr_status weight_part(const temporal *c, const part *p, int64_t n, int64_t group) {
  cr_product m = {.dtype = c->dtype,
                  .m = c->o / c->s.groups,
                  .n = p->length,
                  .k = count_rows(p),
                  .a = c->grad_output + output_offset(c, p, n, group),
                  .a_row = 1,
                  .a_column = c->o,
                  .b = c->input + frame_offset(c, p, n, group),
                  .b_row = c->s.step * c->f,
                  .b_column = 1,
                  .c = c->result + weight_offset(c, p, group),
                  .c_row = c->s.kernel * (c->f / c->s.groups),
                  .c_column = 1,
                  .alpha = c->scale,
                  .beta = 1};
  return cr_multiply(&m);
}

typedef cr_status (*part_fn)(const temporal *c, const part *p, int64_t n, int64_t group);

static cr_status run_parts(const temporal *c, part_fn run, int64_t n) {
  for (int64_t i = 0; i < count_parts(c); i++) {
    part p = part_at(c, i);
    if (count_rows(&p) == 0) continue;
    for (int64_t group = 0; group < c->s.groups; group++) CR_TRY(run(c, &p, n, group));
  }
  return CR_OK;
}

/* Windows whose beginnings lie a kernel apart do not overlap: every jump-th one. */
static cr_status backward_sequence(const temporal *c, int64_t n) {
  memset(c->result + n * c->t * c->f * c->width, 0, (size_t)(c->t * c->f * c->width));
  if (!is_one_part(c)) return run_parts(c, backward_part, n);
  int64_t jump = (c->s.kernel + c->s.step - 1) / c->s.step;
  for (int64_t first = 0; first < least(jump, c->out_t); first++) {
    part p = part_at(c, 0);
    p.first = first;
    p.jump = jump;
    CR_TRY(backward_part(c, &p, n, 0));
  }
  return CR_OK;
}

static void keep_failure(temporal *c, cr_status status) {
  if (status != CR_OK) __atomic_store_n(&c->failure, (int)status, __ATOMIC_RELAXED);
}

static void run_forward(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  temporal *c = context;
  for (int64_t n = begin; n < end && !cr_interrupt_pending(); n++) {
    fill_with_bias(c, c->result + n * c->out_t * c->o * c->width);
    keep_failure(c, run_parts(c, forward_part, n));
  }
}

static void run_backward(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  temporal *c = context;
  for (int64_t n = begin; n < end && !cr_interrupt_pending(); n++)
    keep_failure(c, backward_sequence(c, n));
}

/* Sequences in parallel, or one after the other where there are few: then each product is. */
static cr_status run_sequences(temporal *c, cr_range_fn run) {
  double work = (double)c->out_t * (double)c->o * (double)c->s.kernel * (double)c->f;
  if (c->n >= cr_num_threads()) {
    cr_parallel_for(c->n, cr_grain(work / (double)c->s.groups / 30 + 100), run, c);
  } else {
    run(0, c->n, 0, c);
  }
  if (c->failure == CR_EINTR) return cr_fail(CR_EINTR, "interrupted");
  if (c->failure != CR_OK) return cr_fail((cr_status)c->failure, "out of memory");
  return cr_check_interrupt();
}

/* ---- operations ---- */

cr_status cr_temporal_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                              const cr_tensor *bias, const cr_temporal_shape *shape) {
  temporal c = {.s = *shape};
  CR_TRY(check_shape(shape));
  CR_TRY(check_weight(&c, "weight", weight));
  CR_TRY(check_input(&c, input));
  CR_TRY(check_bias(&c, "bias", bias));
  CR_TRY(cr_expect_dtype("output", output, c.dtype));
  int64_t size[3] = {c.n, c.out_t, c.o};
  const cr_tensor *others[] = {input, weight, bias};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(output, input->ndim, size + 3 - input->ndim, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  c.input = cr_tensor_data(&flat);
  c.weight = cr_tensor_data(weight);
  c.bias = bias ? cr_tensor_data(bias) : NULL;
  c.result = cr_tensor_data(output);
  cr_status status = run_sequences(&c, run_forward);
  cr_tensor_clear(&flat);
  return status;
}

cr_status cr_temporal_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                     const cr_tensor *grad_output, const cr_tensor *weight,
                                     const cr_temporal_shape *shape) {
  temporal c = {.s = *shape};
  CR_TRY(check_shape(shape));
  CR_TRY(check_weight(&c, "weight", weight));
  CR_TRY(check_input(&c, input));
  CR_TRY(check_grad_output(&c, grad_output, input->ndim));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, c.dtype));
  const cr_tensor *others[] = {input, weight, grad_output};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  c.grad_output = cr_tensor_data(&flat);
  c.weight = cr_tensor_data(weight);
  c.result = cr_tensor_data(grad_input);
  cr_status status = run_sequences(&c, run_backward);
  cr_tensor_clear(&flat);
  return status;
}

static cr_status accumulate(temporal *c, cr_tensor *grad_bias) {
  for (int64_t n = 0; n < c->n; n++) CR_TRY(run_parts(c, weight_part, n));
  if (!grad_bias || c->n == 0) return CR_OK;
  cr_planes rows = {.data = (void *)c->grad_output,
                    .n = 1,
                    .c = c->o,
                    .h = c->n * c->out_t,
                    .w = 1,
                    .sc = 1,
                    .sh = c->o,
                    .sw = 1};
  return cr_correlate_bias_gradient(c->dtype, &rows, cr_tensor_data(grad_bias), 1, c->scale);
}

cr_status cr_temporal_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                      const cr_tensor *input, const cr_tensor *grad_output,
                                      double scale, const cr_temporal_shape *shape) {
  temporal c = {.s = *shape, .scale = scale};
  CR_TRY(check_shape(shape));
  CR_TRY(check_weight(&c, "gradWeight", grad_weight));
  CR_TRY(check_input(&c, input));
  CR_TRY(check_grad_output(&c, grad_output, input->ndim));
  CR_TRY(check_bias(&c, "gradBias", grad_bias));
  CR_TRY(cr_expect_apart("gradWeight", grad_weight, input, grad_output));
  CR_TRY(cr_expect_apart("gradBias", grad_bias, input, grad_output));
  cr_tensor flat, flat_grad;
  CR_TRY(cr_contiguous(&flat, input));
  cr_status status = cr_contiguous(&flat_grad, grad_output);
  if (status == CR_OK) {
    c.input = cr_tensor_data(&flat);
    c.grad_output = cr_tensor_data(&flat_grad);
    c.result = cr_tensor_data(grad_weight);
    status = accumulate(&c, grad_bias);
    cr_tensor_clear(&flat_grad);
  }
  cr_tensor_clear(&flat);
  return status;
}
