/* Convolution and transposed convolution of volumes. Each function takes the layer, its tensors and
 * then dT, dW, dH, padding in front (T, W, H) and behind, dilationT, dilationW, dilationH, groups
 * [, adjT, adjW, adjH]. */
#include "lua/glue.h"

#include "ops/volume_conv.h"

/* Three numbers T, W, H at arg into the order T, H, W. */
static void check_three(lua_State *L, int arg, const char *name, int64_t *out) {
  static const int axis[3] = {0, 2, 1};
  for (int i = 0; i < 3; i++) out[axis[i]] = cr_check_int(L, arg + i, name);
}

static cr_volume_conv_shape check_shape(lua_State *L, int arg) {
  cr_volume_conv_shape s = {.groups = 1};
  check_three(L, arg, "step", s.step);
  check_three(L, arg + 3, "padding", s.before);
  check_three(L, arg + 6, "padding", s.after);
  check_three(L, arg + 9, "dilation", s.dilation);
  s.groups = cr_check_int(L, arg + 12, "groups");
  if (!lua_isnoneornil(L, arg + 13)) check_three(L, arg + 13, "adjustment", s.adjust);
  return s;
}

typedef cr_status (*forward_fn)(cr_tensor *, const cr_tensor *, const cr_tensor *,
                                const cr_tensor *, const cr_volume_conv_shape *);
typedef cr_status (*backward_input_fn)(cr_tensor *, const cr_tensor *, const cr_tensor *,
                                       const cr_tensor *, const cr_volume_conv_shape *);
typedef cr_status (*backward_weight_fn)(cr_tensor *, cr_tensor *, const cr_tensor *,
                                        const cr_tensor *, double, const cr_volume_conv_shape *);

/* (layer, input, weight, bias or nil, output, shape...) -> output */
static int forward(lua_State *L, forward_fn run) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *weight = cr_check_tensor(L, 3, "weight");
  const cr_tensor *bias = cr_opt_tensor(L, 4, "bias");
  cr_tensor *output = cr_check_tensor(L, 5, "output");
  cr_volume_conv_shape shape = check_shape(L, 6);
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
  cr_volume_conv_shape shape = check_shape(L, 6);
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
  cr_volume_conv_shape shape = check_shape(L, 7);
  CR_LAYER_CALL(L, run(grad_weight, grad_bias, input, grad_output, scale, &shape));
  return 0;
}

static int conv_forward(lua_State *L) { return forward(L, cr_volume_conv_forward); }
static int conv_backward_input(lua_State *L) {
  return backward_input(L, cr_volume_conv_backward_input);
}
static int conv_backward_weight(lua_State *L) {
  return backward_weight(L, cr_volume_conv_backward_weight);
}
static int full_conv_forward(lua_State *L) { return forward(L, cr_volume_full_conv_forward); }
static int full_conv_backward_input(lua_State *L) {
  return backward_input(L, cr_volume_full_conv_backward_input);
}
static int full_conv_backward_weight(lua_State *L) {
  return backward_weight(L, cr_volume_full_conv_backward_weight);
}

static const luaL_Reg functions[] = {
    {"volumeConvForward", conv_forward},
    {"volumeConvBackwardInput", conv_backward_input},
    {"volumeConvBackwardWeight", conv_backward_weight},
    {"volumeFullConvForward", full_conv_forward},
    {"volumeFullConvBackwardInput", full_conv_backward_input},
    {"volumeFullConvBackwardWeight", full_conv_backward_weight},
    {NULL, NULL},
};

void cr_open_nn_volume_conv(lua_State *L) { cr_register_layers(L, functions); }
