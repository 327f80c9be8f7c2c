/* Arithmetic in Torch7's forms, where an operand is a tensor or a number:
 *   cresset.add([res,] a, b)       cresset.add([res,] a, value, b)
 *   x:add(b)                       x:add(value, b)      in place
 *   x:add(a, b)                    x:add(a, value, b)   into x
 * and the operators of Lua. */
#include "lua/glue.h"

#include "ops/pointwise.h"

enum { op_upvalue = 3 };

static int upvalue_op(lua_State *L) { return (int)lua_tointeger(L, lua_upvalueindex(op_upvalue)); }

static bool is_operand(lua_State *L, int arg) {
  return cr_is_number(L, arg) || cr_to_tensor(L, arg) != NULL;
}

static void check_operand(lua_State *L, int arg, const char *name) {
  if (!is_operand(L, arg)) cr_type_error(L, arg, name, "a tensor or a number");
}

/* Arguments without nils at the end, which optional parameters leave behind. */
static int argument_count(lua_State *L) {
  int count = lua_gettop(L);
  while (count > 0 && lua_isnil(L, count)) count--;
  lua_settop(L, count);
  return count;
}

/* res at index `at` when has_res, else a new tensor pushed. Returns its place on the stack. */
static int push_result(lua_State *L, bool has_res, int at, cr_dtype dtype) {
  if (has_res) {
    cr_check_tensor(L, at, "res");
    lua_pushvalue(L, at);
  } else {
    cr_push_tensor(L, dtype);
  }
  return lua_gettop(L);
}

/* Leaves the result at `out` on top: out = a op b for the operands at these places. */
static int apply(lua_State *L, bool has_res, int res, int a, int b, cr_binary_op op) {
  check_operand(L, a, "a");
  check_operand(L, b, "b");
  const cr_tensor *ta = cr_to_tensor(L, a), *tb = cr_to_tensor(L, b);
  if (!ta && !tb) return cr_arg_error(L, "a", "or 'b' must be a tensor, got two numbers");
  int place = push_result(L, has_res, res, ta ? ta->dtype : tb->dtype);
  cr_tensor *out = cr_to_tensor(L, place);
  if (ta && tb) {
    CR_CALL(L, cr_binary(out, ta, tb, op));
  } else if (ta) {
    cr_scalar number = cr_check_scalar(L, b, "b");
    CR_CALL(L, cr_binary_scalar(out, ta, number, op));
  } else {
    cr_scalar number = cr_check_scalar(L, a, "a");
    CR_CALL(L, cr_scalar_binary(out, number, tb, op));
  }
  return 1;
}

/* pow and atan2 are functions of numbers too, as in Torch7. */
static bool takes_numbers(cr_binary_op op) { return op == CR_BINARY_pow || op == CR_BINARY_atan2; }

/* f(res, a, b) of tensors, x:f(y) and x:f(number): the usual calls, which ask nothing twice. Each
 * argument takes some 15 ns to look at, and all arguments of a small tensor's call more than its
 * arithmetic. False, and nothing was done, for all other forms. */
static bool has_run_function(lua_State *L, cr_binary_op op) {
  cr_tensor *res, *a, *b;
  if (lua_gettop(L) != 3 || !(res = cr_to_tensor(L, 1)) || !(a = cr_to_tensor(L, 2)) ||
      !(b = cr_to_tensor(L, 3)))
    return false;
  CR_CALL(L, cr_binary(res, a, b, op));
  lua_settop(L, 1);
  return true;
}

static bool has_run_method(lua_State *L, cr_binary_op op) {
  cr_tensor *self, *other;
  if (lua_gettop(L) != 2 || !(self = cr_to_tensor(L, 1))) return false;
  if (cr_is_number(L, 2)) {
    cr_scalar number = cr_check_scalar(L, 2, "b");
    CR_CALL(L, cr_binary_scalar(self, self, number, op));
  } else if ((other = cr_to_tensor(L, 2))) {
    CR_CALL(L, cr_binary(self, self, other, op));
  } else {
    return false;
  }
  lua_settop(L, 1);
  return true;
}

