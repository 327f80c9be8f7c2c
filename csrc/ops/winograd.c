/* 3 x 3 convolution with a step of 1 by Winograd's F(4 x 4, 3 x 3): see kernels/winograd.h. */
#include "ops/winograd.h"

enum { points = CR_WINOGRAD_POINTS };

/* Rows of weights worked on together: their 36 sums for one run of tiles stay in the cache. */
enum { row_block = 4 * CR_CONV_ROWS };

typedef struct {
  plan plan; /* whose pixels are tiles */
  const cr_correlation *g;
  float *weights, *inputs, *sums; /* in the transforms' space; inputs and sums: of each thread */
  int64_t input_floats, sum_floats;
  const float *bias;
  const cr_winograd_kernels *kernels;
} winograd;

/* ---- one piece of work ---- */

/* The slab's channels, from c0 on, into the thread's inputs. */
static void transform_inputs(const winograd *w, const unit *u, int64_t q0, int64_t width,
                             int thread, bool is_filled) {
  const plan *p = &w->plan;
  char *slab = p->slabs + thread * p->slab_bytes;
  float *inputs = w->inputs + thread * w->input_floats;
  for (int64_t c = 0; c < p->channels; c += p->slab_channels) {
    int64_t channels = least(p->slab_channels, p->channels - c);
    if (!is_filled) cr_plan_fill(p, u, c, channels, slab);
    cr_winograd_input in = {
        .slab = (const float *)slab + q0,
        .channels = channels,
        .plane = p->plane * p->y.phases * p->x.phases,
        .offset = p->offset,
        .points = inputs + c * width,
        .width = width,
        .stride = p->channels * width,
    };
    w->kernels->input(&in);
  }
}

/* sums[point][m][q] = sum over c of weights[point][m][c] * inputs[point][c][q] */
static void multiply(const winograd *w, int64_t m0, int64_t rows, int64_t width,
                     const float *inputs, float *sums) {
  const plan *p = &w->plan;
  int64_t no_offset = 0;
  cr_conv_tile tile = {
      .channels = p->channels, .plane = width, .taps = 1, .offset = &no_offset, .ldc = width};
  int64_t vectors = width / p->kernels->lanes;
  for (int64_t i = 0; i < points; i++) {
    const float *weights = w->weights + (i * p->rows + m0) * p->channels;
    tile.b = inputs + i * p->channels * width;
    for (int64_t m = 0; m < rows; m += CR_CONV_ROWS) {
      int64_t some = least(CR_CONV_ROWS, rows - m);
      for (int64_t r = 0; r < some; r++) tile.a[r] = weights + (m + r) * p->channels;
      tile.c = sums + (i * row_block + m) * width;
      p->kernels->tile[some - 1][vectors - 1](&tile);
    }
  }
}

static void run_tiles(const winograd *w, const unit *u, int64_t q0, int64_t n, int64_t m0,
                      int64_t m1, int thread) {
  const plan *p = &w->plan;
  const cr_planes *dest = &w->g->dest;
  cr_winograd_place places[CR_CONV_VECTORS * 16];
  int64_t width = round_up(n, p->kernels->lanes);
  const float *inputs = w->inputs + thread * w->input_floats;
  float *sums = w->sums + thread * w->sum_floats;
  cr_winograd_places(p, dest, u, q0, n, width, places);
  transform_inputs(w, u, q0, width, thread, q0 > 0 && p->slab_channels == p->channels);
  for (int64_t m = m0; m < m1; m += row_block) {
    int64_t rows = least(row_block, m1 - m);
    multiply(w, m, rows, width, inputs, sums);
    cr_winograd_output out = {
        .points = sums,
        .width = width,
        .stride = row_block * width,
        .rows = rows,
        .bias = w->bias ? w->bias + m : NULL,
        .image = (float *)dest->data + m * dest->sc,
        .sc = dest->sc,
        .sh = dest->sh,
        .sw = dest->sw,
        .places = places,
    };
    w->kernels->output(&out);
  }
}

