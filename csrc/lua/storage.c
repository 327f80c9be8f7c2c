/* Storages in Lua: a box that holds one reference. */
#include "lua/glue.h"

#include "ops/copy.h"

#include <string.h>

enum { dtype_upvalue = 3, default_type = -1 };

static int storage_free(lua_State *L) {
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

static void *element_at(lua_State *L, const cr_storage *storage) {
  int64_t at = cr_check_index(L, 2, "index", storage->size);
  return (char *)storage->data + at * (int64_t)cr_dtype_size(storage->dtype);
}

static int storage_index(lua_State *L) {
  if (!cr_is_number(L, 2)) {
    if (!lua_getmetatable(L, 1)) return 0;
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
  }
  const cr_storage *storage = cr_check_storage(L, 1, "self");
  cr_push_scalar(L, storage->dtype, cr_load(storage->dtype, element_at(L, storage)));
  return 1;
}

static int storage_newindex(lua_State *L) {
  cr_storage *storage = cr_check_storage(L, 1, "self");
  cr_scalar value = cr_check_scalar(L, 3, "value");
  cr_store(storage->dtype, element_at(L, storage), value);
  return 0;
}

/* All elements as a row, for the operations on tensors; holds no reference. */
static cr_tensor as_row(cr_storage *storage) {
  cr_tensor row = {.dtype = storage->dtype, .ndim = 1, .storage = storage};
  row.size[0] = storage->size;
  row.stride[0] = 1;
  return row;
}

static int storage_fill(lua_State *L) {
  cr_tensor row = as_row(cr_check_storage(L, 1, "self"));
  cr_scalar value = cr_check_scalar(L, 2, "value");
  if (row.size[0] > 0) CR_CALL(L, cr_fill(&row, value));
  lua_settop(L, 1);
  return 1;
}

static int storage_copy(lua_State *L) {
  cr_tensor row = as_row(cr_check_storage(L, 1, "self"));
  cr_tensor src = as_row(cr_check_storage(L, 2, "src"));
  if (src.size[0] != row.size[0])
    cr_arg_error(L, "src", "must have %I elements, got %I", (lua_Integer)row.size[0],
                 (lua_Integer)src.size[0]);
  CR_CALL(L, cr_copy(&row, &src));
  lua_settop(L, 1);
  return 1;
}

/* Pushes the storage itself when it has the type already, else a copy that has. */
static int push_converted(lua_State *L, cr_dtype dtype) {
  cr_storage *storage = cr_check_storage(L, 1, "self");
  if (storage->dtype == dtype) {
    lua_settop(L, 1);
    return 1;
  }
  cr_tensor out = as_row(cr_push_new_storage(L, dtype, storage->size)), row = as_row(storage);
  CR_CALL(L, cr_copy(&out, &row));
  return 1;
}

/* s:type() -> the name of the type; s:type(name) -> s with that type */
static int storage_type(lua_State *L) {
  const cr_storage *storage = cr_check_storage(L, 1, "self");
  if (!lua_isnoneornil(L, 2)) return push_converted(L, cr_check_dtype(L, 2, "type"));
  lua_pushstring(L, cr_dtype_storage_name(storage->dtype));
  return 1;
}

/* s:float(), s:double(), ... */
static int storage_convert(lua_State *L) {
  return push_converted(L, (cr_dtype)lua_tointeger(L, lua_upvalueindex(dtype_upvalue)));
}

static int storage_element_size(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)cr_dtype_size(cr_check_storage(L, 1, "self")->dtype));
  return 1;
}

static int storage_resize(lua_State *L) {
  cr_storage *storage = cr_check_storage(L, 1, "self");
  int64_t size = cr_check_int_range(L, 2, "size", 0, INT64_MAX);
  CR_CALL(L, cr_storage_resize(storage, size));
  lua_settop(L, 1);
  return 1;
}

/* Makes the string at arg the storage's content. */
static void set_bytes(lua_State *L, cr_storage *storage, int arg) {
  size_t length;
  const char *bytes = lua_tolstring(L, arg, &length);
  if (cr_dtype_size(storage->dtype) != 1)
    cr_arg_error(L, "bytes", "can fill a torch.ByteStorage or torch.CharStorage, not a %s",
                 cr_dtype_storage_name(storage->dtype));
  CR_CALL(L, cr_storage_resize(storage, (int64_t)length));
  if (length > 0) memcpy(storage->data, bytes, length);
}

/* s:string(): the bytes of a ByteStorage or CharStorage. s:string(bytes): the other way round. */
static int storage_string(lua_State *L) {
  cr_storage *storage = cr_check_storage(L, 1, "self");
  if (!lua_isnoneornil(L, 2)) {
    cr_check_string(L, 2, "bytes");
    set_bytes(L, storage, 2);
    lua_settop(L, 1);
    return 1;
  }
  if (cr_dtype_size(storage->dtype) != 1)
    cr_arg_error(L, "self", "must be a torch.ByteStorage or torch.CharStorage, got a %s",
                 cr_dtype_storage_name(storage->dtype));
  lua_pushlstring(L, storage->size > 0 ? storage->data : "", (size_t)storage->size);
  return 1;
}

/* ---- constructors ---- */

