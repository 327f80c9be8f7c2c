#include "ops/optim.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/check.h"

static const struct {
  double cost;
  int operands, written, numbers;
} traits[] = {
#define TRAITS(name, cost, operands, written, numbers) {cost, operands, written, numbers},
    CR_OPTIMIZERS(TRAITS)
#undef TRAITS
};

int cr_optim_operands(cr_optimizer op) { return traits[op].operands; }
int cr_optim_numbers(cr_optimizer op) { return traits[op].numbers; }
bool cr_optim_writes(cr_optimizer op, int k) { return traits[op].written >> k & 1; }

static cr_status check_operand(cr_optimizer op, const cr_tensor *const *tensors,
                               const char *const *names, int k) {
  const cr_tensor *t = tensors[k];
  CR_TRY(cr_expect_dtype(names[k], t, tensors[0]->dtype));
  bool is_single = !cr_optim_writes(op, k) && cr_tensor_numel(t) == 1;
  if (!is_single) CR_TRY(cr_expect_size_of(names[k], t, tensors[0]));
  if (!cr_optim_writes(op, k)) return CR_OK;
  if (cr_tensor_has_internal_overlap(t))
    return cr_fail(CR_EINVAL,
                   "%s is an expanded tensor, whose elements share memory: clone it "
                   "first",
                   names[k]);
  for (int other = 0; other < traits[op].operands; other++)
    if (other != k && cr_tensor_overlaps(t, tensors[other]))
      return cr_fail(CR_EINVAL, "%s and %s must not share memory", names[k < other ? k : other],
                     names[k < other ? other : k]);
  return CR_OK;
}

cr_status cr_optim_step(cr_optimizer op, const cr_tensor *const *tensors, const char *const *names,
                        const double *numbers) {
  CR_TRY(cr_expect_float(names[0], tensors[0]));
  for (int k = 0; k < traits[op].operands; k++) CR_TRY(check_operand(op, tensors, names, k));
  cr_iter it;
  CR_TRY(cr_iter_init(&it, traits[op].operands, tensors));
  cr_loop loop = cr_kernels()->optim[op][cr_float_index(tensors[0]->dtype)];
  return cr_iter_run(&it, loop, numbers, traits[op].cost);
}
