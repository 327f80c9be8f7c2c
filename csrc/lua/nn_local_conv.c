/* Locally connected layers. Each function takes the layer, its tensors and then
 * iW, iH, dW, dH, padW, padH. */
#include "lua/glue.h"

#include "ops/local_conv.h"

static cr_local_conv_shape check_shape(lua_State *L, int arg) {
  return (cr_local_conv_shape){
      .in_w = cr_check_int(L, arg, "iW"),
      .in_h = cr_check_int(L, arg + 1, "iH"),
      .step_w = cr_check_int(L, arg + 2, "dW"),
      .step_h = cr_check_int(L, arg + 3, "dH"),
      .pad_w = cr_check_int(L, arg + 4, "padW"),
      .pad_h = cr_check_int(L, arg + 5, "padH"),
  };
}

/* (layer, input, weight, bias, output, shape...) -> output */
static int local_conv_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_check_tensor(L, 3, "weight");
  const cr_tensor *bias = cr_check_tensor(L, 4, "bias");
  cr_tensor *output = cr_check_tensor(L, 5, "output");
  cr_local_conv_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, cr_local_conv_forward(output, input, weight, bias, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, weight, gradInput, shape...) -> gradInput */
static int local_conv_backward_input(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *weight = cr_check_tensor(L, 4, "weight");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  cr_local_conv_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, cr_local_conv_backward_input(grad_input, input, grad_output, weight, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, gradWeight, gradBias, scale, shape...) */
static int local_conv_backward_weight(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_tensor(L, 4, "gradWeight");
  cr_tensor *grad_bias = cr_check_tensor(L, 5, "gradBias");
  double scale = cr_check_number(L, 6, "scale");
  cr_local_conv_shape shape = check_shape(L, 7);
  CR_LAYER_CALL(
      L, cr_local_conv_backward_weight(grad_weight, grad_bias, input, grad_output, scale, &shape));
  return 0;
}

static const luaL_Reg functions[] = {
    {"localConvForward", local_conv_forward},
    {"localConvBackwardInput", local_conv_backward_input},
    {"localConvBackwardWeight", local_conv_backward_weight},
    {NULL, NULL},
};

void cr_open_nn_local_conv(lua_State *L) { cr_register_layers(L, functions); }
