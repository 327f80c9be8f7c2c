/* Each channel is a piece of work of its own: its padded plane, and all that is made of it. */
#include "ops/depthwise.h"

#include "ops/channelwise.h"
#include "ops/correlate_plan.h"

#include <string.h>

/* Taps of one channel whose sums fit on the stack. */
enum { most_taps = 256 };

bool cr_depthwise_fits(const cr_correlation *g) {
  return g->groups > 1 && g->source.c == g->groups && g->y.taps * g->x.taps <= most_taps;
}

static cr_depthwise_plane plane_at(const plan *p, int64_t n, int64_t m, int thread) {
  const cr_planes *dest = &p->g->dest;
  return (cr_depthwise_plane){
      .slab = p->slabs + thread * p->slab_bytes,
      .offset = p->offset,
      .taps = p->taps,
      .pitch = p->x.pitch,
      .out = (char *)dest->data + (n * dest->sn + m * dest->sc) * p->width,
      .rows = p->y.out,
      .columns = p->x.out,
      .row_step = dest->sh,
      .column_step = dest->sw,
  };
}

static void fill_slab(const plan *p, int64_t n, int64_t channel, int thread) {
  unit u = cr_plan_unit(p, n);
  cr_plan_fill(p, &u, channel, 1, p->slabs + thread * p->slab_bytes);
}

static void run_planes(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  const cr_depthwise_kernels *kernels = &cr_kernels()->depthwise[p->g->dtype == CR_F64];
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    int64_t n = i / p->g->groups, channel = i % p->g->groups;
    fill_slab(p, n, channel, thread);
    for (int64_t m = channel * p->rows; m < (channel + 1) * p->rows; m++) {
      cr_depthwise_plane plane = plane_at(p, n, m, thread);
      plane.weight = p->weight + m * p->taps * p->width;
      plane.bias = p->bias ? p->bias + m * p->width : NULL;
      plane.has_clamp = p->g->finish && p->g->finish->has_clamp;
      plane.low = plane.has_clamp ? p->g->finish->low : 0;
      plane.high = plane.has_clamp ? p->g->finish->high : 0;
      kernels->forward(&plane);
    }
  }
}

static void add_gradient(const plan *p, int64_t m, const double *sums) {
  for (int64_t t = 0; t < p->taps; t++) {
    char *at = (char *)p->grad + (m * p->taps + t) * p->width;
    double value = cr_load(p->g->dtype, at).f + p->scale * sums[t];
    cr_store(p->g->dtype, at, cr_scalar_from_double(value));
  }
}

/* With one output plane a channel, which is the rule, each plane is read once. */
static void run_gradients(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  const cr_depthwise_kernels *kernels = &cr_kernels()->depthwise[p->g->dtype == CR_F64];
  for (int64_t m = begin; m < end; m++) {
    double sums[most_taps] = {0};
    for (int64_t n = 0; n < p->g->dest.n; n++) {
      if (cr_interrupt_pending()) return;
      fill_slab(p, n, m / p->rows, thread);
      cr_depthwise_plane plane = plane_at(p, n, m, thread);
      kernels->gradient(&plane, sums);
    }
    add_gradient(p, m, sums);
  }
}

/* One image and one channel at a time. */
static cr_status prepare(plan *p, const cr_correlation *g) {
  CR_TRY(cr_plan_init(p, g));
  p->images = 1;
  p->out_rows = p->y.out;
  p->image_units = g->dest.n;
  p->row_units = 1;
  CR_TRY(cr_plan_lay_out(p));
  return cr_plan_take(&p->slabs, CR_SCRATCH_COLUMNS, p->slab_bytes, cr_num_threads());
}

/* Nanoseconds for one plane. */
static double plane_cost(const plan *p) {
  return (double)p->y.out * (double)p->x.out * ((double)p->taps * 0.02 + 0.1) + 50;
}

cr_status cr_depthwise(const cr_correlation *g, const void *weight, const void *bias) {
  if (cr_channelwise_fits(g)) return cr_channelwise(g, weight, bias);
  plan p;
  CR_TRY(prepare(&p, g));
  p.weight = weight;
  p.bias = bias;
  cr_parallel_for(g->dest.n * g->groups, cr_grain(plane_cost(&p) * (double)p.rows), run_planes, &p);
  return cr_check_interrupt();
}

cr_status cr_depthwise_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  plan p;
  CR_TRY(prepare(&p, g));
  p.grad = grad;
  p.scale = scale;
  cr_parallel_for(g->dest.c, cr_grain(plane_cost(&p) * (double)g->dest.n), run_gradients, &p);
  return cr_check_interrupt();
}
