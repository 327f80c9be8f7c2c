#include "ops/conv.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/conv_dense.h"
#include "ops/conv_pixels.h"
#include "ops/conv_pointwise.h"
#include "ops/conv_sampled.h"
#include "ops/copy.h"
#include "ops/correlate.h"
#include "ops/depthwise.h"
#include "ops/pointwise.h"
#include "ops/winograd.h"

#include <string.h>

/* A convolution from the big side (the input of a convolution, the output of a transposed one) to
 * the small side; weight is small channels x big channels / groups x kH x kW. */
typedef struct {
  const cr_conv_shape *shape;
  int64_t kernel_w, kernel_h;
  int64_t big_channels, small_channels;
} geometry;

/* ---- checks ---- */

static cr_status check_range(const char *name, int64_t value, int64_t low) {
  const int64_t high = 1 << 30; /* keeps every product below in range */
  if (value >= low && value <= high) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be an integer from %lld to %lld, got %lld", name,
                 (long long)low, (long long)high, (long long)value);
}

static cr_status check_shape(geometry *g, const cr_tensor *weight, const cr_conv_shape *s) {
  CR_TRY(check_range("dW", s->step_w, 1));
  CR_TRY(check_range("dH", s->step_h, 1));
  CR_TRY(check_range("padW", s->pad_w, 0));
  CR_TRY(check_range("padH", s->pad_h, 0));
  CR_TRY(check_range("dilationW", s->dilation_w, 1));
  CR_TRY(check_range("dilationH", s->dilation_h, 1));
  CR_TRY(check_range("groups", s->groups, 1));
  CR_TRY(check_range("adjW", s->adj_w, 0));
  CR_TRY(check_range("adjH", s->adj_h, 0));
  CR_TRY(cr_expect_float("weight", weight));
  if (weight->ndim != 4 || cr_tensor_numel(weight) == 0 || weight->size[0] % s->groups != 0) {
    char text[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL,
                   "weight must have 4 dimensions, the first divisible by the %lld groups, got %s",
                   (long long)s->groups, cr_paren_text(text, weight));
  }
  CR_TRY(check_range("kW", weight->size[3], 1));
  CR_TRY(check_range("kH", weight->size[2], 1));
  *g = (geometry){.shape = s,
                  .kernel_w = weight->size[3],
                  .kernel_h = weight->size[2],
                  .big_channels = weight->size[1] * s->groups,
                  .small_channels = weight->size[0]};
  return CR_OK;
}

static cr_status check_image(const cr_tensor *t, const char *name, cr_dtype dtype,
                             int64_t channels) {
  CR_TRY(cr_expect_dtype(name, t, dtype));
  bool fits = (t->ndim == 3 || t->ndim == 4) && t->size[t->ndim - 3] == channels &&
              t->size[t->ndim - 2] > 0 && t->size[t->ndim - 1] > 0;
  if (fits) return CR_OK;
  char text[CR_PAREN_TEXT];
  return cr_fail(CR_EINVAL, "%s must be (N x %lld x H x W) or (%lld x H x W), got %s", name,
                 (long long)channels, (long long)channels, cr_paren_text(text, t));
}

static cr_status check_bias(const cr_tensor *bias, const char *name, cr_dtype dtype,
                            int64_t channels) {
  return bias ? cr_expect_vector(name, bias, dtype, channels) : CR_OK;
}

static int64_t reach(int64_t kernel, int64_t dilation) { return dilation * (kernel - 1) + 1; }

