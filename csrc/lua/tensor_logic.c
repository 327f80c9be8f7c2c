/* Questions with yes and no as answers: of elements (isnan, where), of whole tensors (equal and the
 * operators ==, <, <=), and the operators .. and ~. */
#include "lua/glue.h"

#include "ops/pointwise.h"

enum { op_upvalue = 3 };

static int upvalue_op(lua_State *L) { return (int)lua_tointeger(L, lua_upvalueindex(op_upvalue)); }

/* isnan, isinf, isfinite: ([res,] x) */
static int test(lua_State *L) {
  bool has_res = cr_to_tensor(L, 2) != NULL;
  const cr_tensor *x = cr_check_tensor(L, has_res ? 2 : 1, "x");
  cr_tensor *res = has_res ? cr_check_tensor(L, 1, "res") : cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_test(res, x, (cr_test_op)upvalue_op(L)));
  if (has_res) lua_settop(L, 1);
  return 1;
}

static int equal(lua_State *L) {
  const cr_tensor *a = cr_check_tensor(L, 1, "a"), *b = cr_check_tensor(L, 2, "b");
  bool is_equal;
  CR_CALL(L, cr_equal(&is_equal, a, b));
  lua_pushboolean(L, is_equal);
  return 1;
}

static cr_choice check_choice(lua_State *L, int arg, const char *name) {
  cr_choice choice = {.tensor = cr_to_tensor(L, arg)};
  if (choice.tensor) return choice;
  if (!cr_is_number(L, arg)) cr_type_error(L, arg, name, "a tensor or a number");
  choice.number = cr_check_scalar(L, arg, name);
  return choice;
}

/* Leaves the result on top: res, the tensor at 1, or a new one. */
static int choose(lua_State *L, bool has_res, int condition, int a_at, int b_at) {
  const cr_tensor *mask = cr_check_tensor_of(L, condition, "condition", CR_U8);
  cr_choice a = check_choice(L, a_at, "a"), b = check_choice(L, b_at, "b");
  cr_dtype dtype = a.tensor ? a.tensor->dtype : b.tensor ? b.tensor->dtype : cr_default_dtype();
  cr_tensor *out = has_res ? cr_check_tensor(L, 1, "res") : cr_push_tensor(L, dtype);
  CR_CALL(L, cr_where(out, mask, a, b));
  if (has_res) lua_settop(L, 1);
  return 1;
}

static int where_function(lua_State *L) {
  bool has_res = lua_gettop(L) >= 4;
  int at = has_res ? 2 : 1;
  return choose(L, has_res, at, at + 1, at + 2);
}

static int where_method(lua_State *L) {
  cr_check_tensor(L, 1, "self");
  return choose(L, false, 2, 1, 3);
}

/* ---- operators ---- */

/* < and <=: true when the comparison holds for every element. */
static int compare_whole(lua_State *L) {
  cr_compare_op op = (cr_compare_op)upvalue_op(L);
  const cr_tensor *a = cr_to_tensor(L, 1), *b = cr_to_tensor(L, 2);
  bool holds;
  if (a && b) {
    CR_CALL(L, cr_compare_all(&holds, a, b, op));
  } else if (a) {
    CR_CALL(L, cr_compare_all_scalar(&holds, a, cr_check_scalar(L, 2, "b"), op));
  } else {
    b = cr_check_tensor(L, 2, "b");
    cr_compare_op turned = op == CR_COMPARE_lt ? CR_COMPARE_gt : CR_COMPARE_ge;
    CR_CALL(L, cr_compare_all_scalar(&holds, b, cr_check_scalar(L, 1, "a"), turned));
  }
  lua_pushboolean(L, holds);
  return 1;
}

/* Two tensors are put together by cat; a tensor and a string make a string. */
static int concatenate(lua_State *L) {
  lua_settop(L, 2);
  if (cr_to_tensor(L, 1) && cr_to_tensor(L, 2)) {
    cr_push_tensor_methods(L);
    if (lua_getfield(L, -1, "cat") != LUA_TFUNCTION) return cr_error(L, "Tensor:cat is missing");
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    return 1;
  }
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

static int operator_bnot(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_unary(out, t, CR_UNARY_bitnot));
  return 1;
}

/* ---- registration ---- */

static const struct {
  const char *name;
  cr_test_op op;
} tests[] = {
#define ENTRY(name, expression) {#name, CR_TEST_##name},
    CR_TEST_ANY(ENTRY)
#undef ENTRY
};

static const luaL_Reg functions[] = {{"equal", equal}, {"where", where_function}, {NULL, NULL}};

static const luaL_Reg methods[] = {{"equal", equal}, {"where", where_method}, {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__eq", equal},
    {"__concat", concatenate},
    {"__bnot", operator_bnot},
    {NULL, NULL},
};

void cr_open_tensor_logic(lua_State *L) {
  cr_register_functions(L, functions);
  cr_register_methods(L, methods);
  cr_register_metamethods(L, metamethods);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    cr_register_with(L, "cresset.", tests[i].name, test, tests[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", tests[i].name, test, tests[i].op);
    lua_pop(L, 1);
  }
  luaL_newmetatable(L, "cresset.Tensor");
  cr_register_with(L, "Tensor.", "__lt", compare_whole, CR_COMPARE_lt);
  cr_register_with(L, "Tensor.", "__le", compare_whole, CR_COMPARE_le);
  lua_pop(L, 1);
}
