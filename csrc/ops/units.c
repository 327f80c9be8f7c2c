#include "ops/units.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/gemm.h"

#include <stdio.h>

/* A contiguous tensor of the type; sizes of -1 may be anything. */
static cr_status expect_flat(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t rows,
                             int64_t columns) {
  CR_TRY(cr_expect_dtype(name, t, dtype));
  bool fits =
      t->ndim == 2 && (rows < 0 || t->size[0] == rows) && (columns < 0 || t->size[1] == columns);
  if (!fits) {
    char got[CR_PAREN_TEXT], first[24] = "N", second[24] = "M";
    if (rows >= 0) snprintf(first, sizeof first, "%lld", (long long)rows);
    if (columns >= 0) snprintf(second, sizeof second, "%lld", (long long)columns);
    return cr_fail(CR_EINVAL, "%s must be (%s x %s), got %s", name, first, second,
                   cr_paren_text(got, t));
  }
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

static cr_status expect_flat_vector(const char *name, const cr_tensor *t, cr_dtype dtype,
                                    int64_t size) {
  CR_TRY(cr_expect_vector(name, t, dtype, size));
  if (cr_tensor_is_contiguous(t)) return CR_OK;
  return cr_fail(CR_EINVAL, "%s must be contiguous", name);
}

/* ---- means and samples ---- */

typedef struct {
  cr_units units;
  cr_units_kernel kernel;
} sampling;

static void sample_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const sampling *s = context;
  s->kernel(&s->units, begin, end);
}

static cr_status check_layer(cr_tensor *mean, cr_tensor *sample, const cr_unit_layer *l,
                             int64_t *out) {
  cr_dtype dtype = l->weight->dtype;
  CR_TRY(cr_expect_float("weight", l->weight));
  CR_TRY(expect_flat("weight", l->weight, dtype, -1, -1));
  *out = l->weight->size[l->transposed ? 1 : 0];
  CR_TRY(expect_flat("input", l->input, dtype, -1, l->weight->size[l->transposed ? 0 : 1]));
  CR_TRY(expect_flat_vector("bias", l->bias, dtype, *out));
  int64_t size[] = {l->input->size[0], *out};
  const cr_tensor *others[] = {l->input, l->weight, l->bias};
  CR_TRY(cr_expect_dtype("mean", mean, dtype));
  for (int k = 0; k < 3; k++) CR_TRY(cr_prepare_contiguous(mean, 2, size, others[k]));
  if (!sample) return CR_OK;
  CR_TRY(cr_expect_dtype("sample", sample, dtype));
  for (int k = 0; k < 3; k++) CR_TRY(cr_prepare_contiguous(sample, 2, size, others[k]));
  return cr_prepare_contiguous(sample, 2, size, mean);
}

cr_status cr_unit_means(cr_tensor *mean, cr_tensor *sample, const cr_unit_layer *l) {
  int64_t out;
  CR_TRY(check_layer(mean, sample, l, &out));
  int64_t in = l->input->size[1], count = cr_tensor_numel(mean);
  if (count == 0) return CR_OK;
  cr_product p = {.dtype = mean->dtype,
                  .m = l->input->size[0],
                  .n = out,
                  .k = in,
                  .a = cr_tensor_data(l->input),
                  .b = cr_tensor_data(l->weight),
                  .c = cr_tensor_data(mean),
                  .a_row = in,
                  .a_column = 1,
                  .b_row = l->transposed ? out : 1,
                  .b_column = l->transposed ? 1 : in,
                  .c_row = out,
                  .c_column = 1,
                  .alpha = l->scale,
                  .finish = {.column_bias = cr_tensor_data(l->bias)}};
  CR_TRY(cr_multiply(&p));
  if (!l->has_sigmoid && !sample) return CR_OK;
  sampling s = {.units = {.mean = cr_tensor_data(mean),
                          .sample = sample ? cr_tensor_data(sample) : NULL,
                          .key = l->key,
                          .has_sigmoid = l->has_sigmoid},
                .kernel = cr_kernels()->units[cr_float_index(mean->dtype)].sample};
  cr_parallel_for(count, cr_grain(1.2), sample_range, &s);
  return cr_check_interrupt();
}

