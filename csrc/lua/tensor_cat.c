/* cat: cresset.cat([res,] {a, b, ...} [, dim]), cresset.cat([res,] a, b [, dim]), a:cat(b [, dim]),
 * res:cat({a, b, ...} [, dim]). */
#include "lua/glue.h"

#include "ops/cat.h"

/* Pushes a table of the two tensors from arg on. */
static void push_pair(lua_State *L, int arg) {
  lua_createtable(L, 2, 0);
  for (int i = 0; i < 2; i++) {
    lua_pushvalue(L, arg + i);
    lua_rawseti(L, -2, i + 1);
  }
}

/* Pushes a copy of the table at arg, so that its tensors stay whatever finalizers do. */
static void push_parts(lua_State *L, int arg) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, arg);
  lua_createtable(L, count < 1000 ? (int)count : 0, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, arg, i);
    if (!cr_to_tensor(L, -1)) {
      const char *text = luaL_tolstring(L, -1, NULL);
      cr_error(L, "tensor %I must be a tensor, got %s", i, text);
    }
    lua_rawseti(L, -2, i);
  }
}

/* The tensors of the table at `table` that have dimensions, as an array on top of the stack. Torch7
 * leaves the others out. */
static const cr_tensor **push_array(lua_State *L, int table, int64_t *count) {
  lua_Integer length = (lua_Integer)lua_rawlen(L, table);
  const cr_tensor **parts = lua_newuserdatauv(L, (size_t)length * sizeof *parts + 1, 0);
  cr_dtype dtype = CR_F32;
  *count = 0;
  for (lua_Integer i = 1; i <= length; i++) {
    lua_rawgeti(L, table, i);
    const cr_tensor *t = cr_to_tensor(L, -1);
    lua_pop(L, 1);
    if (i == 1) dtype = t->dtype;
    if (t->dtype != dtype)
      cr_error(L, "tensors must have one type, got a %s and a %s", cr_dtype_tensor_name(dtype),
               cr_dtype_tensor_name(t->dtype));
    if (t->ndim > 0) parts[(*count)++] = t;
  }
  return parts;
}

/* Pushes the result: res, which is at 1, or a new tensor. */
static cr_tensor *push_result(lua_State *L, cr_tensor *res, cr_dtype dtype) {
  if (!res) return cr_push_tensor(L, dtype);
  cr_check_tensor_of(L, 1, "res", dtype);
  lua_pushvalue(L, 1);
  return res;
}

static int cat(lua_State *L) {
  cr_tensor *res = NULL;
  int arg = 1;
  if (lua_type(L, 1) != LUA_TTABLE && !cr_to_tensor(L, 1))
    return cr_type_error(L, 1, "tensors", "a table of tensors");
  if (cr_to_tensor(L, 1) && (lua_istable(L, 2) || cr_to_tensor(L, 3))) res = cr_to_tensor(L, arg++);
  bool is_table = lua_istable(L, arg);
  for (int i = 0; i < 2 && !is_table; i++)
    if (!cr_to_tensor(L, arg + i))
      return cr_type_error(L, arg + i, "tensors", "a tensor or a table of tensors");
  int dim_arg = arg + (is_table ? 1 : 2);
  lua_settop(L, dim_arg);
  if (is_table) {
    push_parts(L, arg);
  } else {
    push_pair(L, arg);
  }
  int table = lua_gettop(L);
  if (lua_rawlen(L, table) == 0) return cr_arg_error(L, "tensors", "must hold at least one tensor");
  int64_t count;
  const cr_tensor **parts = push_array(L, table, &count);
  if (count == 0) { /* nothing but empty tensors */
    lua_rawgeti(L, table, 1);
    cr_tensor_clear(push_result(L, res, cr_to_tensor(L, -1)->dtype));
    return 1;
  }
  int dim = parts[0]->ndim - 1;
  if (!lua_isnoneornil(L, dim_arg)) dim = cr_check_dim(L, dim_arg, "dim", parts[0]);
  res = push_result(L, res, parts[0]->dtype);
  CR_CALL(L, cr_cat(res, count, parts, dim));
  return 1;
}

static const luaL_Reg both[] = {{"cat", cat}, {NULL, NULL}};

void cr_open_tensor_cat(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
}
