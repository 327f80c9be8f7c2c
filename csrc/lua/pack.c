/* Values of a Lua state into a parcel. */
#include "lua/transfer.h"
#include "lua/transfer_tags.h"

#include "ops/copy.h"

#include <string.h>

enum { deepest = 120, where_room = 96 };

typedef struct {
  lua_State *L;
  cr_parcel *parcel;
  cr_pack_mode mode;
  int seen;  /* index of a table: value -> its number */
  int names; /* index of a table: value -> { module, field }; 0 while nobody asked */
  int slot;  /* where that table will be */
  int count; /* values with numbers */
  int depth;
  char where[where_room]; /* the keys on the way to the value, for messages */
} packer;

static void put(packer *p, const void *bytes, size_t length) {
  CR_CALL(p->L, cr_parcel_write(p->parcel, bytes, length));
}

static void put_tag(packer *p, char tag) { put(p, &tag, 1); }

static void put_integer(packer *p, int64_t value) { put(p, &value, sizeof value); }

static void put_text(packer *p, const char *text, size_t length) {
  put_integer(p, (int64_t)length);
  put(p, text, length);
}

static void refuse(packer *p, const char *what) {
  cr_error(p->L, "cannot send %s to another thread%s%s", what, *p->where ? ", at " : "", p->where);
}

/* Whether a field of a module goes by its name. Of the globals and of tables inside of modules only
 * functions of C do: anything else there may be the program's own. */
static bool is_nameable(lua_State *L, int index, bool is_own) {
  switch (lua_type(L, index)) {
  case LUA_TFUNCTION: return is_own || lua_iscfunction(L, index);
  case LUA_TTABLE:
  case LUA_TUSERDATA: return is_own;
  default: return false;
  }
}

/* Adds the fields of the table on top of the stack to the table of names; the table's own name, a list
 * of the module and keys, is at `name`. */
static void name_fields(lua_State *L, int names, int name, int depth) {
  enum { levels = 3 };
  int source = lua_gettop(L);
  lua_rawgeti(L, name, 1);
  bool is_own = depth == 1 && strcmp(lua_tostring(L, -1), LUA_GNAME) != 0;
  lua_pop(L, 1);
  luaL_checkstack(L, 10, "too many modules");
  lua_pushnil(L);
  while (lua_next(L, source)) {
    int value = lua_gettop(L);
    lua_pushvalue(L, value);
    bool is_new = lua_type(L, value - 1) == LUA_TSTRING && lua_rawget(L, names) == LUA_TNIL;
    lua_settop(L, value);
    bool has_metatable = lua_getmetatable(L, value);
    lua_settop(L, value);
    bool is_deep = depth < levels && lua_istable(L, value) && !has_metatable;
    if (is_new && (is_deep || is_nameable(L, value, is_own))) {
      lua_createtable(L, depth + 1, 0);
      for (int k = 1; k <= depth; k++) {
        lua_rawgeti(L, name, k);
        lua_rawseti(L, value + 1, k);
      }
      lua_pushvalue(L, value - 1);
      lua_rawseti(L, value + 1, depth + 1);
      if (is_nameable(L, value, is_own)) {
        lua_pushvalue(L, value);
        lua_pushvalue(L, value + 1);
        lua_rawset(L, names);
      }
      if (is_deep) {
        lua_pushvalue(L, value);
        name_fields(L, names, value + 1, depth + 1);
      }
    }
    lua_settop(L, value - 1);
  }
}

/* Calls f for each loaded module with its value on top. */
static void each_module(lua_State *L, int names, void (*f)(lua_State *, const char *, int)) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  int loaded = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, loaded)) {
    if (lua_type(L, -2) == LUA_TSTRING) f(L, lua_tostring(L, -2), names);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void name_module(lua_State *L, const char *module, int names) {
  int type = lua_type(L, -1);
  if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA) return;
  lua_pushvalue(L, -1);
  lua_createtable(L, 1, 0);
  lua_pushstring(L, module);
  lua_rawseti(L, -2, 1);
  lua_rawset(L, names);
}

static void name_module_fields(lua_State *L, const char *module, int names) {
  if (lua_type(L, -1) != LUA_TTABLE) return;
  int value = lua_gettop(L);
  lua_createtable(L, 1, 0);
  lua_pushstring(L, module);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, value);
  name_fields(L, names, value + 1, 1);
  lua_settop(L, value);
}

/* Modules go before what they hold: cresset.nn is the module, not cresset's field. */
static void ensure_names(packer *p) {
  if (p->names) return;
  lua_newtable(p->L);
  lua_replace(p->L, p->slot);
  p->names = p->slot;
  each_module(p->L, p->names, name_module);
  each_module(p->L, p->names, name_module_fields);
}

static void pack_value(packer *p, int index);
static void pack_string(packer *p, int index);

