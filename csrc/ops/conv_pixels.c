/* An image is copied once into a slab with its padding, in the order that it has: pixel by pixel, or
 * plane by plane. Tiles of some pixels of a row then read each tap at one constant distance. */
#include "ops/conv_pixels.h"

#include "ops/correlate_plan.h"

#include <string.h>

typedef struct {
  const cr_correlation *g;
  const cr_pixels_kernels *kernels;
  bool by_pixels;       /* the source's channels lie innermost */
  const float *weights; /* in panels: [panel][step][width] */
  const float *bias;
  int64_t width, panels, steps; /* channels of a panel; steps of a sum */
  int64_t *offset;
  int64_t runs, run;
  cr_planes slab; /* what the tiles read: the source itself, or a padded copy of an image */
  bool has_copy;
  bool shares_panels; /* else the threads share the rows */
  int64_t image;
} job;

/* An image so small that its pixels leave vectors half empty: worth it even where results have to
 * be spread over the planes. */
static bool is_narrow(const cr_correlation *g) {
  const int64_t few = 128; /* pixels */
  bool is_plain = !g->finish || !g->finish->added;
  return is_plain && g->dest.n == 1 && g->dest.h * g->dest.w <= few && g->dest.w > 1;
}

bool cr_conv_pixels_fits(const cr_correlation *g) {
  const cr_planes *in = &g->source, *out = &g->dest;
  return g->cache && g->dtype == CR_F32 && g->groups == 1 && (out->sc == 1 || is_narrow(g)) &&
         (in->sc == 1 || in->sw == 1) && out->c % cr_kernels()->pixels.lanes == 0 &&
         g->y.delta > 0 && g->x.delta > 0;
}

/* ---- weights ---- */

/* panels[m / width][step][m % width]; steps run over taps and then channels, or the other way. */
static void pack_weights(const job *j, const float *weight, float *panels) {
  const int64_t channels = j->g->source.c, taps = j->g->y.taps * j->g->x.taps, rows = j->g->dest.c;
  for (int64_t p = 0; p < j->panels; p++)
    for (int64_t i = 0; i < j->steps; i++)
      for (int64_t l = 0; l < j->width; l++) {
        int64_t m = p * j->width + l, at = i;
        if (j->by_pixels) at = i % channels * taps + i / channels;
        *panels++ = m < rows ? weight[m * j->steps + at] : 0;
      }
}

static cr_status find_weights(job *j, const void *weight) {
  const cr_correlation *g = j->g;
  const cr_weight_cache *cache = g->cache;
  cr_tensor *packed = cache->packed;
  int64_t total = j->panels * j->width, taps = g->y.taps * g->x.taps;
  /* The number of dimensions tells the two orders apart. */
  int64_t size[5] = {g->source.c, taps, total, 1, 1};
  int ndim = j->by_pixels ? 5 : 4;
  if (!cr_weight_cache_holds(cache, ndim, size)) {
    CR_TRY(cr_tensor_resize(packed, ndim, size));
    pack_weights(j, weight, cr_tensor_data(packed));
    cr_storage_set_origin(packed->storage, cache->source, cache->offset);
  }
  j->weights = cr_tensor_data(packed);
  return CR_OK;
}

/* ---- the padded copy ---- */

/* Pixels that the taps of `out` outputs reach over. */
static int64_t reach(const cr_tap_axis *t, int64_t out) {
  return (out - 1) * t->step + (t->taps - 1) * t->delta + 1;
}

