/* Pooling of images (dims 2) and volumes (dims 3) over windows of any kind; see boxes.h. float32 and
 * float64. Two-dimensional pooling without dilation has faster functions of its own (pool.h). */
#ifndef CR_OPS_WINDOW_H
#define CR_OPS_WINDOW_H

#include "core/tensor.h"

typedef enum {
  CR_WINDOW_REGULAR, /* kernel, step, pad, dilation */
  CR_WINDOW_ADAPTIVE, /* `out` windows that cover the input: floor(i in / out) to ceil((i+1) in / out) */
  CR_WINDOW_FRACTIONAL /* `out` windows of `kernel` elements at random places (Graham 2015) */
} cr_window_kind;

typedef struct {
  int dims;
  cr_window_kind kind;
  int64_t kernel[3], step[3], pad[3], dilation[3], out[3]; /* T, H, W */
  bool ceil_mode;           /* a window that reaches past the end counts, when it starts inside */
  bool count_pad;           /* average: padding counts as zeros */
  const cr_tensor *samples; /* fractional: numbers from 0 to 1, N x C x dims or C x dims, with the
                               axes in the order W, H, T */
} cr_window_shape;

/* indices (int64, or NULL) gets each maximum's place in its plane, 1 + (t H + y) W + x. */
cr_status cr_window_max_forward(cr_tensor *output, cr_tensor *indices, const cr_tensor *input,
                                const cr_window_shape *shape);
/* The gradient goes to the places of the indices, whose planes are those of the input. */
cr_status cr_window_max_backward(cr_tensor *grad_input, const cr_tensor *input,
                                 const cr_tensor *grad_output, const cr_tensor *indices, int dims);

cr_status cr_window_average_forward(cr_tensor *output, const cr_tensor *input,
                                    const cr_window_shape *shape);
cr_status cr_window_average_backward(cr_tensor *grad_input, const cr_tensor *input,
                                     const cr_tensor *grad_output, const cr_window_shape *shape);

/* Puts each element of the input at its index in a plane of the given size (T, H, W) of zeros. */
cr_status cr_unpool_forward(cr_tensor *output, const cr_tensor *input, const cr_tensor *indices,
                            int dims, const int64_t *size);
cr_status cr_unpool_backward(cr_tensor *grad_input, const cr_tensor *input,
                             const cr_tensor *grad_output, const cr_tensor *indices, int dims,
                             const int64_t *size);

#endif
