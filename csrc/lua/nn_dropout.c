/* Dropout. */
#include "lua/glue.h"

#include "ops/check.h"
#include "ops/dropout.h"

/* () -> a key, drawn from the default generator. */
static int dropout_key(lua_State *L) {
  cr_generator *generator = cr_default_generator();
  uint64_t high = cr_random_u32(generator), low = cr_random_u32(generator);
  lua_pushinteger(L, (lua_Integer)(high << 32 | low));
  return 1;
}

/* The dimensions of what is dropped as a whole: true means planes of images. */
static int check_plane_dims(lua_State *L, int arg) {
  if (lua_isinteger(L, arg)) return (int)cr_check_int_range(L, arg, "plane_dims", 2, 3);
  return cr_check_bool(L, arg, "plane_dims") ? 2 : 0;
}

/* p, scale, plane_dims (2, 3 or false), key from arg on. */
static void apply(lua_State *L, cr_tensor *out, const cr_tensor *in, int arg) {
  double p = cr_check_number(L, arg, "p");
  double scale = cr_check_number(L, arg + 1, "scale");
  int plane_dims = check_plane_dims(L, arg + 2);
  uint64_t key = (uint64_t)cr_check_int(L, arg + 3, "key");
  CR_LAYER_CALL(L, cr_dropout_apply(out, in, p, scale, plane_dims, key));
}

/* (layer, input, output, p, scale, plane_dims, key) -> output */
static int dropout_forward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  apply(L, cr_check_tensor(L, 3, "output"), input, 4);
  lua_settop(L, 3);
  return 1;
}

/* (layer, input, gradOutput, gradInput, p, scale, plane_dims, key) -> gradInput */
static int dropout_backward(lua_State *L) {
  const cr_tensor *input = cr_check_layer_tensor(L, 2, "input");
  const cr_tensor *grad_output = cr_check_layer_tensor(L, 3, "gradOutput");
  CR_LAYER_CALL(L, cr_expect_size_of("gradOutput", grad_output, input));
  apply(L, cr_check_tensor(L, 4, "gradInput"), grad_output, 5);
  lua_settop(L, 4);
  return 1;
}

static const luaL_Reg functions[] = {
    {"dropoutKey", dropout_key},
    {"dropoutForward", dropout_forward},
    {"dropoutBackward", dropout_backward},
    {NULL, NULL},
};

void cr_open_nn_dropout(lua_State *L) { cr_register_layers(L, functions); }
