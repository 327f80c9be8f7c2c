/* 2-D pooling. Each function takes the layer, its tensors and then
 * kW, kH, dW, dH, padW, padH, ceil_mode [, count_include_pad]. */
#include "lua/glue.h"

#include "ops/pool.h"

static cr_pool_shape check_shape(lua_State *L, int arg) {
  return (cr_pool_shape){
      .kernel_w = cr_check_int(L, arg, "kW"),
      .kernel_h = cr_check_int(L, arg + 1, "kH"),
      .step_w = cr_check_int(L, arg + 2, "dW"),
      .step_h = cr_check_int(L, arg + 3, "dH"),
      .pad_w = cr_check_int(L, arg + 4, "padW"),
      .pad_h = cr_check_int(L, arg + 5, "padH"),
      .ceil_mode = cr_check_bool(L, arg + 6, "ceil_mode"),
      .count_pad = cr_opt_bool(L, arg + 7, "count_include_pad", true),
  };
}

/* (layer, input, output, indices or nil, shape..., nil, innermost) -> output */
static int max_pool_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_tensor *indices = cr_opt_tensor(L, 4, "indices");
  cr_pool_shape shape = check_shape(L, 5);
  shape.innermost = !indices && lua_toboolean(L, 13);
  CR_LAYER_CALL(L, cr_max_pool_forward(output, indices, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, indices, gradInput, shape...) -> gradInput */
static int max_pool_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *indices = cr_check_tensor(L, 4, "indices");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  cr_pool_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, cr_max_pool_backward(grad_input, input, grad_output, indices, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, output, shape...) -> output */
static int average_pool_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_pool_shape shape = check_shape(L, 4);
  CR_LAYER_CALL(L, cr_average_pool_forward(output, input, &shape));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, shape...) -> gradInput */
static int average_pool_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_tensor(L, 4, "gradInput");
  cr_pool_shape shape = check_shape(L, 5);
  CR_LAYER_CALL(L, cr_average_pool_backward(grad_input, input, grad_output, &shape));
  lua_settop(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {
    {"maxPoolForward", max_pool_forward},
    {"maxPoolBackward", max_pool_backward},
    {"averagePoolForward", average_pool_forward},
    {"averagePoolBackward", average_pool_backward},
    {NULL, NULL},
};

void cr_open_nn_pool(lua_State *L) { cr_register_layers(L, functions); }
