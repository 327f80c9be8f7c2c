/* Dropout. */
#include "lua/glue.h"

#include "ops/dropout.h"

/* () -> a key, drawn from the default generator. */
static int dropout_key(lua_State *L) {
  cr_generator *generator = cr_default_generator();
  uint64_t high = cr_random_u32(generator), low = cr_random_u32(generator);
  lua_pushinteger(L, (lua_Integer)(high << 32 | low));
  return 1;
}

/* (layer, input, output, p, scale, whole planes, key) -> output; the backward pass is the same
 * function of the gradient. */
static int dropout(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  cr_tensor *output = cr_check_tensor(L, 3, "output");
  double p = cr_check_number(L, 4, "p");
  double scale = cr_check_number(L, 5, "scale");
  bool whole_planes = cr_check_bool(L, 6, "whole_planes");
  uint64_t key = (uint64_t)cr_check_int(L, 7, "key");
  CR_LAYER_CALL(L, cr_dropout_apply(output, input, p, scale, whole_planes, key));
  lua_settop(L, 3);
  return 1;
}

static const luaL_Reg functions[] = {
    {"dropoutKey", dropout_key},
    {"dropout", dropout},
    {NULL, NULL},
};

void cr_open_nn_dropout(lua_State *L) { cr_register_layers(L, functions); }
