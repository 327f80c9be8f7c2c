#include "ops/recurrent_shape.h"

#include "ops/check.h"
#include "ops/copy.h"

/* ---- cells ---- */

static const cr_recurrent_info infos[CR_CELL_COUNT] = {
    [CR_CELL_LSTM] = {.gates = 4,
                      .weights = 4,
                      .biases = 4,
                      .has_cells = true,
                      .phases = 1,
                      .input = {{0, 0, 4, 0}},
                      .forward = {{-1, 0, 4, 0}},
                      .backward = {{0, 0, 4, -1}}},
    [CR_CELL_GRU] = {.gates = 4,
                     .weights = 3,
                     .biases = 3,
                     .phases = 2,
                     .input = {{0, 0, 3, 0}},
                     .forward = {{-1, 0, 2, 0}, {3, 2, 1, 2}},
                     .backward = {{2, 2, 1, 3}, {0, 0, 2, -1}}},
    [CR_CELL_GRU_RESET_AFTER] = {.gates = 4,
                                 .weights = 3,
                                 .biases = 4,
                                 .phases = 1,
                                 .input = {{0, 0, 2, 0}, {0, 2, 1, 3}},
                                 .forward = {{-1, 0, 3, 0}},
                                 .backward = {{0, 0, 3, -1}}},
#define PLAIN                                                                                      \
  {                                                                                                \
    .gates = 1, .weights = 1, .biases = 1, .phases = 1, .input = {{0, 0, 1, 0}},                   \
    .forward = {{-1, 0, 1, 0}}, .backward = {                                                      \
      {0, 0, 1, -1}                                                                                \
    }                                                                                              \
  }
    [CR_CELL_TANH] = PLAIN,
    [CR_CELL_RELU] = PLAIN,
#undef PLAIN
};

/* ---- addresses ---- */

static char *element_of(const cr_tensor *t, int64_t index) {
  return (char *)cr_tensor_data(t) + index * (int64_t)cr_dtype_size(t->dtype);
}

void *cr_recurrent_block(const cr_tensor *weight, const cr_recurrent_shape *s, int64_t row,
                         int block) {
  return element_of(weight, row * s->columns + block * s->units);
}

void *cr_recurrent_gates(const cr_tensor *gates, const cr_recurrent_shape *s, int block) {
  return element_of(gates, block * s->units);
}

void *cr_recurrent_slice(const cr_recurrent *r, const cr_recurrent_shape *s, const cr_tensor *t) {
  return element_of(t, r->state * s->batch * s->units);
}

/* ---- checks ---- */

