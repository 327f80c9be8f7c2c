/* Gradients of recurrent layers outside of time, and what goes into them: masks, sequences in order of
 * time. */
#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/gemm.h"
#include "ops/recurrent_shape.h"

#include <string.h>

/* ---- gradients ---- */

cr_status cr_recurrent_grad_input(const cr_recurrent *r, cr_tensor *grad_x,
                                  const cr_tensor *grad_gates, bool is_sum) {
  cr_recurrent_shape s;
  CR_TRY(cr_recurrent_check_kept(&s, r));
  CR_TRY(cr_recurrent_check_sequence("gradGates", grad_gates, &s, s.width));
  int64_t size[3] = {s.steps, s.batch, s.inputs}, rows = s.steps * s.batch;
  CR_TRY(cr_expect_dtype("gradInput", grad_x, s.dtype));
  if (is_sum) {
    CR_TRY(cr_recurrent_check_sequence("gradInput", grad_x, &s, s.inputs));
  } else {
    CR_TRY(cr_prepare_contiguous(grad_x, 3, size, grad_gates));
    CR_TRY(cr_recurrent_check_kept(&s, r));
    CR_TRY(cr_recurrent_check_sequence("gradGates", grad_gates, &s, s.width));
  }
  if (rows == 0) return CR_OK;
  for (int i = 0; i < CR_RECURRENT_MAPS && s.info->input[i].count > 0; i++) {
    const cr_recurrent_map *map = &s.info->input[i];
    CR_TRY(cr_gemm(s.dtype, false, true, rows, s.inputs, map->count * s.units, 1,
                   cr_recurrent_gates(grad_gates, &s, map->to), s.width,
                   cr_recurrent_block(r->weight, &s, 0, map->weight), s.columns,
                   is_sum || i > 0 ? 1 : 0, cr_tensor_data(grad_x), s.inputs));
  }
  return CR_OK;
}

/* grad_bias += scale times the sums over all steps and sequences: a product with ones. */
static cr_status accumulate_bias(const cr_recurrent *r, const cr_recurrent_shape *s,
                                 const cr_tensor *grad_gates, double scale) {
  int64_t rows = s->steps * s->batch;
  size_t element = cr_dtype_size(s->dtype);
  char *ones = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)rows * element);
  if (!ones) return CR_ENOMEM;
  for (int64_t i = 0; i < rows; i++)
    cr_store(s->dtype, ones + (size_t)i * element, cr_scalar_from_double(1));
  return cr_gemm(s->dtype, false, false, 1, s->info->biases * s->units, rows, scale, ones, rows,
                 cr_tensor_data(grad_gates), s->width, 1, cr_tensor_data(r->bias),
                 s->info->biases * s->units);
}

static void accumulate_peephole(const cr_recurrent *r, const cr_recurrent_shape *s,
                                const cr_tensor *grad_gates, double scale) {
  int64_t step = s->batch * s->units * (int64_t)cr_dtype_size(s->dtype);
  char *cells = cr_tensor_data(r->cells);
  cr_recurrent_step all = {
      .rows = s->steps * s->batch,
      .units = s->units,
      .width = s->width,
      .grad_gates = cr_tensor_data(grad_gates),
      .before = cr_tensor_data(r->hidden),
      .c_before = r->reverse ? cells + step : cells,
      .c_after = r->reverse ? cells : cells + step,
  };
  cr_kernels()->recurrent[cr_float_index(s->dtype)].peephole(&all, scale,
                                                             cr_tensor_data(r->peephole));
}

/* The products of what went into the gates with the gates' gradients. */
static cr_status accumulate_weight(const cr_recurrent *r, const cr_recurrent_shape *s,
                                   const cr_tensor *x, const cr_tensor *grad_gates, double scale) {
  int64_t rows = s->steps * s->batch;
  for (int i = 0; i < CR_RECURRENT_MAPS && s->info->input[i].count > 0; i++) {
    const cr_recurrent_map *map = &s->info->input[i];
    CR_TRY(cr_gemm(s->dtype, true, false, s->inputs, map->count * s->units, rows, scale,
                   cr_tensor_data(x), s->inputs, cr_recurrent_gates(grad_gates, s, map->to),
                   s->width, 1, cr_recurrent_block(r->weight, s, 0, map->weight), s->columns));
  }
  char *before = cr_tensor_data(r->hidden);
  if (r->reverse) before += s->batch * s->units * (int64_t)cr_dtype_size(s->dtype);
  for (int i = 0; i < s->info->phases; i++) {
    const cr_recurrent_map *map = &s->info->forward[i];
    bool is_state = map->from < 0;
    CR_TRY(cr_gemm(s->dtype, true, false, s->units, map->count * s->units, rows, scale,
                   is_state ? before : cr_recurrent_gates(r->gates, s, map->from),
                   is_state ? s->units : s->width, cr_recurrent_gates(grad_gates, s, map->to),
                   s->width, 1, cr_recurrent_block(r->weight, s, s->inputs, map->weight),
                   s->columns));
  }
  return CR_OK;
}

