/* 3 x 3 convolution with a step of 1 by Winograd's F(4 x 4, 3 x 3): see kernels/winograd.h.
 *
 * With few weights the threads share the images: each transforms all kernels, then works on some
 * rows of tiles from their pixels to their results in its second-level cache. With many, each thread
 * computes some of the output's channels of some rows of tiles: it transforms a block of tiles, then
 * the kernels of some channels just before it uses them, so that these, four times as large as the
 * weights, never go to memory. What two threads need both transform: where they do not share a cache,
 * that costs less than to read what another one made. */
#include "ops/winograd.h"

#include <math.h>

enum {
  points = CR_WINOGRAD_POINTS,
  chunk_size = CR_WINOGRAD_CHUNK,
  pair = 2,          /* chunks of the output that are worked on together */
  kernel_chunks = 4, /* chunks of the input, likewise, where kernels are transformed when used */
  block_bytes = 512 << 10, /* of a thread's transformed pixels */
  own_kernel_tiles = 64,   /* of a thread, from which on it has kernels of its own */
  many_tiles = 160,        /* of a block for which kernels are transformed */
  most_bytes = 128 << 20,  /* of all threads' such blocks */
  few_weights = 128 * 128
};

typedef struct {
  cr_winograd_plan plan;
  cr_winograd_weights weights;
  cr_winograd_finish finish;
  cr_winograd_points kernels; /* of all channels, or of each thread */
  cr_winograd_points inputs, sums;
  int64_t kernel_floats, input_floats, sum_floats; /* of each thread */
  int64_t block_rows;
  int64_t cuts_rows, cuts_out; /* with many weights: rectangles */
} winograd;

static cr_winograd_points of_thread(cr_winograd_points p, int64_t floats, int thread) {
  p.data += thread * floats;
  return p;
}

/* sums (+)= inputs * kernels at every point; kernels' first chunk is the sums' first. */
static void multiply(const cr_winograd_points *sums, const cr_winograd_points *inputs,
                     const cr_winograd_points *kernels, int64_t tiles, int64_t in_chunks,
                     int64_t out_chunks, bool accumulate) {
  for (int64_t i = 0; i < points; i++) {
    cr_winograd_product p = {
        .a = inputs->data + i * inputs->point,
        .b = kernels->data + i * kernels->point,
        .c = sums->data + i * sums->point,
        .a_chunk = inputs->chunk,
        .b_chunk = kernels->chunk,
        .c_chunk = sums->chunk,
        .rows = tiles,
        .steps = in_chunks,
        .chunks = out_chunks,
        .accumulate = accumulate,
    };
    cr_kernels()->winograd.product(&p);
  }
}

static void write_outputs(const winograd *w, cr_winograd_points sums, int64_t row0, int64_t row1,
                          int64_t chunk, int64_t chunks, int thread) {
  for (int64_t c = 0; c < chunks; c++, sums.data += sums.chunk) {
    cr_winograd_image dest = cr_winograd_dest(&w->plan, sums, row0, thread);
    w->plan.kernels->output(&dest, &w->finish, row0, row1, chunk + c);
  }
}

/* ---- few weights: threads share the images ---- */

static void transform_weights(const winograd *w, cr_winograd_points to, int64_t begin,
                              int64_t end) {
  for (int64_t u = begin; u < end; u++) {
    int64_t chunk = u / w->plan.in_chunks, k = u % w->plan.in_chunks * chunk_size;
    cr_winograd_weights job = w->weights;
    job.points = to;
    job.points.data += chunk * to.chunk + k * chunk_size;
    w->plan.kernels->weights(&job, chunk, k, k + chunk_size);
  }
}

static void transform_weights_together(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const winograd *w = context;
  transform_weights(w, w->kernels, begin, end);
}

static void run_block(const winograd *w, const cr_winograd_points *all, int64_t row0, int64_t row1,
                      int thread) {
  const cr_winograd_plan *p = &w->plan;
  cr_winograd_points inputs = of_thread(w->inputs, w->input_floats, thread);
  cr_winograd_points sums = of_thread(w->sums, w->sum_floats, thread);
  cr_winograd_image source = cr_winograd_source(p, inputs, row0, thread);
  for (int64_t c = 0; c < p->in_chunks; c++) p->kernels->input(&source, row0, row1, c);
  for (int64_t m = 0; m < p->out_chunks; m += pair) {
    int64_t chunks = least(pair, p->out_chunks - m);
    cr_winograd_points kernels = *all;
    kernels.data += m * kernels.chunk;
    multiply(&sums, &inputs, &kernels, (row1 - row0) * p->tiles_x, p->in_chunks, chunks, false);
    write_outputs(w, sums, row0, row1, m, chunks, thread);
  }
}