/* The size of the small side for a big one. */
static cr_status small_size(const geometry *g, const cr_tensor *big, int64_t *size) {
  const cr_conv_shape *s = g->shape;
  int64_t h = big->size[big->ndim - 2], w = big->size[big->ndim - 1];
  int64_t reach_h = reach(g->kernel_h, s->dilation_h), reach_w = reach(g->kernel_w, s->dilation_w);
  if (h + 2 * s->pad_h < reach_h || w + 2 * s->pad_w < reach_w) {
    char text[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL,
                   "the kernel reaches over %lld x %lld (H x W), more than the input with its "
                   "padding, %lld x %lld; got an input of %s",
                   (long long)reach_h, (long long)reach_w, (long long)(h + 2 * s->pad_h),
                   (long long)(w + 2 * s->pad_w), cr_paren_text(text, big));
  }
  int64_t *at = size;
  if (big->ndim == 4) *at++ = big->size[0];
  *at++ = g->small_channels;
  *at++ = (h + 2 * s->pad_h - reach_h) / s->step_h + 1;
  *at = (w + 2 * s->pad_w - reach_w) / s->step_w + 1;
  return CR_OK;
}

/* The size of the big side that a transposed convolution makes of a small one. */
static cr_status big_size(const geometry *g, const cr_tensor *small, int64_t *size) {
  const cr_conv_shape *s = g->shape;
  bool adj_fits = s->adj_w < (s->step_w > s->dilation_w ? s->step_w : s->dilation_w) &&
                  s->adj_h < (s->step_h > s->dilation_h ? s->step_h : s->dilation_h);
  if (!adj_fits)
    return cr_fail(CR_EINVAL,
                   "adjW and adjH must be smaller than the step or the dilation, got %lld and %lld",
                   (long long)s->adj_w, (long long)s->adj_h);
  __int128 h = (__int128)(small->size[small->ndim - 2] - 1) * s->step_h - 2 * s->pad_h +
               reach(g->kernel_h, s->dilation_h) + s->adj_h;
  __int128 w = (__int128)(small->size[small->ndim - 1] - 1) * s->step_w - 2 * s->pad_w +
               reach(g->kernel_w, s->dilation_w) + s->adj_w;
  if (h < 1 || w < 1 || h > INT64_MAX / 4 || w > INT64_MAX / 4) {
    char text[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL, "the output's size would be %lld x %lld (H x W) for an input of %s",
                   (long long)h, (long long)w, cr_paren_text(text, small));
  }
  int64_t *at = size;
  if (small->ndim == 4) *at++ = small->size[0];
  *at++ = g->big_channels;
  *at++ = (int64_t)h;
  *at = (int64_t)w;
  return CR_OK;
}

/* ---- from tensors to planes ---- */

static cr_correlation to_small(const geometry *g, const cr_tensor *big, const cr_tensor *small) {
  const cr_conv_shape *s = g->shape;
  return (cr_correlation){
      .dtype = big->dtype,
      .groups = s->groups,
      .source = cr_planes_of(big),
      .dest = cr_planes_of(small),
      .y = {s->step_h, g->kernel_h, -s->pad_h, s->dilation_h},
      .x = {s->step_w, g->kernel_w, -s->pad_w, s->dilation_w},
  };
}

/* The cache for transformed weights, unless it is not fit for them: its memory must be its own. */
static bool find_cache(cr_weight_cache *cache, const geometry *g, const cr_tensor *weight,
                       const cr_tensor *bias, const cr_tensor *big, const cr_tensor *small) {
  cr_tensor *packed = g->shape->packed;
  *cache = (cr_weight_cache){packed, weight->storage, weight->offset};
  if (!packed || packed->dtype != weight->dtype || packed->offset != 0) return false;
  const cr_storage *own = packed->storage;
  bool is_shared = own && (own == weight->storage || own == big->storage || own == small->storage ||
                           (bias && own == bias->storage));
  return !is_shared && cr_tensor_is_contiguous(packed) && cr_tensor_is_contiguous(weight);
}

static bool has_same_layout(const cr_tensor *a, const cr_tensor *b) {
  for (int d = 0; d < a->ndim; d++)
    if (a->size[d] > 1 && a->stride[d] != b->stride[d]) return false;
  return true;
}

