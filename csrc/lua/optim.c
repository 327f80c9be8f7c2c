/* Steps of optimizers: <name>(tensors..., numbers...), as csrc/kernels/optim_type.h has them. A
 * tensor that is only read may be given as a number, which then stands for all elements. */
#include "lua/glue.h"

#include "ops/copy.h"
#include "ops/optim.h"

enum { op_upvalue = 3 };

/* A tensor of one element on the stack of C. */
typedef struct {
  double element;
  cr_storage storage;
  cr_tensor tensor;
} single;

static const cr_tensor *make_single(single *s, cr_dtype dtype, double value) {
  cr_store(dtype, &s->element, cr_scalar_from_double(value));
  s->storage = (cr_storage){.dtype = dtype, .size = 1, .capacity = 1, .data = &s->element};
  s->tensor =
      (cr_tensor){.dtype = dtype, .ndim = 1, .size = {1}, .stride = {1}, .storage = &s->storage};
  return &s->tensor;
}

static const char *const operand_names[CR_OPTIM_COUNT][CR_OPTIM_MAX_OPERANDS] = {
    [CR_OPTIM_sgd] = {"x", "dfdx", "learningRates", "weightDecays"},
    [CR_OPTIM_momentum] = {"x", "dfdx", "state.dfdx", "learningRates", "weightDecays"},
    [CR_OPTIM_lookahead] = {"x", "state.dfdx"},
    [CR_OPTIM_nag] = {"x", "dfdx", "state.dfdx", "learningRates"},
    [CR_OPTIM_adam] = {"x", "dfdx", "state.m", "state.v"},
    [CR_OPTIM_adamax] = {"x", "dfdx", "state.m", "state.u"},
    [CR_OPTIM_rmsprop] = {"x", "dfdx", "state.m"},
    [CR_OPTIM_adagrad] = {"x", "dfdx", "state.paramVariance"},
    [CR_OPTIM_adadelta] = {"x", "dfdx", "state.paramVariance", "state.accDelta"},
    [CR_OPTIM_asgd] = {"x", "dfdx", "state.ax"},
    [CR_OPTIM_rprop] = {"x", "dfdx", "state.delta", "state.stepsize"},
    [CR_OPTIM_lion] = {"x", "dfdx", "state.m"},
};

static int optim_step(lua_State *L) {
  cr_optimizer op = (cr_optimizer)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  const char *const *names = operand_names[op];
  const cr_tensor *tensors[CR_OPTIM_MAX_OPERANDS];
  single singles[CR_OPTIM_MAX_OPERANDS];
  double numbers[CR_OPTIM_MAX_NUMBERS];
  int operands = cr_optim_operands(op);
  tensors[0] = cr_check_float_tensor(L, 1, names[0]);
  for (int k = 1; k < operands; k++) {
    if (cr_is_number(L, k + 1) && !cr_optim_writes(op, k) && k > 1) {
      tensors[k] = make_single(&singles[k], tensors[0]->dtype, lua_tonumber(L, k + 1));
    } else {
      tensors[k] = cr_check_tensor(L, k + 1, names[k]);
    }
  }
  for (int k = 0; k < cr_optim_numbers(op); k++)
    numbers[k] = cr_check_number(L, operands + 1 + k, "number");
  CR_CALL(L, cr_optim_step(op, tensors, names, numbers));
  return 0;
}

/* state(x, value): a new tensor of x's type and size, filled with value. */
static int optim_state(lua_State *L) {
  const cr_tensor *x = cr_check_float_tensor(L, 1, "x");
  double value = cr_opt_number(L, 2, "value", 0);
  cr_tensor *t = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_tensor_resize_as(t, x));
  CR_CALL(L, cr_fill(t, cr_scalar_from_double(value)));
  return 1;
}

static const struct {
  const char *name;
  cr_optimizer op;
} steps[] = {
#define ENTRY(name, cost, operands, written, numbers) {#name, CR_OPTIM_##name},
    CR_OPTIMIZERS(ENTRY)
#undef ENTRY
};

static const luaL_Reg functions[] = {
    {"state", optim_state},
    {NULL, NULL},
};

void cr_open_optim(lua_State *L) {
  luaL_getsubtable(L, -1, "optim");
  cr_register(L, "optim.", functions);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    cr_register_with(L, "optim.", steps[i].name, optim_step, steps[i].op);
  lua_pop(L, 1);
}