static void run_rows(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  cr_winograd_points kernels = of_thread(w->kernels, w->kernel_floats, thread);
  if (w->kernel_floats > 0)
    transform_weights(w, kernels, 0, w->plan.out_chunks * w->plan.in_chunks);
  for (int64_t row = begin; row < end && !cr_interrupt_pending(); row += w->block_rows)
    run_block(w, &kernels, row, least(end, row + w->block_rows), thread);
}

static cr_status take(cr_winograd_points *p, int64_t *floats, cr_scratch_slot slot, int64_t chunks,
                      int64_t lines, int64_t parts) {
  char *data;
  *floats = cr_winograd_floats(chunks, lines);
  CR_TRY(cr_plan_take(&data, slot, *floats * (int64_t)sizeof(float), parts));
  *p = cr_winograd_layout((float *)data, chunks, lines);
  return CR_OK;
}

/* Nanoseconds of a row of tiles, roughly. */
static double row_cost(const cr_winograd_plan *p) {
  return (double)p->tiles_x * (double)(p->in_chunks * p->out_chunks) * 36 * 16 / 4;
}

static cr_status share_images(winograd *w) {
  const cr_winograd_plan *p = &w->plan;
  int64_t threads = cr_num_threads(), share = ceil_div(p->rows, threads);
  bool together = share * p->tiles_x < own_kernel_tiles;
  int64_t row_bytes = points * p->in_chunks * chunk_size * p->tiles_x * (int64_t)sizeof(float);
  int64_t fit = most(1, block_bytes / row_bytes);
  w->block_rows = ceil_div(share, ceil_div(share, fit));
  int64_t tiles = w->block_rows * p->tiles_x;
  CR_TRY(take(&w->kernels, &w->kernel_floats, CR_SCRATCH_RESULT, p->out_chunks,
              p->in_chunks * chunk_size, together ? 1 : threads));
  CR_TRY(take(&w->inputs, &w->input_floats, CR_SCRATCH_PACK_B, p->in_chunks, tiles, threads));
  CR_TRY(take(&w->sums, &w->sum_floats, CR_SCRATCH_PARTIAL, pair, tiles, threads));
  if (together) {
    w->kernel_floats = 0; /* one copy */
    cr_parallel_for(p->out_chunks * p->in_chunks, cr_grain(700), transform_weights_together, w);
  }
  cr_parallel_for(p->rows, cr_grain(row_cost(p)), run_rows, w);
  return cr_check_interrupt();
}

/* ---- many weights: threads share rows of tiles and channels ---- */

/* What a thread works on: rows of tiles, chunks of the output; its memory. */
typedef struct {
  int64_t row0, row1, out0, out1;
  cr_winograd_points inputs, kernels, sums;
  int thread;
} part;

/* The kernels of `chunks` chunks of the output, and of some chunks of the input. */
static void transform_kernels(const winograd *w, cr_winograd_points to, int64_t chunk,
                              int64_t chunks, int64_t k0, int64_t k1) {
  for (int64_t c = 0; c < chunks; c++) {
    cr_winograd_weights job = w->weights;
    job.points = to;
    job.points.data += c * to.chunk;
    w->plan.kernels->weights(&job, chunk + c, k0 * chunk_size, k1 * chunk_size);
  }
}

/* Rows row0 ... row1 - 1 of tiles. */
static void run_tiles(const winograd *w, const part *r, int64_t row0, int64_t row1) {
  const cr_winograd_plan *p = &w->plan;
  cr_winograd_image source = cr_winograd_source(p, r->inputs, row0, r->thread);
  for (int64_t c = 0; c < p->in_chunks; c++) p->kernels->input(&source, row0, row1, c);
  for (int64_t m = r->out0; m < r->out1; m += pair) {
    int64_t chunks = least(pair, r->out1 - m);
    for (int64_t k = 0; k < p->in_chunks && !cr_interrupt_pending(); k += kernel_chunks) {
      int64_t some = least(kernel_chunks, p->in_chunks - k);
      transform_kernels(w, r->kernels, m, chunks, k, k + some);
      cr_winograd_points inputs = r->inputs;
      inputs.data += k * inputs.chunk;
      multiply(&r->sums, &inputs, &r->kernels, (row1 - row0) * p->tiles_x, some, chunks, k > 0);
    }
    write_outputs(w, r->sums, row0, row1, m, chunks, r->thread);
  }
}

