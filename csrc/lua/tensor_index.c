/* Indexing: t[k], t[{ {1, 3}, 2 }], t[mask], assignments, and picking by index tensors. */
#include "lua/glue.h"
#include "lua/tensor_table.h"

#include "ops/copy.h"
#include "ops/index.h"

#include <string.h>

enum { methods_upvalue = 3, constructors_upvalue = 4 };

/* ---- t[...] ---- */

static void push_element(lua_State *L, const cr_tensor *t) {
  cr_push_scalar(L, t->dtype, cr_load(t->dtype, cr_tensor_data(t)));
}

/* A range of a dimension: {}, {first}, {first, last} or {first, last, step}, where ends may count
 * from the back. */
static void apply_range(lua_State *L, cr_tensor *view, int dim) {
  int64_t size = view->size[dim], first = 0, last = size - 1, step = 1;
  int entry = lua_gettop(L);
  lua_Integer count = (lua_Integer)lua_rawlen(L, entry);
  if (count > 3)
    cr_arg_error(L, "index", "must hold ranges {first, last, step}, got %I numbers", count);
  if (count > 0) {
    lua_rawgeti(L, entry, 1);
    first = last = cr_check_index(L, lua_gettop(L), "index", size);
  }
  if (count > 1) {
    lua_rawgeti(L, entry, 2);
    last = cr_check_index(L, lua_gettop(L), "index", size);
  }
  if (count > 2) {
    lua_rawgeti(L, entry, 3);
    step = cr_check_int_range(L, lua_gettop(L), "step", 1, INT64_MAX);
  }
  lua_settop(L, entry);
  if (count > 1 && last < first)
    cr_arg_error(L, "index", "must not end before it begins, got {%I, %I}", (lua_Integer)first + 1,
                 (lua_Integer)last + 1);
  CR_CALL(L, cr_tensor_slice(view, view, dim, first, (last - first) / step + 1, step));
}

/* Pushes the view that the table at arg describes. Returns true when it is a single element. */
static bool push_described(lua_State *L, const cr_tensor *t, int arg) {
  int count = (int)(lua_rawlen(L, arg) > CR_MAX_DIMS ? CR_MAX_DIMS + 1 : lua_rawlen(L, arg));
  if (count > t->ndim)
    cr_arg_error(L, "index", "must have at most %d entries, one for each dimension, got %d",
                 t->ndim, count);
  cr_tensor *view = cr_push_alias(L, t);
  int dim = 0, chosen = 0, left = t->ndim;
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, arg, i);
    if (lua_type(L, -1) == LUA_TTABLE) {
      apply_range(L, view, dim++);
    } else {
      int64_t index = cr_check_index(L, lua_gettop(L), "index", view->size[dim]);
      chosen++;
      if (left > 1) {
        CR_CALL(L, cr_tensor_select(view, view, dim, index));
        left--;
      } else {
        CR_CALL(L, cr_tensor_narrow(view, view, dim++, index, 1));
      }
    }
    lua_pop(L, 1);
  }
  return chosen == t->ndim;
}

/* A position in every dimension, given as a torch.LongStorage. */
static void push_at_storage(lua_State *L, const cr_tensor *t, const cr_storage *position) {
  if (position->dtype != CR_I64 || position->size != t->ndim)
    cr_arg_error(L, "index", "must be a torch.LongStorage of %d positions", t->ndim);
  cr_tensor *view = cr_push_alias(L, t);
  const int64_t *data = position->data;
  for (int d = 0; d < t->ndim; d++) {
    if (data[d] < 1 || data[d] > t->size[d])
      cr_arg_error(L, "index", "must be a position from 1 to %I, got %I", (lua_Integer)t->size[d],
                   (lua_Integer)data[d]);
    CR_CALL(L, cr_tensor_narrow(view, view, d, data[d] - 1, 1));
  }
}

/* Pushes the view that the key at index 2 names; true when it is a single element. */
static bool push_part(lua_State *L, const cr_tensor *t) {
  if (t->ndim == 0) cr_arg_error(L, "index", "cannot be used: the tensor is empty");
  if (cr_is_number(L, 2)) {
    int64_t index = cr_check_index(L, 2, "index", t->size[0]);
    CR_CALL(L, cr_tensor_select(cr_push_tensor(L, t->dtype), t, 0, index));
    return t->ndim == 1;
  }
  if (lua_type(L, 2) == LUA_TTABLE) return push_described(L, t, 2);
  const cr_storage *storage = cr_to_storage(L, 2);
  if (!storage)
    return cr_type_error(L, 2, "index",
                         "an integer, a table, a mask, a torch.LongTensor or a torch.LongStorage");
  push_at_storage(L, t, storage);
  return true;
}

