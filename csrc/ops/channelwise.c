#include "ops/channelwise.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"
#include "ops/copy.h"

bool cr_channelwise_fits(const cr_correlation *g) {
  const cr_planes *in = &g->source, *out = &g->dest;
  return g->cache && g->dtype == CR_F32 && g->groups == in->c && in->c == out->c && in->sc == 1 &&
         out->sc == 1 && in->c % cr_kernels()->channelwise.lanes == 0;
}

/* The weights with channels innermost, from the cache. */
static cr_status turn_weights(const cr_correlation *g, const void *weight, const float **turned) {
  const cr_weight_cache *cache = g->cache;
  cr_tensor *packed = cache->packed;
  int64_t taps = g->y.taps * g->x.taps, channels = g->dest.c, size[2] = {taps, channels};
  if (!cr_weight_cache_holds(cache, 2, size)) {
    cr_storage storage = {.dtype = CR_F32, .size = taps * channels, .data = (void *)weight};
    cr_tensor view = {.dtype = CR_F32,
                      .ndim = 2,
                      .size = {taps, channels},
                      .stride = {1, taps},
                      .storage = &storage};
    CR_TRY(cr_tensor_resize(packed, 2, size));
    CR_TRY(cr_copy(packed, &view));
    cr_storage_set_origin(packed->storage, cache->source, cache->offset);
  }
  *turned = cr_tensor_data(packed);
  return CR_OK;
}

typedef struct {
  cr_planes in, out;
  cr_channelwise_kernel kernel;
  cr_channelwise_job job; /* of the first image */
} run;

/* One image. */
static cr_channelwise_job job_at(const run *r, int64_t n) {
  cr_channelwise_job job = r->job;
  job.in += n * r->in.sn;
  job.out += n * r->out.sn;
  return job;
}

static void run_rows(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const run *r = context;
  const cr_planes *out = &r->out;
  for (int64_t row = begin; row < end && !cr_interrupt_pending();) {
    int64_t n = row / out->h, y = row % out->h;
    int64_t rows = end - row < out->h - y ? end - row : out->h - y;
    cr_channelwise_job job = job_at(r, n);
    r->kernel(&job, y, y + rows, 0, out->c);
    row += rows;
  }
}

static void run_channels(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const run *r = context;
  const cr_planes *out = &r->out;
  int64_t lanes = cr_kernels()->channelwise.lanes;
  for (int64_t n = 0; n < out->n && !cr_interrupt_pending(); n++) {
    cr_channelwise_job job = job_at(r, n);
    r->kernel(&job, 0, out->h, begin * lanes, end * lanes);
  }
}

/* taps: of each output */
static cr_status share(run *r, double taps) {
  const cr_planes *out = &r->out;
  r->job.in = r->in.data;
  r->job.h = r->in.h;
  r->job.w = r->in.w;
  r->job.in_y = r->in.sh;
  r->job.in_x = r->in.sw;
  r->job.out = out->data;
  r->job.out_w = out->w;
  r->job.out_y = out->sh;
  r->job.out_x = out->sw;
  r->job.channels = out->c;
  int64_t lanes = cr_kernels()->channelwise.lanes, rows = out->n * out->h;
  double vectors = (double)(out->c / lanes);
  double pixel = (taps + 1) * 1.6; /* nanoseconds of four vectors: a piece may be short */
  /* Few rows would be shared unevenly. */
  if (rows >= 16 * cr_num_threads()) {
    cr_parallel_for(rows, cr_grain(pixel * vectors * (double)out->w), run_rows, r);
  } else {
    cr_parallel_for(out->c / lanes, cr_grain(pixel * (double)(rows * out->w)), run_channels, r);
  }
  return cr_check_interrupt();
}

cr_status cr_channelwise(const cr_correlation *g, const void *weight, const void *bias) {
  const cr_conv_finish *f = g->finish;
  const float *turned;
  CR_TRY(turn_weights(g, weight, &turned));
  run r = {.in = g->source,
           .out = g->dest,
           .kernel = cr_kernels()->channelwise.forward,
           .job = {.weight = turned,
                   .bias = bias,
                   .taps_y = g->y.taps,
                   .taps_x = g->x.taps,
                   .step_y = g->y.step,
                   .step_x = g->x.step,
                   .first_y = g->y.first,
                   .first_x = g->x.first,
                   .delta_y = g->y.delta,
                   .delta_x = g->x.delta,
                   .has_clamp = f && f->has_clamp,
                   .low = f ? (float)f->low : 0,
                   .high = f ? (float)f->high : 0}};
  return share(&r, (double)g->y.taps * (double)g->x.taps);
}

/* ---- pooling ---- */

bool cr_channelwise_max_fits(const cr_tensor *input, const cr_tensor *output) {
  cr_planes in = cr_planes_of(input), out = cr_planes_of(output);
  return input->dtype == CR_F32 && in.sc == 1 && out.sc == 1 &&
         in.c % cr_kernels()->channelwise.lanes == 0;
}

cr_status cr_channelwise_max(cr_tensor *output, const cr_tensor *input, const cr_pool_shape *s) {
  run r = {.in = cr_planes_of(input),
           .out = cr_planes_of(output),
           .kernel = cr_kernels()->channelwise.max,
           .job = {.taps_y = s->kernel_h,
                   .taps_x = s->kernel_w,
                   .step_y = s->step_h,
                   .step_x = s->step_w,
                   .first_y = -s->pad_h,
                   .first_x = -s->pad_w,
                   .delta_y = 1,
                   .delta_x = 1}};
  if (cr_tensor_numel(output) == 0) return CR_OK;
  return share(&r, (double)s->kernel_h * (double)s->kernel_w);
}
