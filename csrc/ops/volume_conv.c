#include "ops/volume_conv.h"

#include "ops/boxes.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/correlate.h"
#include "ops/volume_correlate.h"

#include <stdio.h>

/* ---- checks ---- */

static cr_status check_shape(const cr_volume_conv_shape *s) {
  char name[16];
  for (int axis = 0; axis < 3; axis++) {
    const char *a = cr_axis_names[axis];
    snprintf(name, sizeof name, "d%s", a);
    CR_TRY(cr_expect_count(name, s->step[axis], 1));
    snprintf(name, sizeof name, "pad%s", a);
    CR_TRY(cr_expect_count(name, s->before[axis], 0));
    CR_TRY(cr_expect_count(name, s->after[axis], 0));
    snprintf(name, sizeof name, "dilation%s", a);
    CR_TRY(cr_expect_count(name, s->dilation[axis], 1));
    snprintf(name, sizeof name, "adj%s", a);
    CR_TRY(cr_expect_count(name, s->adjust[axis], 0));
  }
  return cr_expect_count("groups", s->groups, 1);
}

/* weight may be the gradient to it. Its first dimension counts the small volume's channels. */
static cr_status take_weight(cr_volume_correlation *g, const char *name, const cr_tensor *weight,
                             const cr_volume_conv_shape *s) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_float(name, weight));
  bool fits = weight->ndim == 5 && cr_tensor_is_contiguous(weight) && cr_tensor_numel(weight) > 0 &&
              weight->size[0] % s->groups == 0 && weight->size[1] <= INT64_MAX / s->groups;
  if (!fits)
    return cr_fail(CR_EINVAL,
                   "%s must be contiguous, with 5 dimensions and a number of planes that %lld "
                   "groups divide, got %s",
                   name, (long long)s->groups, cr_paren_text(text, weight));
  *g = (cr_volume_correlation){.dtype = weight->dtype,
                               .groups = s->groups,
                               .small_channels = weight->size[0],
                               .big_channels = weight->size[1] * s->groups,
                               .weight = cr_tensor_data(weight),
                               .scale = 1};
  for (int axis = 0; axis < 3; axis++) {
    g->u.kernel[axis] = weight->size[2 + axis];
    g->u.step[axis] = s->step[axis];
    g->u.pad[axis] = s->before[axis];
    g->u.dilation[axis] = s->dilation[axis];
    CR_TRY(cr_expect_count("kernel", g->u.kernel[axis], 1));
  }
  return CR_OK;
}

static cr_status check_input(cr_boxes *in, const cr_tensor *input, cr_dtype dtype,
                             int64_t channels) {
  char text[CR_PAREN_TEXT];
  CR_TRY(cr_expect_dtype("input", input, dtype));
  bool fits = (input->ndim == 4 || input->ndim == 5) && input->size[input->ndim - 4] == channels;
  if (!fits)
    return cr_fail(CR_EINVAL, "input must be (N x %lld x T x H x W) or (%lld x T x H x W), got %s",
                   (long long)channels, (long long)channels, cr_paren_text(text, input));
  return cr_expect_boxes(in, "input", input, 3);
}

static int64_t reach_of(const cr_volume_correlation *g, int axis) {
  return g->u.dilation[axis] * (g->u.kernel[axis] - 1) + 1;
}

static cr_status conv_output(cr_volume_correlation *g, const cr_tensor *input,
                             const cr_volume_conv_shape *s) {
  char text[CR_PAREN_TEXT];
  for (int axis = 0; axis < 3; axis++) {
    int64_t padded = g->u.in.size[axis] + s->before[axis] + s->after[axis];
    int64_t room = padded - reach_of(g, axis);
    if (room < 0)
      return cr_fail(CR_EINVAL,
                     "the kernel's %lld is larger than the input with its padding, %lld, along %s; "
                     "got an input of %s",
                     (long long)reach_of(g, axis), (long long)padded, cr_axis_names[axis],
                     cr_paren_text(text, input));
    g->u.out.size[axis] = room / s->step[axis] + 1;
  }
  return CR_OK;
}