/* What is left to do after a pass that knows of no additions and limits. */
static cr_status finish_alone(cr_tensor *output, const cr_conv_shape *s) {
  if (cr_tensor_numel(output) == 0) return CR_OK;
  if (s->added) CR_TRY(cr_binary(output, output, s->added, CR_BINARY_add));
  if (!s->limits) return CR_OK;
  cr_scaled_numbers numbers = {cr_scalar_from_double(s->limits[0]),
                               cr_scalar_from_double(s->limits[1])};
  return cr_scaled(output, output, 0, NULL, numbers, CR_SCALED_clamp);
}

/* Minimal filtering needs some tiles for the weights that it transforms. */
static bool is_for_pixels(const cr_correlation *g) {
  const int64_t few = 64; /* pixels */
  bool is_small = g->dest.n * g->dest.h * g->dest.w < few;
  return cr_conv_pixels_fits(g) && (is_small || !cr_winograd_fits(g));
}

/* Calls body with contiguous forms of weight and bias. */
static cr_status run_to_small(const geometry *g, const cr_tensor *big, cr_tensor *small,
                              const cr_tensor *weight, const cr_tensor *bias) {
  if (cr_tensor_numel(small) == 0) return CR_OK;
  cr_tensor w, b = {.dtype = big->dtype};
  CR_TRY(cr_contiguous(&w, weight));
  cr_status status = bias ? cr_contiguous(&b, bias) : CR_OK;
  cr_correlation c = to_small(g, big, small);
  cr_weight_cache cache;
  if (find_cache(&cache, g, weight, bias, big, small)) c.cache = &cache;
  const void *weights = cr_tensor_data(&w), *biases = bias ? cr_tensor_data(&b) : NULL;
  const cr_conv_shape *s = g->shape;
  cr_conv_finish finish = {
      .added = s->added ? cr_tensor_data(s->added) : NULL,
      .has_clamp = s->limits,
      .low = s->limits ? s->limits[0] : 0,
      .high = s->limits ? s->limits[1] : 0,
  };
  bool is_dense = cr_conv_is_dense(&c);
  if (status == CR_OK && !is_dense && cr_conv_is_sampled(&c)) status = cr_conv_sample(&c);
  bool finishes =
      !is_dense && (!s->added || (has_same_layout(small, s->added) && !cr_depthwise_fits(&c)));
  if (finishes && (s->added || s->limits)) c.finish = &finish;
  if (status == CR_OK)
    status = is_dense                     ? cr_conv_dense_to_small(&c, weights, biases)
             : cr_conv_pointwise_fits(&c) ? cr_conv_pointwise_to_small(&c, weights, biases)
             : is_for_pixels(&c)          ? cr_conv_pixels(&c, weights, biases)
                                          : cr_correlate(&c, weights, biases);
  if (status == CR_OK && !finishes) status = finish_alone(small, s);
  cr_tensor_clear(&w);
  cr_tensor_clear(&b);
  return status;
}

/* ---- from the small side to the big one ---- */

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* One axis of the big pixels whose coordinate leaves the remainder `phase` when divided by the
 * step: which taps reach them, and from where. */
typedef struct {
  int64_t first_tap, tap_step, taps;
  cr_tap_axis axis;
  int64_t out;
} phase_axis;

static phase_axis phase_of(int64_t phase, int64_t size, int64_t kernel, int64_t step, int64_t pad,
                           int64_t dilation) {
  phase_axis p = {.out = (size - phase + step - 1) / step};
  int64_t target = (phase + pad) % step;
  p.tap_step = step / greatest_common_divisor(dilation, step);
  while (p.first_tap < kernel && p.first_tap < p.tap_step &&
         p.first_tap * dilation % step != target)
    p.first_tap++;
  if (p.first_tap >= kernel || p.first_tap >= p.tap_step) return p; /* no tap reaches them */
  p.taps = (kernel - 1 - p.first_tap) / p.tap_step + 1;
  p.axis = (cr_tap_axis){
      .step = 1,
      .taps = p.taps,
      .first = (phase + pad - p.first_tap * dilation) / step,
      .delta = -(p.tap_step * dilation / step),
  };
  return p;
}