/* Copies row y of the slab: all channels of all its pixels, or all rows y of its planes. */
static void fill_row(const job *j, int64_t y) {
  const cr_planes *in = &j->g->source, *slab = &j->slab;
  const float *from = (const float *)in->data + j->image * in->sn;
  float *to = (float *)slab->data + y * slab->sh;
  int64_t row = y + j->g->y.first, front = most(0, -j->g->x.first), skip = most(0, j->g->x.first);
  int64_t count = row < 0 || row >= in->h ? 0 : most(0, least(in->w - skip, slab->w - front));
  int64_t planes = j->by_pixels ? 1 : in->c, part = j->by_pixels ? slab->sw : 1;
  front = least(front, slab->w);
  from += row * in->sh + skip * in->sw;
  for (int64_t c = 0; c < planes; c++, to += slab->sc) {
    int64_t end = count > 0 ? front + count : 0;
    if (count > 0) memset(to, 0, (size_t)(front * part) * sizeof *to);
    memset(to + end * part, 0, (size_t)((slab->w - end) * part) * sizeof *to);
    if (!j->by_pixels) {
      if (count > 0) memcpy(to + front, from + c * in->sc, (size_t)count * sizeof *to);
      continue;
    }
    for (int64_t x = 0; x < count; x++)
      memcpy(to + (front + x) * part, from + x * in->sw, (size_t)in->c * sizeof *to);
  }
}

static void fill_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  for (int64_t y = begin; y < end && !cr_interrupt_pending(); y++) fill_row(context, y);
}

/* Where the tiles read. Pixels of a copy are not a multiple of 2 KB apart. */
static cr_status lay_out(job *j) {
  const cr_correlation *g = j->g;
  const cr_planes *in = &g->source;
  int64_t h = reach(&g->y, g->dest.h), w = reach(&g->x, g->dest.w);
  bool is_inside =
      g->y.first >= 0 && g->x.first >= 0 && g->y.first + h <= in->h && g->x.first + w <= in->w;
  j->slab = *in;
  j->has_copy = !is_inside;
  if (is_inside) return CR_OK;
  double elements = (double)h * (double)w * (double)(in->c + 16);
  if (elements > 1e12) return cr_plan_too_large();
  cr_planes *slab = &j->slab;
  slab->h = h;
  slab->w = w;
  slab->sw = !j->by_pixels ? 1 : in->c % 512 == 0 ? in->c + 16 : in->c;
  slab->sh = w * slab->sw;
  slab->sc = j->by_pixels ? 1 : h * slab->sh;
  int64_t size = j->by_pixels ? h * slab->sh : in->c * slab->sc;
  slab->data = cr_scratch(CR_SCRATCH_COLUMNS, (size_t)size * sizeof(float));
  return slab->data ? CR_OK : CR_ENOMEM;
}

static cr_status find_offsets(job *j) {
  const cr_correlation *g = j->g;
  int64_t channels = j->by_pixels ? 1 : g->source.c, *offset;
  j->run = j->by_pixels ? g->source.c : 1;
  j->runs = j->steps / j->run;
  j->offset = offset = cr_scratch(CR_SCRATCH_INDEX, (size_t)j->runs * sizeof *offset);
  if (!offset) return CR_ENOMEM;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t y = 0; y < g->y.taps; y++)
      for (int64_t x = 0; x < g->x.taps; x++)
        *offset++ = c * j->slab.sc + y * g->y.delta * j->slab.sh + x * g->x.delta * j->slab.sw;
  return CR_OK;
}

/* ---- tiles ---- */

/* Spreads `channels` sums of each of `rows` pixels over the planes. */
static void spread(const cr_planes *out, float *to, const float *sums, int64_t rows,
                   int64_t channels) {
  for (int64_t m = 0; m < channels; m++)
    for (int64_t x = 0; x < rows; x++) to[m * out->sc + x * out->sw] = sums[x * channels + m];
}

