/* Fully connected layers of sparse inputs; sizes and bias may be nil:
 *   sparseForward(layer, keys, values, sizes, offset, weight, bias, output) -> output
 *   sparseBackward(layer, keys, values, sizes, offset, weight, gradOutput, gradValues) -> gradValues
 *   sparseAccumulate(layer, keys, values, sizes, offset, gradWeight, gradOutput, scale) */
#include "lua/glue.h"

#include "ops/sparse.h"

static cr_sparse_input check_input(lua_State *L) {
  cr_sparse_input input;
  input.keys = cr_check_layer_tensor(L, 2, "keys");
  input.values = cr_check_layer_tensor(L, 3, "values");
  input.sizes = cr_opt_layer_tensor(L, 4, "sizes");
  input.offset = cr_check_int(L, 5, "keysOffset");
  return input;
}

static int sparse_forward(lua_State *L) {
  cr_sparse_input input = check_input(L);
  const cr_tensor *weight = cr_check_layer_tensor(L, 6, "weight");
  const cr_tensor *bias = cr_opt_layer_tensor(L, 7, "bias");
  cr_tensor *output = cr_check_layer_tensor(L, 8, "output");
  CR_LAYER_CALL(L, cr_sparse_forward(output, &input, weight, bias));
  lua_settop(L, 8);
  return 1;
}

static int sparse_backward(lua_State *L) {
  cr_sparse_input input = check_input(L);
  const cr_tensor *weight = cr_check_layer_tensor(L, 6, "weight");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 7, "gradOutput");
  cr_tensor *grad_values = cr_check_layer_tensor(L, 8, "gradInput");
  CR_LAYER_CALL(L, cr_sparse_backward(grad_values, grad_output, &input, weight));
  lua_settop(L, 8);
  return 1;
}

static int sparse_accumulate(lua_State *L) {
  cr_sparse_input input = check_input(L);
  cr_tensor *grad_weight = cr_check_layer_tensor(L, 6, "gradWeight");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 7, "gradOutput");
  double scale = cr_opt_number(L, 8, "scale", 1);
  CR_LAYER_CALL(L, cr_sparse_accumulate(grad_weight, grad_output, &input, scale));
  return 0;
}

static const luaL_Reg functions[] = {
    {"sparseForward", sparse_forward},
    {"sparseBackward", sparse_backward},
    {"sparseAccumulate", sparse_accumulate},
    {NULL, NULL},
};

void cr_open_nn_sparse(lua_State *L) { cr_register_layers(L, functions); }
