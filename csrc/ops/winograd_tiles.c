/* What Winograd's convolution and its gradient share: which ones they are, and their tiles. */
#include "ops/winograd.h"

enum { tile_size = CR_WINOGRAD_TILE, chunk_size = CR_WINOGRAD_CHUNK };

static bool is_3_taps(const cr_tap_axis *t) {
  return t->taps == 3 && t->step == 1 && (t->delta == 1 || t->delta == -1);
}

/* Channels from which on filled-up chunks pay: measured for images of 8 x 8 to 32 x 32. */
enum { fewest = 14 };

bool cr_winograd_fits(const cr_correlation *g) {
  double pixels = (double)g->dest.n * (double)g->dest.h * (double)g->dest.w;
  return g->dtype == CR_F32 && g->groups == 1 && is_3_taps(&g->y) && is_3_taps(&g->x) &&
         g->source.c >= fewest && g->dest.c >= fewest && g->dest.h >= 6 && g->dest.w >= 6 &&
         pixels >= 49;
}

bool cr_winograd_gradient_fits(const cr_correlation *g) {
  return cr_winograd_fits(g) && g->dest.n * g->dest.h * g->dest.w >= 128;
}

cr_status cr_winograd_plan_init(cr_winograd_plan *w, const cr_correlation *g) {
  *w = (cr_winograd_plan){
      .g = g,
      .kernels = &cr_kernels()->winograd,
      .tiles_y = ceil_div(g->dest.h, tile_size),
      .tiles_x = ceil_div(g->dest.w, tile_size),
      .in_chunks = ceil_div(g->source.c, chunk_size),
      .out_chunks = ceil_div(g->dest.c, chunk_size),
  };
  if ((double)w->tiles_y * (double)w->tiles_x * (double)g->dest.n > 1e12)
    return cr_plan_too_large();
  w->rows = g->dest.n * w->tiles_y;
  w->slab = cr_winograd_slab(w->tiles_x);
  char *slabs;
  CR_TRY(
      cr_plan_take(&slabs, CR_SCRATCH_COLUMNS, w->slab * (int64_t)sizeof(float), cr_num_threads()));
  w->slabs = (float *)slabs;
  return CR_OK;
}

static int64_t first_of(const cr_tap_axis *t) {
  return t->delta > 0 ? t->first : t->first + 2 * t->delta;
}

cr_winograd_image cr_winograd_source(const cr_winograd_plan *w, cr_winograd_points points,
                                     int64_t row0, int thread) {
  return (cr_winograd_image){
      .planes = &w->g->source,
      .first_y = first_of(&w->g->y),
      .first_x = first_of(&w->g->x),
      .tiles_y = w->tiles_y,
      .tiles_x = w->tiles_x,
      .points = points,
      .base = row0,
      .slab = w->slabs + thread * w->slab,
  };
}

cr_winograd_image cr_winograd_dest(const cr_winograd_plan *w, cr_winograd_points points,
                                   int64_t row0, int thread) {
  cr_winograd_image image = cr_winograd_source(w, points, row0, thread);
  image.planes = &w->g->dest;
  image.first_y = image.first_x = 0;
  return image;
}

cr_winograd_points cr_winograd_layout(float *data, int64_t chunks, int64_t lines) {
  return (cr_winograd_points){
      .data = data,
      .point = (chunks * lines + 1) * chunk_size,
      .chunk = lines * chunk_size,
  };
}