static void run_pack(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  cr_kernels()->conv[0].pack(context, begin, end);
}

static void run_pack_f64(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  cr_kernels()->conv[1].pack(context, begin, end);
}

static cr_status fill_with_bias(const cr_planes *dest, cr_dtype dtype, const char *bias) {
  int64_t width = (int64_t)cr_dtype_size(dtype);
  for (int64_t c = 0; c < dest->c; c++) {
    cr_storage storage = {.dtype = dtype, .size = 1, .capacity = 1, .data = dest->data};
    cr_tensor t = {.dtype = dtype,
                   .ndim = 3,
                   .size = {dest->n, dest->h, dest->w},
                   .stride = {dest->sn, dest->sh, dest->sw},
                   .offset = c * dest->sc,
                   .storage = &storage};
    cr_scalar value = bias ? cr_load(dtype, bias + c * width) : cr_scalar_from_int(0);
    CR_TRY(cr_fill(&t, value));
  }
  return CR_OK;
}

static cr_status run_phase(const geometry *g, const cr_tensor *small, const cr_planes *big,
                           const phase_axis *y, const phase_axis *x, const void *weight,
                           const void *bias) {
  const cr_conv_shape *s = g->shape;
  cr_correlation c = {
      .dtype = small->dtype,
      .groups = s->groups,
      .source = cr_planes_of(small),
      .dest = *big,
      .y = y->axis,
      .x = x->axis,
  };
  bool has_all_taps = y->taps == g->kernel_h && x->taps == g->kernel_w;
  if (has_all_taps && cr_winograd_fits(&c)) return cr_winograd(&c, weight, true, bias);
  cr_conv_pack pack = {
      .weight = weight,
      .channels = g->small_channels / s->groups,
      .rows = g->big_channels / s->groups,
      .kernel_h = g->kernel_h,
      .kernel_w = g->kernel_w,
      .taps_y = y->taps,
      .first_y = y->first_tap,
      .step_y = y->tap_step,
      .taps_x = x->taps,
      .first_x = x->first_tap,
      .step_x = x->tap_step,
  };
  int64_t steps = pack.channels * y->taps * x->taps;
  size_t bytes = (size_t)(g->big_channels * steps) * cr_dtype_size(small->dtype);
  pack.packed = cr_scratch(CR_SCRATCH_PACK_A, bytes);
  if (!pack.packed) return CR_ENOMEM;
  cr_parallel_for(g->big_channels, cr_grain((double)steps),
                  small->dtype == CR_F32 ? run_pack : run_pack_f64, &pack);
  return cr_correlate(&c, pack.packed, bias);
}

static bool has_gaps(int64_t size, int64_t kernel, int64_t step, int64_t pad, int64_t dilation) {
  for (int64_t phase = 0; phase < step && phase < size; phase++)
    if (phase_of(phase, size, kernel, step, pad, dilation).taps == 0) return true;
  return false;
}

/* Each remainder of the big coordinates by the step is a convolution with its own taps; pixels that
 * no tap reaches get the bias alone. */
static cr_status run_phases(const geometry *g, const cr_tensor *small, cr_tensor *big,
                            const void *weight, const void *bias) {
  const cr_conv_shape *s = g->shape;
  cr_planes all = cr_planes_of(big);
  int64_t width = (int64_t)cr_dtype_size(big->dtype);
  if (has_gaps(all.h, g->kernel_h, s->step_h, s->pad_h, s->dilation_h) ||
      has_gaps(all.w, g->kernel_w, s->step_w, s->pad_w, s->dilation_w))
    CR_TRY(fill_with_bias(&all, big->dtype, bias));
  for (int64_t py = 0; py < s->step_h && py < all.h; py++) {
    phase_axis y = phase_of(py, all.h, g->kernel_h, s->step_h, s->pad_h, s->dilation_h);
    if (y.taps == 0) continue;
    for (int64_t px = 0; px < s->step_w && px < all.w; px++) {
      phase_axis x = phase_of(px, all.w, g->kernel_w, s->step_w, s->pad_w, s->dilation_w);
      if (x.taps == 0) continue;
      cr_planes part = all;
      part.data = (char *)all.data + (py * all.sh + px * all.sw) * width;
      part.h = y.out;
      part.w = x.out;
      part.sh *= s->step_h;
      part.sw *= s->step_w;
      CR_TRY(run_phase(g, small, &part, &y, &x, weight, bias));
    }
  }
  return CR_OK;
}