cr_status cr_recurrent_accumulate(const cr_recurrent *r, const cr_tensor *x,
                                  const cr_tensor *grad_gates, double scale) {
  cr_recurrent_shape s, kept;
  CR_TRY(cr_recurrent_check_kept(&kept, r));
  CR_TRY(cr_recurrent_check(&s, r, x));
  if (kept.steps != s.steps || kept.batch != s.batch)
    return cr_fail(CR_EINVAL, "the input's size differs from that of the last forward");
  CR_TRY(cr_recurrent_check_sequence("gradGates", grad_gates, &s, s.width));
  if (s.steps == 0 || s.batch == 0) return CR_OK;
  CR_TRY(accumulate_weight(r, &s, x, grad_gates, scale));
  CR_TRY(accumulate_bias(r, &s, grad_gates, scale));
  if (r->peephole) accumulate_peephole(r, &s, grad_gates, scale);
  return CR_OK;
}

/* ---- sequences ---- */

static cr_status check_steps(const cr_tensor *input, const char *name, int64_t width,
                             bool batch_first, const cr_tensor *like) {
  char text[CR_PAREN_TEXT];
  if (input->ndim != 3 || input->size[2] != width)
    return cr_fail(CR_EINVAL, "%s must be (%s x %lld), got %s", name,
                   batch_first ? "N x T" : "T x N", (long long)width, cr_paren_text(text, input));
  if (!like) return CR_OK;
  int64_t size[3] = {like->size[batch_first ? 1 : 0], like->size[batch_first ? 0 : 1], width};
  return cr_expect_size(name, input, 3, size);
}

cr_status cr_recurrent_steps(cr_tensor *buffer, const cr_tensor *input, const char *name,
                             int64_t width, bool batch_first, const cr_tensor *like,
                             bool *is_copy) {
  CR_TRY(cr_expect_dtype(name, input, buffer->dtype));
  if (like && like->ndim != 3) return cr_fail(CR_EINVAL, "there is no forward to go back through");
  CR_TRY(check_steps(input, name, width, batch_first, like));
  *is_copy = batch_first || !cr_tensor_is_contiguous(input);
  if (!*is_copy) return CR_OK;
  cr_tensor turned = *input; /* owns nothing */
  for (int d = 0; d < 2 && batch_first; d++) {
    turned.size[d] = input->size[1 - d];
    turned.stride[d] = input->stride[1 - d];
  }
  CR_TRY(cr_prepare_contiguous(buffer, 3, turned.size, input));
  return cr_copy(buffer, &turned);
}

cr_status cr_recurrent_zero_mask(cr_tensor *mask, const cr_tensor *x) {
  CR_TRY(cr_expect_dtype("the mask", mask, CR_U8));
  CR_TRY(cr_expect_float("input", x));
  if (x->ndim != 3 || !cr_tensor_is_contiguous(x))
    return cr_fail(CR_EINVAL, "input must have 3 dimensions and be contiguous");
  CR_TRY(cr_prepare_contiguous(mask, 2, x->size, NULL));
  int64_t rows = cr_tensor_numel(mask), width = x->size[2];
  uint8_t *out = cr_tensor_data(mask);
  const float *f = cr_tensor_data(x);
  const double *d = cr_tensor_data(x);
  for (int64_t r = 0; r < rows; r++) {
    int64_t i = 0;
    if (x->dtype == CR_F32) {
      while (i < width && f[r * width + i] == 0) i++;
    } else {
      while (i < width && d[r * width + i] == 0) i++;
    }
    out[r] = i == width;
  }
  return CR_OK;
}

cr_status cr_recurrent_length_mask(cr_tensor *mask, const cr_tensor *x, const cr_tensor *lengths) {
  CR_TRY(cr_expect_dtype("the mask", mask, CR_U8));
  if (x->ndim != 3) return cr_fail(CR_EINVAL, "input must have 3 dimensions");
  int64_t steps = x->size[0], batch = x->size[1];
  CR_TRY(cr_expect_size("lengths", lengths, 1, &batch));
  if (batch == 0) return cr_prepare_contiguous(mask, 2, x->size, NULL);
  cr_tensor list;
  CR_TRY(cr_clone_as(&list, lengths, CR_I64));
  const int64_t *length = cr_tensor_data(&list);
  cr_status status = cr_prepare_contiguous(mask, 2, x->size, NULL);
  for (int64_t n = 0; status == CR_OK && n < batch; n++)
    if (length[n] < 0 || length[n] > steps)
      status = cr_fail(CR_EINVAL, "lengths must be from 0 to %lld, got %lld", (long long)steps,
                       (long long)length[n]);
  uint8_t *out = cr_tensor_data(mask);
  for (int64_t t = 0; status == CR_OK && t < steps; t++)
    for (int64_t n = 0; n < batch; n++) out[t * batch + n] = t >= length[n];
  cr_tensor_clear(&list);
  return status;
}
