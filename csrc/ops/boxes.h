/* What operations on images and volumes share. `dims` is 2 for images, (N x C x H x W) or
 * (C x H x W), and 3 for volumes, with T before H. Axes are numbered 0 (T), 1 (H), 2 (W). */
#ifndef CR_OPS_BOXES_H
#define CR_OPS_BOXES_H

#include "core/parallel.h"
#include "core/tensor.h"
#include "kernels/volume.h"

/* The planes of a tensor and the size of each. */
typedef struct {
  int64_t planes;
  cr_box box;
} cr_boxes;

/* Checks type, number of dimensions and sizes: none is 0 but the batch's, and a plane has fewer than
 * 2^31 elements. */
cr_status cr_expect_boxes(cr_boxes *out, const char *name, const cr_tensor *t, int dims);

/* The size of a tensor like `t` whose planes are of the given size. */
void cr_boxes_size(int64_t *size, const cr_tensor *t, const cr_box *box, int dims);

/* Fails unless low <= value <= 2^30. */
cr_status cr_expect_count(const char *name, int64_t value, int64_t low);

/* Checks that grad_output has the type of input and planes of size `out`, and prepares grad_input. */
cr_status cr_prepare_box_backward(cr_tensor *grad_input, const cr_tensor *input,
                                  const cr_tensor *grad_output, const cr_box *out, int dims);

/* Calls work(begin, end, thread, context) for pieces of the planes, a few at a time, looking for an
 * interrupt in between. cost: nanoseconds a plane. */
cr_status cr_run_planes(int64_t planes, double cost, cr_range_fn work, void *context);

/* The name of an axis: "T", "H", "W". */
extern const char *const cr_axis_names[3];

#endif
