#include "ops/correlate_plan.h"

#include "ops/check.h"
#include "ops/depthwise.h"
#include "ops/winograd.h"

#include <string.h>

/* q of a piece of work: enough to make loading weights cheap, few enough to leave a thread several
 * pieces. */
enum { forward_length = 512 };

/* Bytes of weights that stay in the second-level cache while the pixels go by. */
enum { weight_budget = 200 << 10 };

/* ---- forward ---- */

enum { tile_bytes = CR_CONV_ROWS * CR_CONV_VECTORS * 64, most_pieces = CR_CONV_VECTORS * 16 };

/* Where q0 ... q0 + n - 1 belong in the destination; padded columns are left out. */
static int64_t find_pieces(const plan *p, const unit *u, int64_t q0, int64_t n,
                           cr_conv_piece *pieces) {
  const cr_planes *dest = &p->g->dest;
  int64_t count = 0, row = q0 / p->x.pitch, column = q0 % p->x.pitch;
  for (int64_t at = 0; at < n; row++, column = 0) {
    int64_t image = row / p->y.pitch, y = row % p->y.pitch;
    int64_t length = least(p->x.out - column, n - at);
    if (y < u->rows && length > 0)
      pieces[count++] = (cr_conv_piece){
          at,
          (u->n0 + image) * dest->sn + (u->y0 + y) * dest->sh + column * dest->sw,
          length,
      };
    at += p->x.pitch - column;
  }
  return count;
}

/* A part of the sum over channels, added to sums for all rows m0 ... m1 - 1 and all q of the piece of
 * work; the channels start at c0. */
typedef struct {
  const char *slab;
  int64_t c0, channels, m0, m1;
  char *sums; /* NULL: the channels are all there are */
  int64_t pitch;
} channel_block;

static void set_rows(const plan *p, const channel_block *b, int64_t m, int64_t rows,
                     cr_conv_tile *tile) {
  int64_t steps = p->channels * p->taps;
  for (int64_t r = 0; r < rows; r++)
    tile->a[r] = p->weight + ((m + r) * steps + b->c0 * p->taps) * p->width;
  if (p->bias && b->c0 == 0) tile->bias = p->bias + m * p->width;
}

/* Rows m0 ... m1 - 1 over n pixels from q0, straight to the destination. */
static void run_tiles(const plan *p, const unit *u, const channel_block *b, int64_t m0, int64_t m1,
                      int64_t q0, int64_t n) {
  _Alignas(64) char buffer[tile_bytes];
  cr_conv_piece pieces[most_pieces];
  const cr_planes *dest = &p->g->dest;
  int64_t vectors = ceil_div(n, p->kernels->lanes), width = vectors * p->kernels->lanes;
  int64_t count = find_pieces(p, u, q0, n, pieces);
  const cr_conv_finish *finish = p->g->finish;
  const char *added = finish ? finish->added : NULL;
  bool direct = count == 1 && pieces[0].length == width && dest->sw == 1 && !b->sums && !added;
  bool is_last = b->c0 + b->channels == p->channels;
  cr_conv_tile tile = {
      .b = b->slab + q0 * p->width,
      .channels = b->channels,
      .plane = p->plane * p->y.phases * p->x.phases,
      .taps = p->taps,
      .offset = p->offset,
      .c = buffer,
      .ldc = width,
      .accumulate = b->c0 > 0,
      .has_clamp = finish && finish->has_clamp && !added && is_last,
      .low = finish ? finish->low : 0,
      .high = finish ? finish->high : 0,
  };
  for (int64_t m = m0; m < m1; m += CR_CONV_ROWS) {
    int64_t rows = least(CR_CONV_ROWS, m1 - m);
    char *image = (char *)dest->data + m * dest->sc * p->width;
    set_rows(p, b, m, rows, &tile);
    if (b->sums) {
      tile.c = b->sums + ((m - b->m0) * b->pitch + q0) * p->width;
      tile.ldc = b->pitch;
    } else if (direct) {
      tile.c = image + pieces[0].to * p->width;
      tile.ldc = dest->sc;
    }
    p->kernels->tile[rows - 1][vectors - 1](&tile);
    if (direct || !is_last) continue;
    cr_conv_store store = {.c = tile.c,
                           .ldc = tile.ldc,
                           .rows = rows,
                           .image = image,
                           .sc = dest->sc,
                           .sw = dest->sw,
                           .pieces = pieces,
                           .count = count};
    if (added) {
      store.added = added + m * dest->sc * p->width;
      store.has_clamp = finish->has_clamp;
      store.low = finish->low;
      store.high = finish->high;
    }
    p->kernels->store(&store);
  }
}

