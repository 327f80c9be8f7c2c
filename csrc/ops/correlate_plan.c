#include "ops/correlate_plan.h"

#include "ops/check.h"

#include <string.h>

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Slab bytes that leave room for weights and results in a second-level cache of 1 MB. */
enum { slab_budget = 400 << 10 };

/* ---- axes ---- */

/* The smallest number of zeros, over all phases, in front of (or behind) what a row needs. */
static int64_t shared_zeros(const cr_conv_axis *axis) {
  int64_t length = axis->out + axis->reach, front = length, back = length;
  for (int64_t p = 0; p < axis->phases; p++) {
    int64_t begin = ceil_div(-axis->origin[p], axis->step);
    int64_t end = ceil_div(axis->size - axis->origin[p], axis->step);
    front = least(front, most(0, begin - axis->first));
    back = least(back, most(0, axis->first + length - end));
  }
  return least(front, back);
}

/* memory: 3 numbers for each tap. Taps whose distance is a multiple of the step share a phase, unless
 * `unfold` gives every tap a phase of its own: then no padded columns are computed, but more is
 * copied. */
static void init_axis(cr_conv_axis *axis, int64_t size, int64_t out, const cr_tap_axis *t,
                      bool unfold, int64_t *memory) {
  int64_t *phase = memory, *shift = memory + t->taps, *origin = memory + 2 * t->taps;
  int64_t distance = t->delta < 0 ? -t->delta : t->delta;
  int64_t period = unfold ? t->taps : t->step / greatest_common_divisor(distance, t->step);
  int64_t first = INT64_MAX, last = INT64_MIN;
  for (int64_t k = 0; k < t->taps; k++) {
    int64_t position = t->first + k * t->delta;
    int64_t element = unfold ? 0 : floor_div(position, t->step);
    phase[k] = k % period;
    shift[k] = element;
    if (k < period) origin[k] = position - element * t->step;
    first = least(first, element);
    last = most(last, element);
  }
  for (int64_t k = 0; k < t->taps; k++) shift[k] -= first;
  *axis = (cr_conv_axis){
      .size = size,
      .out = out,
      .step = t->step,
      .taps = t->taps,
      .phases = least(period, t->taps),
      .phase = phase,
      .shift = shift,
      .origin = origin,
      .first = first,
      .reach = last - first,
  };
  axis->pitch = most(out, out + axis->reach - shared_zeros(axis));
}

/* ---- planning ---- */

cr_status cr_plan_too_large(void) {
  return cr_fail(CR_EINVAL, "the padded image is too large: lower the padding or the dilation");
}

/* Images with shorter runs share a piece of work, whatever that wastes. */
enum { shortest_run = 64 };

/* q that one image takes when it is a piece of work of its own, in whole vectors. */
static double single_run(const plan *p) {
  double run = (double)(p->y.out - 1) * (double)p->x.pitch + (double)p->x.out;
  return run < 1e9 ? (double)round_up((int64_t)run, p->kernels->lanes) : run;
}

/* q that one image takes among others. */
static double shared_run(const plan *p) { return (double)p->y.pitch * (double)p->x.pitch; }

/* Nanoseconds for one channel of an image: copying into the slab and multiplying, roughly. */
static double axes_cost(const plan *p) {
  double single = single_run(p), run = shared_run(p);
  if (single < run) run = single;
  return (double)(p->y.out + p->y.reach) * (double)p->x.pitch *
             (double)(p->y.phases * p->x.phases) * (p->x.step > 1 ? 0.5 : 0.2) +
         run * (double)p->taps * (double)p->rows * 0.02;
}

/* Unfolds none, one or both of the axes. */
static void choose_axes(plan *p, int64_t *memory) {
  const cr_correlation *g = p->g;
  int best = 0;
  double lowest = 0;
  for (int way = 0; way <= 4; way++) {
    int unfold = way < 4 ? way : best;
    init_axis(&p->y, g->source.h, g->dest.h, &g->y, unfold & 1, memory);
    init_axis(&p->x, g->source.w, g->dest.w, &g->x, unfold & 2, memory + 3 * g->y.taps);
    double cost = axes_cost(p);
    if (way == 0 || cost < lowest) {
      lowest = cost;
      best = way;
    }
  }
}

cr_status cr_plan_init(plan *p, const cr_correlation *g) {
  memset(p, 0, sizeof *p);
  p->g = g;
  p->kernels = &cr_kernels()->conv[cr_float_index(g->dtype)];
  p->width = (int64_t)cr_dtype_size(g->dtype);
  p->channels = p->part_channels = g->source.c / g->groups;
  p->rows = g->dest.c / g->groups;
  p->taps = g->y.taps * g->x.taps;
  int64_t numbers = 3 * (g->y.taps + g->x.taps) + p->taps;
  int64_t *memory = cr_scratch(CR_SCRATCH_INDEX, (size_t)numbers * sizeof *memory);
  if (!memory) return CR_ENOMEM;
  choose_axes(p, memory);
  p->offset = memory + 3 * (g->y.taps + g->x.taps);
  return CR_OK;
}