static cr_status full_conv_output(cr_volume_correlation *g, const cr_tensor *input,
                                  const cr_volume_conv_shape *s) {
  char text[CR_PAREN_TEXT];
  double elements = 1;
  for (int axis = 0; axis < 3; axis++) {
    int64_t step = s->step[axis], adjust = s->adjust[axis];
    int64_t *size = &g->u.in.size[axis];
    if (adjust >= step && adjust >= s->dilation[axis])
      return cr_fail(CR_EINVAL, "adj%s must be smaller than the step or the dilation, got %lld",
                     cr_axis_names[axis], (long long)adjust);
    *size = (g->u.out.size[axis] - 1) * step - s->before[axis] - s->after[axis] +
            reach_of(g, axis) + adjust;
    if (*size < 1)
      return cr_fail(CR_EINVAL, "the padding leaves nothing of the output, got an input of %s",
                     cr_paren_text(text, input));
    elements *= (double)*size;
  }
  if (elements <= INT32_MAX) return CR_OK;
  return cr_fail(CR_EINVAL, "planes of the output must have fewer than 2147483648 elements");
}

/* What a call has in common, for either direction. */
typedef struct {
  bool is_full; /* transposed: the input is the small volume */
  cr_volume_correlation g;
  int64_t in_channels, out_channels;
  cr_box out;
} call;

static cr_status check_call(call *c, const char *weight_name, const cr_tensor *weight,
                            const cr_tensor *input, const cr_volume_conv_shape *s) {
  cr_boxes in;
  cr_volume_correlation *g = &c->g;
  CR_TRY(check_shape(s));
  CR_TRY(take_weight(g, weight_name, weight, s));
  c->in_channels = c->is_full ? g->small_channels : g->big_channels;
  c->out_channels = c->is_full ? g->big_channels : g->small_channels;
  CR_TRY(check_input(&in, input, g->dtype, c->in_channels));
  *(c->is_full ? &g->u.out : &g->u.in) = in.box;
  CR_TRY(c->is_full ? full_conv_output(g, input, s) : conv_output(g, input, s));
  c->out = c->is_full ? g->u.in : g->u.out;
  g->images = input->ndim == 5 ? input->size[0] : 1;
  return CR_OK;
}

static void output_size(int64_t *size, const call *c, const cr_tensor *input) {
  cr_boxes_size(size, input, &c->out, 3);
  size[input->ndim - 4] = c->out_channels;
}

static cr_status check_grad_output(const call *c, const cr_tensor *grad_output,
                                   const cr_tensor *input) {
  int64_t size[CR_MAX_DIMS];
  output_size(size, c, input);
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, c->g.dtype));
  return cr_expect_size("gradOutput", grad_output, input->ndim, size);
}

static cr_status check_bias(const call *c, const char *name, const cr_tensor *bias) {
  if (!bias) return CR_OK;
  CR_TRY(cr_expect_vector(name, bias, c->g.dtype, c->out_channels));
  if (cr_tensor_is_contiguous(bias)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

/* ---- running ---- */

static cr_status forward(call *c, cr_tensor *output, const cr_tensor *input,
                         const cr_tensor *weight, const cr_tensor *bias,
                         const cr_volume_conv_shape *s) {
  int64_t size[CR_MAX_DIMS];
  CR_TRY(check_call(c, "weight", weight, input, s));
  CR_TRY(check_bias(c, "bias", bias));
  CR_TRY(cr_expect_dtype("output", output, c->g.dtype));
  output_size(size, c, input);
  const cr_tensor *others[] = {input, weight, bias};
  for (int k = 0; k < 3; k++) CR_TRY(cr_prepare_contiguous(output, input->ndim, size, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, input));
  c->g.weight = cr_tensor_data(weight);
  c->g.bias = bias ? cr_tensor_data(bias) : NULL;
  c->g.small = cr_tensor_data(c->is_full ? &flat : output);
  c->g.big = cr_tensor_data(c->is_full ? output : &flat);
  cr_status status = c->is_full ? cr_volume_to_big(&c->g) : cr_volume_to_small(&c->g);
  cr_tensor_clear(&flat);
  return status;
}

static cr_status backward_input(call *c, cr_tensor *grad_input, const cr_tensor *input,
                                const cr_tensor *grad_output, const cr_tensor *weight,
                                const cr_volume_conv_shape *s) {
  CR_TRY(check_call(c, "weight", weight, input, s));
  CR_TRY(check_grad_output(c, grad_output, input));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, c->g.dtype));
  const cr_tensor *others[] = {input, weight, grad_output};
  for (int k = 0; k < 3; k++)
    CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, others[k]));
  cr_tensor flat;
  CR_TRY(cr_contiguous(&flat, grad_output));
  c->g.weight = cr_tensor_data(weight);
  c->g.small = cr_tensor_data(c->is_full ? grad_input : &flat);
  c->g.big = cr_tensor_data(c->is_full ? &flat : grad_input);
  cr_status status = c->is_full ? cr_volume_to_small(&c->g) : cr_volume_to_big(&c->g);
  cr_tensor_clear(&flat);
  return status;
}