static void run_units(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  const plan *p = &w->plan;
  int64_t units = p->image_units * p->row_units, widest = p->kernels->vectors * p->kernels->lanes;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    unit u = cr_plan_unit(p, i % units);
    int64_t share = round_up(ceil_div(p->rows, p->row_parts), CR_CONV_ROWS);
    int64_t m0 = least(p->rows, i / units * share), m1 = least(p->rows, (i / units + 1) * share);
    for (int64_t q = 0; q < u.length && m0 < m1; q += widest)
      run_tiles(w, &u, q, least(widest, u.length - q), m0, m1, thread);
  }
}

/* ---- preparation ---- */

static void run_weights(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  cr_kernels()->winograd.weights(context, begin, end);
}

/* Finds memory for the weights' transform; *is_valid: which holds it already. */
static cr_status find_weights(winograd *w, bool *is_valid) {
  const cr_weight_cache *cache = w->g->cache;
  int64_t size[3] = {points, w->g->dest.c, w->g->source.c}, count = size[0] * size[1] * size[2];
  *is_valid = false;
  if (!cache) {
    w->weights = cr_scratch(CR_SCRATCH_RESULT, (size_t)count * sizeof(float));
    return w->weights ? CR_OK : CR_ENOMEM;
  }
  cr_tensor *packed = cache->packed;
  *is_valid = packed->storage && packed->offset == 0 && cr_tensor_numel(packed) == count &&
              cr_tensor_is_contiguous(packed) &&
              cr_storage_has_origin(packed->storage, cache->source, cache->offset);
  if (!*is_valid) CR_TRY(cr_tensor_resize(packed, 3, size));
  w->weights = cr_tensor_data(packed);
  return CR_OK;
}

static cr_status transform_weights(winograd *w, const float *weight) {
  int64_t rows = w->g->dest.c, channels = w->g->source.c;
  bool is_valid;
  CR_TRY(find_weights(w, &is_valid));
  if (is_valid) return CR_OK;
  cr_winograd_weights job = {
      .weight = weight,
      .flip_y = w->g->y.delta < 0,
      .flip_x = w->g->x.delta < 0,
      .rows = rows,
      .channels = channels,
      .points = w->weights,
  };
  cr_parallel_for(rows, cr_grain(6 * (double)channels), run_weights, &job);
  const cr_weight_cache *cache = w->g->cache;
  if (cache) cr_storage_set_origin(cache->packed->storage, cache->source, cache->offset);
  return CR_OK;
}

static cr_status take_memory(winograd *w, int64_t pieces) {
  plan *p = &w->plan;
  int64_t widest = p->kernels->vectors * p->kernels->lanes, parts = least(pieces, cr_num_threads());
  char *inputs, *sums;
  w->input_floats = points * p->channels * widest;
  w->sum_floats = points * row_block * widest;
  CR_TRY(cr_plan_take(&p->slabs, CR_SCRATCH_COLUMNS, p->slab_bytes, parts));
  CR_TRY(cr_plan_take(&inputs, CR_SCRATCH_PACK_B, w->input_floats * 4, parts));
  CR_TRY(cr_plan_take(&sums, CR_SCRATCH_PARTIAL, w->sum_floats * 4, parts));
  w->inputs = (float *)inputs;
  w->sums = (float *)sums;
  return CR_OK;
}

/* Few pieces that the threads cannot share evenly: each thread takes some rows of all of them. */
static void share_rows(plan *p) {
  int threads = cr_num_threads();
  int64_t units = p->image_units * p->row_units;
  bool uneven = units % threads != 0 && units < 4 * threads;
  p->row_parts = uneven && p->rows >= 2 * CR_CONV_ROWS * threads ? threads : 1;
}

cr_status cr_winograd(const cr_correlation *g, const void *weight, const void *bias) {
  cr_correlation tiles = cr_winograd_tiles(g);
  winograd w = {.g = g, .bias = bias, .kernels = &cr_kernels()->winograd};
  CR_TRY(cr_plan_init(&w.plan, &tiles));
  cr_plan_cut_images(&w.plan, w.plan.kernels->vectors * w.plan.kernels->lanes);
  share_rows(&w.plan);
  CR_TRY(cr_plan_lay_out(&w.plan));
  int64_t pieces = w.plan.row_parts * w.plan.image_units * w.plan.row_units;
  CR_TRY(take_memory(&w, pieces));
  CR_TRY(transform_weights(&w, weight));
  cr_parallel_for(pieces, cr_grain(cr_plan_cost(&w.plan, (double)pieces)), run_units, &w);
  return cr_check_interrupt();
}
