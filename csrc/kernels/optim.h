/* Steps of optimizers: one pass over the parameters, their gradient and the optimizer's state.
 *
 * Each line is X(name, cost, operands, written, numbers): how many tensors a step takes, which of
 * them it writes (bit k for operand k), how many plain numbers follow, and the cost in rough
 * nanoseconds an element. The bodies, with the meaning of each operand and number, stand in
 * optim_type.h. */
#ifndef CR_KERNELS_OPTIM_H
#define CR_KERNELS_OPTIM_H

#define CR_OPTIM_MAX_OPERANDS 5
#define CR_OPTIM_MAX_NUMBERS 10

#define CR_OPTIMIZERS(X)                                                                           \
  X(sgd, 0.5, 4, 0x1, 1)                                                                           \
  X(momentum, 0.7, 5, 0x5, 5)                                                                      \
  X(lookahead, 0.5, 2, 0x1, 1)                                                                     \
  X(nag, 0.7, 4, 0x5, 3)                                                                           \
  X(adam, 1, 4, 0xd, 9)                                                                            \
  X(adamax, 1, 4, 0xd, 6)                                                                          \
  X(rmsprop, 0.8, 3, 0x5, 5)                                                                       \
  X(adagrad, 0.8, 3, 0x5, 2)                                                                       \
  X(adadelta, 1, 4, 0xd, 4)                                                                        \
  X(asgd, 0.7, 3, 0x5, 3)                                                                          \
  X(rprop, 0.8, 4, 0xd, 4)                                                                         \
  X(lion, 0.7, 3, 0x5, 6)

#define CR_NAME_OPTIMIZER(name, cost, operands, written, numbers) CR_OPTIM_##name,
typedef enum { CR_OPTIMIZERS(CR_NAME_OPTIMIZER) CR_OPTIM_COUNT } cr_optimizer;
#undef CR_NAME_OPTIMIZER

#endif
