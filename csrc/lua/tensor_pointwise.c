/* Pointwise functions in Torch7's forms:
 *   cresset.exp([res,] x)      a new tensor, or res; of a number, a number
 *   x:exp([y])                 x = exp(x), or x = exp(y)
 * The operation is the closure's third upvalue, so that one function serves all of a kind. */
#include "lua/glue.h"

#include "ops/pointwise.h"

enum { op_upvalue = 3 };

static int unary_number(lua_State *L, cr_unary_op op) {
  cr_scalar value;
  cr_dtype dtype;
  CR_CALL(L, cr_unary_number(&value, &dtype, cr_check_scalar(L, 1, "x"), op));
  cr_push_scalar(L, dtype, value);
  return 1;
}

static int unary_function(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  if (cr_is_number(L, 1)) return unary_number(L, (cr_unary_op)op);
  bool has_res = cr_to_tensor(L, 2) != NULL;
  const cr_tensor *x = cr_check_tensor(L, has_res ? 2 : 1, "x");
  cr_tensor *res = has_res ? cr_check_tensor(L, 1, "res") : cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_unary(res, x, (cr_unary_op)op));
  if (has_res) lua_settop(L, 1);
  return 1;
}

static int unary_method(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  cr_tensor *self = cr_check_tensor(L, 1, "self");
  const cr_tensor *x = lua_isnoneornil(L, 2) ? self : cr_check_tensor(L, 2, "x");
  CR_CALL(L, cr_unary(self, x, (cr_unary_op)op));
  lua_settop(L, 1);
  return 1;
}

static const struct {
  const char *name;
  cr_unary_op op;
} unary[] = {
#define ENTRY(name, expression) {#name, CR_UNARY_##name},
    CR_UNARY_ANY(ENTRY) CR_UNARY_INTEGER(ENTRY) CR_UNARY_FLOAT(ENTRY)
#undef ENTRY
        {"cinv", CR_UNARY_reciprocal}, /* Torch7's name */
};

void cr_open_tensor_pointwise(lua_State *L) {
  for (size_t i = 0; i < sizeof unary / sizeof *unary; i++) {
    cr_register_with(L, "cresset.", unary[i].name, unary_function, unary[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", unary[i].name, unary_method, unary[i].op);
    lua_pop(L, 1);
  }
}
