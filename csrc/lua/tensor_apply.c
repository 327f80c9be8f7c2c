/* Calling a Lua function for each element: apply, map, map2.
 *
 * The function may do anything meanwhile, resize or free the very tensors included. The loops
 * therefore walk over aliases of their own and look the memory up anew for each element: an alias
 * keeps its storage alive, and a storage never shrinks. */
#include "lua/glue.h"

typedef struct {
  const cr_tensor *t; /* an alias on the stack */
  int64_t numel, offset, index[CR_MAX_DIMS];
} walker;

enum { most_tensors = 3 };

static void start(lua_State *L, walker *w, int arg, const char *name) {
  w->t = cr_push_alias(L, cr_check_tensor(L, arg, name));
  w->numel = cr_tensor_numel(w->t);
  w->offset = w->t->offset;
  for (int d = 0; d < CR_MAX_DIMS; d++) w->index[d] = 0;
}

static void *element(const walker *w) {
  return (char *)w->t->storage->data + w->offset * (int64_t)cr_dtype_size(w->t->dtype);
}

/* Goes on to the next element in row-major order. */
static void step(walker *w) {
  for (int d = w->t->ndim - 1; d >= 0; d--) {
    w->offset += w->t->stride[d];
    if (++w->index[d] < w->t->size[d]) return;
    w->offset -= w->t->stride[d] * w->t->size[d];
    w->index[d] = 0;
  }
}

/* Takes what the function returned: a number replaces the first tensor's element. */
static void store_answer(lua_State *L, const walker *w) {
  if (cr_is_number(L, -1)) {
    int top = lua_gettop(L);
    cr_scalar value = cr_check_scalar(L, top, "function");
    cr_storage_touch(w->t->storage); /* the function may have read the tensor */
    cr_store(w->t->dtype, element(w), value);
  } else if (!lua_isnil(L, -1)) {
    cr_arg_error(L, "function", "must return a number or nothing, got %s", luaL_typename(L, -1));
  }
  lua_pop(L, 1);
}

/* Arguments: `count` tensors, then the function. */
static int apply(lua_State *L, int count) {
  static const char *const names[] = {"self", "tensor1", "tensor2"};
  walker w[most_tensors] = {{0}};
  int function = count + 1;
  for (int k = 0; k < count; k++) cr_check_tensor(L, k + 1, names[k]);
  if (lua_type(L, function) != LUA_TFUNCTION) cr_type_error(L, function, "function", "a function");
  lua_settop(L, function);
  for (int k = 0; k < count; k++) {
    start(L, &w[k], k + 1, names[k]);
    if (w[k].numel != w[0].numel)
      cr_arg_error(L, names[k], "must have %I elements, as self has, got %I",
                   (lua_Integer)w[0].numel, (lua_Integer)w[k].numel);
  }
  for (int64_t i = 0; i < w[0].numel; i++) {
    lua_pushvalue(L, function);
    for (int k = 0; k < count; k++)
      cr_push_scalar(L, w[k].t->dtype, cr_load(w[k].t->dtype, element(&w[k])));
    lua_call(L, count, 1);
    store_answer(L, &w[0]);
    for (int k = 0; k < count; k++) step(&w[k]);
  }
  lua_settop(L, 1);
  return 1;
}

static int tensor_apply(lua_State *L) { return apply(L, 1); }

static int tensor_map(lua_State *L) { return apply(L, 2); }

static int tensor_map2(lua_State *L) { return apply(L, 3); }

static const luaL_Reg both[] = {
    {"apply", tensor_apply},
    {"map", tensor_map},
    {"map2", tensor_map2},
    {NULL, NULL},
};

void cr_open_tensor_apply(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
}