static cr_status run_to_big(const geometry *g, const cr_tensor *small, cr_tensor *big,
                            const cr_tensor *weight, const cr_tensor *bias) {
  if (cr_tensor_numel(big) == 0) return CR_OK;
  cr_tensor w, b = {.dtype = big->dtype};
  CR_TRY(cr_contiguous(&w, weight));
  cr_status status = bias ? cr_contiguous(&b, bias) : CR_OK;
  cr_correlation c = to_small(g, big, small);
  const void *weights = cr_tensor_data(&w), *biases = bias ? cr_tensor_data(&b) : NULL;
  if (status == CR_OK)
    status = cr_conv_is_dense(&c)       ? cr_conv_dense_to_big(&c, weights, biases)
             : cr_conv_is_pointwise(&c) ? cr_conv_pointwise_to_big(&c, weights, biases)
             : cr_conv_is_sampled(&c)
                 ? cr_conv_spread(&c, cr_conv_pointwise_to_big, weights, biases)
                 : run_phases(g, small, big, weights, biases);
  cr_tensor_clear(&w);
  cr_tensor_clear(&b);
  return status;
}

/* ---- gradients to the parameters ---- */

/* Gradients that are added to cannot move to other memory. */
static cr_status check_gradient(const cr_tensor *t, const char *name) {
  if (!cr_tensor_has_internal_overlap(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must not be an expanded tensor", name);
}

static cr_status run_weight_gradient(const geometry *g, const cr_tensor *big,
                                     const cr_tensor *small, cr_tensor *grad_weight, double scale) {
  if (cr_tensor_numel(small) == 0) return CR_OK;
  cr_tensor w;
  CR_TRY(cr_contiguous(&w, grad_weight));
  cr_correlation c = to_small(g, big, small);
  void *grad = cr_tensor_data(&w);
  bool is_dense = cr_conv_is_dense(&c);
  cr_status status = !is_dense && cr_conv_is_sampled(&c) ? cr_conv_sample(&c) : CR_OK;
  if (status == CR_OK)
    status = is_dense                   ? cr_conv_dense_weight_gradient(&c, grad, scale)
             : cr_conv_is_pointwise(&c) ? cr_conv_pointwise_weight_gradient(&c, grad, scale)
                                        : cr_correlate_weight_gradient(&c, grad, scale);
  if (status == CR_OK && w.storage != grad_weight->storage) status = cr_copy(grad_weight, &w);
  cr_tensor_clear(&w);
  return status;
}

static cr_status run_bias_gradient(cr_tensor *grad_bias, const cr_tensor *grad_output,
                                   double scale) {
  if (!grad_bias || cr_tensor_numel(grad_output) == 0) return CR_OK;
  cr_planes planes = cr_planes_of(grad_output);
  return cr_correlate_bias_gradient(grad_output->dtype, &planes, cr_tensor_data(grad_bias),
                                    grad_bias->stride[0], scale);
}

/* ---- convolution ---- */

/* What is added has the output's size and memory of its own. */
static cr_status check_added(cr_tensor *output, const int64_t *size, const cr_tensor *added) {
  if (!added) return CR_OK;
  CR_TRY(cr_expect_dtype("added", added, output->dtype));
  CR_TRY(cr_expect_size("added", added, output->ndim, size));
  return cr_prepare_result(output, output->ndim, size, added);
}

cr_status cr_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                          const cr_tensor *bias, const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, weight, shape));
  CR_TRY(check_image(input, "input", weight->dtype, g.big_channels));
  CR_TRY(check_bias(bias, "bias", weight->dtype, g.small_channels));
  CR_TRY(cr_expect_dtype("output", output, weight->dtype));
  CR_TRY(small_size(&g, input, size));
  if (shape->innermost) CR_TRY(cr_lay_out_innermost(output, input->ndim, size));
  CR_TRY(cr_prepare_result(output, input->ndim, size, input));
  CR_TRY(cr_prepare_result(output, input->ndim, size, weight));
  CR_TRY(check_added(output, size, shape->added));
  return run_to_small(&g, input, output, weight, bias);
}

