/* Transfer functions of more than one operand. Each line of CR_GATES is X(name, forward, slope of a,
 * slope of b): of the two halves a and b of an input; K(c) is a constant of the element type. */
#ifndef CR_KERNELS_GATE_H
#define CR_KERNELS_GATE_H

#include <stdint.h>

/* clang-format off */
#define CR_GATES(X)                                                                                \
  X(glu, a * SIGMOID(b), SIGMOID(b), a * SIGMOID(b) * (1 - SIGMOID(b)))                         \
  X(swiglu, a * SIGMOID(a) * b, b * silu_slope(a), a * SIGMOID(a))
/* clang-format on */

#define CR_NAME_GATE(name, forward, slope_a, slope_b) CR_GATE_##name,
typedef enum { CR_GATES(CR_NAME_GATE) CR_GATE_COUNT } cr_gate;
#undef CR_NAME_GATE

/* Sum of x g over the n elements, `stride` elements apart, where x is negative: the gradient of
 * PReLU's weight. */
typedef double (*cr_prelu_sum)(int64_t n, int64_t stride, const void *x, const void *g);

#endif
