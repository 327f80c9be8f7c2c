/* Layer, RMS, group and instance normalization. Each function ends with
 *
 *   weight or nil, bias or nil, mean, inverseStd, eps, isRms, groups, size ...
 *
 * (see ops/group_norm.h). */
#include "lua/glue.h"

#include "ops/group_norm.h"

static cr_group_norm_spec check_spec(lua_State *L, int arg, int64_t *size) {
  cr_group_norm_spec spec = {
      .weight = cr_opt_layer_tensor(L, arg, "weight"),
      .bias = cr_opt_layer_tensor(L, arg + 1, "bias"),
      .mean = cr_check_layer_tensor(L, arg + 2, "mean"),
      .inverse_std = cr_check_layer_tensor(L, arg + 3, "inverseStd"),
      .eps = cr_check_number(L, arg + 4, "eps"),
      .is_rms = cr_check_bool(L, arg + 5, "isRms"),
      .groups = cr_check_int_range(L, arg + 6, "groups", 0, INT64_MAX),
      .size = size,
  };
  for (int i = arg + 7; spec.ndim < CR_MAX_DIMS && !lua_isnone(L, i); i++)
    size[spec.ndim++] = cr_check_int_range(L, i, "size", 1, INT32_MAX);
  if (spec.ndim == 0) cr_check_int(L, arg + 7, "size");
  return spec;
}

/* (layer, input, output, ...) -> output */
static int group_norm_forward(lua_State *L) {
  int64_t size[CR_MAX_DIMS];
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_layer_tensor(L, 3, "output");
  cr_group_norm_spec spec = check_spec(L, 4, size);
  CR_LAYER_CALL(L, cr_group_norm_forward(output, input, &spec));
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, ...) -> gradInput */
static int group_norm_backward(lua_State *L) {
  int64_t size[CR_MAX_DIMS];
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_input = cr_check_layer_tensor(L, 4, "gradInput");
  cr_group_norm_spec spec = check_spec(L, 5, size);
  CR_LAYER_CALL(L, cr_group_norm_backward(grad_input, input, grad_output, &spec));
  lua_settop(L, 4);
  return 1;
}

/* (layer, input, gradOutput, gradWeight, gradBias or nil, scale, ...) */
static int group_norm_accumulate(lua_State *L) {
  int64_t size[CR_MAX_DIMS];
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_layer_tensor(L, 4, "gradWeight");
  cr_tensor *grad_bias = cr_opt_layer_tensor(L, 5, "gradBias");
  double scale = cr_check_number(L, 6, "scale");
  cr_group_norm_spec spec = check_spec(L, 7, size);
  CR_LAYER_CALL(L,
                cr_group_norm_accumulate(grad_weight, grad_bias, input, grad_output, scale, &spec));
  return 0;
}

static const luaL_Reg functions[] = {
    {"groupNormForward", group_norm_forward},
    {"groupNormBackward", group_norm_backward},
    {"groupNormAccumulate", group_norm_accumulate},
    {NULL, NULL},
};

void cr_open_nn_group_norm(lua_State *L) { cr_register_layers(L, functions); }
