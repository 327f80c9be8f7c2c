#include "ops/volume_correlate.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/gemm.h"
#include "ops/volume_slices.h"

#include <string.h>

/* A piece of work unfolds some rows of outputs at a time, so that the columns stay in the cache. Pieces
 * that write to the big volume share it out by channels, since neighbouring rows overlap there. */

typedef struct {
  cr_volume_correlation g;
  cr_unfold_kernels kernels;
  int64_t width;                   /* bytes of an element */
  int64_t taps, pixels;            /* of the kernel; of a small plane */
  int64_t rows, row_parts;         /* output rows unfolded at once, and how many times */
  int64_t channels, channel_parts; /* big channels of a group taken at once */
  char *columns;
  int64_t columns_bytes; /* for each thread */
  int *failure;
} run;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

static int64_t row_count(const run *r) { return r->g.u.out.size[0] * r->g.u.out.size[1]; }

/* A kernel of one element that stands everywhere: the volume is its own unfolding. */
static bool is_pointwise(const run *r) {
  const cr_unfolding *u = &r->g.u;
  bool is_plain = r->taps == 1;
  for (int axis = 0; axis < 3; axis++)
    is_plain = is_plain && u->step[axis] == 1 && u->pad[axis] == 0 &&
               u->in.size[axis] == u->out.size[axis];
  return is_plain;
}

/* Nothing here depends on the number of threads, and so no sum does.
 * cuts_channels: pieces are some channels of a group, enough for a product, instead of all. */
static cr_status plan(run *r, const cr_volume_correlation *g, bool cuts_channels, int *failure) {
  const int64_t product_rows = 512;
  const int64_t target = 768 << 10; /* bytes of columns: they stay in a second-level cache */
  *r = (run){.g = *g, .failure = failure};
  r->kernels = cr_kernels()->unfold[cr_float_index(g->dtype)];
  r->width = (int64_t)cr_dtype_size(g->dtype);
  r->taps = g->u.kernel[0] * g->u.kernel[1] * g->u.kernel[2];
  r->pixels = cr_box_elements(&g->u.out);
  int64_t of_group = g->big_channels / g->groups, w = g->u.out.size[2];
  int64_t parts = cuts_channels ? ceil_div(of_group * r->taps, product_rows) : 1;
  r->channels = ceil_div(of_group, least(of_group, parts));
  r->channel_parts = ceil_div(of_group, r->channels);
  int64_t row_bytes = r->channels * r->taps * w * r->width, least_rows = ceil_div(32, w);
  int64_t rows = target / row_bytes;
  if (rows < least_rows) rows = least_rows; /* the product wants some columns */
  r->rows = least(rows, row_count(r));
  r->row_parts = ceil_div(row_count(r), r->rows);
  if (is_pointwise(r)) return CR_OK;
  r->columns_bytes = ceil_div(row_bytes * r->rows, CR_ALIGNMENT) * CR_ALIGNMENT;
  r->columns = cr_scratch(CR_SCRATCH_COLUMNS, (size_t)(r->columns_bytes * cr_num_threads()));
  return r->columns ? CR_OK : CR_ENOMEM;
}

/* Some rows of outputs of some channels of one image. */
typedef struct {
  int64_t image, group, channel, channels; /* the channel counts within its group */
  int64_t row, row_end;
} block;

static char *big_at(const run *r, const block *b) {
  const cr_volume_correlation *g = &r->g;
  int64_t channel = b->group * (g->big_channels / g->groups) + b->channel;
  int64_t plane = b->image * g->big_channels + channel;
  return (char *)g->big + plane * cr_box_elements(&g->u.in) * r->width;
}

static char *small_at(const run *r, const block *b) {
  const cr_volume_correlation *g = &r->g;
  int64_t plane = b->image * g->small_channels + b->group * (g->small_channels / g->groups);
  return (char *)g->small + (plane * r->pixels + b->row * g->u.out.size[2]) * r->width;
}

static char *weight_at(const run *r, const block *b) {
  const cr_volume_correlation *g = &r->g;
  int64_t of_group = g->big_channels / g->groups;
  int64_t row = b->group * (g->small_channels / g->groups);
  return (char *)g->weight + (row * of_group + b->channel) * r->taps * r->width;
}