static void count_units(plan *p) {
  p->image_units = ceil_div(p->g->dest.n, p->images);
  p->row_units = ceil_div(p->y.out, p->out_rows);
}

void cr_plan_cut_images(plan *p, double longest) {
  int threads = cr_num_threads();
  int64_t n = p->g->dest.n, rows = (int64_t)(longest / (double)p->x.pitch);
  p->images = 1;
  p->out_rows = p->y.out;
  bool together = single_run(p) < shortest_run || shared_run(p) <= single_run(p);
  if (rows >= 2 * p->y.pitch && n >= threads && together) {
    int64_t units = ceil_div(n, least(n, rows / p->y.pitch));
    p->images = ceil_div(n, least(n, round_up(units, threads)));
  } else if (rows < p->y.out || n < threads) {
    int64_t units = ceil_div(p->y.out, most(1, least(rows, p->y.out)));
    if (n % threads != 0) units = least(p->y.out, round_up(units, threads));
    p->out_rows = ceil_div(p->y.out, units);
  }
  count_units(p);
}

cr_status cr_plan_lay_out(plan *p) {
  int64_t total = (p->images - 1) * p->y.pitch + p->out_rows + p->y.reach;
  int64_t phases = p->y.phases * p->x.phases;
  double elements = (double)total * (double)p->x.pitch + (double)p->x.reach + (double)p->x.out;
  if (elements * (double)phases * (double)p->part_channels > 1e14) return cr_plan_too_large();
  p->plane = total * p->x.pitch + p->x.out + p->x.reach + p->kernels->lanes;
  p->plane = round_up(p->plane, 16);
  if (p->plane * p->width % 4096 == 0) p->plane += 16; /* else planes compete for cache lines */
  int64_t channel_bytes = phases * p->plane * p->width;
  p->slab_channels = most(1, least(p->part_channels, slab_budget / channel_bytes));
  if (p->slab_channels * 5 / 4 >= p->part_channels) p->slab_channels = p->part_channels;
  p->slab_bytes = round_up(p->slab_channels * channel_bytes, CR_ALIGNMENT);
  for (int64_t ty = 0; ty < p->y.taps; ty++) {
    for (int64_t tx = 0; tx < p->x.taps; tx++) {
      int64_t phase = p->y.phase[ty] * p->x.phases + p->x.phase[tx];
      p->offset[ty * p->x.taps + tx] =
          phase * p->plane + p->y.shift[ty] * p->x.pitch + p->x.shift[tx];
    }
  }
  return CR_OK;
}

cr_status cr_plan_take(char **out, cr_scratch_slot slot, int64_t bytes, int64_t parts) {
  *out = cr_scratch(slot, (size_t)bytes * (size_t)parts);
  return *out ? CR_OK : CR_ENOMEM;
}

unit cr_plan_unit(const plan *p, int64_t index) {
  unit u;
  u.n0 = index / p->row_units * p->images;
  u.images = least(p->images, p->g->dest.n - u.n0);
  u.y0 = index % p->row_units * p->out_rows;
  u.rows = least(p->out_rows, p->y.out - u.y0);
  u.length = ((u.images - 1) * p->y.pitch + u.rows - 1) * p->x.pitch + p->x.out;
  return u;
}

int64_t cr_plan_longest(const plan *p) {
  return ((p->images - 1) * p->y.pitch + p->out_rows - 1) * p->x.pitch + p->x.out;
}

void cr_plan_fill(const plan *p, const unit *u, int64_t c0, int64_t channels, void *slab) {
  cr_conv_slab fill = {&p->g->source, &p->y, &p->x,   u->n0,    u->images, c0,
                       channels,      u->y0, u->rows, p->plane, slab};
  p->kernels->fill(&fill);
}

void cr_plan_cut_rows(plan *p) {
  int threads = cr_num_threads();
  int64_t pixels = p->g->dest.n * p->y.pitch * p->x.pitch;
  p->row_parts = 1;
  if (p->g->groups > 1 || pixels >= 192 * threads || p->rows < 2 * CR_CONV_ROWS * threads) return;
  p->row_parts = threads;
  p->images = p->g->dest.n;
  p->out_rows = p->y.out;
  count_units(p);
}

double cr_plan_cost(const plan *p, double pieces) {
  const cr_planes *dest = &p->g->dest;
  double pixels = (double)dest->n * (double)dest->h * (double)dest->w;
  double steps = (double)p->channels * (double)p->taps + 16;
  return pixels * (double)dest->c * steps / 50 / pieces;
}
