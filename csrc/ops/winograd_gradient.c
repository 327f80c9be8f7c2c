/* The gradient to the weights of a 3 x 3 convolution: with s the sum over all tiles of (A d A^T) times
 * (B^T x B), where d is the output's gradient and x the input, it is G^T s G. */
#include "ops/winograd.h"

#include <string.h>

enum { points = CR_WINOGRAD_POINTS };

/* Tiles of a piece of work: many make adding up the sums cheap, few fit into the cache. */
enum { most_tiles = 128 };

typedef struct {
  plan plan; /* whose pixels are tiles */
  const cr_correlation *g;
  float *inputs, *gradients, *sums; /* of each thread */
  int64_t input_floats, gradient_floats, sum_floats;
  int64_t wide_rows; /* rows, in whole vectors */
  float *grad;
  float scale;
} winograd;

/* ---- one piece of work ---- */

static void transform_inputs(const winograd *w, const unit *u, int64_t c0, int64_t channels,
                             int64_t width, int thread) {
  const plan *p = &w->plan;
  char *slab = p->slabs + thread * p->slab_bytes;
  float *inputs = w->inputs + thread * w->input_floats;
  for (int64_t c = 0; c < channels; c += p->slab_channels) {
    int64_t some = least(p->slab_channels, channels - c);
    cr_plan_fill(p, u, c0 + c, some, slab);
    cr_winograd_input in = {
        .slab = (const float *)slab,
        .channels = some,
        .plane = p->plane * p->y.phases * p->x.phases,
        .offset = p->offset,
        .points = inputs + c * width,
        .width = width,
        .stride = channels * width,
    };
    cr_kernels()->winograd.input(&in);
  }
}

static void transform_gradients(const winograd *w, const unit *u, int thread) {
  const plan *p = &w->plan;
  const cr_planes *grad = &w->g->dest;
  cr_winograd_place places[most_tiles];
  cr_winograd_places(p, grad, u, 0, u->length, u->length, places);
  cr_winograd_gradient job = {
      .grad = grad->data,
      .sc = grad->sc,
      .sh = grad->sh,
      .sw = grad->sw,
      .rows = p->rows,
      .count = u->length,
      .panel = p->kernels->vectors * p->kernels->lanes,
      .points = w->gradients + thread * w->gradient_floats,
      .stride = w->wide_rows * u->length,
      .places = places,
  };
  cr_kernels()->winograd.gradient(&job);
}

/* sums[point][c][m] += sum over q of inputs[point][c][q] * gradients[point][q][m] */
static void multiply(const winograd *w, int64_t channels, int64_t length, int64_t width,
                     int thread) {
  const plan *p = &w->plan;
  const float *inputs = w->inputs + thread * w->input_floats;
  const float *gradients = w->gradients + thread * w->gradient_floats;
  float *sums = w->sums + thread * w->sum_floats;
  int64_t panel = p->kernels->vectors * p->kernels->lanes, no_offset = 0;
  cr_conv_tile tile = {.channels = length, .taps = 1, .offset = &no_offset, .accumulate = true};
  for (int64_t i = 0; i < points; i++) {
    for (int64_t m = 0; m < p->rows; m += panel) {
      int64_t vectors = ceil_div(least(panel, p->rows - m), p->kernels->lanes);
      tile.plane = tile.ldc = vectors * p->kernels->lanes;
      tile.b = gradients + (i * w->wide_rows + m) * length;
      for (int64_t c = 0; c < channels; c += CR_CONV_ROWS) {
        int64_t rows = least(CR_CONV_ROWS, channels - c);
        for (int64_t r = 0; r < rows; r++) tile.a[r] = inputs + (i * channels + c + r) * width;
        tile.c = sums + (i * w->wide_rows + m) * channels + c * tile.ldc;
        p->kernels->tile[rows - 1][vectors - 1](&tile);
      }
    }
  }
}

static void add_unit(const winograd *w, int64_t index, int64_t c0, int64_t channels, int thread) {
  unit u = cr_plan_unit(&w->plan, index);
  int64_t width = round_up(u.length, w->plan.kernels->lanes);
  transform_inputs(w, &u, c0, channels, width, thread);
  transform_gradients(w, &u, thread);
  multiply(w, channels, u.length, width, thread);
}

