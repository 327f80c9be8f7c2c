/* The steps of recurrent layers through time; see recurrent.h. */
#include "ops/recurrent.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"
#include "ops/gemm.h"
#include "ops/recurrent_shape.h"

#include <string.h>

/* ---- one step ---- */

/* The products of a pass through time: the same weights at every step, packed once. */
typedef struct {
  const cr_recurrent_shape *shape;
  const cr_recurrent_kernels *kernels;
  int phases;
  cr_panel_product product[CR_CELL_PHASES];
  const cr_recurrent_kernel *arithmetic;
} pass;

/* A parallel region: a product and the arithmetic on the same units; either may be missing. */
typedef struct {
  const pass *pass;
  const cr_panel_product *product;
  cr_recurrent_kernel arithmetic;
  const cr_recurrent_step *step;
  int64_t panel; /* units */
} region;

static void run_panels(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const region *r = context;
  if (r->product) r->pass->kernels->multiply(r->product, begin, end);
  if (!r->arithmetic) return;
  int64_t units = r->step->units, last = end * r->panel;
  r->arithmetic(r->step, begin * r->panel, last < units ? last : units);
}

/* Workers are awake between two steps, so that pieces may be smaller than elsewhere. */
static int64_t panel_grain(const pass *p, const cr_panel_product *product) {
  double width = (double)product->blocks * (double)(product->vectors * p->kernels->lanes);
  double rows = (double)product->rows, bytes = cr_dtype_size(p->shape->dtype);
  double multiply = (double)product->k * width * (rows * 0.01 + 0.02) * (bytes / 4);
  double arithmetic = rows * width * 0.4 * (bytes / 4);
  double grain = 4000 / (multiply + arithmetic + 1);
  return grain < 1 ? 1 : (int64_t)grain;
}

/* The product as one call of the library, for passes too short to pack the weights for. */
static cr_status plain_product(const pass *p, const cr_panel_product *product) {
  bool is_transposed = product->column_step != 1;
  int64_t ld = is_transposed ? product->column_step : product->row_step;
  return cr_gemm(p->shape->dtype, false, is_transposed, product->rows,
                 product->blocks * product->units, product->k, 1, product->a, product->lda,
                 product->b, ld, product->accumulate ? 1 : 0, product->c, product->ldc);
}

static cr_status run_region(const pass *p, const cr_panel_product *product,
                            cr_recurrent_kernel arithmetic, const cr_recurrent_step *step) {
  const cr_panel_product *size = product ? product : &p->product[0];
  if (product && !product->packed) {
    CR_TRY(plain_product(p, product));
    product = NULL;
  }
  if (!product && !arithmetic) return CR_OK;
  int64_t panel = size->vectors * p->kernels->lanes;
  region r = {p, product, arithmetic, step, panel};
  cr_parallel_for((size->units + panel - 1) / panel, panel_grain(p, size), run_panels, &r);
  return CR_OK;
}

/* ---- packing ---- */

static void pack_panels(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const region *r = context;
  r->pass->kernels->pack(r->product, begin, end);
}

static int64_t panels_of(const pass *p, const cr_panel_product *product) {
  int64_t panel = product->vectors * p->kernels->lanes;
  return (product->units + panel - 1) / panel;
}

/* Vectors of a panel: as many as the registers hold, but not wider than the units are. */
static int64_t vectors_for(const pass *p, int64_t blocks, int64_t units) {
  int64_t vectors = CR_PANEL_VECTORS / blocks, lanes = p->kernels->lanes;
  while (vectors > 1 && (vectors - 1) * lanes >= units) vectors--;
  return vectors;
}

static cr_status pack_products(pass *p, int64_t steps) {
  size_t bytes[CR_CELL_PHASES], total = 0, width = cr_dtype_size(p->shape->dtype);
  if (steps < 3) return CR_OK;
  for (int i = 0; i < p->phases; i++) {
    const cr_panel_product *q = &p->product[i];
    bytes[i] =
        (size_t)(panels_of(p, q) * q->k * q->blocks * q->vectors * p->kernels->lanes) * width;
    total += bytes[i];
  }
  char *memory = cr_scratch(CR_SCRATCH_PACK_B, total);
  if (!memory) return CR_ENOMEM;
  for (int i = 0; i < p->phases; i++) {
    p->product[i].packed = memory;
    memory += bytes[i];
    region r = {.pass = p, .product = &p->product[i]};
    double cost = (double)bytes[i] / (double)panels_of(p, r.product) * 0.2;
    cr_parallel_for(panels_of(p, r.product), cr_grain(cost), pack_panels, &r);
  }
  return CR_OK;
}

/* ---- forward ---- */

/* Where the step at time t begins in (T x N x width) and (T + 1 x N x H). */
static char *at(const cr_tensor *t, int64_t step, int64_t row_length, int64_t rows) {
  if (!t || !cr_tensor_data(t)) return NULL;
  return (char *)cr_tensor_data(t) + step * rows * row_length * (int64_t)cr_dtype_size(t->dtype);
}

