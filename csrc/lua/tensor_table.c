/* Nested Lua tables of numbers: into a tensor and back. Tables are read raw, so no Lua code runs
 * meanwhile. */
#include "lua/tensor_table.h"

typedef struct {
  int ndim;
  int64_t size[CR_MAX_DIMS];
} shape;

/* The lengths along the first elements. */
static void measure(lua_State *L, int arg, shape *s) {
  luaL_checkstack(L, CR_MAX_DIMS + 2, "nested table");
  int top = lua_gettop(L);
  s->ndim = 0;
  lua_pushvalue(L, arg);
  while (lua_type(L, -1) == LUA_TTABLE) {
    if (s->ndim == CR_MAX_DIMS)
      cr_arg_error(L, "table", "is nested deeper than %d, the largest number of dimensions",
                   CR_MAX_DIMS);
    int64_t length = (int64_t)lua_rawlen(L, -1);
    if (length == 0 ? !cr_is_list(L, -1) : cr_is_object(L, -1))
      cr_type_error(L, lua_gettop(L), "table", "a list of numbers or of lists");
    s->size[s->ndim++] = length;
    if (length == 0) break;
    lua_rawgeti(L, -1, 1);
  }
  lua_settop(L, top);
  if (s->ndim == 1 && s->size[0] == 0) s->ndim = 0;
}

static void wrong_element(lua_State *L, const char *expected) {
  cr_arg_error(L, "table", "must hold %s at every place of this depth, got %s", expected,
               luaL_typename(L, -1));
}

/* Fills the part of t that belongs to the table on top of the stack: dimensions dim and up. */
static char *read_level(lua_State *L, const cr_tensor *t, int dim, char *element) {
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  bool is_last = dim == t->ndim - 1;
  if (lua_type(L, -1) != LUA_TTABLE) wrong_element(L, "a table");
  if ((int64_t)lua_rawlen(L, -1) != t->size[dim])
    cr_arg_error(L, "table", "must hold tables of equal length: %I here, but %I before",
                 (lua_Integer)lua_rawlen(L, -1), (lua_Integer)t->size[dim]);
  for (int64_t i = 0; i < t->size[dim]; i++) {
    lua_rawgeti(L, -1, i + 1);
    if (!is_last) {
      element = read_level(L, t, dim + 1, element);
    } else {
      if (!cr_is_number(L, -1)) wrong_element(L, "a number");
      cr_store(t->dtype, element, cr_check_scalar(L, lua_gettop(L), "table"));
      element += width;
    }
    lua_pop(L, 1);
  }
  return element;
}

cr_tensor *cr_push_tensor_from_table(lua_State *L, int arg, cr_dtype dtype) {
  shape s;
  arg = lua_absindex(L, arg);
  measure(L, arg, &s);
  cr_tensor *t = cr_push_tensor(L, dtype);
  CR_CALL(L, cr_tensor_resize(t, s.ndim, s.size));
  if (s.ndim == 0) return t;
  lua_pushvalue(L, arg);
  read_level(L, t, 0, cr_tensor_data(t));
  lua_pop(L, 1);
  return t;
}

/* ---- back ---- */

static void push_level(lua_State *L, const cr_tensor *t, int dim, int64_t offset) {
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  int64_t count = t->size[dim] < INT32_MAX ? t->size[dim] : 0;
  lua_createtable(L, (int)count, 0);
  for (int64_t i = 0; i < t->size[dim]; i++) {
    int64_t at = offset + i * t->stride[dim];
    if (dim == t->ndim - 1) {
      const char *element = (const char *)t->storage->data + at * width;
      cr_push_scalar(L, t->dtype, cr_load(t->dtype, element));
    } else {
      push_level(L, t, dim + 1, at);
    }
    lua_rawseti(L, -2, i + 1);
  }
}

/* t:totable() | cresset.totable(t or storage) */
static int tensor_totable(lua_State *L) {
  cr_storage *storage = cr_to_storage(L, 1);
  cr_tensor view = {0};
  luaL_checkstack(L, 2 * CR_MAX_DIMS, "nested table");
  if (storage) {
    view = (cr_tensor){.dtype = storage->dtype, .ndim = 1, .storage = storage};
    view.size[0] = storage->size;
    view.stride[0] = 1;
  } else {
    /* Making tables may run finalizers, which may be Lua code that changes the tensor: read from an
     * alias, whose memory stays. */
    view = *cr_push_alias(L, cr_check_tensor(L, 1, "self"));
  }
  if (view.ndim == 0) {
    lua_newtable(L);
  } else {
    push_level(L, &view, 0, view.offset);
  }
  return 1;
}

static const luaL_Reg entries[] = {
    {"totable", tensor_totable},
    {NULL, NULL},
};

void cr_open_tensor_table(lua_State *L) {
  cr_register_functions(L, entries);
  cr_register_methods(L, entries);
  luaL_newmetatable(L, "cresset.Storage");
  cr_register(L, "Storage:", entries);
  lua_pop(L, 1);
}
