/* Losses of labels: negative log-likelihood and cross entropy. */
#include "ops/loss.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/softmax.h"

#include <math.h>
#include <stdio.h>

/* What both losses and both directions share. */
typedef struct {
  cr_class_layout layout;
  int64_t count;  /* positions of all samples */
  int64_t *label; /* from 0; -1: ignored */
  double *weight; /* of each position's label */
  double divisor;
} labels;

static bool same_but_ones(const cr_tensor *target, const cr_tensor *input, int class_dim) {
  int t = 0;
  for (int d = 0; d < input->ndim; d++) {
    if (d == class_dim || input->size[d] == 1) continue;
    while (t < target->ndim && target->size[t] == 1) t++;
    if (t >= target->ndim || target->size[t++] != input->size[d]) return false;
  }
  while (t < target->ndim && target->size[t] == 1) t++;
  return t == target->ndim;
}

static cr_status check_target_size(const cr_tensor *target, const cr_tensor *input, int class_dim) {
  char expected[CR_PAREN_TEXT], got[CR_PAREN_TEXT];
  if (same_but_ones(target, input, class_dim) && target->ndim > 0) return CR_OK;
  cr_tensor like;
  cr_tensor_init(&like, CR_I64);
  for (int d = 0; d < input->ndim; d++)
    if (d != class_dim) like.size[like.ndim++] = input->size[d];
  if (like.ndim == 0) like.size[like.ndim++] = 1;
  return cr_fail(CR_EINVAL, "target must be %s, got %s: one label for every %s of the input",
                 cr_paren_text(expected, &like), cr_paren_text(got, target),
                 like.ndim > 1 ? "position" : "row");
}

/* Reads the target's elements, in order, as doubles. */
static cr_status read_target(const cr_tensor *target, double *out) {
  cr_storage storage = {.references = 2, .dtype = CR_F64, .data = out};
  cr_tensor plain = {.dtype = CR_F64, .ndim = target->ndim, .storage = &storage};
  int64_t stride = 1;
  for (int d = target->ndim - 1; d >= 0; d--) {
    plain.size[d] = target->size[d];
    plain.stride[d] = stride;
    stride *= target->size[d];
  }
  storage.size = storage.capacity = stride;
  return cr_copy(&plain, target);
}

static cr_status check_label(double value, int64_t position, int64_t count, int64_t classes) {
  if (value >= 1 && value <= (double)classes && value == floor(value)) return CR_OK;
  char where[40] = "";
  if (count > 1) snprintf(where, sizeof where, " at position %lld", (long long)position + 1);
  return cr_fail(CR_EINVAL, "target must be a class from 1 to %lld, got %.14g%s",
                 (long long)classes, value, where);
}

static cr_status check_class_weights(const cr_tensor *weight, const cr_tensor *input,
                                     int64_t classes) {
  char got[CR_PAREN_TEXT];
  if (!weight) return CR_OK;
  CR_TRY(cr_expect_dtype("weights", weight, input->dtype));
  if (weight->ndim == 1 && weight->size[0] == classes) return CR_OK;
  return cr_fail(CR_EINVAL, "weights must be (%lld), one for every class, got %s",
                 (long long)classes, cr_paren_text(got, weight));
}

/* The weight of class c. */
static double class_weight(const cr_tensor *weight, int64_t c) {
  if (!weight) return 1;
  int64_t step = weight->stride[0] * (int64_t)cr_dtype_size(weight->dtype);
  return cr_load(weight->dtype, (const char *)cr_tensor_data(weight) + c * step).f;
}

static cr_status read_labels(const cr_label_loss_call *call, labels *out) {
  const cr_tensor *input = call->input, *weight = call->weight;
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_find_classes(input, &out->layout));
  CR_TRY(check_class_weights(weight, input, out->layout.classes));
  CR_TRY(check_target_size(call->target, input, out->layout.dim));
  int64_t count = out->count = cr_tensor_numel(call->target);
  out->divisor = 1;
  out->label = cr_scratch(CR_SCRATCH_INDEX, (size_t)count * sizeof *out->label);
  out->weight = cr_scratch(CR_SCRATCH_PARTIAL, (size_t)count * sizeof *out->weight);
  if (!out->label || !out->weight) return CR_ENOMEM;
  if (count == 0) return CR_OK;
  CR_TRY(read_target(call->target, out->weight));
  for (int64_t i = 0; i < count; i++) {
    double value = out->weight[i];
    out->weight[i] = 0;
    out->label[i] = -1;
    if (value == call->ignore_index) continue;
    CR_TRY(check_label(value, i, count, out->layout.classes));
    out->label[i] = (int64_t)value - 1;
    out->weight[i] = class_weight(weight, out->label[i]);
  }
  double total = cr_pairwise_sum(out->weight, count);
  if (call->size_average && total != 0) out->divisor = total;
  return CR_OK;
}