static void run_parts(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  int64_t rows = w->plan.rows, pairs = ceil_div(w->plan.out_chunks, pair);
  for (int64_t u = begin; u < end; u++) {
    int64_t i = u / w->cuts_out, j = u % w->cuts_out;
    part r = {
        .row0 = rows * i / w->cuts_rows,
        .row1 = rows * (i + 1) / w->cuts_rows,
        .out0 = least(w->plan.out_chunks, pairs * j / w->cuts_out * pair),
        .out1 = least(w->plan.out_chunks, pairs * (j + 1) / w->cuts_out * pair),
        .inputs = of_thread(w->inputs, w->input_floats, thread),
        .kernels = of_thread(w->kernels, w->kernel_floats, thread),
        .sums = of_thread(w->sums, w->sum_floats, thread),
        .thread = thread,
    };
    for (int64_t row = r.row0; row < r.row1 && r.out0 < r.out1; row += w->block_rows)
      run_tiles(w, &r, row, least(r.row1, row + w->block_rows));
  }
}

/* One rectangle for each thread: of all ways to cut, the one whose largest takes the least time, in
 * nanoseconds: the products, the transforms of tiles and those of kernels. */
static void choose_cuts(winograd *w, int64_t threads) {
  const cr_winograd_plan *p = &w->plan;
  double best = 0, ins = (double)p->in_chunks;
  for (int64_t i = 1; i <= threads; i++) {
    if (threads % i != 0) continue;
    double tiles = (double)(ceil_div(p->rows, i) * p->tiles_x);
    double outs = (double)(ceil_div(ceil_div(p->out_chunks, pair), threads / i) * pair);
    double blocks = ceil(tiles / many_tiles);
    double cost = ins * (tiles * outs * 160 + tiles * 50 + blocks * outs * 700);
    if (best > 0 && cost >= best) continue;
    best = cost;
    w->cuts_rows = i;
    w->cuts_out = threads / i;
  }
}

static cr_status share_both(winograd *w) {
  cr_winograd_plan *p = &w->plan;
  int64_t threads = cr_in_parallel() ? 1 : cr_num_threads();
  choose_cuts(w, threads);
  int64_t tile_bytes = points * p->in_chunks * chunk_size * (int64_t)sizeof(float);
  int64_t fit = most(p->tiles_x, least(many_tiles, most_bytes / threads / tile_bytes));
  int64_t rows = ceil_div(p->rows, w->cuts_rows);
  w->block_rows = ceil_div(rows, ceil_div(rows * p->tiles_x, fit));
  int64_t tiles = w->block_rows * p->tiles_x;
  CR_TRY(take(&w->kernels, &w->kernel_floats, CR_SCRATCH_RESULT, pair, kernel_chunks * chunk_size,
              threads));
  CR_TRY(take(&w->inputs, &w->input_floats, CR_SCRATCH_PACK_B, p->in_chunks, tiles, threads));
  CR_TRY(take(&w->sums, &w->sum_floats, CR_SCRATCH_PARTIAL, pair, tiles, threads));
  cr_parallel_for(threads, 1, run_parts, w);
  return cr_check_interrupt();
}

/* ---- the choice ---- */

static cr_winograd_weights weights_of(const cr_correlation *g, const float *weight, bool by_input) {
  int64_t rows = g->dest.c, channels = g->source.c;
  return (cr_winograd_weights){
      .weight = weight,
      .end = weight + rows * channels * 9,
      .output = by_input ? 9 : channels * 9,
      .input = by_input ? rows * 9 : 9,
      .outputs = rows,
      .inputs = channels,
      .flip_y = g->y.delta < 0,
      .flip_x = g->x.delta < 0,
  };
}

cr_status cr_winograd(const cr_correlation *g, const void *weight, bool by_input,
                      const void *bias) {
  winograd w = {.weights = weights_of(g, weight, by_input), .finish = {.bias = bias}};
  if (g->finish) w.finish.after = *g->finish;
  CR_TRY(cr_winograd_plan_init(&w.plan, g));
  int64_t threads = cr_num_threads(), rows = w.plan.rows;
  bool is_uneven = rows % threads != 0 && rows < 8 * threads && w.plan.out_chunks % threads == 0;
  bool is_wide = w.plan.out_chunks >= pair * threads;
  bool has_many = g->source.c * g->dest.c > few_weights;
  return is_wide && (has_many || is_uneven) ? share_both(&w) : share_images(&w);
}
