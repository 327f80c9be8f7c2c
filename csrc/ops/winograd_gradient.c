/* The gradient to the weights of a 3 x 3 convolution: with s the sum over all tiles of (A d A^T) times
 * (B^T x B), where d is the output's gradient and x the input, it is G^T s G. Blocks of tiles are
 * transformed by all threads together; then each sums up some pairs of channels and turns them back. */
#include "ops/winograd.h"

#include <string.h>

enum {
  points = CR_WINOGRAD_POINTS,
  chunk_size = CR_WINOGRAD_CHUNK,
  pair = 2, /* chunks of the output that are worked on together */
  shared_bytes = 24 << 20,
  most_tiles = 512
};

typedef struct {
  cr_winograd_plan plan;
  cr_winograd_points inputs, gradients, sums;
  int64_t sum_floats; /* of each thread */
  float *grad;
  float scale;
} winograd;

/* Chunks of the source, then those of the destination's gradient. */
static void transform(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  const cr_winograd_plan *p = &w->plan;
  cr_winograd_image source = cr_winograd_source(p, w->inputs, p->row0, thread);
  cr_winograd_image dest = cr_winograd_dest(p, w->gradients, p->row0, thread);
  int64_t rows = p->row1 - p->row0;
  for (int64_t u = begin, count; u < end && !cr_interrupt_pending(); u += count) {
    int64_t chunk = u / rows, row = p->row0 + u % rows;
    count = least(p->row1 - row, end - u);
    if (chunk < p->in_chunks) {
      p->kernels->input(&source, row, row + count, chunk);
    } else {
      p->kernels->gradient(&dest, row, row + count, chunk - p->in_chunks);
    }
  }
}

static void sum_up(const winograd *w, const cr_winograd_points *sums, int64_t in, int64_t out,
                   int64_t chunks) {
  const cr_winograd_plan *p = &w->plan;
  for (int64_t i = 0; i < points; i++) {
    float *c = sums->data + i * sums->point;
    memset(c, 0, (size_t)(chunks * sums->chunk) * sizeof *c);
    cr_winograd_product job = {
        .a = w->inputs.data + i * w->inputs.point + in * w->inputs.chunk,
        .b = w->gradients.data + i * w->gradients.point + out * w->gradients.chunk,
        .c = c,
        .b_chunk = w->gradients.chunk,
        .c_chunk = sums->chunk,
        .steps = (p->row1 - p->row0) * p->tiles_x,
        .chunks = chunks,
    };
    p->kernels->transposed(&job);
  }
}

/* Pieces: a chunk of inputs and a pair of chunks of outputs. */
static void run_pieces(int64_t begin, int64_t end, int thread, void *context) {
  const winograd *w = context;
  const cr_winograd_plan *p = &w->plan;
  int64_t pairs = ceil_div(p->out_chunks, pair), channels = p->g->source.c, rows = p->g->dest.c;
  cr_winograd_points sums = w->sums;
  sums.data += thread * w->sum_floats;
  for (int64_t u = begin; u < end && !cr_interrupt_pending(); u++) {
    int64_t in = u / pairs, out = u % pairs * pair, k = in * chunk_size;
    int64_t chunks = least(pair, p->out_chunks - out);
    sum_up(w, &sums, in, out, chunks);
    for (int64_t c = 0; c < chunks; c++) {
      int64_t m = (out + c) * chunk_size;
      cr_winograd_gradient job = {
          .sums = sums.data + c * sums.chunk,
          .point = sums.point,
          .grad = w->grad + (m * channels + k) * 9,
          .outputs = least(chunk_size, rows - m),
          .inputs = least(chunk_size, channels - k),
          .row_stride = channels * 9,
          .scale = w->scale,
      };
      p->kernels->finish(&job);
    }
  }
}

static cr_status take(cr_winograd_points *p, cr_scratch_slot slot, int64_t chunks, int64_t lines,
                      int64_t parts) {
  char *data;
  int64_t bytes = cr_winograd_floats(chunks, lines) * (int64_t)sizeof(float);
  CR_TRY(cr_plan_take(&data, slot, bytes, parts));
  *p = cr_winograd_layout((float *)data, chunks, lines);
  return CR_OK;
}

cr_status cr_winograd_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  winograd w = {.grad = grad, .scale = (float)scale};
  cr_winograd_plan *p = &w.plan;
  CR_TRY(cr_winograd_plan_init(p, g));
  int64_t chunks = p->in_chunks + p->out_chunks, pairs = ceil_div(p->out_chunks, pair);
  int64_t tile_bytes = points * chunks * chunk_size * (int64_t)sizeof(float);
  int64_t fit = most(p->tiles_x, least(most_tiles, shared_bytes / tile_bytes));
  int64_t blocks = ceil_div(p->rows * p->tiles_x, fit), block_rows = ceil_div(p->rows, blocks);
  int64_t tiles = block_rows * p->tiles_x;
  w.sum_floats = cr_winograd_floats(pair, chunk_size);
  CR_TRY(take(&w.inputs, CR_SCRATCH_PACK_B, p->in_chunks, tiles, 1));
  CR_TRY(take(&w.gradients, CR_SCRATCH_PACK_A, p->out_chunks, tiles, 1));
  CR_TRY(take(&w.sums, CR_SCRATCH_PARTIAL, pair, chunk_size, cr_num_threads()));
  for (p->row0 = 0; p->row0 < p->rows; p->row0 = p->row1) {
    p->row1 = least(p->rows, p->row0 + block_rows);
    double row_cost = (double)p->tiles_x * 50, piece_cost = (double)tiles * 36 * 16 * pair / 4;
    cr_parallel_for(chunks * (p->row1 - p->row0), cr_grain(row_cost), transform, &w);
    cr_parallel_for(p->in_chunks * pairs, cr_grain(piece_cost), run_pieces, &w);
    CR_TRY(cr_check_interrupt());
  }
  return CR_OK;
}