static cr_status check_parameter(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t n) {
  CR_TRY(cr_expect_vector(name, t, dtype, n));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

static cr_status check_weight(cr_recurrent_shape *s, const cr_recurrent *r) {
  const cr_tensor *weight = r->weight;
  CR_TRY(cr_expect_float("weight", weight));
  s->info = &infos[r->cell];
  s->dtype = weight->dtype;
  bool fits = weight->ndim == 2 && cr_tensor_is_contiguous(weight) &&
              weight->size[1] % s->info->weights == 0;
  s->units = fits ? weight->size[1] / s->info->weights : 0;
  if (s->units < 1 || weight->size[0] <= s->units) {
    char text[CR_PAREN_TEXT];
    return cr_fail(CR_EINVAL, "weight must be ((D + H) x %d H) and contiguous, got %s",
                   s->info->weights, cr_paren_text(text, weight));
  }
  s->inputs = weight->size[0] - s->units;
  s->columns = weight->size[1];
  s->width = s->info->gates * s->units;
  CR_TRY(check_parameter("bias", r->bias, s->dtype, s->info->biases * s->units));
  if (r->peephole) CR_TRY(check_parameter("peephole", r->peephole, s->dtype, 3 * s->units));
  return CR_OK;
}

static cr_status check_mask(const cr_recurrent *r, const cr_recurrent_shape *s) {
  if (!r->mask) return CR_OK;
  int64_t size[2] = {s->steps, s->batch};
  CR_TRY(cr_expect_dtype("the mask", r->mask, CR_U8));
  CR_TRY(cr_expect_size("the mask", r->mask, 2, size));
  if (cr_tensor_is_contiguous(r->mask)) return CR_OK;
  return cr_fail(CR_EINVAL, "the mask must be contiguous");
}

cr_status cr_recurrent_check(cr_recurrent_shape *s, const cr_recurrent *r, const cr_tensor *x) {
  char text[CR_PAREN_TEXT];
  CR_TRY(check_weight(s, r));
  CR_TRY(cr_expect_dtype("input", x, s->dtype));
  if (x->ndim != 3 || x->size[2] != s->inputs)
    return cr_fail(CR_EINVAL, "input must be (T x N x %lld), got %s", (long long)s->inputs,
                   cr_paren_text(text, x));
  s->steps = x->size[0];
  s->batch = x->size[1];
  if (s->steps >= INT64_MAX / 2 || !cr_tensor_is_contiguous(x))
    return cr_fail(CR_EINVAL, "input must be contiguous, got %s", cr_paren_text(text, x));
  return check_mask(r, s);
}

/* Of the kept tensors: their sizes fit together and to the parameters. */
static cr_status check_kept_sizes(const cr_recurrent *r, const cr_recurrent_shape *s) {
  int64_t states[3] = {s->steps + 1, s->batch, s->units};
  const cr_tensor *kept[2] = {r->hidden, s->info->has_cells ? r->cells : NULL};
  bool fits = s->steps >= 0 && r->gates->dtype == s->dtype && cr_tensor_is_contiguous(r->gates) &&
              r->gates->size[2] == s->width;
  for (int i = 0; i < 2 && fits; i++) {
    if (!kept[i]) continue;
    fits = kept[i]->dtype == s->dtype && kept[i]->ndim == 3 && cr_tensor_is_contiguous(kept[i]);
    for (int d = 0; d < 3; d++) fits = fits && kept[i]->size[d] == states[d];
  }
  return fits ? CR_OK : cr_fail(CR_EINVAL, "there is no forward to go back through");
}

cr_status cr_recurrent_check_kept(cr_recurrent_shape *s, const cr_recurrent *r) {
  CR_TRY(check_weight(s, r));
  if (r->gates->ndim != 3) return cr_fail(CR_EINVAL, "there is no forward to go back through");
  s->steps = r->gates->size[0];
  s->batch = r->gates->size[1];
  if (s->steps >= INT64_MAX / 2)
    return cr_fail(CR_EINVAL, "there is no forward to go back through");
  CR_TRY(check_kept_sizes(r, s));
  return check_mask(r, s);
}

cr_status cr_recurrent_check_sequence(const char *name, const cr_tensor *t,
                                      const cr_recurrent_shape *s, int64_t width) {
  int64_t size[3] = {s->steps, s->batch, width};
  CR_TRY(cr_expect_dtype(name, t, s->dtype));
  CR_TRY(cr_expect_size(name, t, 3, size));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

/* (states x N x H), or (N x H) where there is one state. Returns the number of dimensions. */
static int state_size(const cr_recurrent *r, const cr_recurrent_shape *s, int64_t *size) {
  int ndim = 0;
  if (r->states > 1) size[ndim++] = r->states;
  size[ndim++] = s->batch;
  size[ndim++] = s->units;
  return ndim;
}

cr_status cr_recurrent_check_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                   const char *name, const cr_tensor *state) {
  int64_t size[3];
  if (!state) return CR_OK;
  CR_TRY(cr_expect_dtype(name, state, s->dtype));
  return cr_expect_size(name, state, state_size(r, s, size), size);
}

/* ---- results ---- */

cr_status cr_recurrent_prepare(const cr_recurrent *r, const cr_recurrent_shape *s,
                               cr_tensor *output, const cr_tensor *x, cr_tensor *hn,
                               cr_tensor *cn) {
  int64_t states[3] = {s->steps + 1, s->batch, s->units}, size[3];
  int64_t gates[3] = {s->steps, s->batch, s->width};
  int64_t outputs[3] = {s->steps, s->batch, r->parts * s->units};
  int ndim = state_size(r, s, size);
  bool has_cells = s->info->has_cells;
  cr_tensor *all[] = {
      output, r->hidden, r->gates, hn, has_cells ? r->cells : NULL, has_cells ? cn : NULL};
  for (int i = 0; i < 6; i++)
    if (all[i]) CR_TRY(cr_expect_dtype("what forward keeps", all[i], s->dtype));
  CR_TRY(cr_prepare_contiguous(output, 3, outputs, x));
  CR_TRY(cr_prepare_contiguous(r->hidden, 3, states, x));
  CR_TRY(cr_prepare_contiguous(r->gates, 3, gates, x));
  CR_TRY(cr_prepare_contiguous(hn, ndim, size, x));
  if (has_cells) CR_TRY(cr_prepare_contiguous(r->cells, 3, states, x));
  if (has_cells) CR_TRY(cr_prepare_contiguous(cn, ndim, size, x));
  /* Two of them, or of the parameters, may be one tensor, which then has one size. */
  cr_recurrent_shape again;
  CR_TRY(cr_recurrent_check(&again, r, x));
  CR_TRY(check_kept_sizes(r, s));
  CR_TRY(cr_expect_size("output", output, 3, outputs));
  if (has_cells) CR_TRY(cr_recurrent_check_state(r, s, "the last cell", cn));
  return cr_recurrent_check_state(r, s, "the last state", hn);
}

cr_status cr_recurrent_prepare_backward(const cr_recurrent *r, const cr_recurrent_shape *s,
                                        cr_tensor *grad_gates, const cr_tensor *grad_output,
                                        cr_tensor *grad_h0, cr_tensor *grad_c0) {
  int64_t gates[3] = {s->steps, s->batch, s->width}, size[3];
  int ndim = state_size(r, s, size);
  bool has_cells = s->info->has_cells;
  CR_TRY(cr_expect_dtype("gradGates", grad_gates, s->dtype));
  CR_TRY(cr_expect_dtype("gradInput", grad_h0, s->dtype));
  if (has_cells) CR_TRY(cr_expect_dtype("gradInput", grad_c0, s->dtype));
  CR_TRY(cr_prepare_contiguous(grad_gates, 3, gates, grad_output));
  CR_TRY(cr_prepare_contiguous(grad_h0, ndim, size, grad_output));
  if (has_cells) CR_TRY(cr_prepare_contiguous(grad_c0, ndim, size, grad_output));
  CR_TRY(cr_expect_size("gradGates", grad_gates, 3, gates));
  CR_TRY(cr_recurrent_check_state(r, s, "gradInput", grad_h0));
  if (has_cells) CR_TRY(cr_recurrent_check_state(r, s, "gradInput", grad_c0));
  /* Resizing may have changed what forward kept, where that is the same tensor. */
  cr_recurrent_shape again;
  CR_TRY(cr_recurrent_check_kept(&again, r));
  return check_kept_sizes(r, s);
}

/* ---- states ---- */

/* (N x H) of a tensor of states, or of the step's of a kept one. Owns nothing. */
static cr_tensor matrix_of(const cr_tensor *t, int64_t index) {
  cr_tensor m = *t;
  if (t->ndim == 2) return m;
  m.ndim = 2;
  m.offset += index * t->stride[0];
  for (int d = 0; d < 2; d++) {
    m.size[d] = t->size[d + 1];
    m.stride[d] = t->stride[d + 1];
  }
  return m;
}

static cr_status set_matrix(cr_tensor *to, const cr_tensor *from, int64_t state) {
  if (cr_tensor_numel(to) == 0) return CR_OK;
  if (!from) return cr_fill(to, cr_scalar_from_double(0));
  cr_tensor matrix = matrix_of(from, state);
  return cr_copy(to, &matrix);
}

cr_status cr_recurrent_load_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                  cr_tensor *kept, int64_t step, const cr_tensor *state) {
  (void)s;
  cr_tensor to = matrix_of(kept, step);
  return set_matrix(&to, state, r->state);
}

cr_status cr_recurrent_store_state(const cr_recurrent *r, const cr_recurrent_shape *s,
                                   const cr_tensor *kept, int64_t step, cr_tensor *state) {
  (void)s;
  cr_tensor to = matrix_of(state, r->state);
  return set_matrix(&to, kept, step);
}

cr_status cr_recurrent_set_slice(const cr_recurrent *r, const cr_recurrent_shape *s, cr_tensor *to,
                                 const cr_tensor *from) {
  (void)s;
  cr_tensor matrix = matrix_of(to, r->state);
  return set_matrix(&matrix, from, r->state);
}
