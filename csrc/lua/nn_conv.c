/* 2-D convolution and transposed convolution. Each function takes the layer, its tensors and then
 * dW, dH, padW, padH, dilationW, dilationH, groups [, adjW, adjH [, packed]]. packed is a tensor for
 * the layer's transformed weights, which are then computed anew only when the weights changed.
 * Forward passes go on with [, added [, low, high [, innermost]]]: a tensor that is added to the
 * output, and limits to it, so that what a network does next costs no pass over memory; and whether
 * the output's channels lie innermost. */
#include "lua/glue.h"

#include "ops/conv.h"

static cr_conv_shape check_shape(lua_State *L, int arg) {
  return (cr_conv_shape){
      .step_w = cr_check_int(L, arg, "dW"),
      .step_h = cr_check_int(L, arg + 1, "dH"),
      .pad_w = cr_check_int(L, arg + 2, "padW"),
      .pad_h = cr_check_int(L, arg + 3, "padH"),
      .dilation_w = cr_check_int(L, arg + 4, "dilationW"),
      .dilation_h = cr_check_int(L, arg + 5, "dilationH"),
      .groups = cr_check_int(L, arg + 6, "groups"),
      .adj_w = cr_opt_int(L, arg + 7, "adjW", 0),
      .adj_h = cr_opt_int(L, arg + 8, "adjH", 0),
  };
}

typedef cr_status (*forward_fn)(cr_tensor *, const cr_tensor *, const cr_tensor *,
                                const cr_tensor *, const cr_conv_shape *);
typedef cr_status (*backward_input_fn)(cr_tensor *, const cr_tensor *, const cr_tensor *,
                                       const cr_tensor *, const cr_conv_shape *);
typedef cr_status (*backward_weight_fn)(cr_tensor *, cr_tensor *, const cr_tensor *,
                                        const cr_tensor *, double, const cr_conv_shape *);

/* (layer, input, weight, bias or nil, output, shape..., packed or nil, added or nil, low and high or
 * nil) -> output */
static int forward(lua_State *L, forward_fn run) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_read_layer_tensor(L, 3, "weight");
  const cr_tensor *bias = cr_read_opt_layer_tensor(L, 4, "bias");
  cr_tensor *output = cr_check_tensor(L, 5, "output");
  cr_conv_shape shape = check_shape(L, 6);
  shape.packed = cr_opt_cache_tensor(L, 15, "packed");
  double limits[2];
  shape.added = cr_read_opt_layer_tensor(L, 16, "added");
  if (!lua_isnoneornil(L, 17)) {
    limits[0] = cr_check_number(L, 17, "low");
    limits[1] = cr_check_number(L, 18, "high");
    shape.limits = limits;
  }
  shape.innermost = lua_toboolean(L, 19);
  CR_LAYER_CALL(L, run(output, input, weight, bias, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, weight, gradInput, shape...) -> gradInput */
static int backward_input(lua_State *L, backward_input_fn run) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  const cr_tensor *weight = cr_check_tensor(L, 4, "weight");
  cr_tensor *grad_input = cr_check_tensor(L, 5, "gradInput");
  cr_conv_shape shape = check_shape(L, 6);
  CR_LAYER_CALL(L, run(grad_input, input, grad_output, weight, &shape));
  lua_settop(L, 5);
  return 1;
}

/* (layer, input, gradOutput, gradWeight, gradBias or nil, scale, shape...) */
static int backward_weight(lua_State *L, backward_weight_fn run) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_tensor(L, 4, "gradWeight");
  cr_tensor *grad_bias = cr_opt_tensor(L, 5, "gradBias");
  double scale = cr_check_number(L, 6, "scale");
  cr_conv_shape shape = check_shape(L, 7);
  CR_LAYER_CALL(L, run(grad_weight, grad_bias, input, grad_output, scale, &shape));
  return 0;
}

static int conv_forward(lua_State *L) { return forward(L, cr_conv_forward); }
static int conv_backward_input(lua_State *L) { return backward_input(L, cr_conv_backward_input); }
static int conv_backward_weight(lua_State *L) {
  return backward_weight(L, cr_conv_backward_weight);
}
static int full_conv_forward(lua_State *L) { return forward(L, cr_full_conv_forward); }
static int full_conv_backward_input(lua_State *L) {
  return backward_input(L, cr_full_conv_backward_input);
}
static int full_conv_backward_weight(lua_State *L) {
  return backward_weight(L, cr_full_conv_backward_weight);
}

static const luaL_Reg functions[] = {
    {"convForward", conv_forward},
    {"convBackwardInput", conv_backward_input},
    {"convBackwardWeight", conv_backward_weight},
    {"fullConvForward", full_conv_forward},
    {"fullConvBackwardInput", full_conv_backward_input},
    {"fullConvBackwardWeight", full_conv_backward_weight},
    {NULL, NULL},
};

void cr_open_nn_conv(lua_State *L) { cr_register_layers(L, functions); }
