/* What Winograd's convolution and its gradient share: which ones they are, and their tiles. */
#include "ops/winograd.h"

enum { tile_size = CR_WINOGRAD_TILE };

static bool is_3_taps(const cr_tap_axis *t) {
  return t->taps == 3 && t->step == 1 && (t->delta == 1 || t->delta == -1);
}

/* Pixels for which transforming the weights pays; fewer when that was done before. */
static double least_pixels(const cr_correlation *g) {
  return g->cache || g->source.c * g->dest.c <= 128 * 128 ? 144 : 256;
}

bool cr_winograd_fits(const cr_correlation *g) {
  double pixels = (double)g->dest.n * (double)g->dest.h * (double)g->dest.w;
  return g->dtype == CR_F32 && g->groups == 1 && is_3_taps(&g->y) && is_3_taps(&g->x) &&
         g->source.c >= 32 && g->dest.c >= 32 && g->dest.h >= 6 && g->dest.w >= 6 &&
         pixels >= least_pixels(g);
}

bool cr_winograd_gradient_fits(const cr_correlation *g) {
  double pixels = (double)g->dest.n * (double)g->dest.h * (double)g->dest.w;
  return cr_winograd_fits(g) && pixels >= 1024;
}

static cr_tap_axis tile_axis(const cr_tap_axis *t) {
  int64_t first = t->delta > 0 ? t->first : t->first + 2 * t->delta;
  return (cr_tap_axis){.step = tile_size, .taps = 6, .first = first, .delta = 1};
}

cr_correlation cr_winograd_tiles(const cr_correlation *g) {
  cr_correlation tiles = *g;
  tiles.dest.h = ceil_div(g->dest.h, tile_size);
  tiles.dest.w = ceil_div(g->dest.w, tile_size);
  tiles.y = tile_axis(&g->y);
  tiles.x = tile_axis(&g->x);
  return tiles;
}

void cr_winograd_places(const plan *p, const cr_planes *planes, const unit *u, int64_t q0,
                        int64_t n, int64_t width, cr_winograd_place *places) {
  for (int64_t i = 0; i < width; i++) {
    int64_t row = (q0 + i) / p->x.pitch, column = (q0 + i) % p->x.pitch;
    int64_t image = u->n0 + row / p->y.pitch, y = row % p->y.pitch;
    bool inside = i < n && y < u->rows && column < p->x.out;
    int64_t top = (u->y0 + y) * tile_size, left = column * tile_size;
    places[i] = (cr_winograd_place){.to = 0};
    if (!inside) continue;
    places[i].to = image * planes->sn + top * planes->sh + left * planes->sw;
    places[i].rows = (int32_t)least(tile_size, planes->h - top);
    places[i].columns = (int32_t)least(tile_size, planes->w - left);
  }
}
