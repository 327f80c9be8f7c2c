/* The gradient to the weights of a 3 x 3 convolution: with s the sum over all tiles of (A d A^T) times
 * (B^T x B), where d is the output's gradient and x the input, it is G^T s G.
 *
 * Each thread computes a rectangle of the sums, some inputs by some outputs, from transforms of its
 * own: transforms that threads made for each other cost more than those that two of them make, where
 * they do not share a cache. */
#include "ops/winograd.h"

#include <string.h>

enum {
  points = CR_WINOGRAD_POINTS,
  chunk_size = CR_WINOGRAD_CHUNK,
  pair = 2,         /* chunks of the output that are worked on together */
  block_tiles = 128 /* that sums run over at once: turning them back should cost little of it */
};

typedef struct {
  cr_winograd_plan plan;
  cr_winograd_points inputs, gradients, sums;
  int64_t input_floats, gradient_floats, sum_floats; /* of each thread */
  int64_t cuts_in, cuts_out;                         /* rectangles: cuts_in x cuts_out */
  int64_t block_rows;
  float *grad;
  float scale;
} winograd;

/* A rectangle: chunks of the source and of the destination; its memory; rows of tiles. */
typedef struct {
  int64_t in0, in1, out0, out1, row0, row1;
  cr_winograd_points inputs, gradients, sums;
  int thread;
} part;

static int64_t tiles_of(const winograd *w, const part *r) {
  return (r->row1 - r->row0) * w->plan.tiles_x;
}

static void transform(const winograd *w, const part *r) {
  const cr_winograd_plan *p = &w->plan;
  cr_winograd_image source = cr_winograd_source(p, r->inputs, r->row0, r->thread);
  cr_winograd_image dest = cr_winograd_dest(p, r->gradients, r->row0, r->thread);
  source.points.data -= r->in0 * source.points.chunk;
  dest.points.data -= r->out0 * dest.points.chunk;
  for (int64_t c = r->in0; c < r->in1; c++) p->kernels->input(&source, r->row0, r->row1, c);
  for (int64_t c = r->out0; c < r->out1; c++) p->kernels->gradient(&dest, r->row0, r->row1, c);
}

/* For the rectangle's chunk `in` and chunks from `out` on. */
static void sum_up(const winograd *w, const part *r, int64_t in, int64_t out, int64_t chunks) {
  for (int64_t i = 0; i < points; i++) {
    float *c = r->sums.data + i * r->sums.point;
    memset(c, 0, (size_t)(chunks * r->sums.chunk) * sizeof *c);
    cr_winograd_product job = {
        .a = r->inputs.data + i * r->inputs.point + in * r->inputs.chunk,
        .b = r->gradients.data + i * r->gradients.point + out * r->gradients.chunk,
        .c = c,
        .b_chunk = r->gradients.chunk,
        .c_chunk = r->sums.chunk,
        .steps = tiles_of(w, r),
        .chunks = chunks,
    };
    w->plan.kernels->transposed(&job);
  }
}

static void turn_back(const winograd *w, const part *r, int64_t in, int64_t out, int64_t chunks) {
  int64_t channels = w->plan.g->source.c, rows = w->plan.g->dest.c;
  for (int64_t c = 0; c < chunks; c++) {
    int64_t k = (r->in0 + in) * chunk_size, m = (r->out0 + out + c) * chunk_size;
    cr_winograd_gradient job = {
        .sums = r->sums.data + c * r->sums.chunk,
        .point = r->sums.point,
        .grad = w->grad + (m * channels + k) * 9,
        .outputs = least(chunk_size, rows - m),
        .inputs = least(chunk_size, channels - k),
        .row_stride = channels * 9,
        .scale = w->scale,
    };
    w->plan.kernels->finish(&job);
  }
}