static void push_from_table(lua_State *L, cr_dtype dtype) {
  int64_t size = (int64_t)lua_rawlen(L, 1), width = (int64_t)cr_dtype_size(dtype);
  if (size == 0 ? !cr_is_list(L, 1) : cr_is_object(L, 1))
    cr_type_error(L, 1, "table", "a list of numbers");
  cr_storage *storage = cr_push_new_storage(L, dtype, size);
  for (int64_t i = 0; i < size; i++) {
    lua_rawgeti(L, 1, i + 1);
    if (!cr_is_number(L, -1))
      cr_arg_error(L, "table", "must hold numbers, got %s at %I", luaL_typename(L, -1),
                   (lua_Integer)i + 1);
    cr_scalar value = cr_check_scalar(L, lua_gettop(L), "table");
    cr_store(dtype, (char *)storage->data + i * width, value);
    lua_pop(L, 1);
  }
}

static void push_sized(lua_State *L, cr_dtype dtype) {
  int64_t size = cr_check_int_range(L, 1, "size", 0, INT64_MAX);
  if (!lua_isnoneornil(L, 2))
    cr_arg_error(L, "ptr", "is not supported: no address that Lua has can be trusted");
  cr_push_new_storage(L, dtype, size);
}

static cr_storage **push_box(lua_State *L) {
  cr_storage **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, "cresset.Storage");
  return box;
}

/* (storage [, offset [, size]]) */
static void push_view(lua_State *L, cr_dtype dtype) {
  cr_storage *parent = cr_to_storage(L, 1);
  if (!parent) {
    cr_type_error(L, 1, "argument 1",
                  "a size, a table of numbers, a storage or the name of a file");
    return; /* never reached */
  }
  if (parent->dtype != dtype)
    cr_arg_error(L, "storage", "must be a %s, got a %s", cr_dtype_storage_name(dtype),
                 cr_dtype_storage_name(parent->dtype));
  int64_t offset = 0, size = parent->size;
  if (!lua_isnoneornil(L, 2)) offset = cr_check_int_range(L, 2, "offset", 1, size + 1) - 1;
  size -= offset;
  if (!lua_isnoneornil(L, 3)) size = cr_check_int_range(L, 3, "size", 0, size);
  CR_CALL(L, cr_storage_view(push_box(L), parent, offset, size));
}

/* (file name [, shared [, size [, sharedMem]]]) */
static void push_mapped(lua_State *L, cr_dtype dtype) {
  const char *path = cr_check_path(L, 1, "fileName");
  bool shared = cr_opt_bool(L, 2, "shared", false),
       in_memory = cr_opt_bool(L, 4, "sharedMem", false);
  int64_t size = -1;
  if (!lua_isnoneornil(L, 3)) size = cr_check_int_range(L, 3, "size", 1, INT64_MAX);
  CR_CALL(L, cr_storage_map(push_box(L), dtype, path, shared, size, in_memory));
}

/* FloatStorage(), FloatStorage(size), FloatStorage{1, 2, 3}, views, mapped files */
static int construct(lua_State *L) {
  int wanted = (int)lua_tointeger(L, lua_upvalueindex(dtype_upvalue));
  cr_dtype dtype = wanted == default_type ? cr_default_dtype() : (cr_dtype)wanted;
  switch (lua_type(L, 1)) {
  case LUA_TNONE:
  case LUA_TNIL: cr_push_new_storage(L, dtype, 0); break;
  case LUA_TNUMBER: push_sized(L, dtype); break;
  case LUA_TTABLE: push_from_table(L, dtype); break;
  case LUA_TSTRING: push_mapped(L, dtype); break;
  default: push_view(L, dtype);
  }
  return 1;
}

static const luaL_Reg metamethods[] = {
    {"__gc", storage_free},
    {"__close", storage_free},
    {"__len", storage_len},
    {"__index", storage_index},
    {"size", storage_len},
    {"__newindex", storage_newindex},
    {"fill", storage_fill},
    {"type", storage_type},
    {"elementSize", storage_element_size},
    {"copy", storage_copy},
    {"resize", storage_resize},
    {"string", storage_string},
    {"free", storage_free},
    {NULL, NULL},
};

void cr_open_storage(lua_State *L) {
  static const char *const names[CR_DTYPE_COUNT] = {
#define NAME(dtype, T, Word, common) [dtype] = #Word "Storage",
      CR_FOR_ALL_TYPES(NAME)
#undef NAME
  };
  static const char *const conversions[CR_DTYPE_COUNT] = {
      [CR_U8] = "byte",  [CR_I8] = "char",   [CR_I16] = "short",  [CR_I32] = "int",
      [CR_I64] = "long", [CR_F32] = "float", [CR_F64] = "double",
  };
  luaL_newmetatable(L, "cresset.Storage");
  cr_register(L, "Storage:", metamethods);
  for (int d = 0; d < CR_DTYPE_COUNT; d++)
    cr_register_with(L, "Storage:", conversions[d], storage_convert, d);
  lua_pop(L, 1);
  cr_register_with(L, "cresset.", "Storage", construct, default_type);
  for (int d = 0; d < CR_DTYPE_COUNT; d++) cr_register_with(L, "cresset.", names[d], construct, d);
}