/* Position i's element of class c in contiguous memory. */
static size_t element_of(const labels *l, int64_t i, int64_t c) {
  int64_t positions = l->layout.positions;
  int64_t sample = i / positions;
  return (size_t)((sample * l->layout.classes + c) * positions + i % positions);
}

/* loss = sum of weight (lse - x[label]) / divisor, with lse 0 when it is NULL. Spends l->weight. */
static double weighted_loss(labels *l, const cr_tensor *flat, const cr_tensor *lse) {
  size_t width = cr_dtype_size(flat->dtype);
  const char *x = cr_tensor_data(flat), *shift = lse ? cr_tensor_data(lse) : NULL;
  if (l->count == 0) return 0;
  for (int64_t i = 0; i < l->count; i++) {
    if (l->label[i] < 0) continue;
    double value = -cr_load(flat->dtype, x + element_of(l, i, l->label[i]) * width).f;
    if (shift) value += cr_load(lse->dtype, shift + (size_t)i * width).f;
    l->weight[i] *= value;
  }
  return cr_pairwise_sum(l->weight, l->count) / l->divisor;
}

/* What label smoothing adds: smoothing / classes times the sum of weight[c] (lse - x[c]) over all
 * classes and positions that are not ignored (Szegedy et al. 2016). */
static double smooth_loss(const labels *l, const cr_label_loss_call *call, const cr_tensor *flat,
                          const cr_tensor *lse) {
  size_t width = cr_dtype_size(flat->dtype);
  const char *x = cr_tensor_data(flat), *shift = cr_tensor_data(lse);
  double sum = 0;
  for (int64_t i = 0; i < l->count; i++) {
    if (l->label[i] < 0) continue;
    double top = cr_load(lse->dtype, shift + (size_t)i * width).f, row = 0;
    for (int64_t c = 0; c < l->layout.classes; c++)
      row += class_weight(call->weight, c) *
             (top - cr_load(flat->dtype, x + element_of(l, i, c) * width).f);
    sum += row;
  }
  return call->smoothing / (double)l->layout.classes * sum / l->divisor;
}

/* Its gradient, added to one that already has the part of the probabilities. */
static void smooth_gradient(const labels *l, const cr_label_loss_call *call, double lifted,
                            cr_tensor *grad_input) {
  size_t width = cr_dtype_size(grad_input->dtype);
  double share = call->smoothing / (double)l->layout.classes / l->divisor;
  for (int64_t i = 0; i < l->count; i++) {
    if (l->label[i] < 0) continue;
    for (int64_t c = 0; c < l->layout.classes; c++) {
      char *g = (char *)cr_tensor_data(grad_input) + element_of(l, i, c) * width;
      double value = cr_load(grad_input->dtype, g).f - share * class_weight(call->weight, c);
      if (c == l->label[i]) value += lifted;
      cr_store(grad_input->dtype, g, cr_scalar_from_double(value));
    }
  }
}

cr_status cr_nll_forward(const cr_label_loss_call *call, double *loss) {
  labels l;
  cr_tensor flat;
  CR_TRY(read_labels(call, &l));
  CR_TRY(cr_contiguous(&flat, call->input));
  *loss = weighted_loss(&l, &flat, NULL);
  cr_tensor_clear(&flat);
  return CR_OK;
}

cr_status cr_nll_backward(const cr_label_loss_call *call, cr_tensor *grad_input) {
  labels l;
  const cr_tensor *input = call->input;
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(read_labels(call, &l));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, input));
  CR_TRY(cr_fill(grad_input, cr_scalar_from_int(0)));
  size_t width = cr_dtype_size(grad_input->dtype);
  char *g = cr_tensor_data(grad_input);
  for (int64_t i = 0; i < l.count; i++) {
    if (l.label[i] < 0) continue;
    cr_store(grad_input->dtype, g + element_of(&l, i, l.label[i]) * width,
             cr_scalar_from_double(-l.weight[i] / l.divisor));
  }
  return CR_OK;
}