/* ---- passes over networks ---- */

typedef struct {
  cr_sweep sweep;
  cr_sweep_kernel kernel;
} pass;

static void sweep_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const pass *p = context;
  p->kernel(&p->sweep, begin, end);
}

static cr_status check_order(const cr_tensor *order, int64_t units) {
  CR_TRY(cr_expect_dtype("order", order, CR_I64));
  if (order->ndim != 1 || !cr_tensor_is_contiguous(order))
    return cr_fail(CR_EINVAL, "order must be a contiguous vector of unit numbers");
  const int64_t *unit = cr_tensor_data(order);
  for (int64_t k = 0; k < order->size[0]; k++)
    if (unit[k] < 1 || unit[k] > units)
      return cr_fail(CR_EINVAL, "order must hold numbers from 1 to %lld, got %lld",
                     (long long)units, (long long)unit[k]);
  return CR_OK;
}

static cr_status check_network(cr_tensor *states, cr_tensor *fields, cr_tensor *flips,
                               const cr_unit_network *n) {
  cr_dtype dtype = states->dtype;
  CR_TRY(cr_expect_float("states", states));
  CR_TRY(expect_flat("states", states, dtype, -1, -1));
  int64_t units = states->size[1];
  CR_TRY(expect_flat("weight", n->weight, dtype, units, units));
  CR_TRY(expect_flat_vector("bias", n->bias, dtype, units));
  CR_TRY(check_order(n->order, units));
  CR_TRY(cr_expect_dtype("fields", fields, dtype));
  CR_TRY(cr_expect_dtype("flips", flips, CR_I64));
  if (!(n->temperature >= 0))
    return cr_fail(CR_EINVAL, "the temperature must be at least 0, got %g", n->temperature);
  if (cr_tensor_overlaps(states, n->weight) || cr_tensor_overlaps(states, n->bias))
    return cr_fail(CR_EINVAL, "states must not share memory with weight or bias");
  const cr_tensor *others[] = {states, n->weight, n->bias};
  for (int k = 0; k < 3; k++) CR_TRY(cr_prepare_contiguous(fields, 2, states->size, others[k]));
  return cr_prepare_contiguous(flips, 1, states->size, n->order);
}

cr_status cr_unit_sweep(cr_tensor *states, cr_tensor *fields, cr_tensor *flips,
                        const cr_unit_network *n) {
  CR_TRY(check_network(states, fields, flips, n));
  int64_t networks = states->size[0], units = states->size[1];
  if (networks == 0 || units == 0) return CR_OK;
  cr_product p = {.dtype = states->dtype,
                  .m = networks,
                  .n = units,
                  .k = units,
                  .a = cr_tensor_data(states),
                  .b = cr_tensor_data(n->weight),
                  .c = cr_tensor_data(fields),
                  .a_row = units,
                  .a_column = 1,
                  .b_row = units,
                  .b_column = 1,
                  .c_row = units,
                  .c_column = 1,
                  .alpha = 1,
                  .finish = {.column_bias = cr_tensor_data(n->bias)}};
  CR_TRY(cr_multiply(&p));
  pass run = {.sweep = {.states = cr_tensor_data(states),
                        .fields = cr_tensor_data(fields),
                        .weight = cr_tensor_data(n->weight),
                        .units = units,
                        .order = cr_tensor_data(n->order),
                        .visits = n->order->size[0],
                        .low = n->low,
                        .high = n->high,
                        .temperature = n->temperature,
                        .key = n->key,
                        .flips = cr_tensor_data(flips)},
              .kernel = cr_kernels()->units[cr_float_index(states->dtype)].sweep};
  cr_parallel_for(networks, cr_grain((double)run.sweep.visits * (10 + 0.05 * (double)units)),
                  sweep_range, &run);
  return cr_check_interrupt();
}

