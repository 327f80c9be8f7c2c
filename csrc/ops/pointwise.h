/* Pointwise operations with broadcasting. */
#ifndef CR_OPS_POINTWISE_H
#define CR_OPS_POINTWISE_H

#include "core/tensor.h"
#include "kernels/pointwise.h"

/* out = f(x). out is resized to x's size; it may be x itself. */
cr_status cr_unary(cr_tensor *out, const cr_tensor *x, cr_unary_op op);

/* *out = f(x) for one number: in float64, or where f is for integers alone in int64. */
cr_status cr_unary_number(cr_scalar *out, cr_dtype *dtype, cr_scalar x, cr_unary_op op);

/* f(a, b) of two numbers in float64, for the operations that float64 has. */
double cr_binary_number(double a, double b, cr_binary_op op);

/* out = f(a, b). The sizes are broadcast; when they cannot be but both have as many elements, they
 * are taken in order and out gets a's size, as in Torch7. out may be a or b; when it is, it must
 * already have the result's size. */
cr_status cr_binary(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_binary_op op);
cr_status cr_binary_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_binary_op op);

/* out = f(number, b). */
cr_status cr_scalar_binary(cr_tensor *out, cr_scalar a, const cr_tensor *b, cr_binary_op op);

/* out = f(a, others..., v, w), see CR_SCALED_ANY; the others are brought to a's size. out may be any
 * of them. */
cr_status cr_scaled(cr_tensor *out, const cr_tensor *a, int others, const cr_tensor *const *other,
                    cr_scaled_numbers numbers, cr_scaled_op op);

/* out (uint8) = a < b, and so on. */
cr_status cr_compare(cr_tensor *out, const cr_tensor *a, const cr_tensor *b, cr_compare_op op);
cr_status cr_compare_scalar(cr_tensor *out, const cr_tensor *a, cr_scalar b, cr_compare_op op);

/* out (uint8) = whether x is NaN, infinite or finite. */
cr_status cr_test(cr_tensor *out, const cr_tensor *x, cr_test_op op);

/* *out = whether the comparison holds for all elements, broadcast; true when there are none. */
cr_status cr_compare_all(bool *out, const cr_tensor *a, const cr_tensor *b, cr_compare_op op);
cr_status cr_compare_all_scalar(bool *out, const cr_tensor *a, cr_scalar b, cr_compare_op op);

/* *out = whether both have the same type, size and elements. */
cr_status cr_equal(bool *out, const cr_tensor *a, const cr_tensor *b);

/* A tensor, or a number where it is NULL. */
typedef struct {
  const cr_tensor *tensor;
  cr_scalar number;
} cr_choice;

/* out = a where the condition (uint8) is not 0, b elsewhere; all are broadcast. */
cr_status cr_where(cr_tensor *out, const cr_tensor *condition, cr_choice a, cr_choice b);

#endif
