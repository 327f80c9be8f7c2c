/* LookupTable. */
#include "lua/glue.h"

#include "ops/lookup.h"

/* (layer, input, weight, output, max norm (0: none), norm type) -> output */
static int lookup_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *weight = cr_check_tensor(L, 3, "weight");
  cr_tensor *output = cr_check_tensor(L, 4, "output");
  double max_norm = cr_check_number(L, 5, "maxNorm");
  double norm_type = cr_check_number(L, 6, "normType");
  CR_LAYER_CALL(L, cr_lookup_forward(output, weight, input, max_norm, norm_type));
  lua_settop(L, 4);
  return 1;
}

/* (layer, input, gradOutput, gradWeight, scale, padding index (0: none), by count) */
static int lookup_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  cr_tensor *grad_weight = cr_check_tensor(L, 4, "gradWeight");
  double scale = cr_check_number(L, 5, "scale");
  int64_t padding = cr_check_int(L, 6, "paddingValue");
  bool by_count = cr_check_bool(L, 7, "scaleGradByFreq");
  CR_LAYER_CALL(L, cr_lookup_backward(grad_weight, input, grad_output, scale, padding, by_count));
  return 0;
}

static const luaL_Reg functions[] = {
    {"lookupForward", lookup_forward},
    {"lookupBackward", lookup_backward},
    {NULL, NULL},
};

void cr_open_nn_lookup(lua_State *L) { cr_register_layers(L, functions); }