static void run_block(const plan *p, const unit *u, const channel_block *b) {
  int64_t widest = p->kernels->vectors * p->kernels->lanes;
  /* As many rows of weights as stay in the second-level cache while the pixels go by. */
  int64_t rows = round_up(weight_budget / (b->channels * p->taps * p->width) + 1, CR_CONV_ROWS);
  for (int64_t m = b->m0; m < b->m1; m += rows)
    for (int64_t q = 0; q < u->length; q += widest)
      run_tiles(p, u, b, m, least(m + rows, b->m1), q, least(widest, u->length - q));
}

static void run_unit(const plan *p, const unit *u, int64_t group, int64_t m0, int64_t m1,
                     int thread) {
  char *slab = p->slabs + thread * p->slab_bytes;
  bool at_once = p->slab_channels == p->channels;
  channel_block b = {
      .slab = slab,
      .m0 = m0,
      .m1 = m1,
      .sums = at_once ? NULL : p->partial + thread * p->partial_bytes,
      .pitch = p->sums_pitch,
  };
  for (; b.c0 < p->channels; b.c0 += p->slab_channels) {
    b.channels = least(p->slab_channels, p->channels - b.c0);
    cr_plan_fill(p, u, group * p->channels + b.c0, b.channels, slab);
    run_block(p, u, &b);
  }
}

static void run_units(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  int64_t units = p->image_units * p->row_units;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    int64_t group = i / (units * p->row_parts), part = i / units % p->row_parts;
    unit u = cr_plan_unit(p, i % units);
    int64_t share = round_up(ceil_div(p->rows, p->row_parts), CR_CONV_ROWS);
    int64_t m0 = group * p->rows + least(p->rows, part * share);
    int64_t m1 = group * p->rows + least(p->rows, (part + 1) * share);
    if (m0 < m1) run_unit(p, &u, group, m0, m1, thread);
  }
}

bool cr_weight_cache_holds(const cr_weight_cache *cache, int ndim, const int64_t *size) {
  const cr_tensor *packed = cache->packed;
  return packed->ndim == ndim && packed->storage &&
         memcmp(packed->size, size, (size_t)ndim * sizeof *size) == 0 &&
         cr_storage_has_origin(packed->storage, cache->source, cache->offset);
}

cr_status cr_correlate(const cr_correlation *g, const void *weight, const void *bias) {
  if (cr_winograd_fits(g)) return cr_winograd(g, weight, false, bias);
  if (cr_depthwise_fits(g)) return cr_depthwise(g, weight, bias);
  plan p;
  CR_TRY(cr_plan_init(&p, g));
  p.weight = weight;
  p.bias = bias;
  cr_plan_cut_images(&p, forward_length);
  cr_plan_cut_rows(&p);
  CR_TRY(cr_plan_lay_out(&p));
  int64_t pieces = g->groups * p.row_parts * p.image_units * p.row_units;
  int64_t parts = least(pieces, cr_num_threads());
  CR_TRY(cr_plan_take(&p.slabs, CR_SCRATCH_COLUMNS, p.slab_bytes, parts));
  if (p.slab_channels < p.channels) {
    p.sums_pitch = round_up(cr_plan_longest(&p), p.kernels->lanes);
    p.partial_bytes = round_up(p.rows * p.sums_pitch * p.width, CR_ALIGNMENT);
    CR_TRY(cr_plan_take(&p.partial, CR_SCRATCH_PARTIAL, p.partial_bytes, parts));
  }
  cr_parallel_for(pieces, cr_grain(cr_plan_cost(&p, (double)pieces)), run_units, &p);
  return cr_check_interrupt();
}

/* ---- gradient to the bias ---- */

typedef struct {
  const cr_planes *planes;
  cr_dtype dtype;
  char *grad;
  int64_t stride;
  double scale;
} bias_job;

static void run_bias(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const bias_job *job = context;
  cr_plane_sum plane_sum = cr_kernels()->conv[cr_float_index(job->dtype)].plane_sum;
  int64_t width = (int64_t)cr_dtype_size(job->dtype);
  for (int64_t c = begin; c < end; c++) {
    char *at = job->grad + c * job->stride * width;
    double sum = cr_load(job->dtype, at).f + job->scale * plane_sum(job->planes, c);
    cr_store(job->dtype, at, cr_scalar_from_double(sum));
  }
}

cr_status cr_correlate_bias_gradient(cr_dtype dtype, const cr_planes *planes, void *grad,
                                     int64_t stride, double scale) {
  bias_job job = {planes, dtype, grad, stride, scale};
  double cost = (double)planes->n * (double)planes->h * (double)planes->w * 0.2;
  cr_parallel_for(planes->c, cr_grain(cost), run_bias, &job);
  return cr_check_interrupt();
}
