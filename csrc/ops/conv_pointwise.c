#include "ops/conv_pointwise.h"

#include "core/parallel.h"
#include "ops/gemm.h"

static bool is_one_tap(const cr_tap_axis *t) {
  return t->taps == 1 && t->step == 1 && t->first == 0;
}

static bool is_even(const cr_planes *p) { return p->h == 1 || p->sh == p->w * p->sw; }

static int64_t area(const cr_planes *p) { return p->h * p->w; }

bool cr_conv_is_pointwise(const cr_correlation *g) {
  return g->groups == 1 && is_one_tap(&g->y) && is_one_tap(&g->x) && is_even(&g->source) &&
         is_even(&g->dest) && g->source.h == g->dest.h && g->source.w == g->dest.w;
}

/* Whether pixels of one image fill vectors well. */
static bool fills_vectors(const cr_correlation *g) {
  const int64_t lanes = 64 / (int64_t)cr_dtype_size(g->dtype);
  int64_t pixels = area(&g->dest), wide = (pixels + lanes - 1) / lanes * lanes;
  return wide * 7 <= pixels * 8;
}

bool cr_conv_pointwise_fits(const cr_correlation *g) {
  return cr_conv_is_pointwise(g) && (g->dest.n == 1 || g->source.sw != 1 || fills_vectors(g));
}

static cr_gemm_finish finish_of(const cr_correlation *g) {
  const cr_conv_finish *f = g->finish;
  if (!f) return (cr_gemm_finish){.added = NULL};
  return (cr_gemm_finish){
      .added = f->added, .has_clamp = f->has_clamp, .low = f->low, .high = f->high};
}

/* out = weight times in + bias, for each image. */
typedef struct {
  cr_product product; /* of the first image */
  int64_t in_image, out_image, width;
} image_job;

static cr_status run_image(const image_job *job, int64_t n) {
  cr_product p = job->product;
  if (p.finish.added)
    p.finish.added = (const char *)p.finish.added + n * job->out_image * job->width;
  const void **pixels = p.b_panels ? &p.a : &p.b;
  *pixels = (const char *)*pixels + n * job->in_image * job->width;
  p.c = (char *)p.c + n * job->out_image * job->width;
  return cr_multiply(&p);
}

/* A product that finds no memory on its thread is left for the caller's. */
typedef struct {
  const image_job *job;
  bool failed[CR_MAX_THREADS];
  int64_t begin[CR_MAX_THREADS], end[CR_MAX_THREADS];
} images_job;

static void run_images(int64_t begin, int64_t end, int thread, void *context) {
  images_job *all = context;
  for (int64_t n = begin; n < end && !cr_interrupt_pending(); n++) {
    if (run_image(all->job, n) == CR_OK) continue;
    all->failed[thread] = true;
    all->begin[thread] = n;
    all->end[thread] = end;
    return;
  }
}

static cr_status multiply_images(const image_job *job, int64_t images) {
  int threads = cr_num_threads();
  bool shares_images = images % threads == 0 || images >= 4 * threads;
  if (!shares_images) {
    for (int64_t n = 0; n < images; n++) CR_TRY(run_image(job, n));
    return CR_OK;
  }
  images_job all = {.job = job};
  double work = (double)job->product.m * (double)job->product.n * (double)job->product.k;
  cr_parallel_for(images, cr_grain(work / 50), run_images, &all);
  CR_TRY(cr_check_interrupt());
  for (int t = 0; t < CR_MAX_THREADS; t++)
    for (int64_t n = all.begin[t]; all.failed[t] && n < all.end[t]; n++) CR_TRY(run_image(job, n));
  return CR_OK;
}

static cr_status run(const cr_correlation *g, const cr_planes *in, const cr_planes *out,
                     const void *weight, int64_t weight_row, int64_t weight_column,
                     const void *bias, cr_gemm_finish finish) {
  finish.row_bias = bias;
  image_job job = {.product = {.dtype = g->dtype,
                               .m = out->c,
                               .n = area(out),
                               .k = in->c,
                               .a = weight,
                               .b = in->data,
                               .c = out->data,
                               .a_row = weight_row,
                               .a_column = weight_column,
                               .b_row = in->sc,
                               .b_column = in->sw,
                               .c_row = out->sc,
                               .c_column = out->sw,
                               .alpha = 1,
                               .finish = finish},
                   .in_image = in->sn,
                   .out_image = out->sn,
                   .width = (int64_t)cr_dtype_size(g->dtype)};
  return multiply_images(&job, out->n);
}

/* The weights in panels, from the cache. */
static cr_status find_panels(const cr_correlation *g, const void *weight, const void **panels) {
  const cr_weight_cache *cache = g->cache;
  cr_tensor *packed = cache->packed;
  int64_t in = g->source.c, out = g->dest.c, size = cr_gemm_panels_size(g->dtype, in, out);
  if (!cr_weight_cache_holds(cache, 1, &size)) {
    CR_TRY(cr_tensor_resize(packed, 1, &size));
    cr_gemm_pack_panels(g->dtype, in, out, weight, 1, in, cr_tensor_data(packed));
    cr_storage_set_origin(packed->storage, cache->source, cache->offset);
  }
  *panels = cr_tensor_data(packed);
  return CR_OK;
}

/* Vectors run along the output's channels. */
static cr_status run_along_channels(const cr_correlation *g, const void *weight, const void *bias) {
  const cr_planes *in = &g->source, *out = &g->dest;
  const void *panels;
  CR_TRY(find_panels(g, weight, &panels));
  cr_gemm_finish finish = finish_of(g);
  finish.column_bias = bias;
  image_job job = {.product = {.dtype = g->dtype,
                               .m = area(out),
                               .n = out->c,
                               .k = in->c,
                               .a = in->data,
                               .b = panels,
                               .c = out->data,
                               .a_row = in->sw,
                               .a_column = in->sc,
                               .b_panels = true,
                               .c_row = out->sw,
                               .c_column = out->sc,
                               .alpha = 1,
                               .finish = finish},
                   .in_image = in->sn,
                   .out_image = out->sn,
                   .width = (int64_t)cr_dtype_size(g->dtype)};
  return multiply_images(&job, out->n);
}

cr_status cr_conv_pointwise_to_small(const cr_correlation *g, const void *weight,
                                     const void *bias) {
  bool is_small = g->dest.n == 1 && g->source.sw == 1 && !fills_vectors(g);
  if (g->cache && (is_small || g->dest.sc == 1)) return run_along_channels(g, weight, bias);
  return run(g, &g->source, &g->dest, weight, g->source.c, 1, bias, finish_of(g));
}

cr_status cr_conv_pointwise_to_big(const cr_correlation *g, const void *weight, const void *bias) {
  return run(g, &g->dest, &g->source, weight, 1, g->source.c, bias,
             (cr_gemm_finish){.added = NULL});
}

cr_status cr_conv_pointwise_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  const cr_planes *in = &g->source, *out = &g->dest;
  cr_product p = {.dtype = g->dtype,
                  .m = out->c,
                  .n = in->c,
                  .k = area(out) * out->n,
                  .segment = area(out),
                  .a = out->data,
                  .b = in->data,
                  .c = grad,
                  .a_row = out->sc,
                  .a_column = out->sw,
                  .a_segment = out->sn,
                  .b_row = in->sw,
                  .b_column = in->sc,
                  .b_segment = in->sn,
                  .c_row = in->c,
                  .c_column = 1,
                  .alpha = scale,
                  .beta = 1};
  return cr_multiply(&p);
}
