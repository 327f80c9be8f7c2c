/* A parcel into the values of another Lua state. */
#include "lua/transfer.h"
#include "lua/transfer_tags.h"

#include <string.h>

typedef struct {
  lua_State *L;
  cr_parcel *parcel;
  int seen; /* index of a table: number -> value */
  int count;
} unpacker;

static char get_tag(unpacker *u) { return *(const char *)cr_parcel_read(u->parcel, 1); }

static int64_t get_integer(unpacker *u) {
  int64_t value;
  memcpy(&value, cr_parcel_read(u->parcel, sizeof value), sizeof value);
  return value;
}

static void push_text(unpacker *u) {
  size_t length = (size_t)get_integer(u);
  lua_pushlstring(u->L, cr_parcel_read(u->parcel, length), length);
}

static void unpack_value(unpacker *u, char tag);

/* The value on top is known by the next number. */
static void remember(unpacker *u) {
  lua_pushvalue(u->L, -1);
  lua_rawseti(u->L, u->seen, ++u->count);
}

static void unpack_pairs(unpacker *u) {
  for (char tag = get_tag(u); tag != tag_end; tag = get_tag(u)) {
    unpack_value(u, tag);
    unpack_value(u, get_tag(u));
    lua_rawset(u->L, -3);
  }
}

/* Pushes require(name). */
static void push_module(lua_State *L, const char *name) {
  lua_getglobal(L, "require");
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

static void unpack_object(unpacker *u) {
  lua_State *L = u->L;
  lua_newtable(L);
  remember(u);
  push_text(u);
  push_module(L, "cresset.class");
  lua_getfield(L, -1, "find");
  lua_pushvalue(L, -3);
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1))
    cr_error(L, "the class '%s' is not known here: name the module that defines it in 'require'",
             lua_tostring(L, -3));
  lua_setmetatable(L, -4);
  lua_pop(L, 2);
  unpack_pairs(u);
}

static void unpack_table(unpacker *u) {
  lua_newtable(u->L);
  remember(u);
  unpack_pairs(u);
  unpack_value(u, get_tag(u));
  if (lua_istable(u->L, -1)) {
    lua_setmetatable(u->L, -2);
  } else {
    lua_pop(u->L, 1);
  }
}

static void unpack_function(unpacker *u) {
  lua_State *L = u->L;
  size_t length = (size_t)get_integer(u);
  const char *code = cr_parcel_read(u->parcel, length);
  if (luaL_loadbufferx(L, code, length, "=function", "b") != LUA_OK) lua_error(L);
  remember(u);
  int upvalues = (int)get_integer(u);
  for (int k = 1; k <= upvalues; k++) {
    unpack_value(u, get_tag(u));
    if (!lua_setupvalue(L, -2, k)) lua_pop(L, 1);
  }
}

/* Copied storages come alone; the collector of this side learns what it got. */
static void unpack_tensor(unpacker *u) {
  cr_tensor like;
  memcpy(&like, cr_parcel_read(u->parcel, sizeof like), sizeof like);
  cr_storage *storage = like.storage ? cr_parcel_read_storage(u->parcel) : NULL;
  if (storage && !storage->parent)
    cr_storage_add_allocated(storage->size * (int64_t)cr_dtype_size(storage->dtype));
  cr_tensor *t = cr_push_tensor(u->L, like.dtype);
  if (storage) cr_storage_retain(storage);
  *t = like;
  t->storage = storage;
  remember(u);
}

static void unpack_generator(unpacker *u) {
  cr_generator *generator = lua_newuserdatauv(u->L, sizeof *generator, 0);
  memcpy(generator, cr_parcel_read(u->parcel, sizeof *generator), sizeof *generator);
  luaL_setmetatable(u->L, "cresset.Generator");
  remember(u);
}

static void unpack_named(unpacker *u) {
  lua_State *L = u->L;
  int count = (int)get_integer(u), base = lua_gettop(L);
  unpack_value(u, get_tag(u));
  push_module(L, lua_tostring(L, -1));
  for (int k = 2; k <= count; k++) {
    unpack_value(u, get_tag(u));
    lua_pushvalue(L, -1);
    bool is_there = lua_istable(L, -3) && lua_gettable(L, -3) != LUA_TNIL;
    if (!is_there)
      cr_error(L, "the module '%s' has no field '%s' here", lua_tostring(L, base + 1),
               lua_tostring(L, -2));
    lua_replace(L, -3);
    lua_pop(L, 1);
  }
  lua_replace(L, base + 1);
}

static void unpack_value(unpacker *u, char tag) {
  lua_State *L = u->L;
  luaL_checkstack(L, 12, "too many values");
  switch (tag) {
  case tag_nil: lua_pushnil(L); break;
  case tag_false: lua_pushboolean(L, 0); break;
  case tag_true: lua_pushboolean(L, 1); break;
  case tag_integer: lua_pushinteger(L, get_integer(u)); break;
  case tag_number: {
    double value;
    memcpy(&value, cr_parcel_read(u->parcel, sizeof value), sizeof value);
    lua_pushnumber(L, value);
    break;
  }
  case tag_string: push_text(u); break;
  case tag_again: lua_rawgeti(L, u->seen, get_integer(u)); break;
  case tag_table: unpack_table(u); break;
  case tag_object: unpack_object(u); break;
  case tag_function: unpack_function(u); break;
  case tag_named: unpack_named(u); break;
  case tag_tensor: unpack_tensor(u); break;
  case tag_generator: unpack_generator(u); break;
  case tag_storage:
    cr_push_storage(L, cr_parcel_read_storage(u->parcel));
    remember(u);
    break;
  default: cr_error(L, "a parcel is damaged"); /* never */
  }
}

int cr_unpack(lua_State *L, cr_parcel *parcel) {
  unpacker u = {.L = L, .parcel = parcel};
  parcel->at = 0;
  if (parcel->length == 0) {
    lua_pushboolean(L, 0);
    lua_pushliteral(L, "out of memory");
    return 2;
  }
  lua_newtable(L);
  u.seen = lua_gettop(L);
  int count = (int)get_integer(&u);
  luaL_checkstack(L, count + 8, "too many values");
  for (int k = 0; k < count; k++) unpack_value(&u, get_tag(&u));
  lua_remove(L, u.seen);
  return count;
}