static cr_recurrent_step step_at(const cr_recurrent *r, const cr_recurrent_shape *s, int64_t t) {
  int64_t before = r->reverse ? t + 1 : t, after = r->reverse ? t : t + 1;
  return (cr_recurrent_step){
      .rows = s->batch,
      .units = s->units,
      .width = s->width,
      .gates = at(r->gates, t, s->width, s->batch),
      .bias = cr_tensor_data(r->bias),
      .peephole = r->peephole ? cr_tensor_data(r->peephole) : NULL,
      .before = at(r->hidden, before, s->units, s->batch),
      .after = at(r->hidden, after, s->units, s->batch),
      .c_before = s->info->has_cells ? at(r->cells, before, s->units, s->batch) : NULL,
      .c_after = s->info->has_cells ? at(r->cells, after, s->units, s->batch) : NULL,
      .mask = r->mask ? (const uint8_t *)cr_tensor_data(r->mask) + t * s->batch : NULL,
      .carries = r->carries,
  };
}

static pass forward_pass(const cr_recurrent *r, const cr_recurrent_shape *s) {
  pass p = {.shape = s,
            .kernels = &cr_kernels()->recurrent[cr_float_index(s->dtype)],
            .phases = s->info->phases};
  p.arithmetic = p.kernels->forward[r->cell];
  for (int i = 0; i < p.phases; i++) {
    const cr_recurrent_map *map = &s->info->forward[i];
    p.product[i] = (cr_panel_product){
        .rows = s->batch,
        .k = s->units,
        .units = s->units,
        .blocks = map->count,
        .vectors = vectors_for(&p, map->count, s->units),
        .lda = map->from < 0 ? s->units : s->width,
        .b = cr_recurrent_block(r->weight, s, s->inputs, map->weight),
        .row_step = s->columns,
        .column_step = 1,
        .ldc = s->width,
        .accumulate = true,
    };
  }
  return p;
}

static cr_status forward_steps(const cr_recurrent *r, const cr_recurrent_shape *s,
                               cr_tensor *output) {
  pass p = forward_pass(r, s);
  CR_TRY(pack_products(&p, s->steps));
  int64_t element = (int64_t)cr_dtype_size(s->dtype), stride = r->parts * s->units;
  for (int64_t i = 0; i < s->steps && !cr_interrupt_pending(); i++) {
    int64_t t = r->reverse ? s->steps - 1 - i : i;
    cr_recurrent_step step = step_at(r, s, t);
    step.output = at(output, t, stride, s->batch) + r->part * s->units * element;
    step.output_stride = stride;
    for (int phase = 0; phase < p.phases; phase++) {
      const cr_recurrent_map *map = &s->info->forward[phase];
      cr_panel_product *product = &p.product[phase];
      char *gates = step.gates;
      product->a = map->from < 0 ? step.before : gates + map->from * s->units * element;
      product->c = gates + map->to * s->units * element;
      CR_TRY(run_region(&p, product, p.arithmetic[phase], &step));
    }
  }
  return cr_check_interrupt();
}

/* gates = x W; the blocks that get nothing from the input, 0. */
static cr_status input_share(const cr_recurrent *r, const cr_recurrent_shape *s,
                             const cr_tensor *x) {
  int64_t rows = s->steps * s->batch;
  for (int i = 0; i < CR_RECURRENT_MAPS && s->info->input[i].count > 0; i++) {
    const cr_recurrent_map *map = &s->info->input[i];
    CR_TRY(cr_gemm(s->dtype, false, false, rows, map->count * s->units, s->inputs, 1,
                   cr_tensor_data(x), s->inputs, cr_recurrent_block(r->weight, s, 0, map->weight),
                   s->columns, 0, cr_recurrent_gates(r->gates, s, map->to), s->width));
  }
  if (r->cell != CR_CELL_GRU_RESET_AFTER) return CR_OK;
  size_t bytes = (size_t)s->units * cr_dtype_size(s->dtype);
  char *share = cr_recurrent_gates(r->gates, s, 2);
  for (int64_t row = 0; row < rows; row++)
    memset(share + row * s->width * (int64_t)cr_dtype_size(s->dtype), 0, bytes);
  return CR_OK;
}

