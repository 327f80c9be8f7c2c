/* Checks and preparations that the operations of layers share. */
#ifndef CR_OPS_CHECK_H
#define CR_OPS_CHECK_H

#include "core/tensor.h"
#include "kernels/conv.h"

/* 0 for float32, 1 for float64: the index into the tables of floating-point kernels. */
static inline int cr_float_index(cr_dtype dtype) { return dtype == CR_F64; }

/* "input must be a torch.FloatTensor, got a torch.DoubleTensor: convert ..." */
cr_status cr_expect_dtype(const char *name, const cr_tensor *t, cr_dtype dtype);

/* float32 or float64 */
cr_status cr_expect_float(const char *name, const cr_tensor *t);

/* Fails when kept, something of the last forward, has another size than the input. */
cr_status cr_expect_forward(const cr_tensor *kept, const cr_tensor *input);

/* "gradOutput must be (5 x 4), got (5 x 3)" */
cr_status cr_expect_size_of(const char *name, const cr_tensor *t, const cr_tensor *like);

cr_status cr_expect_size(const char *name, const cr_tensor *t, int ndim, const int64_t *size);

/* A vector of the type and size: a bias, running statistics. */
cr_status cr_expect_vector(const char *name, const cr_tensor *t, cr_dtype dtype, int64_t size);

/* "(5 x 4)" into buffer (CR_SIZE_TEXT + 2 bytes and more for the spaces); "(empty)" without
 * dimensions. Returns buffer. */
#define CR_PAREN_TEXT (CR_MAX_DIMS * 23 + 3)
const char *cr_paren_text(char *buffer, const cr_tensor *t);

/* A result that is one of the arguments itself would change under the eyes of the reader. */
cr_status cr_expect_own_result(const cr_tensor *result, const cr_tensor *argument);

/* A layer's gradient (may be NULL) that is added to while input and gradOutput are read. */
cr_status cr_expect_apart(const char *name, const cr_tensor *gradient, const cr_tensor *input,
                          const cr_tensor *grad_output);

/* Makes `out` a tensor of these sizes that shares no memory with `avoid` (may be NULL) and has no
 * two indices for one element: a layer's result. When it does, it gets memory of its own. */
cr_status cr_prepare_result(cr_tensor *out, int ndim, const int64_t *size, const cr_tensor *avoid);

/* The same, and contiguous. */
cr_status cr_prepare_contiguous(cr_tensor *out, int ndim, const int64_t *size,
                                const cr_tensor *avoid);

/* Gives an image (C x H x W) or a batch of them its size, with the channels innermost. */
cr_status cr_lay_out_innermost(cr_tensor *out, int ndim, const int64_t *size);

/* An image (C x H x W) or a batch of them as planes. */
cr_planes cr_planes_of(const cr_tensor *t);

#endif