/* A row of outputs, in strips of even length, for one panel of channels. */
static void run_row(const job *j, int64_t y, int64_t panel) {
  const cr_correlation *g = j->g;
  const cr_planes *out = &g->dest;
  const cr_conv_finish *f = g->finish;
  int64_t m = panel * j->width, at = j->image * out->sn + y * out->sh + m * out->sc;
  int64_t strip = ceil_div(out->w, ceil_div(out->w, j->kernels->rows));
  const float *added = f && f->added ? (const float *)f->added + at : NULL;
  cr_pixels_tile t = {
      .a = (const float *)j->slab.data + y * g->y.step * j->slab.sh,
      .a_pixel = g->x.step * j->slab.sw,
      .offset = j->offset,
      .runs = j->runs,
      .run = j->run,
      .b = j->weights + panel * j->steps * j->width,
      .c = (float *)out->data + at,
      .c_pixel = out->sw,
      .bias = j->bias ? j->bias + m : NULL,
      .has_clamp = f && f->has_clamp,
      .low = f ? (float)f->low : 0,
      .high = f ? (float)f->high : 0,
  };
  if (!j->has_copy)
    t.a += j->image * g->source.sn + g->y.first * g->source.sh + g->x.first * g->source.sw;
  int64_t vectors = least(CR_PIXELS_VECTORS, (out->c - m) / j->kernels->lanes);
  int64_t channels = vectors * j->kernels->lanes;
  float sums[CR_PIXELS_ROWS * CR_PIXELS_VECTORS * CR_ALIGNMENT / sizeof(float)], *to = t.c;
  bool spreads = out->sc != 1;
  if (spreads) {
    t.c = sums;
    t.c_pixel = channels;
  }
  for (int64_t x = 0; x < out->w; x += strip) {
    int64_t rows = least(strip, out->w - x);
    t.added = added ? added + x * out->sw : NULL;
    j->kernels->tile[rows - 1][vectors - 1](&t);
    t.a += rows * t.a_pixel;
    if (spreads) {
      spread(out, to + x * out->sw, sums, rows, channels);
    } else {
      t.c += rows * t.c_pixel;
    }
  }
}

static void run_some(const job *j, int64_t y0, int64_t y1, int64_t p0, int64_t p1) {
  enum { cached = 256 << 10 }; /* bytes of weights that stay near while rows go by */
  bool is_small = (p1 - p0) * j->width * j->steps * (int64_t)sizeof(float) <= cached;
  int64_t group = is_small ? p1 - p0 : 1;
  for (int64_t p = p0; p < p1; p += group)
    for (int64_t y = y0; y < y1 && !cr_interrupt_pending(); y++)
      for (int64_t i = p; i < p + group; i++) run_row(j, y, i);
}

static void run_part(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  if (j->shares_panels) {
    run_some(j, 0, j->g->dest.h, begin, end);
  } else {
    run_some(j, begin, end, 0, j->panels);
  }
}

cr_status cr_conv_pixels(const cr_correlation *g, const void *weight, const void *bias) {
  const cr_planes *out = &g->dest;
  job j = {.g = g,
           .kernels = &cr_kernels()->pixels,
           .by_pixels = g->source.sc == 1,
           .bias = bias,
           .steps = g->source.c * g->y.taps * g->x.taps};
  j.width = (int64_t)CR_PIXELS_VECTORS * j.kernels->lanes;
  j.panels = ceil_div(out->c, j.width);
  CR_TRY(find_weights(&j, weight));
  CR_TRY(lay_out(&j));
  CR_TRY(find_offsets(&j));
  const int64_t threads = cr_num_threads(), many = 64 << 10; /* weights */
  j.shares_panels = j.panels % threads == 0 && (j.steps * out->c > many || out->h < 4 * threads);
  int64_t pieces = j.shares_panels ? j.panels : out->h;
  double cost = (double)(out->h * out->w) * (double)(j.steps * out->c) / 25 / (double)pieces;
  double row_cost = (double)j.slab.w * (double)g->source.c * 0.4; /* so that pieces may be short */
  for (j.image = 0; j.image < out->n; j.image++) {
    if (j.has_copy) cr_parallel_for(j.slab.h, cr_grain(row_cost), fill_rows, &j);
    cr_parallel_for(pieces, cr_grain(cost), run_part, &j);
    CR_TRY(cr_check_interrupt());
  }
  return CR_OK;
}
