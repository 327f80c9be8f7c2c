#include "ops/activation.h"

#include "core/iter.h"
#include "kernels/kernels.h"
#include "ops/check.h"

enum { keeps_INPUT, keeps_OUTPUT };

static const struct {
  int keeps;
  double cost;
} traits[] = {
#define TRAITS(name, kept, cost, forward, backward) {keeps_##kept, cost},
    CR_ACTIVATIONS(TRAITS)
#undef TRAITS
};

static cr_status check_inplace(const char *name, const cr_tensor *t) {
  if (!cr_tensor_has_internal_overlap(t)) return CR_OK;
  return cr_fail(CR_EINVAL,
                 "%s cannot be changed in place: it is an expanded tensor, whose "
                 "elements share memory",
                 name);
}

cr_status cr_activation_forward(cr_activation op, cr_activation_parameters parameters,
                                cr_tensor *output, cr_tensor *input, bool inplace) {
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, output->dtype));
  if (inplace) {
    CR_TRY(check_inplace("input", input));
    cr_tensor_alias(output, input);
  } else {
    CR_TRY(cr_prepare_result(output, input->ndim, input->size, input));
  }
  const cr_tensor *operands[] = {output, input};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 2, operands));
  cr_loop loop = cr_kernels()->activation[op][cr_float_index(output->dtype)];
  return cr_iter_run(&it, loop, &parameters, traits[op].cost);
}

cr_status cr_activation_backward(cr_activation op, cr_activation_parameters parameters,
                                 cr_tensor *grad_input, cr_tensor *grad_output,
                                 const cr_tensor *input, const cr_tensor *output, bool inplace) {
  const cr_tensor *kept = traits[op].keeps == keeps_OUTPUT ? output : input;
  CR_TRY(cr_expect_float("input", input));
  CR_TRY(cr_expect_dtype("input", input, grad_input->dtype));
  CR_TRY(cr_expect_dtype("gradOutput", grad_output, grad_input->dtype));
  CR_TRY(cr_expect_dtype("output", output, grad_input->dtype));
  CR_TRY(cr_expect_size_of("gradOutput", grad_output, input));
  CR_TRY(cr_expect_forward(kept, input));
  if (inplace) {
    CR_TRY(check_inplace("gradOutput", grad_output));
    if (cr_tensor_overlaps(grad_output, kept))
      return cr_fail(CR_EINVAL, "gradOutput shares memory with the layer's input or output");
    cr_tensor_alias(grad_input, grad_output);
  } else {
    CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, grad_output));
    CR_TRY(cr_prepare_result(grad_input, input->ndim, input->size, kept));
  }
  const cr_tensor *operands[] = {grad_input, grad_output, kept};
  cr_iter it;
  CR_TRY(cr_iter_init(&it, 3, operands));
  cr_loop loop = cr_kernels()->activation_backward[op][cr_float_index(grad_input->dtype)];
  return cr_iter_run(&it, loop, &parameters, traits[op].cost);
}
