/* Storages in Lua: a box that holds one reference. */
#include "lua/glue.h"

static int storage_gc(lua_State *L) {
  cr_storage **box = luaL_testudata(L, 1, "cresset.Storage"); /* anyone may call this by hand */
  if (!box) return 0;
  cr_storage *storage = *box;
  *box = NULL;
  cr_storage_release(storage);
  return 0;
}

static int storage_len(lua_State *L) {
  lua_pushinteger(L, cr_check_storage(L, 1, "self")->size);
  return 1;
}

static int storage_index(lua_State *L) {
  const cr_storage *storage = cr_check_storage(L, 1, "self");
  if (!cr_is_number(L, 2)) {
    lua_getmetatable(L, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
  }
  int64_t at = cr_check_index(L, 2, "index", storage->size);
  const char *data = storage->data;
  cr_scalar value = cr_load(storage->dtype, data + at * (int64_t)cr_dtype_size(storage->dtype));
  cr_push_scalar(L, storage->dtype, value);
  return 1;
}

static int storage_type_name(lua_State *L) {
  lua_pushstring(L, cr_dtype_storage_name(cr_check_storage(L, 1, "self")->dtype));
  return 1;
}

static const luaL_Reg metamethods[] = {
    {"__gc", storage_gc},   {"__close", storage_gc},
    {"__len", storage_len}, {"__index", storage_index},
    {"size", storage_len},  {"type", storage_type_name},
    {NULL, NULL},
};

void cr_open_storage(lua_State *L) {
  luaL_newmetatable(L, "cresset.Storage");
  cr_register(L, "Storage:", metamethods);
  lua_pop(L, 1);
}
