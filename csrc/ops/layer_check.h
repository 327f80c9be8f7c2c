/* Checks that the operations of layers share; messages are prefixed with the layer's name. */
#ifndef CR_OPS_LAYER_CHECK_H
#define CR_OPS_LAYER_CHECK_H

#include "core/tensor.h"

/* "2 x 3 x 4" into buffer (at least CR_SHAPE_TEXT bytes); "empty" for 0 dimensions. */
#define CR_SHAPE_TEXT (CR_MAX_DIMS * 23)
const char *cr_shape_text(char *buffer, int ndim, const int64_t *size);

/* float32 or float64. */
cr_status cr_check_layer_float(const cr_tensor *t, const char *name);
/* The layer's own type. */
cr_status cr_check_layer_type(const cr_tensor *t, const char *name, cr_dtype dtype);
cr_status cr_check_layer_size(const cr_tensor *t, const char *name, int ndim, const int64_t *size);
/* Of the type and with as many elements as the vector needs. */
cr_status cr_check_layer_vector(const cr_tensor *t, const char *name, cr_dtype dtype, int64_t size);
/* A result shares no memory with an input, nor do its own elements with each other. Call it after
 * the result has been resized. */
cr_status cr_check_layer_result(const cr_tensor *t, const char *name, const cr_tensor *input,
                                const char *input_name);

#endif