/* Reads one number without making a view. */
static bool push_number_at(lua_State *L, const cr_tensor *t) {
  if (t->ndim != 1 || !lua_isinteger(L, 2)) return false;
  int64_t at = cr_check_index(L, 2, "index", t->size[0]) * t->stride[0];
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  const char *data = cr_tensor_data(t);
  cr_push_scalar(L, t->dtype, cr_load(t->dtype, data + at * width));
  return true;
}

static int tensor_index(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) { /* a method; x.new makes tensors of x's type */
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(methods_upvalue)) != LUA_TNIL) return 1;
    const cr_tensor *t = cr_to_tensor(L, 1);
    if (!t || strcmp(lua_tostring(L, 2), "new") != 0) return 1;
    lua_rawgeti(L, lua_upvalueindex(constructors_upvalue), t->dtype + 1);
    return 1;
  }
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (push_number_at(L, t)) return 1;
  const cr_tensor *key = cr_to_tensor(L, 2);
  if (key && key->dtype == CR_I64) {
    if (t->ndim == 0) cr_arg_error(L, "index", "cannot be used: the tensor is empty");
    CR_CALL(L, cr_index_select(cr_push_tensor(L, t->dtype), t, 0, key));
  } else if (key) {
    CR_CALL(L, cr_masked_select(cr_push_tensor(L, t->dtype), t, key));
  } else if (push_part(L, t)) {
    push_element(L, cr_to_tensor(L, -1));
  }
  return 1;
}

/* t(i, j, ...) is t[{i, j, ...}]. */
static int tensor_call(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int count = lua_gettop(L) - 1;
  if (count == 0) return cr_error(L, "expected an index or a range for a dimension");
  lua_createtable(L, count, 0);
  for (int i = 1; i <= count; i++) {
    if (!cr_is_number(L, i + 1) && lua_type(L, i + 1) != LUA_TTABLE)
      return cr_type_error(L, i + 1, "index", "an integer or a range {first, last, step}");
    lua_pushvalue(L, i + 1);
    lua_rawseti(L, -2, i);
  }
  if (push_described(L, t, lua_gettop(L))) push_element(L, cr_to_tensor(L, -1));
  return 1;
}

/* ---- t[...] = value ---- */

/* The entries of the first dimension that a torch.LongTensor names. */
static void assign_indexed(lua_State *L, cr_tensor *t, const cr_tensor *index) {
  const cr_tensor *src = cr_to_tensor(L, 3);
  if (t->ndim == 0) cr_arg_error(L, "index", "cannot be used: the tensor is empty");
  if (src) {
    CR_CALL(L, cr_index_copy(t, 0, index, src));
  } else {
    cr_scalar value = cr_check_scalar(L, 3, "value");
    CR_CALL(L, cr_index_fill(t, 0, index, value));
  }
}

static void assign_masked(lua_State *L, cr_tensor *t, const cr_tensor *mask) {
  const cr_tensor *src = cr_to_tensor(L, 3);
  if (src) {
    CR_CALL(L, cr_masked_copy(t, mask, src));
  } else {
    cr_scalar value = cr_check_scalar(L, 3, "value");
    CR_CALL(L, cr_masked_fill(t, mask, value));
  }
}

static bool store_number_at(lua_State *L, const cr_tensor *t) {
  if (t->ndim != 1 || !lua_isinteger(L, 2) || !cr_is_number(L, 3)) return false;
  int64_t at = cr_check_index(L, 2, "index", t->size[0]) * t->stride[0];
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  cr_store(t->dtype, (char *)cr_tensor_data(t) + at * width, cr_check_scalar(L, 3, "value"));
  return true;
}

static int tensor_newindex(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (store_number_at(L, t)) return 0;
  if (lua_type(L, 3) == LUA_TTABLE) { /* nested tables of numbers */
    cr_push_tensor_from_table(L, 3, t->dtype);
    lua_replace(L, 3);
  }
  const cr_tensor *key = cr_to_tensor(L, 2);
  if (key) {
    (key->dtype == CR_I64 ? assign_indexed : assign_masked)(L, t, key);
    return 0;
  }
  const cr_tensor *src = cr_to_tensor(L, 3);
  if (!src && !cr_is_number(L, 3)) cr_type_error(L, 3, "value", "a number, a tensor or a table");
  push_part(L, t);
  cr_tensor *part = cr_to_tensor(L, -1);
  if (src) {
    CR_CALL(L, cr_copy(part, src));
  } else {
    cr_scalar value = cr_check_scalar(L, 3, "value");
    CR_CALL(L, cr_fill(part, value));
  }
  return 0;
}

/* ---- functions ---- */