static cr_status accumulate(call *c, cr_tensor *grad_bias, const cr_tensor *grad_output) {
  CR_TRY(cr_volume_to_weight(&c->g));
  if (!grad_bias || c->g.images == 0) return CR_OK;
  int64_t pixels = cr_box_elements(&c->out);
  cr_planes planes = {.data = cr_tensor_data(grad_output),
                      .n = c->g.images,
                      .c = c->out_channels,
                      .h = c->out.size[0] * c->out.size[1],
                      .w = c->out.size[2],
                      .sn = c->out_channels * pixels,
                      .sc = pixels,
                      .sh = c->out.size[2],
                      .sw = 1};
  return cr_correlate_bias_gradient(c->g.dtype, &planes, cr_tensor_data(grad_bias), 1, c->g.scale);
}

static cr_status backward_weight(call *c, cr_tensor *grad_weight, cr_tensor *grad_bias,
                                 const cr_tensor *input, const cr_tensor *grad_output, double scale,
                                 const cr_volume_conv_shape *s) {
  CR_TRY(check_call(c, "gradWeight", grad_weight, input, s));
  CR_TRY(check_grad_output(c, grad_output, input));
  CR_TRY(check_bias(c, "gradBias", grad_bias));
  CR_TRY(cr_expect_apart("gradWeight", grad_weight, input, grad_output));
  CR_TRY(cr_expect_apart("gradBias", grad_bias, input, grad_output));
  cr_tensor flat, flat_grad;
  CR_TRY(cr_contiguous(&flat, input));
  cr_status status = cr_contiguous(&flat_grad, grad_output);
  if (status == CR_OK) {
    c->g.scale = scale;
    c->g.small = cr_tensor_data(c->is_full ? &flat : &flat_grad);
    c->g.big = cr_tensor_data(c->is_full ? &flat_grad : &flat);
    status = accumulate(c, grad_bias, &flat_grad);
    cr_tensor_clear(&flat_grad);
  }
  cr_tensor_clear(&flat);
  return status;
}

/* ---- operations ---- */

cr_status cr_volume_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                                 const cr_tensor *bias, const cr_volume_conv_shape *shape) {
  call c = {.is_full = false};
  return forward(&c, output, input, weight, bias, shape);
}

cr_status cr_volume_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                        const cr_tensor *grad_output, const cr_tensor *weight,
                                        const cr_volume_conv_shape *shape) {
  call c = {.is_full = false};
  return backward_input(&c, grad_input, input, grad_output, weight, shape);
}

cr_status cr_volume_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                         const cr_tensor *input, const cr_tensor *grad_output,
                                         double scale, const cr_volume_conv_shape *shape) {
  call c = {.is_full = false};
  return backward_weight(&c, grad_weight, grad_bias, input, grad_output, scale, shape);
}

cr_status cr_volume_full_conv_forward(cr_tensor *output, const cr_tensor *input,
                                      const cr_tensor *weight, const cr_tensor *bias,
                                      const cr_volume_conv_shape *shape) {
  call c = {.is_full = true};
  return forward(&c, output, input, weight, bias, shape);
}

cr_status cr_volume_full_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                             const cr_tensor *grad_output, const cr_tensor *weight,
                                             const cr_volume_conv_shape *shape) {
  call c = {.is_full = true};
  return backward_input(&c, grad_input, input, grad_output, weight, shape);
}

cr_status cr_volume_full_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                              const cr_tensor *input, const cr_tensor *grad_output,
                                              double scale, const cr_volume_conv_shape *shape) {
  call c = {.is_full = true};
  return backward_weight(&c, grad_weight, grad_bias, input, grad_output, scale, shape);
}