static int binary_function(lua_State *L) {
  if (has_run_function(L, (cr_binary_op)upvalue_op(L))) return 1;
  int count = argument_count(L);
  bool has_res = count >= 3;
  if (!has_res && cr_is_number(L, 1) && cr_is_number(L, 2) && takes_numbers(upvalue_op(L))) {
    lua_pushnumber(
        L, cr_binary_number(lua_tonumber(L, 1), lua_tonumber(L, 2), (cr_binary_op)upvalue_op(L)));
    return 1;
  }
  return apply(L, has_res, 1, has_res ? 2 : 1, has_res ? 3 : 2, (cr_binary_op)upvalue_op(L));
}

static int binary_method(lua_State *L) {
  if (has_run_method(L, (cr_binary_op)upvalue_op(L))) return 1;
  int count = argument_count(L);
  cr_check_tensor(L, 1, "self");
  bool has_both = count >= 3;
  return apply(L, true, 1, has_both ? 2 : 1, has_both ? 3 : 2, (cr_binary_op)upvalue_op(L));
}

/* ---- add and csub: a number may scale the second tensor ---- */

static cr_scalar negated(cr_scalar value) {
  return (cr_scalar){.f = -value.f, .i = (int64_t)(0 - (uint64_t)value.i)};
}

/* out = a +- value * b */
static int apply_scaled(lua_State *L, bool has_res, int res, int a, cr_binary_op op) {
  const cr_tensor *ta = cr_check_tensor(L, a, "a");
  cr_scalar value = cr_check_scalar(L, a + 1, "value");
  const cr_tensor *tb = cr_check_tensor(L, a + 2, "b");
  int place = push_result(L, has_res, res, ta->dtype);
  cr_scaled_numbers numbers = {.v = op == CR_BINARY_sub ? negated(value) : value};
  CR_CALL(L, cr_scaled(cr_to_tensor(L, place), ta, 1, &tb, numbers, CR_SCALED_axpy));
  return 1;
}

static bool is_scaled(lua_State *L, int a) {
  return cr_is_number(L, a + 1) && cr_to_tensor(L, a + 2);
}

static int sum_function(lua_State *L) {
  cr_binary_op op = (cr_binary_op)upvalue_op(L);
  if (has_run_function(L, op)) return 1;
  int count = argument_count(L);
  if (count == 3 && is_scaled(L, 1)) return apply_scaled(L, false, 0, 1, op);
  if (count >= 4) return apply_scaled(L, true, 1, 2, op);
  return binary_function(L);
}

static int sum_method(lua_State *L) {
  cr_binary_op op = (cr_binary_op)upvalue_op(L);
  if (has_run_method(L, op)) return 1;
  int count = argument_count(L);
  cr_check_tensor(L, 1, "self");
  if (count == 3 && is_scaled(L, 1)) return apply_scaled(L, true, 1, 1, op);
  if (count >= 4) return apply_scaled(L, true, 1, 2, op);
  return binary_method(L);
}

/* ---- addcmul and addcdiv: ([res,] t, [value,] a, b) ---- */

static int apply_product(lua_State *L, bool has_res, int res, int at, cr_scaled_op op) {
  const cr_tensor *t = cr_check_tensor(L, at++, "t");
  cr_scalar value = cr_scalar_from_int(1);
  if (cr_is_number(L, at)) value = cr_check_scalar(L, at++, "value");
  const cr_tensor *in[] = {cr_check_tensor(L, at, "a"), cr_check_tensor(L, at + 1, "b")};
  int place = push_result(L, has_res, res, t->dtype);
  CR_CALL(L, cr_scaled(cr_to_tensor(L, place), t, 2, in, (cr_scaled_numbers){.v = value}, op));
  return 1;
}

static int product_function(lua_State *L) {
  int count = argument_count(L);
  int needed = 3 + (cr_is_number(L, 2) || cr_is_number(L, 3));
  bool has_res = count > needed;
  return apply_product(L, has_res, 1, has_res ? 2 : 1, (cr_scaled_op)upvalue_op(L));
}

static int product_method(lua_State *L) {
  int count = argument_count(L);
  cr_check_tensor(L, 1, "self");
  int needed = 3 + (cr_is_number(L, 2) || cr_is_number(L, 3));
  return apply_product(L, true, 1, count > needed ? 2 : 1, (cr_scaled_op)upvalue_op(L));
}

/* ---- clamp: ([res,] t, low, high); lerp: ([res,] a, b, weight) ---- */

