/* Batch normalization. Each function takes the layer, its tensors and then
 * weight, bias (or nil, nil), running_mean, running_var, save_mean, save_std, eps, momentum, training,
 * number of dimensions. Where a ReLU in place comes next, forward goes on with true [, added], and
 * backward with the rectified output: see cr_batch_norm_state. */
#include "lua/glue.h"

#include "ops/norm.h"

static cr_batch_norm_state check_state(lua_State *L, int arg) {
  return (cr_batch_norm_state){
      .weight = cr_read_opt_layer_tensor(L, arg, "weight"),
      .bias = cr_read_opt_layer_tensor(L, arg + 1, "bias"),
      .running_mean = cr_check_tensor(L, arg + 2, "running_mean"),
      .running_var = cr_check_tensor(L, arg + 3, "running_var"),
      .mean = cr_check_tensor(L, arg + 4, "save_mean"),
      .inverse_std = cr_check_tensor(L, arg + 5, "save_std"),
      .eps = cr_check_number(L, arg + 6, "eps"),
      .momentum = cr_check_number(L, arg + 7, "momentum"),
      .training = cr_check_bool(L, arg + 8, "training"),
      .ndim = (int)cr_check_int_range(L, arg + 9, "ndim", 2, 4),
  };
}

/* (layer, input, output, state..., rectifies [, added]) -> output */
static int batch_norm_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  cr_batch_norm_state state = check_state(L, 4);
  state.rectifies = cr_opt_bool(L, 14, "rectifies", false);
  state.added = cr_read_opt_layer_tensor(L, 15, "the shortcut's output");
  CR_LAYER_CALL(L, cr_batch_norm_forward(output, input, &state));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput or nil, gradWeight or nil, gradBias or nil, scale, state...
 * [, rectified output]) -> gradInput */
static int batch_norm_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_opt_tensor(L, 4, "gradInput");
  cr_tensor *grad_weight = cr_opt_tensor(L, 5, "gradWeight");
  cr_tensor *grad_bias = cr_opt_tensor(L, 6, "gradBias");
  double scale = cr_check_number(L, 7, "scale");
  cr_batch_norm_state state = check_state(L, 8);
  state.kept = cr_read_opt_layer_tensor(L, 18, "rectified");
  CR_LAYER_CALL(L, cr_batch_norm_backward(grad_input, grad_weight, grad_bias, input, grad_output,
                                          scale, &state));
  lua_settop(L, 4);
  return 1;
}

/* areAlike(a, b) -> whether both are tensors of one type and size, each contiguous, with memory of
 * their own */
static int are_alike(lua_State *L) {
  const cr_tensor *a = cr_to_tensor(L, 1), *b = cr_to_tensor(L, 2);
  lua_pushboolean(L, a && b && a->dtype == b->dtype && cr_tensor_same_size(a, b) &&
                         cr_tensor_is_contiguous(a) && cr_tensor_is_contiguous(b) &&
                         !cr_tensor_overlaps(a, b));
  return 1;
}

static const luaL_Reg functions[] = {
    {"areAlike", are_alike},
    {"batchNormForward", batch_norm_forward},
    {"batchNormBackward", batch_norm_backward},
    {NULL, NULL},
};

void cr_open_nn_norm(lua_State *L) { cr_register_layers(L, functions); }
