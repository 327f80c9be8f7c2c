#include "ops/correlate.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"

#include <string.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t ceil_div(int64_t a, int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }
static int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
static int64_t round_up(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Slab bytes that leave room for weights and results in a second-level cache of 1 MB. */
enum { slab_budget = 400 << 10, weight_budget = 200 << 10 };

/* q of a piece of work: enough to make loading weights (or adding up gradients) cheap, few enough to
 * leave a thread several pieces; for the gradient to the weights the columns stay near the first
 * level. */
enum { forward_length = 512, gradient_length = 256 };

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

typedef struct {
  const cr_correlation *g;
  const cr_conv_kernels *kernels;
  int64_t width; /* bytes of an element */
  cr_conv_axis y, x;
  int64_t channels, rows, taps; /* of a group */
  int64_t *offset;              /* of each tap in a slab; depends on the slab's plane */
  int64_t images, out_rows;     /* of a piece of work */
  int64_t image_units, row_units, row_parts;
  int64_t plane, plane_tail; /* elements of a slab's plane; of them behind the last row */
  char *slabs;
  int64_t slab_bytes;
  char *columns; /* weight gradient */
  char *partial; /* sums of each thread */
  int64_t column_bytes, partial_bytes, sums_pitch;
  int64_t channel_parts, part_channels, slab_channels;
  const char *weight, *bias;
  void *grad;
  double scale;
} plan;

static cr_status too_large(void) {
  return cr_fail(CR_EINVAL, "the padded image is too large: lower the padding or the dilation");
}

/* Nanoseconds for one channel of an image: copying into the slab and multiplying, roughly. */
static double axes_cost(const plan *p) {
  double pixels = (double)p->y.pitch * (double)p->x.pitch;
  return pixels * (double)(p->y.phases * p->x.phases) * 0.2 +
         pixels * (double)p->taps * (double)p->rows * 0.02;
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

static cr_status init_plan(plan *p, const cr_correlation *g) {
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

/* Cuts the work so that a run of q has at most `longest` elements: several whole images, or rows of
 * one. All threads get as many pieces. */
static void cut_images(plan *p, double longest) {
  int threads = cr_num_threads();
  int64_t n = p->g->dest.n, rows = (int64_t)(longest / (double)p->x.pitch);
  p->images = 1;
  p->out_rows = p->y.out;
  if (rows >= 2 * p->y.pitch && n >= threads) {
    int64_t units = ceil_div(n, least(n, rows / p->y.pitch));
    p->images = ceil_div(n, least(n, round_up(units, threads)));
  } else if (rows < p->y.out || n < threads) {
    int64_t units = ceil_div(p->y.out, most(1, least(rows, p->y.out)));
    if (n % threads != 0) units = least(p->y.out, round_up(units, threads));
    p->out_rows = ceil_div(p->y.out, units);
  }
  count_units(p);
}

/* The slab's layout once it is known what a piece of work is. */
static cr_status lay_out(plan *p) {
  int64_t total = (p->images - 1) * p->y.pitch + p->out_rows + p->y.reach;
  int64_t phases = p->y.phases * p->x.phases;
  double elements = (double)total * (double)p->x.pitch + (double)p->x.reach + (double)p->x.out;
  if (elements * (double)phases * (double)p->part_channels > 1e14) return too_large();
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

static cr_status take(char **out, cr_scratch_slot slot, int64_t bytes, int64_t parts) {
  *out = cr_scratch(slot, (size_t)bytes * (size_t)parts);
  return *out ? CR_OK : CR_ENOMEM;
}

/* One piece of work: images x rows. */
typedef struct {
  int64_t n0, images, y0, rows;
  int64_t length; /* of the run of q */
} unit;

static unit unit_at(const plan *p, int64_t index) {
  unit u;
  u.n0 = index / p->row_units * p->images;
  u.images = least(p->images, p->g->dest.n - u.n0);
  u.y0 = index % p->row_units * p->out_rows;
  u.rows = least(p->out_rows, p->y.out - u.y0);
  u.length = ((u.images - 1) * p->y.pitch + u.rows - 1) * p->x.pitch + p->x.out;
  return u;
}

static int64_t longest_run(const plan *p) {
  return ((p->images - 1) * p->y.pitch + p->out_rows - 1) * p->x.pitch + p->x.out;
}

static void fill_slab(const plan *p, const unit *u, int64_t c0, int64_t channels, void *slab) {
  cr_conv_slab fill = {&p->g->source, &p->y, &p->x,   u->n0,    u->images, c0,
                       channels,      u->y0, u->rows, p->plane, slab};
  p->kernels->fill(&fill);
}

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
  bool direct = count == 1 && pieces[0].length == width && dest->sw == 1 && !b->sums;
  cr_conv_tile tile = {
      .b = b->slab + q0 * p->width,
      .channels = b->channels,
      .plane = p->plane * p->y.phases * p->x.phases,
      .taps = p->taps,
      .offset = p->offset,
      .c = buffer,
      .ldc = width,
      .accumulate = b->c0 > 0,
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
    if (direct || b->c0 + b->channels < p->channels) continue;
    cr_conv_store store = {tile.c, tile.ldc, rows, image, dest->sc, dest->sw, pieces, count};
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
    fill_slab(p, u, group * p->channels + b.c0, b.channels, slab);
    run_block(p, u, &b);
  }
}

static void run_units(int64_t begin, int64_t end, int thread, void *context) {
  const plan *p = context;
  int64_t units = p->image_units * p->row_units;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    int64_t group = i / (units * p->row_parts), part = i / units % p->row_parts;
    unit u = unit_at(p, i % units);
    int64_t share = round_up(ceil_div(p->rows, p->row_parts), CR_CONV_ROWS);
    int64_t m0 = group * p->rows + least(p->rows, part * share);
    int64_t m1 = group * p->rows + least(p->rows, (part + 1) * share);
    if (m0 < m1) run_unit(p, &u, group, m0, m1, thread);
  }
}

/* Few pixels under many rows: the threads share the rows, so that each reads half the weights. */
static void cut_rows(plan *p) {
  int threads = cr_num_threads();
  int64_t pixels = p->g->dest.n * p->y.pitch * p->x.pitch;
  p->row_parts = 1;
  if (p->g->groups > 1 || pixels >= 192 * threads || p->rows < 2 * CR_CONV_ROWS * threads) return;
  p->row_parts = threads;
  p->images = p->g->dest.n;
  p->out_rows = p->y.out;
  count_units(p);
}

/* Nanoseconds that a piece of work takes, roughly, at 100 multiply-adds each. */
static double unit_cost(const plan *p, double pieces) {
  const cr_planes *dest = &p->g->dest;
  double pixels = (double)dest->n * (double)dest->h * (double)dest->w;
  double steps = (double)p->channels * (double)p->taps + 16;
  return pixels * (double)dest->c * steps / 50 / pieces;
}

cr_status cr_correlate(const cr_correlation *g, const void *weight, const void *bias) {
  plan p;
  CR_TRY(init_plan(&p, g));
  p.weight = weight;
  p.bias = bias;
  cut_images(&p, forward_length);
  cut_rows(&p);
  CR_TRY(lay_out(&p));
  int64_t pieces = g->groups * p.row_parts * p.image_units * p.row_units;
  int64_t parts = least(pieces, cr_num_threads());
  CR_TRY(take(&p.slabs, CR_SCRATCH_COLUMNS, p.slab_bytes, parts));
  if (p.slab_channels < p.channels) {
    p.sums_pitch = round_up(longest_run(&p), p.kernels->lanes);
    p.partial_bytes = round_up(p.rows * p.sums_pitch * p.width, CR_ALIGNMENT);
    CR_TRY(take(&p.partial, CR_SCRATCH_PARTIAL, p.partial_bytes, parts));
  }
  cr_parallel_for(pieces, cr_grain(unit_cost(&p, (double)pieces)), run_units, &p);
  return cr_check_interrupt();
}

/* ---- gradient to the weights ---- */

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
  unit u = unit_at(p, index);
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
    fill_slab(p, &u, group * p->channels + c0 + c, some, slab);
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
  int64_t longest = longest_run(p);
  int64_t threads = least(pieces, cr_num_threads());
  if ((double)longest * (double)rows > 1e14) return too_large();
  p->column_bytes = round_up(longest * rows * p->width, CR_ALIGNMENT);
  p->partial_bytes = round_up(channels * p->taps * rows * p->width, CR_ALIGNMENT);
  CR_TRY(take(&p->slabs, CR_SCRATCH_COLUMNS, p->slab_bytes, threads));
  CR_TRY(take(&p->columns, CR_SCRATCH_PACK_B, p->column_bytes, threads));
  return take(&p->partial, CR_SCRATCH_PARTIAL, p->partial_bytes, cr_num_threads());
}

cr_status cr_correlate_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  plan p;
  CR_TRY(init_plan(&p, g));
  p.grad = grad;
  p.scale = scale;
  bool images = shares_images(&p);
  p.channel_parts = images || g->groups > 1 ? 1 : cr_num_threads();
  p.part_channels = ceil_div(p.channels, p.channel_parts);
  p.channel_parts = ceil_div(p.channels, p.part_channels);
  cut_images(&p, gradient_length);
  CR_TRY(lay_out(&p));
  int64_t units = p.image_units * p.row_units;
  int64_t pieces = images ? units : g->groups * p.channel_parts;
  CR_TRY(take_gradient_memory(&p, p.part_channels, pieces));
  int64_t grain = cr_grain(unit_cost(&p, (double)pieces));
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
