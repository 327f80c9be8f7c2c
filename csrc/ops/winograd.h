/* 3 x 3 convolution by minimal filtering; private to the files of the engine. */
#ifndef CR_OPS_WINOGRAD_H
#define CR_OPS_WINOGRAD_H

#include "ops/correlate_plan.h"

/* Where the transforms of images and weights cost less than they save. */
bool cr_winograd_fits(const cr_correlation *g);

/* The same for the gradient to the weights, whose sums cost as much whatever the number of pixels. */
bool cr_winograd_gradient_fits(const cr_correlation *g);

/* by_input: the weights are those of the transposed convolution, (channels of the source) x (rows) x
 * 3 x 3, in that memory order. */
cr_status cr_winograd(const cr_correlation *g, const void *weight, bool by_input, const void *bias);

/* grad += scale * the gradient to the weight */
cr_status cr_winograd_weight_gradient(const cr_correlation *g, void *grad, double scale);

/* What the two share. */
typedef struct {
  const cr_correlation *g;
  const cr_winograd_kernels *kernels;
  int64_t tiles_y, tiles_x, rows; /* rows of tiles of all images */
  int64_t in_chunks, out_chunks;
  float *slabs;
  int64_t slab; /* floats of each thread's slab */
} cr_winograd_plan;

cr_status cr_winograd_plan_init(cr_winograd_plan *w, const cr_correlation *g);

/* The source (or the destination) with points for tile rows [row0, ...). */
cr_winograd_image cr_winograd_source(const cr_winograd_plan *w, cr_winograd_points points,
                                     int64_t row0, int thread);
cr_winograd_image cr_winograd_dest(const cr_winograd_plan *w, cr_winograd_points points,
                                   int64_t row0, int thread);

/* Points for so many chunks of `lines` lines; points do not compete for the same cache lines. */
cr_winograd_points cr_winograd_layout(float *data, int64_t chunks, int64_t lines);
static inline int64_t cr_winograd_floats(int64_t chunks, int64_t lines) {
  return CR_WINOGRAD_POINTS * (chunks * lines + 1) * CR_WINOGRAD_CHUNK;
}

#endif