static int apply_clamp(lua_State *L, bool has_res, int res, int at) {
  const cr_tensor *t = cr_check_tensor(L, at, "t");
  cr_scaled_numbers numbers = {cr_check_scalar(L, at + 1, "low"),
                               cr_check_scalar(L, at + 2, "high")};
  if (numbers.v.f > numbers.w.f) return cr_arg_error(L, "low", "must not be above 'high'");
  int place = push_result(L, has_res, res, t->dtype);
  CR_CALL(L, cr_scaled(cr_to_tensor(L, place), t, 0, NULL, numbers, CR_SCALED_clamp));
  return 1;
}

static int clamp_function(lua_State *L) {
  bool has_res = argument_count(L) >= 4;
  return apply_clamp(L, has_res, 1, has_res ? 2 : 1);
}

static int clamp_method(lua_State *L) {
  return apply_clamp(L, true, 1, argument_count(L) >= 4 ? 2 : 1);
}

static int apply_lerp(lua_State *L, bool has_res, int res, int at) {
  const cr_tensor *a = cr_check_tensor(L, at, "a"), *b = cr_check_tensor(L, at + 1, "b");
  cr_scaled_numbers numbers = {.v = cr_check_scalar(L, at + 2, "weight")};
  int place = push_result(L, has_res, res, a->dtype);
  CR_CALL(L, cr_scaled(cr_to_tensor(L, place), a, 1, &b, numbers, CR_SCALED_lerp));
  return 1;
}

static int lerp_function(lua_State *L) {
  bool has_res = argument_count(L) >= 4;
  if (!has_res && cr_is_number(L, 1) && cr_is_number(L, 2)) {
    double a = lua_tonumber(L, 1), b = lua_tonumber(L, 2);
    lua_pushnumber(L, a + cr_check_number(L, 3, "weight") * (b - a));
    return 1;
  }
  return apply_lerp(L, has_res, 1, has_res ? 2 : 1);
}

static int lerp_method(lua_State *L) {
  return apply_lerp(L, true, 1, argument_count(L) >= 4 ? 2 : 1);
}

/* ---- comparison: a new or given torch.ByteTensor of 0 and 1 ---- */

static int compare(lua_State *L) {
  int count = argument_count(L);
  bool has_res = count >= 3;
  int at = has_res ? 2 : 1;
  cr_compare_op op = (cr_compare_op)upvalue_op(L);
  const cr_tensor *a = cr_check_tensor(L, at, "a");
  check_operand(L, at + 1, "b");
  const cr_tensor *b = cr_to_tensor(L, at + 1);
  int place = push_result(L, has_res, 1, CR_U8);
  cr_tensor *out = cr_to_tensor(L, place);
  if (b) {
    CR_CALL(L, cr_compare(out, a, b, op));
  } else {
    cr_scalar number = cr_check_scalar(L, at + 1, "b");
    CR_CALL(L, cr_compare_scalar(out, a, number, op));
  }
  return 1;
}

/* ---- operators ---- */

static int operator(lua_State *L) {
  lua_settop(L, 2);
  return apply(L, false, 0, 1, 2, (cr_binary_op)upvalue_op(L));
}

/* a * b: numbers scale; two tensors are multiplied as matrices and vectors, as in Torch7. */
static int operator_mul(lua_State *L) {
  lua_settop(L, 2);
  const cr_tensor *a = cr_to_tensor(L, 1), *b = cr_to_tensor(L, 2);
  if (!a || !b) return apply(L, false, 0, 1, 2, CR_BINARY_mul);
  const char *name = a->ndim == 1 && b->ndim == 1 ? "dot" : b->ndim == 1 ? "mv" : "mm";
  if (a->ndim > 2 || b->ndim > 2 || a->ndim == 0 || b->ndim == 0)
    return cr_error(L,
                    "takes matrices and vectors, got %d and %d dimensions; cmul multiplies "
                    "element by element",
                    a->ndim, b->ndim);
  bool is_dot = name[0] == 'd';
  cr_push_tensor_methods(L);
  if (lua_getfield(L, -1, name) != LUA_TFUNCTION) return cr_error(L, "Tensor:%s is missing", name);
  if (!is_dot) cr_push_tensor(L, a->dtype);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_call(L, is_dot ? 2 : 3, 1);
  return 1;
}

