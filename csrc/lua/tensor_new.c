/* Constructors of tensors in all of Torch7's forms, and changing their type. */
#include "lua/glue.h"
#include "lua/tensor_table.h"

#include "ops/copy.h"

#include <string.h>

enum { dtype_upvalue = 3, default_type = -1 };

static cr_dtype wanted_dtype(lua_State *L) {
  int dtype = (int)lua_tointeger(L, lua_upvalueindex(dtype_upvalue));
  return dtype == default_type ? cr_default_dtype() : (cr_dtype)dtype;
}

/* ---- views of a storage: (storage [, offset [, sizes [, strides]]]) ---- */

typedef struct {
  int64_t offset;
  int ndim;
  int64_t size[CR_MAX_DIMS], stride[CR_MAX_DIMS];
} storage_view;

/* A negative stride asks for the contiguous one, as in Torch7. */
static void fill_in_strides(storage_view *view) {
  int64_t next = 1;
  for (int d = view->ndim - 1; d >= 0; d--) {
    if (view->stride[d] < 0) view->stride[d] = next;
    if (__builtin_mul_overflow(view->stride[d], view->size[d] > 0 ? view->size[d] : 1, &next))
      next = INT64_MAX;
  }
}

/* sz1, st1, sz2, st2, ... from arg on; the last stride may be missing. */
static void read_size_stride_pairs(lua_State *L, int arg, storage_view *view) {
  int count = lua_gettop(L) - arg + 1;
  if (count > 2 * CR_MAX_DIMS)
    cr_arg_error(L, "sizes", "must be at most %d pairs of size and stride", CR_MAX_DIMS);
  view->ndim = (count + 1) / 2;
  for (int d = 0; d < view->ndim; d++) {
    view->size[d] = cr_check_int(L, arg + 2 * d, "sizes");
    view->stride[d] = cr_opt_int(L, arg + 2 * d + 1, "strides", -1);
  }
}

static void read_sizes_and_strides(lua_State *L, int arg, storage_view *view) {
  view->ndim = cr_check_sizes(L, arg, "sizes", view->size);
  for (int d = 0; d < view->ndim; d++) view->stride[d] = -1;
  if (lua_isnoneornil(L, arg + 1)) return;
  int count = cr_check_sizes(L, arg + 1, "strides", view->stride);
  if (count != view->ndim)
    cr_arg_error(L, "strides", "must be as many as sizes (%d), got %d", view->ndim, count);
}

/* What comes after a storage argument: offset, sizes and strides. */
static void read_storage_view(lua_State *L, int arg, const cr_storage *storage,
                              storage_view *view) {
  view->offset = cr_opt_int(L, arg, "storageOffset", 1) - 1;
  if (view->offset < 0)
    cr_arg_error(L, "storageOffset", "must be at least 1, got %I", (lua_Integer)view->offset + 1);
  if (lua_isnoneornil(L, arg + 1)) {
    if (view->offset > storage->size)
      cr_arg_error(L, "storageOffset", "must be at most %I, got %I", (lua_Integer)storage->size + 1,
                   (lua_Integer)view->offset + 1);
    view->ndim = 1;
    view->size[0] = storage->size - view->offset;
    view->stride[0] = 1;
  } else if (cr_is_number(L, arg + 1)) {
    read_size_stride_pairs(L, arg + 1, view);
  } else {
    read_sizes_and_strides(L, arg + 1, view);
  }
  fill_in_strides(view);
}

static void set_to_storage(lua_State *L, cr_tensor *t, int arg) {
  cr_storage *storage = cr_check_storage(L, arg, "storage");
  storage_view view;
  read_storage_view(L, arg + 1, storage, &view);
  if (view.ndim == 1 && view.size[0] == 0 && storage->size == 0) view.ndim = 0;
  CR_CALL(L, cr_tensor_set(t, storage, view.offset, view.ndim, view.size, view.stride));
}

