/* Padding and enlarging images (dims 2) and volumes (dims 3); see boxes.h. float32 and float64. */
#ifndef CR_OPS_PADDING_H
#define CR_OPS_PADDING_H

#include "core/tensor.h"

typedef enum { CR_PAD_ZERO, CR_PAD_REFLECTION, CR_PAD_REPLICATION } cr_pad_mode;

/* Elements added before and after each axis; negative: taken away. */
typedef struct {
  int dims;
  cr_pad_mode mode;
  int64_t before[3], after[3];
} cr_pad_shape;

cr_status cr_pad_forward(cr_tensor *output, const cr_tensor *input, const cr_pad_shape *shape);
cr_status cr_pad_backward(cr_tensor *grad_input, const cr_tensor *input,
                          const cr_tensor *grad_output, const cr_pad_shape *shape);

/* Each element becomes scale x scale (x scale) equal ones. */
cr_status cr_enlarge_forward(cr_tensor *output, const cr_tensor *input, int dims, int64_t scale);
cr_status cr_enlarge_backward(cr_tensor *grad_input, const cr_tensor *input,
                              const cr_tensor *grad_output, int dims, int64_t scale);

/* Linear interpolation to `size` (T, H, W; T is ignored for images); corners lie on corners. */
cr_status cr_interpolate_forward(cr_tensor *output, const cr_tensor *input, int dims,
                                 const int64_t *size);
cr_status cr_interpolate_backward(cr_tensor *grad_input, const cr_tensor *input,
                                  const cr_tensor *grad_output, int dims, const int64_t *size);

#endif
