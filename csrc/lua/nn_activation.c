/* Transfer functions: for each of csrc/kernels/activation.h
 *   <name>Forward(layer, input, output, inplace, a, b) -> output
 *   <name>Backward(layer, input, gradOutput, output, gradInput, inplace, a, b) -> gradInput
 * The operation is the closure's third upvalue. */
#include "lua/glue.h"

#include "ops/activation.h"

enum { op_upvalue = 3 };

static cr_activation_parameters check_parameters(lua_State *L, int arg) {
  cr_activation_parameters parameters;
  parameters.a = cr_opt_number(L, arg, "a", 0);
  parameters.b = cr_opt_number(L, arg + 1, "b", 0);
  return parameters;
}

static int activation_forward(lua_State *L) {
  cr_activation op = (cr_activation)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  bool inplace = lua_toboolean(L, 4);
  cr_activation_parameters parameters = check_parameters(L, 5);
  CR_LAYER_CALL(L, cr_activation_forward(op, parameters, output, input, inplace));
  lua_settop(L, 3);
  return 1;
}

static int activation_backward(lua_State *L) {
  cr_activation op = (cr_activation)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *output = cr_check_layer_tensor(L, 4, "output");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 5, "gradInput");
  bool inplace = lua_toboolean(L, 6);
  cr_activation_parameters parameters = check_parameters(L, 7);
  CR_LAYER_CALL(
      L, cr_activation_backward(op, parameters, grad_input, grad_output, input, output, inplace));
  lua_settop(L, 5);
  return 1;
}

static const struct {
  const char *forward, *backward;
  cr_activation op;
} activations[] = {
#define ENTRY(name, kept, cost, forward, backward)                                                 \
  {#name "Forward", #name "Backward", CR_ACTIVATION_##name},
    CR_ACTIVATIONS(ENTRY)
#undef ENTRY
};

void cr_open_nn_activation(lua_State *L) {
  luaL_getsubtable(L, -1, "nn");
  for (size_t i = 0; i < sizeof activations / sizeof *activations; i++) {
    cr_register_with(L, "nn.", activations[i].forward, activation_forward, activations[i].op);
    cr_register_with(L, "nn.", activations[i].backward, activation_backward, activations[i].op);
  }
  lua_pop(L, 1);
}
