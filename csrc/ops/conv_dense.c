#include "ops/conv_dense.h"

#include "core/tensor.h"
#include "ops/copy.h"
#include "ops/gemm.h"

bool cr_conv_is_dense(const cr_correlation *g) {
  const cr_planes *big = &g->source, *small = &g->dest;
  bool covers = small->h == 1 && small->w == 1 && big->h == g->y.taps && big->w == g->x.taps &&
                g->y.first == 0 && g->x.first == 0 && (g->y.delta == 1 || g->y.taps == 1) &&
                (g->x.delta == 1 || g->x.taps == 1) && g->groups == 1;
  bool packed = (big->sw == 1 || big->w == 1) && (big->sh == big->w || big->h == 1) &&
                (big->sc == big->h * big->w || big->c == 1) && (small->sc == 1 || small->c == 1);
  int64_t steps = big->c * big->h * big->w;
  return covers && packed && (big->n == 1 || (big->sn >= steps && small->sn >= small->c));
}

static int64_t steps_of(const cr_correlation *g) { return g->source.c * g->source.h * g->source.w; }

/* Distance between images; a single one has none. */
static int64_t big_row(const cr_correlation *g) {
  return g->source.n > 1 ? g->source.sn : steps_of(g);
}

static int64_t small_row(const cr_correlation *g) { return g->dest.n > 1 ? g->dest.sn : g->dest.c; }

/* Fills every pixel of each channel with its bias; stride 0 stretches it over pixels and images. */
static cr_status fill_with_bias(cr_dtype dtype, const cr_planes *planes, int64_t row,
                                const void *bias) {
  cr_storage to = {.dtype = dtype, .size = INT64_MAX, .data = planes->data};
  cr_storage from = {.dtype = dtype, .size = planes->c, .data = (void *)bias};
  int64_t area = planes->h * planes->w;
  cr_tensor dst = {.dtype = dtype,
                   .ndim = 3,
                   .size = {planes->n, planes->c, area},
                   .stride = {row, area, 1},
                   .storage = &to};
  cr_tensor src = dst;
  src.stride[0] = src.stride[2] = 0;
  src.stride[1] = 1;
  src.storage = &from;
  return cr_copy(&dst, &src);
}

cr_status cr_conv_dense_to_small(const cr_correlation *g, const void *weight, const void *bias) {
  int64_t steps = steps_of(g);
  if (bias) CR_TRY(fill_with_bias(g->dtype, &g->dest, small_row(g), bias));
  return cr_gemm(g->dtype, false, true, g->dest.n, g->dest.c, steps, 1, g->source.data, big_row(g),
                 weight, steps, bias ? 1 : 0, g->dest.data, small_row(g));
}

cr_status cr_conv_dense_to_big(const cr_correlation *g, const void *weight, const void *bias) {
  int64_t steps = steps_of(g);
  if (bias) CR_TRY(fill_with_bias(g->dtype, &g->source, big_row(g), bias));
  return cr_gemm(g->dtype, false, false, g->dest.n, steps, g->dest.c, 1, g->dest.data, small_row(g),
                 weight, steps, bias ? 1 : 0, g->source.data, big_row(g));
}

cr_status cr_conv_dense_weight_gradient(const cr_correlation *g, void *grad, double scale) {
  int64_t steps = steps_of(g);
  return cr_gemm(g->dtype, true, false, g->dest.c, steps, g->dest.n, scale, g->dest.data,
                 small_row(g), g->source.data, big_row(g), 1, grad, steps);
}