static void run_part(const winograd *w, part *r) {
  int64_t ins = r->in1 - r->in0, outs = r->out1 - r->out0;
  for (r->row0 = 0; r->row0 < w->plan.rows; r->row0 = r->row1) {
    r->row1 = least(w->plan.rows, r->row0 + w->block_rows);
    transform(w, r);
    for (int64_t in = 0; in < ins && !cr_interrupt_pending(); in++) {
      for (int64_t out = 0; out < outs; out += pair) {
        int64_t chunks = least(pair, outs - out);
        sum_up(w, r, in, out, chunks);
        turn_back(w, r, in, out, chunks);
      }
    }
  }
}

static cr_winograd_points of_thread(cr_winograd_points p, int64_t floats, int thread) {
  p.data += thread * floats;
  return p;
}

static void run_parts(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  const cr_winograd_plan *p = &w->plan;
  for (int64_t u = begin; u < end; u++) {
    int64_t i = u / w->cuts_out, j = u % w->cuts_out, pairs = ceil_div(p->out_chunks, pair);
    part r = {
        .in0 = p->in_chunks * i / w->cuts_in,
        .in1 = p->in_chunks * (i + 1) / w->cuts_in,
        .out0 = least(p->out_chunks, pairs * j / w->cuts_out * pair),
        .out1 = least(p->out_chunks, pairs * (j + 1) / w->cuts_out * pair),
        .inputs = of_thread(w->inputs, w->input_floats, thread),
        .gradients = of_thread(w->gradients, w->gradient_floats, thread),
        .sums = of_thread(w->sums, w->sum_floats, thread),
        .thread = thread,
    };
    if (r.in0 < r.in1 && r.out0 < r.out1) run_part(w, &r);
  }
}

/* One rectangle for each thread: of all ways to cut, the one whose largest has the least to compute
 * and to transform. A pair of chunks costs about as much for each tile as the transform of eight. */
static void choose_cuts(winograd *w, int64_t threads) {
  double best = 0;
  for (int64_t i = 1; i <= threads; i++) {
    if (threads % i != 0) continue;
    int64_t pairs = ceil_div(w->plan.out_chunks, pair);
    double ins = (double)ceil_div(w->plan.in_chunks, i);
    double outs = (double)ceil_div(pairs, threads / i);
    double cost = 8 * ins * outs + ins + 2 * outs;
    if (best > 0 && cost >= best) continue;
    best = cost;
    w->cuts_in = i;
    w->cuts_out = threads / i;
  }
}

static cr_status take(cr_winograd_points *p, int64_t *floats, cr_scratch_slot slot, int64_t chunks,
                      int64_t lines, int64_t parts) {
  char *data;
  *floats = cr_winograd_floats(chunks, lines);
  CR_TRY(cr_plan_take(&data, slot, *floats * (int64_t)sizeof(float), parts));
  *p = cr_winograd_layout((float *)data, chunks, lines);
  return CR_OK;
}

cr_status cr_winograd_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  winograd w = {.grad = grad, .scale = (float)scale};
  cr_winograd_plan *p = &w.plan;
  CR_TRY(cr_winograd_plan_init(p, g));
  int64_t threads = cr_in_parallel() ? 1 : cr_num_threads();
  int64_t blocks = most(1, p->rows * p->tiles_x / block_tiles);
  w.block_rows = ceil_div(p->rows, blocks);
  choose_cuts(&w, threads);
  int64_t ins = ceil_div(p->in_chunks, w.cuts_in), tiles = w.block_rows * p->tiles_x;
  int64_t outs = pair * ceil_div(ceil_div(p->out_chunks, pair), w.cuts_out);
  CR_TRY(take(&w.inputs, &w.input_floats, CR_SCRATCH_PACK_B, ins, tiles, threads));
  CR_TRY(take(&w.gradients, &w.gradient_floats, CR_SCRATCH_PACK_A, outs, tiles, threads));
  CR_TRY(take(&w.sums, &w.sum_floats, CR_SCRATCH_PARTIAL, pair, chunk_size, threads));
  cr_parallel_for(w.cuts_in * w.cuts_out, 1, run_parts, &w);
  return cr_check_interrupt();
}