static int64_t weight_row(const run *r) { return r->g.big_channels / r->g.groups * r->taps; }

static int64_t block_pixels(const run *r, const block *b) {
  return (b->row_end - b->row) * r->g.u.out.size[2];
}

static cr_unfolding unfolding(const run *r, const block *b, int thread) {
  cr_unfolding u = r->g.u;
  u.channels = b->channels;
  u.row = b->row;
  u.row_end = b->row_end;
  u.image = big_at(r, b);
  u.columns = r->columns + thread * r->columns_bytes;
  return u;
}

/* The unfolded pixels of the block, and the distance between their rows. */
static const char *unfolded(const run *r, const block *b, int thread, int64_t *row) {
  if (is_pointwise(r)) {
    *row = r->pixels;
    return big_at(r, b) + b->row * r->g.u.out.size[2] * r->width;
  }
  cr_unfolding u = unfolding(r, b, thread);
  r->kernels.unfold(&u);
  *row = block_pixels(r, b);
  return u.columns;
}

static void multiply(const run *r, const cr_product *p) {
  cr_status status = cr_multiply(p);
  if (status != CR_OK) __atomic_store_n(r->failure, (int)status, __ATOMIC_RELAXED);
}

/* ---- to the small volume: pieces are rows of outputs ---- */

static void small_block(const run *r, const block *b, int thread) {
  const cr_volume_correlation *g = &r->g;
  int64_t row, rows = g->small_channels / g->groups;
  const char *bias = g->bias;
  cr_product p = {.dtype = g->dtype,
                  .m = rows,
                  .n = block_pixels(r, b),
                  .k = weight_row(r),
                  .a = weight_at(r, b),
                  .a_row = weight_row(r),
                  .a_column = 1,
                  .b = unfolded(r, b, thread, &row),
                  .b_column = 1,
                  .c = small_at(r, b),
                  .c_row = r->pixels,
                  .c_column = 1,
                  .alpha = 1};
  p.b_row = row;
  if (bias) p.finish.row_bias = bias + b->group * rows * r->width;
  multiply(r, &p);
}

static void run_small(int64_t begin, int64_t end, int thread, void *context) {
  const run *r = context;
  for (int64_t i = begin; i < end && !cr_interrupt_pending(); i++) {
    int64_t part = i % r->row_parts, at = i / r->row_parts;
    block b = {.image = at / r->g.groups,
               .group = at % r->g.groups,
               .channels = r->channels,
               .row = part * r->rows,
               .row_end = least((part + 1) * r->rows, row_count(r))};
    small_block(r, &b, thread);
  }
}

/* ---- to the big volume: pieces are channels of images ---- */

static void fill_big(const run *r, const block *b) {
  const cr_volume_correlation *g = &r->g;
  int64_t elements = cr_box_elements(&g->u.in);
  int64_t channel = b->group * (g->big_channels / g->groups) + b->channel;
  char *to = big_at(r, b);
  for (int64_t c = 0; c < b->channels; c++, to += elements * r->width) {
    if (!g->bias) {
      memset(to, 0, (size_t)(elements * r->width));
    } else if (g->dtype == CR_F32) {
      float value = ((const float *)g->bias)[channel + c];
      for (int64_t i = 0; i < elements; i++) ((float *)to)[i] = value;
    } else {
      double value = ((const double *)g->bias)[channel + c];
      for (int64_t i = 0; i < elements; i++) ((double *)to)[i] = value;
    }
  }
}

static void big_block(const run *r, const block *b, int thread) {
  const cr_volume_correlation *g = &r->g;
  bool is_plain = is_pointwise(r);
  cr_unfolding u = unfolding(r, b, thread);
  cr_product p = {.dtype = g->dtype,
                  .m = b->channels * r->taps,
                  .n = block_pixels(r, b),
                  .k = g->small_channels / g->groups,
                  .a = weight_at(r, b),
                  .a_row = 1,
                  .a_column = weight_row(r),
                  .b = small_at(r, b),
                  .b_row = r->pixels,
                  .b_column = 1,
                  .c = u.columns,
                  .c_row = block_pixels(r, b),
                  .c_column = 1,
                  .alpha = 1};
  if (is_plain) {
    p.c = big_at(r, b) + b->row * g->u.out.size[2] * r->width;
    p.c_row = r->pixels;
    p.beta = 1;
  }
  multiply(r, &p);
  if (!is_plain) r->kernels.fold(&u);
}