typedef struct {
  const labels *l;
  size_t width;
  const char *x;
  char *lse, *gx; /* gx: backward only */
  cr_log_sum_exp_kernel forward;
  cr_cross_entropy_backward_kernel backward;
} job;

static void run_positions(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  int64_t classes = j->l->layout.classes, positions = j->l->layout.positions;
  while (begin < end) {
    int64_t first = begin % positions;
    int64_t count = positions - first < end - begin ? positions - first : end - begin;
    size_t at = element_of(j->l, begin, 0) * j->width;
    char *lse = j->lse + (size_t)begin * j->width;
    if (j->gx) {
      j->backward(classes, positions, count, j->x + at, lse, j->l->label + begin,
                  j->l->weight + begin, j->gx + at);
    } else {
      j->forward(classes, positions, count, j->x + at, lse);
    }
    begin += count;
  }
}

static const double cost = 0.8; /* nanoseconds an element */

static void run(const labels *l, const cr_tensor *flat, cr_tensor *lse, cr_tensor *grad_input) {
  int index = cr_float_index(flat->dtype);
  job j = {.l = l,
           .width = cr_dtype_size(flat->dtype),
           .x = cr_tensor_data(flat),
           .lse = cr_tensor_data(lse),
           .gx = grad_input ? cr_tensor_data(grad_input) : NULL,
           .forward = cr_kernels()->log_sum_exp[index],
           .backward = cr_kernels()->cross_entropy_backward[index]};
  cr_parallel_for(l->count, cr_grain(cost * (double)l->layout.classes), run_positions, &j);
}

/* Makes lse a contiguous tensor of `count` elements. Sets *is_new when its content was not. */
static cr_status prepare_lse(cr_tensor *lse, const cr_label_loss_call *call, int64_t count,
                             bool *is_new) {
  CR_TRY(cr_expect_dtype("input", call->input, lse->dtype));
  *is_new = lse->ndim != 1 || lse->size[0] != count || !cr_tensor_is_contiguous(lse) ||
            cr_tensor_overlaps(lse, call->input);
  return cr_prepare_contiguous(lse, 1, &count, call->input);
}

cr_status cr_cross_entropy_forward(const cr_label_loss_call *call, cr_tensor *lse, double *loss) {
  labels l;
  cr_tensor flat;
  bool is_new;
  CR_TRY(read_labels(call, &l));
  CR_TRY(prepare_lse(lse, call, l.count, &is_new));
  CR_TRY(cr_contiguous(&flat, call->input));
  run(&l, &flat, lse, NULL);
  *loss = (1 - call->smoothing) * weighted_loss(&l, &flat, lse);
  if (call->smoothing > 0 && l.count > 0) *loss += smooth_loss(&l, call, &flat, lse);
  cr_tensor_clear(&flat);
  return CR_OK;
}

/* Turns weights into the factors of the probabilities: (1 - smoothing) weight[label] and, of the
 * smoothed part, the mean of all classes' weights. Returns by how much the second one is too much
 * for the label itself. */
static double lift_weights(labels *l, const cr_label_loss_call *call) {
  double lifted = 0;
  for (int64_t c = 0; call->smoothing > 0 && c < l->layout.classes; c++)
    lifted += class_weight(call->weight, c);
  lifted *= call->smoothing / (double)l->layout.classes / l->divisor;
  for (int64_t i = 0; i < l->count; i++) {
    if (l->label[i] < 0) continue;
    l->weight[i] = (1 - call->smoothing) * l->weight[i] / l->divisor + lifted;
  }
  return lifted;
}

cr_status cr_cross_entropy_backward(const cr_label_loss_call *call, cr_tensor *lse,
                                    cr_tensor *grad_input) {
  labels l;
  cr_tensor flat;
  bool is_new;
  const cr_tensor *input = call->input;
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(read_labels(call, &l));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, input));
  CR_TRY(prepare_lse(lse, call, l.count, &is_new));
  CR_TRY(cr_prepare_contiguous(grad_input, input->ndim, input->size, lse));
  CR_TRY(cr_contiguous(&flat, input));
  if (is_new) run(&l, &flat, lse, NULL);
  double lifted = lift_weights(&l, call);
  run(&l, &flat, lse, grad_input);
  if (call->smoothing > 0 && l.count > 0) smooth_gradient(&l, call, lifted, grad_input);
  cr_tensor_clear(&flat);
  return CR_OK;
}