/* Whether the value at the index went as the name that the other side knows it by. */
static bool pack_name(packer *p, int index) {
  lua_State *L = p->L;
  if (p->mode != CR_PACK_SETUP) return false;
  ensure_names(p);
  lua_pushvalue(L, index);
  bool is_named = lua_rawget(L, p->names) == LUA_TTABLE;
  if (is_named) {
    int name = lua_gettop(L), count = (int)lua_rawlen(L, name);
    put_tag(p, tag_named);
    put_integer(p, count);
    for (int k = 1; k <= count; k++) {
      lua_rawgeti(L, name, k);
      pack_string(p, lua_gettop(L));
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  return is_named;
}

/* Whether the value went before; else it gets a number. */
static bool pack_again(packer *p, int index) {
  lua_State *L = p->L;
  lua_pushvalue(L, index);
  if (lua_rawget(L, p->seen) == LUA_TNUMBER) {
    put_tag(p, tag_again);
    put_integer(p, lua_tointeger(L, -1));
    lua_pop(L, 1);
    return true;
  }
  lua_pop(L, 1);
  lua_pushvalue(L, index);
  lua_pushinteger(L, ++p->count);
  lua_rawset(L, p->seen);
  return false;
}

/* Adds a key to the way; returns how long the way was. */
static size_t enter(packer *p, int key) {
  lua_State *L = p->L;
  size_t length = strlen(p->where);
  char *end = p->where + length;
  size_t room = where_room - length;
  if (lua_type(L, key) == LUA_TSTRING) {
    lua_pushfstring(L, "%s%s", length ? "." : "", lua_tostring(L, key));
  } else if (lua_isinteger(L, key)) {
    lua_pushfstring(L, "[%I]", lua_tointeger(L, key));
  } else {
    lua_pushstring(L, "[?]");
  }
  const char *text = lua_tostring(L, -1);
  size_t used = strlen(text);
  if (used >= room) used = room - 1;
  memcpy(end, text, used);
  end[used] = '\0';
  lua_pop(L, 1);
  return length;
}

static void pack_pairs(packer *p, int index) {
  lua_State *L = p->L;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    int top = lua_gettop(L);
    size_t before = enter(p, top - 1);
    pack_value(p, top - 1);
    pack_value(p, top);
    p->where[before] = '\0';
    lua_pop(L, 1);
  }
  put_tag(p, tag_end);
}

static void pack_table(packer *p, int index) {
  lua_State *L = p->L;
  if (pack_again(p, index)) return;
  bool has_metatable = lua_getmetatable(L, index);
  if (has_metatable) {
    lua_pushliteral(L, "__typename");
    if (lua_rawget(L, -2) == LUA_TSTRING) {
      size_t length;
      const char *name = lua_tolstring(L, -1, &length);
      put_tag(p, tag_object);
      put_text(p, name, length);
      pack_pairs(p, index);
      lua_pop(L, 2);
      return;
    }
    lua_pop(L, 1);
  }
  put_tag(p, tag_table);
  pack_pairs(p, index);
  if (has_metatable) {
    size_t before = strlen(p->where);
    pack_value(p, lua_gettop(L));
    p->where[before] = '\0';
    lua_pop(L, 1);
  } else {
    put_tag(p, tag_nil);
  }
}

static int append_code(lua_State *L, const void *code, size_t length, void *data) {
  (void)L;
  return cr_parcel_write(data, code, length) != CR_OK;
}

/* The other side's globals, whatever table stands for them here. */
static void put_globals(packer *p) {
  const char name[] = LUA_GNAME;
  put_tag(p, tag_named);
  put_integer(p, 1);
  put_tag(p, tag_string);
  put_text(p, name, sizeof name - 1);
}

static void pack_function(packer *p, int index) {
  lua_State *L = p->L;
  if (pack_again(p, index)) return;
  if (p->mode != CR_PACK_SETUP) refuse(p, "a function");
  if (lua_iscfunction(L, index)) refuse(p, "a function of C that no loaded module holds");
  put_tag(p, tag_function);
  int64_t length = 0;
  size_t place = p->parcel->length;
  put_integer(p, length);
  lua_pushvalue(L, index);
  if (lua_dump(L, append_code, p->parcel, 0) != 0) cr_error(L, "out of memory");
  lua_pop(L, 1);
  length = (int64_t)(p->parcel->length - place - sizeof length);
  memcpy(p->parcel->bytes + place, &length, sizeof length);
  lua_Debug function;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">u", &function);
  put_integer(p, function.nups);
  for (int k = 1; k <= function.nups; k++) {
    const char *name = lua_getupvalue(L, index, k);
    if (strcmp(name, "_ENV") == 0) {
      put_globals(p);
      lua_pop(L, 1);
      continue;
    }
    lua_pushstring(L, name);
    size_t before = enter(p, lua_gettop(L));
    lua_pop(L, 1);
    pack_value(p, lua_gettop(L));
    p->where[before] = '\0';
    lua_pop(L, 1);
  }
}

