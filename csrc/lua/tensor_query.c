/* Asking tensors what they are; memory: resize, fill, copy, free. */
#include "lua/glue.h"

#include "ops/copy.h"

#include <string.h>

/* ---- sizes and strides ---- */

static int tensor_dim(lua_State *L) {
  lua_pushinteger(L, cr_check_tensor(L, 1, "self")->ndim);
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

static int tensor_len(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  cr_push_sizes(L, t->ndim, t->size);
  return 1;
}

static int tensor_stride(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (lua_isnoneornil(L, 2)) {
    cr_push_sizes(L, t->ndim, t->stride);
  } else {
    lua_pushinteger(L, t->stride[cr_check_dim(L, 2, "dim", t)]);
  }
  return 1;
}

static int tensor_n_element(lua_State *L) {
  lua_pushinteger(L, cr_tensor_numel(cr_check_tensor(L, 1, "self")));
  return 1;
}

static int tensor_element_size(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)cr_dtype_size(cr_check_tensor(L, 1, "self")->dtype));
  return 1;
}

static int tensor_storage(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (!t->storage) CR_CALL(L, cr_storage_new(&t->storage, t->dtype, 0));
  cr_push_storage(L, t->storage);
  return 1;
}

static int tensor_storage_offset(lua_State *L) {
  lua_pushinteger(L, cr_check_tensor(L, 1, "self")->offset + 1);
  return 1;
}

static int tensor_is_contiguous(lua_State *L) {
  lua_pushboolean(L, cr_tensor_is_contiguous(cr_check_tensor(L, 1, "self")));
  return 1;
}

static int tensor_is_size(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, 2, "sizes", size);
  lua_pushboolean(L, ndim == t->ndim && memcmp(size, t->size, (size_t)ndim * sizeof *size) == 0);
  return 1;
}

static int tensor_is_same_size_as(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  lua_pushboolean(L, cr_tensor_same_size(t, cr_check_tensor(L, 2, "tensor")));
  return 1;
}

static int tensor_is_set_to(lua_State *L) {
  const cr_tensor *a = cr_check_tensor(L, 1, "self"), *b = cr_check_tensor(L, 2, "tensor");
  size_t bytes = (size_t)a->ndim * sizeof *a->size;
  bool is_same = a->storage == b->storage && a->storage && a->offset == b->offset &&
                 a->ndim == b->ndim && memcmp(a->size, b->size, bytes) == 0 &&
                 memcmp(a->stride, b->stride, bytes) == 0;
  lua_pushboolean(L, is_same);
  return 1;
}

/* ---- memory ---- */

static int tensor_resize(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, 2, "sizes", size);
  CR_CALL(L, cr_tensor_resize(t, ndim, size));
  lua_settop(L, 1);
  return 1;
}

static int tensor_resize_as(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  const cr_tensor *like = cr_check_tensor(L, 2, "tensor");
  CR_CALL(L, cr_tensor_resize_as(t, like));
  lua_settop(L, 1);
  return 1;
}

/* fill(x, value), where the value may stand in a tensor of one element. */
static int tensor_fill(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  const cr_tensor *single = cr_to_tensor(L, 2);
  bool is_single = single && cr_tensor_numel(single) == 1;
  cr_scalar value =
      is_single ? cr_load(single->dtype, cr_tensor_data(single)) : cr_check_scalar(L, 2, "value");
  CR_CALL(L, cr_fill(t, value));
  lua_settop(L, 1);
  return 1;
}

static int tensor_zero(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  CR_CALL(L, cr_fill(t, cr_scalar_from_int(0)));
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

static int push_clone(lua_State *L, const cr_tensor *t) {
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_tensor_resize_as(out, t));
  CR_CALL(L, cr_copy(out, t));
  return 1;
}

static int tensor_clone(lua_State *L) { return push_clone(L, cr_check_tensor(L, 1, "self")); }

static int tensor_contiguous(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (!cr_tensor_is_contiguous(t)) return push_clone(L, t);
  lua_settop(L, 1);
  return 1;
}

/* t:string(): the bytes of a ByteTensor or CharTensor. t:string(bytes): the other way round. */
static int tensor_string(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  if (cr_dtype_size(t->dtype) != 1)
    cr_type_error(L, 1, "self", "a torch.ByteTensor or torch.CharTensor");
  if (!lua_isnoneornil(L, 2)) {
    cr_check_string(L, 2, "bytes");
    int64_t size = (int64_t)lua_rawlen(L, 2);
    CR_CALL(L, cr_tensor_resize(t, 1, &size));
    char *data = cr_tensor_data(t);
    const char *bytes = lua_tostring(L, 2);
    for (int64_t i = 0; i < size; i++) data[i * t->stride[0]] = bytes[i];
    lua_settop(L, 1);
    return 1;
  }
  push_clone(L, t);
  cr_tensor *bytes = cr_to_tensor(L, -1);
  const char *data = cr_tensor_data(bytes);
  lua_pushlstring(L, data ? data : "", (size_t)cr_tensor_numel(bytes));
  cr_tensor_clear(bytes);
  return 1;
}

/* Also __gc and __close, which may be called by hand with anything. */
static int tensor_free(lua_State *L) {
  cr_tensor *t = cr_to_tensor(L, 1);
  if (t) cr_tensor_clear(t);
  return 0;
}

/* ---- what is it ---- */

static int is_tensor(lua_State *L) {
  lua_pushboolean(L, cr_to_tensor(L, 1) != NULL);
  return 1;
}

static int is_storage(lua_State *L) {
  lua_pushboolean(L, cr_to_storage(L, 1) != NULL);
  return 1;
}

static const luaL_Reg functions[] = {
    {"isTensor", is_tensor},
    {"isStorage", is_storage},
    {NULL, NULL},
};

static const luaL_Reg both[] = {
    {"dim", tensor_dim},
    {"nDimension", tensor_dim},
    {"size", tensor_size},
    {"stride", tensor_stride},
    {"nElement", tensor_n_element},
    {"numel", tensor_n_element},
    {"elementSize", tensor_element_size},
    {"storage", tensor_storage},
    {"storageOffset", tensor_storage_offset},
    {"isContiguous", tensor_is_contiguous},
    {"isSize", tensor_is_size},
    {"isSameSizeAs", tensor_is_same_size_as},
    {"isSetTo", tensor_is_set_to},
    {"resize", tensor_resize},
    {"resizeAs", tensor_resize_as},
    {"fill", tensor_fill},
    {"zero", tensor_zero},
    {"copy", tensor_copy},
    {"clone", tensor_clone},
    {"contiguous", tensor_contiguous},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"isTensor", is_tensor}, /* torch.Tensor.isTensor */
    {"string", tensor_string},
    {"free", tensor_free},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", tensor_free},
    {"__close", tensor_free},
    {"__len", tensor_len},
    {NULL, NULL},
};

void cr_open_tensor_query(lua_State *L) {
  cr_register_functions(L, functions);
  cr_register_functions(L, both);
  cr_register_methods(L, both);
  cr_register_methods(L, methods);
  cr_register_metamethods(L, metamethods);
}