/* ---- constructors ---- */

static int new_from_sizes(lua_State *L, cr_dtype dtype) {
  storage_view view;
  bool has_strides = !cr_is_number(L, 1) && !lua_isnoneornil(L, 2);
  if (has_strides) {
    read_sizes_and_strides(L, 1, &view);
  } else {
    view.ndim = cr_check_sizes(L, 1, "sizes", view.size);
  }
  cr_tensor *t = cr_push_tensor(L, dtype);
  if (has_strides) {
    fill_in_strides(&view);
    CR_CALL(L, cr_tensor_set(t, NULL, 0, view.ndim, view.size, view.stride));
  } else {
    CR_CALL(L, cr_tensor_resize(t, view.ndim, view.size));
  }
  return 1;
}

static int new_from_tensor(lua_State *L, cr_dtype dtype) {
  const cr_tensor *source = cr_check_tensor_of(L, 1, "tensor", dtype);
  cr_push_alias(L, source);
  return 1;
}

static int new_from_string(lua_State *L, cr_dtype dtype) {
  size_t length;
  const char *bytes = lua_tolstring(L, 1, &length);
  if (cr_dtype_size(dtype) != 1)
    cr_arg_error(L, "bytes", "can make a torch.ByteTensor or torch.CharTensor, not a %s",
                 cr_dtype_tensor_name(dtype));
  int64_t size = (int64_t)length;
  cr_tensor *t = cr_push_tensor(L, dtype);
  CR_CALL(L, cr_tensor_resize(t, size > 0, &size));
  if (size > 0) memcpy(cr_tensor_data(t), bytes, length);
  return 1;
}

static int construct(lua_State *L) {
  cr_dtype dtype = wanted_dtype(L);
  switch (lua_type(L, 1)) {
  case LUA_TNONE:
  case LUA_TNIL: cr_push_tensor(L, dtype); return 1;
  case LUA_TNUMBER: return new_from_sizes(L, dtype);
  case LUA_TTABLE: cr_push_tensor_from_table(L, 1, dtype); return 1;
  case LUA_TSTRING: return new_from_string(L, dtype);
  default: break;
  }
  if (cr_to_tensor(L, 1)) return new_from_tensor(L, dtype);
  const cr_storage *storage = cr_to_storage(L, 1);
  if (!storage)
    return cr_type_error(L, 1, "argument 1",
                         "sizes, a table, a tensor, a storage or a string of bytes");
  if (storage->dtype == dtype) {
    cr_tensor *t = cr_push_tensor(L, dtype);
    lua_insert(L, 1); /* out of the way of the sizes, which end at the top */
    set_to_storage(L, t, 2);
    lua_settop(L, 1);
    return 1;
  }
  if (storage->dtype == CR_I64) return new_from_sizes(L, dtype);
  return cr_arg_error(L, "storage", "must be a %s or a torch.LongStorage of sizes, got a %s",
                      cr_dtype_storage_name(dtype), cr_dtype_storage_name(storage->dtype));
}

/* The class tables are called: their metatable's __call gets the table first. */
static int construct_from_class(lua_State *L) {
  if (lua_gettop(L) > 0) lua_remove(L, 1);
  return construct(L);
}

/* t:set() | t:set(tensor) | t:set(storage, ...) */
static int tensor_set(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (lua_isnoneornil(L, 2)) {
    cr_tensor_clear(t);
  } else if (cr_to_tensor(L, 2)) {
    cr_tensor_alias(t, cr_check_tensor_of(L, 2, "tensor", t->dtype));
  } else {
    set_to_storage(L, t, 2);
  }
  lua_settop(L, 1);
  return 1;
}

/* ---- changing the type ---- */

static int push_as(lua_State *L, cr_dtype dtype) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  lua_settop(L, 1);
  if (t->dtype == dtype) return 1;
  cr_tensor *out = cr_push_tensor(L, dtype);
  CR_CALL(L, cr_tensor_resize_as(out, t));
  CR_CALL(L, cr_copy(out, t));
  return 1;
}

