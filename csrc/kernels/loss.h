/* Losses that are a sum over elements. Each line is X(name, cost, loss, slope): of the input x and
 * the target t; slope is the loss's derivative with respect to x. a and b are parameters, p is a
 * second weight (for binary cross entropy: of the positive class), K(c) a constant of the element
 * type, F(f) the function f for that type. cost: rough nanoseconds an element. */
#ifndef CR_KERNELS_LOSS_H
#define CR_KERNELS_LOSS_H

#include <stdint.h>

/* BCE clamps its logarithms' arguments with a = 1e-12, as Torch7. Logits: with z = log(1 + exp(-x)),
 * computed so that nothing overflows, the loss is (1 - t) x + (1 + (p - 1) t) z. */
#define CR_LOSSES(X)                                                                               \
  X(mse, 0.3, (x - t) * (x - t), 2 * (x - t))                                                      \
  X(abs, 0.3, F(fabs)(x - t), sign(x - t))                                                         \
  X(smoothL1, 0.4, smooth_l1(x - t, a), smooth_l1_slope(x - t, a))                                 \
  X(bce, 1.2, -(t * LOG(x + a) + (1 - t) * LOG(1 - x + a)), (x - t) / ((1 - x + a) * (x + a)))     \
  X(bceWithLogits, 1.2, (1 - t) * x + (1 + (p - 1) * t) * log1p_exp_minus(x),                      \
    (1 - t) - (1 + (p - 1) * t) / (1 + EXP(x)))                                                    \
  X(klDiv, 1.2, t > 0 ? t * (LOG(t) - x) : 0 * x, t > 0 ? -t : 0)                                  \
  X(margin, 0.4, positive(a - x * t), x *t < a ? -t : 0)                                           \
  X(softMargin, 1.2, log1p_exp_minus(x *t), -t / (1 + EXP(x * t)))                                 \
  X(hingeEmbedding, 0.4, t > 0 ? x : positive(a - x), t > 0 ? 1 : (x < a ? -1 : 0))                \
  X(l1, 0.3, F(fabs)(x), sign(x))                                                                  \
  X(huber, 0.4, a *smooth_l1(x - t, a), a *smooth_l1_slope(x - t, a))                              \
  X(focal, 3, focal(x, t, a, b), focal_slope(x, t, a, b))

#define CR_NAME_LOSS(name, cost, loss, slope) CR_LOSS_##name,
typedef enum { CR_LOSSES(CR_NAME_LOSS) CR_LOSS_COUNT } cr_loss;
#undef CR_NAME_LOSS

/* What a loss's loops are told. */
typedef struct {
  double a, b;
  double scale; /* of the gradient */
  double *sum;  /* the loss is added here */
} cr_loss_context;

#endif
