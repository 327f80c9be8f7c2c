/* Making tensors and asking what they are. */
#include "lua/glue.h"

#include "ops/copy.h"

/* zeros(sizes...), ones(sizes...), empty(sizes...): of the default type. */
static cr_tensor *push_sized(lua_State *L, int arg) {
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  cr_tensor *t = cr_push_tensor(L, cr_default_dtype());
  CR_CALL(L, cr_tensor_resize(t, ndim, size));
  return t;
}

static int create_zeros(lua_State *L) {
  cr_tensor *t = push_sized(L, 1);
  CR_CALL(L, cr_fill(t, cr_scalar_from_int(0)));
  return 1;
}

static int create_ones(lua_State *L) {
  cr_tensor *t = push_sized(L, 1);
  CR_CALL(L, cr_fill(t, cr_scalar_from_int(1)));
  return 1;
}

static int tensor_fill(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  cr_scalar value = cr_check_scalar(L, 2, "value");
  CR_CALL(L, cr_fill(t, value));
  lua_settop(L, 1);
  return 1;
}

static int tensor_copy(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  const cr_tensor *src = cr_check_tensor(L, 2, "src");
  CR_CALL(L, cr_copy(t, src));
  lua_settop(L, 1);
  return 1;
}

static int tensor_size(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (lua_isnoneornil(L, 2)) {
    cr_push_sizes(L, t->ndim, t->size);
  } else {
    lua_pushinteger(L, t->size[cr_check_dim(L, 2, "dim", t)]);
  }
  return 1;
}

static int tensor_gc(lua_State *L) {
  cr_tensor *t = cr_to_tensor(L, 1);
  if (t) cr_tensor_clear(t);
  return 0;
}

/* t.name finds a method; t[...] is indexing, in tensor_index. */
static int tensor_index(lua_State *L) {
  cr_push_tensor_methods(L);
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

static const luaL_Reg functions[] = {
    {"zeros", create_zeros},
    {"ones", create_ones},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"fill", tensor_fill}, {"copy", tensor_copy}, {"size", tensor_size},
    {"free", tensor_gc},   {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", tensor_gc},
    {"__close", tensor_gc},
    {"__index", tensor_index},
    {NULL, NULL},
};

void cr_open_tensor_create(lua_State *L) {
  cr_register_functions(L, functions);
  cr_register_methods(L, methods);
  cr_register_metamethods(L, metamethods);
}
