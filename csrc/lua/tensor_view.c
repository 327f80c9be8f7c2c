/* Views: other shapes of the same elements. */
#include "lua/glue.h"

static int tensor_narrow(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim = cr_check_dim(L, 2, "dim", t);
  int64_t start = cr_check_index(L, 3, "start", t->size[dim]);
  int64_t length = cr_check_int_range(L, 4, "length", 0, t->size[dim] - start);
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_tensor_narrow(out, t, dim, start, length));
  return 1;
}

static int tensor_transpose(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  int dim0 = cr_check_dim(L, 2, "dim1", t);
  int dim1 = cr_check_dim(L, 3, "dim2", t);
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_tensor_transpose(out, t, dim0, dim1));
  return 1;
}

static const luaL_Reg methods[] = {
    {"narrow", tensor_narrow},
    {"transpose", tensor_transpose},
    {NULL, NULL},
};

void cr_open_tensor_view(lua_State *L) { cr_register_methods(L, methods); }