static int tensor_type(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (!lua_isnoneornil(L, 2)) return push_as(L, cr_check_dtype(L, 2, "type"));
  lua_pushstring(L, cr_dtype_tensor_name(t->dtype));
  return 1;
}

static int tensor_type_as(lua_State *L) {
  cr_check_tensor(L, 1, "self");
  return push_as(L, cr_check_tensor(L, 2, "tensor")->dtype);
}

/* t:float(), t:double(), ...; t:real() is the default type. */
static int tensor_to_type(lua_State *L) {
  cr_check_tensor(L, 1, "self");
  return push_as(L, wanted_dtype(L));
}

static int set_default_tensor_type(lua_State *L) {
  cr_set_default_dtype(cr_check_dtype(L, 1, "type"));
  return 0;
}

static int get_default_tensor_type(lua_State *L) {
  lua_pushstring(L, cr_dtype_tensor_name(cr_default_dtype()));
  return 1;
}

/* ---- registration ---- */

/* The field `name` of the module, a table that is called to make tensors and whose fields are the
 * tensors' methods; the default type's table is the method table itself. */
static void register_class(lua_State *L, const char *name, int dtype) {
  lua_createtable(L, 0, 2);
  cr_push_tensor_methods(L);
  if (dtype != default_type) {
    lua_setfield(L, -2, "__index");
    lua_newtable(L);
  }
  lua_insert(L, -2);
  cr_register_with(L, "cresset.", name, construct_from_class, dtype);
  lua_getfield(L, -1, name);
  lua_setfield(L, -2, "__call");
  lua_pushnil(L);
  lua_setfield(L, -2, name);
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, name);
}

static const struct {
  const char *class_name, *method;
} types[CR_DTYPE_COUNT] = {
    [CR_U8] = {"ByteTensor", "byte"},      [CR_I8] = {"CharTensor", "char"},
    [CR_I16] = {"ShortTensor", "short"},   [CR_I32] = {"IntTensor", "int"},
    [CR_I64] = {"LongTensor", "long"},     [CR_F32] = {"FloatTensor", "float"},
    [CR_F64] = {"DoubleTensor", "double"},
};

void cr_push_constructors(lua_State *L) {
  lua_createtable(L, CR_DTYPE_COUNT, 0);
  for (int d = 0; d < CR_DTYPE_COUNT; d++) {
    cr_register_with(L, "cresset.", types[d].class_name, construct, d);
    lua_getfield(L, -1, types[d].class_name);
    lua_seti(L, -2, d + 1);
    lua_pushnil(L);
    lua_setfield(L, -2, types[d].class_name);
  }
}

static const luaL_Reg functions[] = {
    {"setdefaulttensortype", set_default_tensor_type},
    {"getdefaulttensortype", get_default_tensor_type},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {{"type", tensor_type}, {NULL, NULL}};

static const luaL_Reg both[] = {
    {"set", tensor_set},
    {"typeAs", tensor_type_as},
    {NULL, NULL},
};

void cr_open_tensor_new(lua_State *L) {
  cr_register_functions(L, functions);
  cr_register_functions(L, both);
  cr_register_methods(L, both);
  cr_register_methods(L, methods);
  register_class(L, "Tensor", default_type);
  for (int d = 0; d < CR_DTYPE_COUNT; d++) register_class(L, types[d].class_name, d);
  for (int d = 0; d < CR_DTYPE_COUNT; d++)
    cr_register_with(L, "cresset.", types[d].method, tensor_to_type, d);
  cr_push_tensor_methods(L);
  for (int d = 0; d < CR_DTYPE_COUNT; d++)
    cr_register_with(L, "Tensor:", types[d].method, tensor_to_type, d);
  cr_register_with(L, "Tensor:", "real", tensor_to_type, default_type);
  lua_pop(L, 1);
}