/* ---- contrastive gradients ---- */

typedef struct {
  cr_mean_gap gap;
  cr_mean_gap_kernel kernel;
} gap_run;

static void gap_range(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const gap_run *run = context;
  run->kernel(&run->gap, begin, end);
}

static void mean_gap(cr_tensor *out, const cr_tensor *data, const cr_tensor *model) {
  gap_run run = {.gap = {.out = cr_tensor_data(out),
                         .data = cr_tensor_data(data),
                         .model = cr_tensor_data(model),
                         .data_rows = data->size[0],
                         .model_rows = model->size[0],
                         .columns = out->size[0]},
                 .kernel = cr_kernels()->units[cr_float_index(out->dtype)].mean_gap};
  double cost = 0.05 * (double)(data->size[0] + model->size[0]);
  cr_parallel_for(out->size[0], cr_grain(cost), gap_range, &run);
}

/* grad += scale hidden^T visible; with `first` grad is not read. */
static cr_status add_products(cr_tensor *grad, const cr_tensor *hidden, const cr_tensor *visible,
                              double scale, bool first) {
  int64_t h = grad->size[0], v = grad->size[1];
  return cr_gemm(grad->dtype, true, false, h, v, hidden->size[0], scale, cr_tensor_data(hidden), h,
                 cr_tensor_data(visible), v, first ? 0 : 1, cr_tensor_data(grad), v);
}

static cr_status check_contrast(cr_tensor *grad_weight, cr_tensor *grad_visible,
                                cr_tensor *grad_hidden, const cr_contrast *c) {
  cr_dtype dtype = grad_weight->dtype;
  CR_TRY(cr_expect_float("gradWeight", grad_weight));
  CR_TRY(expect_flat("gradWeight", grad_weight, dtype, -1, -1));
  int64_t h = grad_weight->size[0], v = grad_weight->size[1];
  CR_TRY(expect_flat_vector("gradVisible", grad_visible, dtype, v));
  CR_TRY(expect_flat_vector("gradHidden", grad_hidden, dtype, h));
  CR_TRY(expect_flat("dataVisible", c->data_visible, dtype, -1, v));
  CR_TRY(expect_flat("dataHidden", c->data_hidden, dtype, c->data_visible->size[0], h));
  CR_TRY(expect_flat("modelVisible", c->model_visible, dtype, -1, v));
  CR_TRY(expect_flat("modelHidden", c->model_hidden, dtype, c->model_visible->size[0], h));
  const cr_tensor *t[] = {grad_weight,    grad_visible,     grad_hidden,    c->data_visible,
                          c->data_hidden, c->model_visible, c->model_hidden};
  for (int a = 0; a < 3; a++)
    for (int b = a + 1; b < 7; b++)
      if (cr_tensor_overlaps(t[a], t[b]))
        return cr_fail(CR_EINVAL, "the gradients must share no memory with the other tensors");
  if (c->data_visible->size[0] > 0 && c->model_visible->size[0] > 0) return CR_OK;
  return cr_fail(CR_EINVAL, "data and model must have at least one row each");
}

cr_status cr_unit_contrast(cr_tensor *grad_weight, cr_tensor *grad_visible, cr_tensor *grad_hidden,
                           const cr_contrast *c) {
  CR_TRY(check_contrast(grad_weight, grad_visible, grad_hidden, c));
  double data = -1.0 / (double)c->data_visible->size[0];
  double model = 1.0 / (double)c->model_visible->size[0];
  CR_TRY(add_products(grad_weight, c->data_hidden, c->data_visible, data, true));
  CR_TRY(add_products(grad_weight, c->model_hidden, c->model_visible, model, false));
  mean_gap(grad_visible, c->data_visible, c->model_visible);
  mean_gap(grad_hidden, c->data_hidden, c->model_hidden);
  return cr_check_interrupt();
}
