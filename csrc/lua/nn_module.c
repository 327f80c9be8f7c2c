/* What nn.Module and nn.init need: where parameters live, orthonormal rows. */
#include "lua/glue.h"

#include "ops/orthonormal.h"

/* storageRange(tensor) -> identity of its storage, first element, number of elements it spans. */
static int storage_range(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "tensor");
  lua_pushlightuserdata(L, t->storage);
  lua_pushinteger(L, t->offset + 1);
  lua_pushinteger(L, cr_tensor_extent(t));
  return 3;
}

/* orthonormalize(rows) -> rows */
static int orthonormalize(lua_State *L) {
  cr_tensor *rows = cr_check_float_tensor(L, 1, "rows");
  CR_CALL(L, cr_orthonormalize(rows));
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"storageRange", storage_range},
    {"orthonormalize", orthonormalize},
    {NULL, NULL},
};

void cr_open_nn_module(lua_State *L) { cr_register_layers(L, functions); }
