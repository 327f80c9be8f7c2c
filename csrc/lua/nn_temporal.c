/* Convolution along sequences. Each function takes the layer, its tensors and then
 * kW, dW, padding before and behind, dilation, groups. */
#include "lua/glue.h"

#include "ops/temporal.h"

static cr_temporal_shape check_shape(lua_State *L, int arg) {
  return (cr_temporal_shape){
      .kernel = cr_check_int(L, arg, "kW"),
      .step = cr_check_int(L, arg + 1, "dW"),
      .before = cr_check_int(L, arg + 2, "padW"),
      .after = cr_check_int(L, arg + 3, "padW"),
      .dilation = cr_check_int(L, arg + 4, "dilationW"),
      .groups = cr_check_int(L, arg + 5, "groups"),
  };
}

/* (layer, input, weight, bias or nil, output, shape...) -> output */
static int temporal_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_check_tensor(L, 3, "weight");
  const cr_tensor *bias = cr_opt_tensor(L, 4, "bias");
  cr_tensor *output = cr_check_tensor(L, 5, "output");
  cr_temporal_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, cr_temporal_forward(output, input, weight, bias, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, weight, gradInput, shape...) -> gradInput */
static int temporal_backward_input(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *weight = cr_check_tensor(L, 4, "weight");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  cr_temporal_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, cr_temporal_backward_input(grad_input, input, grad_output, weight, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, gradWeight, gradBias or nil, scale, shape...) */
static int temporal_backward_weight(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_tensor(L, 4, "gradWeight");
  cr_tensor *grad_bias = cr_opt_tensor(L, 5, "gradBias");
  double scale = cr_check_number(L, 6, "scale");
  cr_temporal_shape shape = check_shape(L, 7);
  CR_LAYER_CALL(
      L, cr_temporal_backward_weight(grad_weight, grad_bias, input, grad_output, scale, &shape));
  return 0;
}

static const luaL_Reg functions[] = {
    {"temporalForward", temporal_forward},
    {"temporalBackwardInput", temporal_backward_input},
    {"temporalBackwardWeight", temporal_backward_weight},
    {NULL, NULL},
};

void cr_open_nn_temporal(lua_State *L) { cr_register_layers(L, functions); }