static cr_winograd_finish finishing(const winograd *w, int64_t c0, int64_t channels,
                                    const float *sums, int64_t parts) {
  const plan *p = &w->plan;
  return (cr_winograd_finish){
      .sums = sums,
      .parts = parts,
      .part_stride = w->sum_floats,
      .channels = channels,
      .rows = p->rows,
      .panel = p->kernels->vectors * p->kernels->lanes,
      .grad = w->grad + c0 * 9,
      .row_stride = p->channels * 9,
      .scale = w->scale,
  };
}

/* ---- sharing out ---- */

/* Each piece is a range of channels, over all images. */
static void run_channels(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  const plan *p = &w->plan;
  float *sums = w->sums + thread * w->sum_floats;
  for (int64_t i = begin; i < end; i++) {
    int64_t c0 = i * p->part_channels, channels = least(p->part_channels, p->channels - c0);
    memset(sums, 0, (size_t)w->sum_floats * sizeof *sums);
    for (int64_t u = 0; u < p->image_units * p->row_units; u++) {
      if (cr_interrupt_pending()) return;
      add_unit(w, u, c0, channels, thread);
    }
    cr_winograd_finish finish = finishing(w, c0, channels, sums, 1);
    cr_kernels()->winograd.finish(&finish, 0, channels);
  }
}

/* Each piece is some images, over all channels; every thread has sums of its own. */
static void run_images(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  for (int64_t u = begin; u < end && !cr_interrupt_pending(); u++)
    add_unit(w, u, 0, w->plan.channels, thread);
}

static void run_finish(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const winograd *w = context;
  cr_winograd_finish finish = finishing(w, 0, w->plan.channels, w->sums, cr_num_threads());
  cr_kernels()->winograd.finish(&finish, begin, end);
}

static cr_status take_memory(winograd *w, int64_t parts) {
  plan *p = &w->plan;
  char *inputs, *gradients, *sums;
  int64_t longest = cr_plan_longest(p), lanes = p->kernels->lanes;
  w->wide_rows = round_up(p->rows, lanes);
  w->input_floats = points * p->part_channels * round_up(longest, lanes);
  w->gradient_floats = points * w->wide_rows * longest;
  w->sum_floats = points * p->part_channels * w->wide_rows;
  CR_TRY(cr_plan_take(&p->slabs, CR_SCRATCH_COLUMNS, p->slab_bytes, parts));
  CR_TRY(cr_plan_take(&inputs, CR_SCRATCH_PACK_B, w->input_floats * 4, parts));
  CR_TRY(cr_plan_take(&gradients, CR_SCRATCH_RESULT, w->gradient_floats * 4, parts));
  CR_TRY(cr_plan_take(&sums, CR_SCRATCH_PARTIAL, w->sum_floats * 4, parts));
  w->inputs = (float *)inputs;
  w->gradients = (float *)gradients;
  w->sums = (float *)sums;
  return CR_OK;
}

cr_status cr_winograd_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  cr_correlation tiles = cr_winograd_tiles(g);
  winograd w = {.g = g, .grad = grad, .scale = (float)scale};
  plan *p = &w.plan;
  int threads = cr_num_threads();
  CR_TRY(cr_plan_init(p, &tiles));
  /* With few weights the threads share the images: no image is then transformed twice. */
  bool images = g->source.c * g->dest.c <= 128 * 128;
  if (!images) p->part_channels = round_up(ceil_div(p->channels, threads), CR_CONV_ROWS);
  cr_plan_cut_images(p, most_tiles);
  CR_TRY(cr_plan_lay_out(p));
  CR_TRY(take_memory(&w, threads));
  int64_t pieces = images ? p->image_units * p->row_units : ceil_div(p->channels, p->part_channels);
  int64_t grain = cr_grain(cr_plan_cost(p, (double)pieces));
  if (images) {
    memset(w.sums, 0, (size_t)(w.sum_floats * threads) * sizeof *w.sums);
    cr_parallel_for(pieces, grain, run_images, &w);
    if (!cr_interrupt_pending())
      cr_parallel_for(p->channels, cr_grain(12 * (double)p->rows), run_finish, &w);
  } else {
    cr_parallel_for(pieces, grain, run_channels, &w);
  }
  return cr_check_interrupt();
}
