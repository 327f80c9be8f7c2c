/* The gradient to the weights: products of shifted images with the transposed gradient. */
#include "ops/correlate_plan.h"
#include "ops/depthwise.h"
#include "ops/winograd.h"

#include <string.h>

/* q of a piece of work: its columns stay near the first-level cache. */
enum { gradient_length = 256 };

/* partial[k][m] += sum over q of slab[k][q] * columns[q][m], in panels of m; the slab holds channels
 * from c0 on of those that partial is for. */
static void multiply_columns(const plan *p, const unit *u, const char *slab, const char *columns,
                             char *partial, int64_t c0, int64_t channels, int64_t all_channels) {
  const int lanes = p->kernels->lanes;
  int64_t widest = p->kernels->vectors * lanes, no_offset = 0, steps = channels * p->taps;
  int64_t plane = p->plane * p->y.phases * p->x.phases;
  for (int64_t m = 0; m < p->rows; m += widest) {
    int64_t vectors = ceil_div(least(widest, p->rows - m), lanes), width = vectors * lanes;
    char *panel = partial + (m * all_channels + c0 * width) * p->taps * p->width;
    cr_conv_tile tile = {
        .b = columns + m * u->length * p->width,
        .channels = u->length,
        .plane = width,
        .taps = 1,
        .offset = &no_offset,
        .ldc = width,
        .accumulate = true,
    };
    for (int64_t k = 0; k < steps; k += CR_CONV_ROWS) {
      int64_t rows = least(CR_CONV_ROWS, steps - k);
      for (int64_t r = 0; r < rows; r++)
        tile.a[r] = slab + ((k + r) / p->taps * plane + p->offset[(k + r) % p->taps]) * p->width;
      tile.c = panel + k * width * p->width;
      p->kernels->tile[rows - 1][vectors - 1](&tile);
    }
  }
}

/* Adds one piece of work's share for some channels of a group, a few at a time. */
static void add_unit(const plan *p, int64_t index, int64_t group, int64_t c0, int64_t channels,
                     int thread, char *partial) {
  unit u = cr_plan_unit(p, index);
  char *slab = p->slabs + thread * p->slab_bytes, *columns = p->columns + thread * p->column_bytes;
  cr_conv_columns gather = {
      &p->g->dest,
      &p->y,
      &p->x,
      u.n0,
      u.images,
      group * p->rows,
      p->rows,
      u.y0,
      u.rows,
      u.length,
      p->kernels->vectors * p->kernels->lanes,
      p->kernels->lanes,
      columns,
  };
  p->kernels->transpose(&gather);
  for (int64_t c = 0; c < channels; c += p->slab_channels) {
    int64_t some = least(p->slab_channels, channels - c);
    cr_plan_fill(p, &u, group * p->channels + c0 + c, some, slab);
    multiply_columns(p, &u, slab, columns, partial, c, some, channels);
  }
}

static cr_conv_reduce reduction(const plan *p, int64_t group, int64_t c0, int64_t channels,
                                const char *partial, int64_t parts) {
  int64_t steps = p->channels * p->taps;
  return (cr_conv_reduce){
      .grad = (char *)p->grad + (group * p->rows * steps + c0 * p->taps) * p->width,
      .rows = p->rows,
      .steps = channels * p->taps,
      .row_stride = steps,
      .partial = partial,
      .parts = parts,
      .part_stride = p->partial_bytes / p->width,
      .width = p->kernels->vectors * p->kernels->lanes,
      .lanes = p->kernels->lanes,
      .scale = p->scale,
  };
}

/* Each piece is a range of channels of one group, over all images. */
static void run_channels(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  char *partial = p->partial + thread * p->partial_bytes;
  for (int64_t i = begin; i < end; i++) {
    int64_t group = i / p->channel_parts, c0 = i % p->channel_parts * p->part_channels;
    int64_t channels = least(p->part_channels, p->channels - c0);
    memset(partial, 0, (size_t)p->partial_bytes);
    for (int64_t u = 0; u < p->image_units * p->row_units; u++) {
      if (cr_interrupt_pending()) return;
      add_unit(p, u, group, c0, channels, thread, partial);
    }
    cr_conv_reduce reduce = reduction(p, group, c0, channels, partial, 1);
    p->kernels->reduce(&reduce, 0, ceil_div(p->rows, reduce.width));
  }
}

/* Each piece is some images, over all channels; every thread has sums of its own. */
static void run_images(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  char *partial = p->partial + thread * p->partial_bytes;
  for (int64_t u = begin; u < end && !cr_interrupt_pending(); u++)
    add_unit(p, u, 0, 0, p->channels, thread, partial);
}

static void run_reduce(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const plan *p = context;
  cr_conv_reduce reduce = reduction(p, 0, 0, p->channels, p->partial, cr_num_threads());
  p->kernels->reduce(&reduce, begin, end);
}

/* Images are shared out when there are too few weights for sharing out channels. */
static bool shares_images(const plan *p) {
  return p->g->groups == 1 && p->channels * p->taps < 256 * cr_num_threads();
}

static cr_status take_gradient_memory(plan *p, int64_t channels, int64_t pieces) {
  int64_t lanes = p->kernels->lanes, rows = round_up(p->rows, lanes);
  int64_t longest = cr_plan_longest(p);
  int64_t threads = least(pieces, cr_num_threads());
  if ((double)longest * (double)rows > 1e14) return cr_plan_too_large();
  p->column_bytes = round_up(longest * rows * p->width, CR_ALIGNMENT);
  p->partial_bytes = round_up(channels * p->taps * rows * p->width, CR_ALIGNMENT);
  CR_TRY(cr_plan_take(&p->slabs, CR_SCRATCH_COLUMNS, p->slab_bytes, threads));
  CR_TRY(cr_plan_take(&p->columns, CR_SCRATCH_PACK_B, p->column_bytes, threads));
  return cr_plan_take(&p->partial, CR_SCRATCH_PARTIAL, p->partial_bytes, cr_num_threads());
}

cr_status cr_correlate_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  if (cr_winograd_gradient_fits(g)) return cr_winograd_weight_gradient(g, grad, scale);
  if (cr_depthwise_fits(g)) return cr_depthwise_weight_gradient(g, grad, scale);
  plan p;
  CR_TRY(cr_plan_init(&p, g));
  p.grad = grad;
  p.scale = scale;
  bool images = shares_images(&p);
  p.channel_parts = images || g->groups > 1 ? 1 : cr_num_threads();
  p.part_channels = ceil_div(p.channels, p.channel_parts);
  p.channel_parts = ceil_div(p.channels, p.part_channels);
  cr_plan_cut_images(&p, gradient_length);
  CR_TRY(cr_plan_lay_out(&p));
  int64_t units = p.image_units * p.row_units;
  int64_t pieces = images ? units : g->groups * p.channel_parts;
  CR_TRY(take_gradient_memory(&p, p.part_channels, pieces));
  int64_t grain = cr_grain(cr_plan_cost(&p, (double)pieces));
  if (images) {
    memset(p.partial, 0, (size_t)(p.partial_bytes * cr_num_threads()));
    cr_parallel_for(pieces, grain, run_images, &p);
    if (!cr_interrupt_pending())
      cr_parallel_for(ceil_div(p.rows, p.kernels->vectors * p.kernels->lanes), 1, run_reduce, &p);
  } else {
    cr_parallel_for(pieces, grain, run_channels, &p);
  }
  return cr_check_interrupt();
}
