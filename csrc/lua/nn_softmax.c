/* softMaxForward(layer, input, output, isLog, sign) -> output
 * softMaxBackward(layer, input, gradOutput, output, gradInput, isLog, sign) -> gradInput
 * sign is 1, or -1 for the softmin. */
#include "lua/glue.h"

#include "ops/softmax.h"

static double check_sign(lua_State *L, int arg) {
  return cr_opt_number(L, arg, "sign", 1) < 0 ? -1 : 1;
}

static int softmax_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  bool is_log = lua_toboolean(L, 4);
  double sign = check_sign(L, 5);
  CR_LAYER_CALL(L, cr_softmax_forward(output, input, is_log, sign));
  lua_settop(L, 3);
  return 1;
}

static int softmax_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *output = cr_check_layer_tensor(L, 4, "output");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 5, "gradInput");
  bool is_log = lua_toboolean(L, 6);
  double sign = check_sign(L, 7);
  CR_LAYER_CALL(L, cr_softmax_backward(grad_input, grad_output, input, output, is_log, sign));
  lua_settop(L, 5);
  return 1;
}

static const luaL_Reg functions[] = {
    {"softMaxForward", softmax_forward},
    {"softMaxBackward", softmax_backward},
    {NULL, NULL},
};

void cr_open_nn_softmax(lua_State *L) { cr_register_layers(L, functions); }
