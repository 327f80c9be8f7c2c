/* How a correlation's work is cut up and laid out; private to the files of the engine. */
#ifndef CR_OPS_CORRELATE_PLAN_H
#define CR_OPS_CORRELATE_PLAN_H

#include "core/parallel.h"
#include "kernels/kernels.h"
#include "ops/correlate.h"

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t round_up(int64_t a, int64_t b) { return (a + b - 1) / b * b; }
/* Towards plus and minus infinity, for any a and b > 0. */
static inline int64_t ceil_div(int64_t a, int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}
static inline int64_t floor_div(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

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

/* One piece of work: images x rows. */
typedef struct {
  int64_t n0, images, y0, rows;
  int64_t length; /* of the run of q */
} unit;

cr_status cr_plan_init(plan *p, const cr_correlation *g);

/* Cuts the work so that a run of q has at most `longest` elements: several whole images, or rows of
 * one. All threads get as many pieces. */
void cr_plan_cut_images(plan *p, double longest);

/* Few pixels under many rows: the threads share the rows, so that each reads half the weights. */
void cr_plan_cut_rows(plan *p);

/* The slab's layout once it is known what a piece of work is. */
cr_status cr_plan_lay_out(plan *p);

cr_status cr_plan_too_large(void);

/* Scratch memory for `parts` threads of `bytes` each. */
cr_status cr_plan_take(char **out, cr_scratch_slot slot, int64_t bytes, int64_t parts);

unit cr_plan_unit(const plan *p, int64_t index);

/* The longest run of q of all pieces. */
int64_t cr_plan_longest(const plan *p);

/* Channels c0 ... c0 + channels - 1 of what a piece of work needs of the source. */
void cr_plan_fill(const plan *p, const unit *u, int64_t c0, int64_t channels, void *slab);

/* Nanoseconds that one of so many pieces of work takes, roughly. */
double cr_plan_cost(const plan *p, double pieces);

#endif