/* f([res,] x, dim, index), x:f(dim, index), res:f(x, dim, index) */
static int pick(lua_State *L,
                cr_status (*op)(cr_tensor *, const cr_tensor *, int, const cr_tensor *)) {
  bool has_res = cr_to_tensor(L, 2) != NULL;
  cr_tensor *first = cr_check_tensor(L, 1, "self");
  const cr_tensor *x = has_res ? cr_check_tensor(L, 2, "x") : first;
  int arg = has_res ? 3 : 2;
  int dim = cr_check_dim(L, arg, "dim", x);
  const cr_tensor *index = cr_check_tensor(L, arg + 1, "index");
  cr_tensor *res = has_res ? first : cr_push_tensor(L, x->dtype);
  CR_CALL(L, op(res, x, dim, index));
  if (has_res) lua_settop(L, 1);
  return 1;
}

static int tensor_index_select(lua_State *L) { return pick(L, cr_index_select); }

static int tensor_gather(lua_State *L) { return pick(L, cr_gather); }

/* t:f(dim, index, tensor) */
static int put(lua_State *L,
               cr_status (*op)(cr_tensor *, int, const cr_tensor *, const cr_tensor *)) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  const cr_tensor *index = cr_check_tensor(L, 3, "index"), *src = cr_check_tensor(L, 4, "tensor");
  CR_CALL(L, op(t, dim, index, src));
  lua_settop(L, 1);
  return 1;
}

static int tensor_index_copy(lua_State *L) { return put(L, cr_index_copy); }

static int tensor_index_add(lua_State *L) { return put(L, cr_index_add); }

static int tensor_index_fill(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  const cr_tensor *index = cr_check_tensor(L, 3, "index");
  cr_scalar value = cr_check_scalar(L, 4, "value");
  CR_CALL(L, cr_index_fill(t, dim, index, value));
  lua_settop(L, 1);
  return 1;
}

static int scatter(lua_State *L, bool add) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  const cr_tensor *index = cr_check_tensor(L, 3, "index"), *src = cr_to_tensor(L, 4);
  cr_scalar value = src ? cr_scalar_from_int(0) : cr_check_scalar(L, 4, "src");
  CR_CALL(L, cr_scatter(t, dim, index, src, value, add));
  lua_settop(L, 1);
  return 1;
}

static int tensor_scatter(lua_State *L) { return scatter(L, false); }

static int tensor_scatter_add(lua_State *L) { return scatter(L, true); }

static int tensor_masked_fill(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  const cr_tensor *mask = cr_check_tensor(L, 2, "mask");
  cr_scalar value = cr_check_scalar(L, 3, "value");
  CR_CALL(L, cr_masked_fill(t, mask, value));
  lua_settop(L, 1);
  return 1;
}

static int tensor_masked_copy(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  const cr_tensor *mask = cr_check_tensor(L, 2, "mask"), *src = cr_check_tensor(L, 3, "src");
  CR_CALL(L, cr_masked_copy(t, mask, src));
  lua_settop(L, 1);
  return 1;
}

/* cresset.maskedSelect([res,] x, mask), x:maskedSelect(mask), res:maskedSelect(x, mask) */
static int tensor_masked_select(lua_State *L) {
  bool has_res = cr_to_tensor(L, 3) != NULL;
  cr_tensor *first = cr_check_tensor(L, 1, "self");
  const cr_tensor *x = has_res ? cr_check_tensor(L, 2, "x") : first;
  const cr_tensor *mask = cr_check_tensor(L, has_res ? 3 : 2, "mask");
  cr_tensor *res = has_res ? first : cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_masked_select(res, x, mask));
  if (has_res) lua_settop(L, 1);
  return 1;
}

/* cresset.nonzero([res,] x), x:nonzero() */
static int tensor_nonzero(lua_State *L) {
  const cr_tensor *second = cr_to_tensor(L, 2);
  cr_tensor *first = cr_check_tensor(L, 1, "self");
  cr_tensor *res = second ? first : cr_push_tensor(L, CR_I64);
  CR_CALL(L, cr_nonzero(res, second ? second : first));
  if (second) lua_settop(L, 1);
  return 1;
}

static const luaL_Reg both[] = {
    {"index", tensor_index_select},         {"gather", tensor_gather},
    {"maskedSelect", tensor_masked_select}, {"nonzero", tensor_nonzero},
    {"indexCopy", tensor_index_copy},       {"indexAdd", tensor_index_add},
    {"indexFill", tensor_index_fill},       {"scatter", tensor_scatter},
    {"scatterAdd", tensor_scatter_add},     {"maskedFill", tensor_masked_fill},
    {"maskedCopy", tensor_masked_copy},     {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__newindex", tensor_newindex},
    {"__call", tensor_call},
    {NULL, NULL},
};

/* __index keeps the methods and the types' constructors at hand. */
static void register_index(lua_State *L) {
  luaL_newmetatable(L, "cresset.Tensor");
  lua_pushliteral(L, "Tensor.__index");
  lua_pushvalue(L, -2);
  cr_push_tensor_methods(L);
  cr_push_constructors(L);
  lua_pushcclosure(L, tensor_index, 4);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void cr_open_tensor_index(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
  cr_register_metamethods(L, metamethods);
  register_index(L);
}
