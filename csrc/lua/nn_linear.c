/* linearForward(layer, input, weight, bias or nil, output [, low, high]) -> output, limited to low ...
 * high, so that a layer like ReLU behind it costs nothing
 * linearBackward(layer, input, gradOutput, weight, gradInput) -> gradInput
 * linearAccumulate(layer, input, gradOutput, gradWeight, gradBias or nil, scale) */
#include "lua/glue.h"

#include "ops/linear.h"

static int linear_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_read_layer_tensor(L, 3, "weight");
  const cr_tensor *bias = cr_read_opt_layer_tensor(L, 4, "bias");
  cr_tensor *output = cr_check_layer_tensor(L, 5, "output");
  bool has_limits = !lua_isnoneornil(L, 6);
  double limits[2] = {0, 0};
  if (has_limits) {
    limits[0] = cr_check_number(L, 6, "low");
    limits[1] = cr_check_number(L, 7, "high");
  }
  CR_LAYER_CALL(L, cr_linear_forward(output, input, weight, bias, has_limits ? limits : NULL));
  lua_settop(L, 5);
  return 1;
}

static int linear_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *weight = cr_check_layer_tensor(L, 4, "weight");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 5, "gradInput");
  CR_LAYER_CALL(L, cr_linear_backward(grad_input, grad_output, input, weight));
  lua_settop(L, 5);
  return 1;
}

static int linear_accumulate(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_layer_tensor(L, 4, "gradWeight");
  cr_tensor *grad_bias = cr_opt_layer_tensor(L, 5, "gradBias");
  double scale = cr_opt_number(L, 6, "scale", 1);
  CR_LAYER_CALL(L, cr_linear_accumulate(grad_weight, grad_bias, grad_output, input, scale));
  return 0;
}

static const luaL_Reg functions[] = {
    {"linearForward", linear_forward},
    {"linearBackward", linear_backward},
    {"linearAccumulate", linear_accumulate},
    {NULL, NULL},
};

void cr_open_nn_linear(lua_State *L) { cr_register_layers(L, functions); }
