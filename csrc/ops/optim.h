/* Steps of optimizers: see csrc/kernels/optim_type.h for what each computes. */
#ifndef CR_OPS_OPTIM_H
#define CR_OPS_OPTIM_H

#include "core/tensor.h"
#include "kernels/optim.h"

/* How many tensors and numbers a step takes, and whether it writes the k-th tensor. */
int cr_optim_operands(cr_optimizer op);
int cr_optim_numbers(cr_optimizer op);
bool cr_optim_writes(cr_optimizer op, int k);

/* tensors[0] are the parameters; the others have their type and size, but one that is only read
 * may have a single element. names: of the tensors, for messages. Written tensors share no memory
 * with others. */
cr_status cr_optim_step(cr_optimizer op, const cr_tensor *const *tensors, const char *const *names,
                        const double *numbers);

#endif