static int operator_unm(lua_State *L) {
  const cr_tensor *t = cr_check_tensor(L, 1, "self");
  cr_tensor *out = cr_push_tensor(L, t->dtype);
  CR_CALL(L, cr_unary(out, t, CR_UNARY_neg));
  return 1;
}

/* ---- registration ---- */

typedef struct {
  const char *name;
  int op;
} named_op;

static const named_op binary[] = {
    {"mul", CR_BINARY_mul},
    {"cmul", CR_BINARY_mul},
    {"div", CR_BINARY_div},
    {"cdiv", CR_BINARY_div},
    {"pow", CR_BINARY_pow},
    {"cpow", CR_BINARY_pow},
    {"cmax", CR_BINARY_max},
    {"cmin", CR_BINARY_min},
    {"fmod", CR_BINARY_fmod},
    {"mod", CR_BINARY_fmod},
    {"cmod", CR_BINARY_fmod},
    {"cfmod", CR_BINARY_fmod},
    {"remainder", CR_BINARY_remainder},
    {"cremainder", CR_BINARY_remainder},
    {"atan2", CR_BINARY_atan2},
    {"floorDivide", CR_BINARY_floordiv},
    {"lshift", CR_BINARY_lshift},
    {"clshift", CR_BINARY_lshift},
    {"rshift", CR_BINARY_rshift},
    {"crshift", CR_BINARY_rshift},
    {"bitand", CR_BINARY_bitand},
    {"cbitand", CR_BINARY_bitand},
    {"bitor", CR_BINARY_bitor},
    {"cbitor", CR_BINARY_bitor},
    {"bitxor", CR_BINARY_bitxor},
    {"cbitxor", CR_BINARY_bitxor},
};

static const named_op sums[] = {{"add", CR_BINARY_add}, {"csub", CR_BINARY_sub}};

static const named_op products[] = {{"addcmul", CR_SCALED_addcmul}, {"addcdiv", CR_SCALED_addcdiv}};

static const named_op comparisons[] = {
#define ENTRY(name, expression) {#name, CR_COMPARE_##name},
    CR_COMPARE_ANY(ENTRY)
#undef ENTRY
};

static const named_op operators[] = {
    {"__add", CR_BINARY_add},     {"__sub", CR_BINARY_sub},       {"__div", CR_BINARY_div},
    {"__pow", CR_BINARY_pow},     {"__mod", CR_BINARY_remainder}, {"__idiv", CR_BINARY_floordiv},
    {"__band", CR_BINARY_bitand}, {"__bor", CR_BINARY_bitor},     {"__bxor", CR_BINARY_bitxor},
    {"__shl", CR_BINARY_lshift},  {"__shr", CR_BINARY_rshift},
};

static const luaL_Reg metamethods[] = {
    {"__mul", operator_mul},
    {"__unm", operator_unm},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"clamp", clamp_function},
    {"lerp", lerp_function},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"clamp", clamp_method},
    {"lerp", lerp_method},
    {NULL, NULL},
};

/* One list as functions of the module and as methods of the tensors. */
static void register_both(lua_State *L, const named_op *list, size_t count, lua_CFunction function,
                          lua_CFunction method) {
  for (size_t i = 0; i < count; i++) {
    cr_register_with(L, "cresset.", list[i].name, function, list[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", list[i].name, method, list[i].op);
    lua_pop(L, 1);
  }
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

void cr_open_tensor_arithmetic(lua_State *L) {
  cr_register_functions(L, functions);
  cr_register_methods(L, methods);
  cr_register_metamethods(L, metamethods);
  register_both(L, binary, COUNT(binary), binary_function, binary_method);
  register_both(L, sums, COUNT(sums), sum_function, sum_method);
  cr_register_with(L, "cresset.", "sub", sum_function, CR_BINARY_sub); /* Tensor:sub is a view */
  register_both(L, products, COUNT(products), product_function, product_method);
  register_both(L, comparisons, COUNT(comparisons), compare, compare);
  luaL_newmetatable(L, "cresset.Tensor");
  for (size_t i = 0; i < COUNT(operators); i++)
    cr_register_with(L, "Tensor.", operators[i].name, operator, operators[i].op);
  lua_pop(L, 1);
}