cr_status cr_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_tensor *weight,
                                 const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, weight, shape));
  CR_TRY(check_image(input, "input", weight->dtype, g.big_channels));
  CR_TRY(small_size(&g, input, size));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, weight->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, weight->dtype));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, weight));
  return run_to_big(&g, grad_output, grad_input, weight, NULL);
}

cr_status cr_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                  const cr_tensor *input, const cr_tensor *grad_output,
                                  double scale, const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, grad_weight, shape));
  CR_TRY(check_image(input, "input", grad_weight->dtype, g.big_channels));
  CR_TRY(small_size(&g, input, size));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_weight->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(check_bias(grad_bias, "gradBias", grad_weight->dtype, g.small_channels));
  CR_TRY(check_gradient(grad_weight, "gradWeight"));
  if (grad_bias) CR_TRY(check_gradient(grad_bias, "gradBias"));
  CR_TRY(run_weight_gradient(&g, input, grad_output, grad_weight, scale));
  return run_bias_gradient(grad_bias, grad_output, scale);
}

/* ---- transposed convolution ---- */

cr_status cr_full_conv_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *weight,
                               const cr_tensor *bias, const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, weight, shape));
  CR_TRY(check_image(input, "input", weight->dtype, g.small_channels));
  CR_TRY(check_bias(bias, "bias", weight->dtype, g.big_channels));
  CR_TRY(cr_expect_dtype("output", output, weight->dtype));
  CR_TRY(big_size(&g, input, size));
  CR_TRY(cr_prepare_result(output, input->ndim, size, input));
  CR_TRY(cr_prepare_result(output, input->ndim, size, weight));
  CR_TRY(check_added(output, size, shape->added));
  CR_TRY(run_to_big(&g, input, output, weight, bias));
  return finish_alone(output, shape);
}

cr_status cr_full_conv_backward_input(cr_tensor *grad_input, const cr_tensor *input,
                                      const cr_tensor *grad_output, const cr_tensor *weight,
                                      const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, weight, shape));
  CR_TRY(check_image(input, "input", weight->dtype, g.small_channels));
  CR_TRY(big_size(&g, input, size));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, weight->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(cr_expect_dtype("gradInput", grad_input, weight->dtype));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
  CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, weight));
  return run_to_small(&g, grad_output, grad_input, weight, NULL);
}

cr_status cr_full_conv_backward_weight(cr_tensor *grad_weight, cr_tensor *grad_bias,
                                       const cr_tensor *input, const cr_tensor *grad_output,
                                       double scale, const cr_conv_shape *shape) {
  geometry g;
  int64_t size[4];
  CR_TRY(check_shape(&g, grad_weight, shape));
  CR_TRY(check_image(input, "input", grad_weight->dtype, g.small_channels));
  CR_TRY(big_size(&g, input, size));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_weight->dtype));
  CR_TRY(cr_expect_size("gradOutput", grad_output, input->ndim, size));
  CR_TRY(check_bias(grad_bias, "gradBias", grad_weight->dtype, g.big_channels));
  CR_TRY(check_gradient(grad_weight, "gradWeight"));
  if (grad_bias) CR_TRY(check_gradient(grad_bias, "gradBias"));
  CR_TRY(run_weight_gradient(&g, grad_output, input, grad_weight, scale));
  return run_bias_gradient(grad_bias, grad_output, scale);
}