cr_status cr_recurrent_forward(const cr_recurrent *r, cr_tensor *output, const cr_tensor *x,
                               const cr_tensor *h0, const cr_tensor *c0, cr_tensor *hn,
                               cr_tensor *cn) {
  cr_recurrent_shape s;
  CR_TRY(cr_recurrent_check(&s, r, x));
  CR_TRY(cr_recurrent_check_state(r, &s, "the initial state", h0));
  if (s.info->has_cells) CR_TRY(cr_recurrent_check_state(r, &s, "the initial cell", c0));
  CR_TRY(cr_recurrent_prepare(r, &s, output, x, hn, cn));
  int64_t first = r->reverse ? s.steps : 0, last = r->reverse ? 0 : s.steps;
  CR_TRY(cr_recurrent_load_state(r, &s, r->hidden, first, h0));
  if (s.info->has_cells) CR_TRY(cr_recurrent_load_state(r, &s, r->cells, first, c0));
  if (s.steps > 0 && s.batch > 0) {
    CR_TRY(input_share(r, &s, x));
    CR_TRY(forward_steps(r, &s, output));
  }
  CR_TRY(cr_recurrent_store_state(r, &s, r->hidden, last, hn));
  return s.info->has_cells ? cr_recurrent_store_state(r, &s, r->cells, last, cn) : CR_OK;
}

/* ---- backward ---- */

static pass backward_pass(const cr_recurrent *r, const cr_recurrent_shape *s) {
  pass p = {.shape = s,
            .kernels = &cr_kernels()->recurrent[cr_float_index(s->dtype)],
            .phases = s->info->phases};
  p.arithmetic = p.kernels->backward[r->cell];
  for (int i = 0; i < p.phases; i++) {
    const cr_recurrent_map *map = &s->info->backward[i];
    p.product[i] = (cr_panel_product){
        .rows = s->batch,
        .k = map->count * s->units,
        .units = s->units,
        .blocks = 1,
        .vectors = vectors_for(&p, 1, s->units),
        .lda = s->width,
        .b = cr_recurrent_block(r->weight, s, s->inputs, map->weight),
        .row_step = 1,
        .column_step = s->columns,
        .ldc = map->to < 0 ? s->units : s->width,
        .accumulate = map->to < 0,
    };
  }
  return p;
}

/* A step's last product belongs to the same units as the next step's first arithmetic: one region. */
static cr_status backward_steps(const cr_recurrent *r, const cr_recurrent_shape *s,
                                const cr_tensor *grad_output, cr_tensor *grad_gates,
                                char *grad_state, char *grad_cell) {
  pass p = backward_pass(r, s);
  CR_TRY(pack_products(&p, s->steps));
  int64_t element = (int64_t)cr_dtype_size(s->dtype), stride = r->parts * s->units;
  cr_panel_product *waiting = NULL;
  cr_recurrent_step step = {0};
  for (int64_t i = 0; i < s->steps && !cr_interrupt_pending(); i++) {
    int64_t t = r->reverse ? i : s->steps - 1 - i;
    step = step_at(r, s, t);
    step.grad_output = at(grad_output, t, stride, s->batch) + r->part * s->units * element;
    step.grad_output_stride = stride;
    step.grad_state = grad_state;
    step.grad_cell = grad_cell;
    step.grad_gates = at(grad_gates, t, s->width, s->batch);
    for (int phase = 0; phase < p.phases; phase++) {
      const cr_recurrent_map *map = &s->info->backward[phase];
      char *gates = step.grad_gates;
      CR_TRY(run_region(&p, waiting, p.arithmetic[phase], &step));
      waiting = &p.product[phase];
      waiting->a = gates + map->from * s->units * element;
      waiting->c = map->to < 0 ? grad_state : gates + map->to * s->units * element;
    }
  }
  if (waiting) CR_TRY(run_region(&p, waiting, NULL, &step));
  return cr_check_interrupt();
}

cr_status cr_recurrent_backward(const cr_recurrent *r, cr_tensor *grad_gates,
                                const cr_tensor *grad_output, const cr_tensor *grad_hn,
                                const cr_tensor *grad_cn, cr_tensor *grad_h0, cr_tensor *grad_c0) {
  cr_recurrent_shape s;
  bool has_cells;
  CR_TRY(cr_recurrent_check_kept(&s, r));
  has_cells = s.info->has_cells;
  CR_TRY(cr_recurrent_check_sequence("gradOutput", grad_output, &s, r->parts * s.units));
  CR_TRY(cr_recurrent_check_state(r, &s, "the gradient of the last state", grad_hn));
  if (has_cells) CR_TRY(cr_recurrent_check_state(r, &s, "the gradient of the last cell", grad_cn));
  CR_TRY(cr_recurrent_prepare_backward(r, &s, grad_gates, grad_output, grad_h0, grad_c0));
  CR_TRY(cr_recurrent_set_slice(r, &s, grad_h0, grad_hn));
  if (has_cells) CR_TRY(cr_recurrent_set_slice(r, &s, grad_c0, grad_cn));
  if (s.steps == 0 || s.batch == 0) return CR_OK;
  char *grad_state = cr_recurrent_slice(r, &s, grad_h0);
  char *grad_cell = has_cells ? cr_recurrent_slice(r, &s, grad_c0) : NULL;
  return backward_steps(r, &s, grad_output, grad_gates, grad_state, grad_cell);
}