/* A view of the storage, which keeps both sides from moving the memory. */
static void put_shared_storage(packer *p, cr_storage *storage) {
  cr_storage *view;
  CR_CALL(p->L, cr_storage_view(&view, storage, 0, storage->capacity));
  view->size = storage->size;
  cr_check(p->L, cr_parcel_write_storage(p->parcel, view));
}

static void put_tensor(packer *p, const cr_tensor *t) {
  put(p, t, sizeof *t);
  if (t->storage) put_shared_storage(p, t->storage);
}

static void pack_tensor(packer *p, const cr_tensor *t) {
  put_tag(p, tag_tensor);
  if (p->mode != CR_PACK_RESULT || cr_tensor_numel(t) == 0) {
    put_tensor(p, t);
    return;
  }
  cr_tensor *copy = cr_push_tensor(p->L, t->dtype); /* the collector's, should something fail */
  CR_CALL(p->L, cr_tensor_resize_as(copy, t));
  CR_CALL(p->L, cr_copy(copy, t));
  put(p, copy, sizeof *copy);
  cr_storage_retain(copy->storage);
  cr_check(p->L, cr_parcel_write_storage(p->parcel, copy->storage));
  cr_tensor_clear(copy);
  lua_pop(p->L, 1);
}

static void pack_generator(packer *p, const cr_generator *generator) {
  put_tag(p, tag_generator);
  put(p, generator, sizeof *generator);
}

static void pack_userdata(packer *p, int index) {
  lua_State *L = p->L;
  const cr_tensor *t = cr_to_tensor(L, index);
  cr_storage *storage = t ? NULL : cr_to_storage(L, index);
  cr_generator *generator = t || storage ? NULL : luaL_testudata(L, index, "cresset.Generator");
  if (!t && pack_name(p, index)) return;
  if (pack_again(p, index)) return;
  if (t) {
    pack_tensor(p, t);
  } else if (storage) {
    put_tag(p, tag_storage);
    put_shared_storage(p, storage);
  } else if (generator) {
    pack_generator(p, generator);
  } else {
    refuse(p, luaL_testudata(L, index, LUA_FILEHANDLE) ? "an open file" : "a userdata");
  }
}

static void pack_number(packer *p, int index) {
  if (lua_isinteger(p->L, index)) {
    put_tag(p, tag_integer);
    put_integer(p, lua_tointeger(p->L, index));
  } else {
    double value = lua_tonumber(p->L, index);
    put_tag(p, tag_number);
    put(p, &value, sizeof value);
  }
}

static void pack_string(packer *p, int index) {
  size_t length;
  const char *text = lua_tolstring(p->L, index, &length);
  put_tag(p, tag_string);
  put_text(p, text, length);
}

static void pack_value(packer *p, int index) {
  lua_State *L = p->L;
  if (++p->depth > deepest) refuse(p, "tables nested so deeply");
  luaL_checkstack(L, 12, "too many values");
  switch (lua_type(L, index)) {
  case LUA_TNIL: put_tag(p, tag_nil); break;
  case LUA_TBOOLEAN: put_tag(p, lua_toboolean(L, index) ? tag_true : tag_false); break;
  case LUA_TNUMBER: pack_number(p, index); break;
  case LUA_TSTRING: pack_string(p, index); break;
  case LUA_TTABLE:
    if (!pack_name(p, index)) pack_table(p, index);
    break;
  case LUA_TFUNCTION:
    if (!pack_name(p, index)) pack_function(p, index);
    break;
  case LUA_TUSERDATA: pack_userdata(p, index); break;
  default: refuse(p, lua_type(L, index) == LUA_TTHREAD ? "a coroutine" : "a light userdata");
  }
  p->depth--;
}

void cr_pack(lua_State *L, cr_parcel *parcel, int first, int last, cr_pack_mode mode) {
  packer p = {.L = L, .parcel = parcel, .mode = mode};
  int top = lua_gettop(L);
  lua_newtable(L);
  p.seen = lua_gettop(L);
  lua_pushnil(L);
  p.slot = lua_gettop(L);
  put_integer(&p, last - first + 1);
  for (int index = first; index <= last; index++) pack_value(&p, index);
  lua_settop(L, top);
}

void cr_pack_failure(cr_parcel *parcel, const char *message, size_t length) {
  const int64_t count = 2, size = (int64_t)length;
  const char tags[] = {tag_false, tag_string};
  cr_parcel_clear(parcel);
  bool fits = cr_parcel_write(parcel, &count, sizeof count) == CR_OK &&
              cr_parcel_write(parcel, tags, sizeof tags) == CR_OK &&
              cr_parcel_write(parcel, &size, sizeof size) == CR_OK &&
              cr_parcel_write(parcel, message, length) == CR_OK;
  if (!fits) cr_parcel_clear(parcel);
}
