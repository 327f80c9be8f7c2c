#include "ops/conv_sampled.h"

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/check.h"

static bool is_one_tap(const cr_tap_axis *t) { return t->taps == 1 && t->first == 0; }

bool cr_conv_is_sampled(const cr_correlation *g) {
  const cr_planes *small = &g->dest;
  bool is_even = small->h == 1 || small->sh == small->w * small->sw;
  return g->groups == 1 && is_even && is_one_tap(&g->y) && is_one_tap(&g->x) &&
         (g->y.step > 1 || g->x.step > 1);
}

typedef struct {
  cr_conv_samples samples;
  cr_conv_sampling run;
} job;

static void run_planes(int64_t begin, int64_t end, int thread, void *context) {
  (void)thread;
  const job *j = context;
  j->run(&j->samples, begin, end);
}

static void run(job *j, double elements) {
  int64_t planes = j->samples.images->n * j->samples.images->c;
  cr_parallel_for(planes, cr_grain(elements * 0.3), run_planes, j);
}

/* Changes g's source to its samples, whose memory it takes. */
static cr_status take_samples(cr_correlation *g, job *j) {
  const cr_planes *small = &g->dest;
  int64_t area = small->h * small->w, channels = g->source.c, width;
  width = (int64_t)cr_dtype_size(g->dtype);
  void *data =
      cr_scratch(CR_SCRATCH_RESULT, (size_t)(g->source.n * channels * area) * (size_t)width);
  if (!data) return CR_ENOMEM;
  j->samples.samples = data;
  j->samples.step_y = g->y.step;
  j->samples.step_x = g->x.step;
  j->samples.rows = small->h;
  j->samples.columns = small->w;
  g->source = (cr_planes){.data = data,
                          .n = g->source.n,
                          .c = channels,
                          .h = small->h,
                          .w = small->w,
                          .sn = channels * area,
                          .sc = area,
                          .sh = small->w,
                          .sw = 1};
  g->y.step = g->x.step = 1;
  return CR_OK;
}

cr_status cr_conv_sample(cr_correlation *g) {
  cr_planes images = g->source;
  job j = {.samples = {.images = &images},
           .run = cr_kernels()->conv[cr_float_index(g->dtype)].sample};
  CR_TRY(take_samples(g, &j));
  run(&j, (double)g->dest.h * (double)g->dest.w);
  return CR_OK;
}

cr_status cr_conv_spread(const cr_correlation *g, cr_conv_to_big make, const void *weight,
                         const void *bias) {
  cr_correlation sampled = *g;
  job j = {.samples = {.images = &g->source, .gaps = bias},
           .run = cr_kernels()->conv[cr_float_index(g->dtype)].spread};
  CR_TRY(take_samples(&sampled, &j));
  CR_TRY(make(&sampled, weight, bias));
  run(&j, (double)g->source.h * (double)g->source.w);
  return CR_OK;
}