/* A piece of the channels of one image, or the whole kernel's weights: all rows one after the other. */
static block channel_block(const run *r, int64_t i) {
  int64_t part = i % r->channel_parts, at = i / r->channel_parts;
  int64_t channel = part * r->channels;
  return (block){.image = at / r->g.groups,
                 .group = at % r->g.groups,
                 .channel = channel,
                 .channels = least(r->channels, r->g.big_channels / r->g.groups - channel)};
}

static void run_big(int64_t begin, int64_t end, int thread, void *context) {
  const run *r = context;
  for (int64_t i = begin; i < end; i++) {
    block b = channel_block(r, i);
    fill_big(r, &b);
    for (int64_t row = 0; row < row_count(r) && !cr_interrupt_pending(); row += r->rows) {
      b.row = row;
      b.row_end = least(row + r->rows, row_count(r));
      big_block(r, &b, thread);
    }
  }
}

/* ---- to the weights: pieces are channels, over all images ---- */

static void weight_block(const run *r, const block *b, int thread) {
  const cr_volume_correlation *g = &r->g;
  int64_t row;
  cr_product p = {.dtype = g->dtype,
                  .m = g->small_channels / g->groups,
                  .n = b->channels * r->taps,
                  .k = block_pixels(r, b),
                  .a = small_at(r, b),
                  .a_row = r->pixels,
                  .a_column = 1,
                  .b = unfolded(r, b, thread, &row),
                  .b_row = 1,
                  .c = weight_at(r, b),
                  .c_row = weight_row(r),
                  .c_column = 1,
                  .alpha = g->scale,
                  .beta = 1};
  p.b_column = row;
  multiply(r, &p);
}

static void run_weight(int64_t begin, int64_t end, int thread, void *context) {
  const run *r = context;
  for (int64_t i = begin; i < end; i++) {
    block b = channel_block(r, i); /* of image 0 */
    for (; b.image < r->g.images; b.image++) {
      for (int64_t row = 0; row < row_count(r) && !cr_interrupt_pending(); row += r->rows) {
        b.row = row;
        b.row_end = least(row + r->rows, row_count(r));
        weight_block(r, &b, thread);
      }
    }
  }
}

/* ---- running ---- */

static double work_of(const run *r) {
  return (double)r->g.small_channels * (double)weight_row(r) * (double)r->pixels / 30;
}

static cr_status run_pieces(run *r, int64_t pieces, double work, cr_range_fn body) {
  cr_parallel_for(pieces, cr_grain(work / (double)pieces + 1), body, r);
  if (*r->failure == CR_EINTR) return cr_fail(CR_EINTR, "interrupted");
  if (*r->failure != 0) return cr_fail((cr_status)*r->failure, "out of memory");
  return cr_check_interrupt();
}

cr_status cr_volume_to_small(const cr_volume_correlation *g) {
  int failure = 0;
  run r;
  if (g->images == 0) return CR_OK;
  if (cr_slices_fit(g)) return cr_slices_to_small(g);
  CR_TRY(plan(&r, g, false, &failure));
  int64_t pieces = g->images * g->groups * r.row_parts;
  return run_pieces(&r, pieces, work_of(&r) * (double)g->images, run_small);
}

cr_status cr_volume_to_big(const cr_volume_correlation *g) {
  int failure = 0;
  run r;
  if (g->images == 0) return CR_OK;
  if (cr_slices_fit(g)) return cr_slices_to_big(g);
  CR_TRY(plan(&r, g, true, &failure));
  int64_t pieces = g->images * g->groups * r.channel_parts;
  return run_pieces(&r, pieces, work_of(&r) * (double)g->images, run_big);
}

cr_status cr_volume_to_weight(const cr_volume_correlation *g) {
  int failure = 0;
  run r;
  if (g->images == 0) return CR_OK;
  if (cr_slices_fit(g)) return cr_slices_to_weight(g);
  CR_TRY(plan(&r, g, true, &failure));
  int64_t pieces = g->groups * r.channel_parts;
  return run_pieces(&r, pieces, work_of(&r) * (double)g->images, run_weight);
}
