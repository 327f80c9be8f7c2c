/* Products of vectors and matrices in Torch7's forms:
 *
 *   cresset.mm([res,] a, b)    res:mm(a, b)
 *   cresset.addmm([res,] [beta,] m, [alpha,] a, b)    res:addmm([beta,] m, [alpha,] a, b)
 *   m:addmm([beta,] [alpha,] a, b), where one number alone is alpha */
#include "lua/glue.h"

#include "ops/linalg.h"

enum { op_upvalue = 3, is_method = 256 };
enum { matrix_product, batch_product, outer_product, batch_sum, stack_product };

static int upvalue(lua_State *L) { return (int)lua_tointeger(L, lua_upvalueindex(op_upvalue)); }

static int dot(lua_State *L) {
  const cr_tensor *a = cr_check_tensor(L, 1, "a"), *b = cr_check_tensor(L, 2, "b");
  cr_scalar value;
  CR_CALL(L, cr_dot(&value, a, b));
  cr_push_scalar(L, a->dtype, value);
  return 1;
}

static cr_status multiply(int op, cr_tensor *res, double beta, const cr_tensor *m, double alpha,
                          const cr_tensor *a, const cr_tensor *b) {
  switch (op) {
  case batch_product: return cr_baddbmm(res, beta, m, alpha, a, b);
  case outer_product: return cr_addr(res, beta, m, alpha, a, b);
  case batch_sum: return cr_addbmm(res, beta, m, alpha, a, b);
  case stack_product: return cr_matmul(res, a, b);
  default: return cr_addmm(res, beta, m, alpha, a, b);
  }
}

/* mm, mv, bmm, ger */
static int product(lua_State *L) {
  int op = upvalue(L) & 255;
  bool has_res = (upvalue(L) & is_method) ? !lua_isnoneornil(L, 3) : cr_to_tensor(L, 3) != NULL;
  int arg = has_res ? 2 : 1;
  const cr_tensor *a = cr_check_tensor(L, arg, "a"), *b = cr_check_tensor(L, arg + 1, "b");
  cr_tensor *res = has_res ? cr_check_tensor(L, 1, "res") : cr_push_tensor(L, a->dtype);
  CR_CALL(L, multiply(op, res, 0, NULL, 1, a, b));
  if (has_res) lua_settop(L, 1);
  return 1;
}

typedef struct {
  cr_tensor *tensor[4];
  int at[4], count;
} found_tensors;

/* Finds the tensors among the arguments; everything else must be a number. */
static found_tensors find_tensors(lua_State *L) {
  found_tensors f = {.count = 0};
  int top = lua_gettop(L);
  for (int arg = 1; arg <= top; arg++) {
    cr_tensor *t = cr_to_tensor(L, arg);
    if (!t) {
      cr_check_number(L, arg, "factor");
      continue;
    }
    if (f.count == 4) cr_error(L, "expected at most 4 tensors");
    f.tensor[f.count] = t;
    f.at[f.count++] = arg;
  }
  if (f.count < 3)
    cr_error(L, "expected 3 tensors (the matrix to add to and two factors), got %d", f.count);
  return f;
}

/* addmm, addmv, addr, addbmm, baddbmm */
static int add_product(lua_State *L) {
  found_tensors f = find_tensors(L);
  int first = f.count - 3; /* of m, a, b */
  cr_tensor *m = f.tensor[first], *res = first > 0 || (upvalue(L) & is_method) ? f.tensor[0] : NULL;
  double beta = 1, alpha = 1;
  int m_at = f.at[first], a_at = f.at[first + 1];
  int before = first > 0 ? m_at - f.at[0] - 1 : m_at - 1, after = a_at - m_at - 1;
  if (before > 1 || after > 2 || before + after > 2 || f.at[first + 2] != a_at + 1 ||
      lua_gettop(L) != a_at + 1 || (first > 0 && f.at[0] != 1))
    cr_error(L, "expected ([res,] [beta,] m, [alpha,] a, b)");
  if (before == 1) beta = lua_tonumber(L, m_at - 1);
  if (after > 0) alpha = lua_tonumber(L, a_at - 1);
  if (after == 2) beta = lua_tonumber(L, a_at - 2);
  bool is_new = !res;
  if (is_new) res = cr_push_tensor(L, m->dtype);
  CR_CALL(
      L, multiply(upvalue(L) & 255, res, beta, m, alpha, f.tensor[first + 1], f.tensor[first + 2]));
  if (!is_new) lua_settop(L, 1);
  return 1;
}

static const struct {
  const char *name;
  lua_CFunction function;
  int op;
} entries[] = {
    {"mm", product, matrix_product},
    {"mv", product, matrix_product},
    {"matmul", product, stack_product},
    {"bmm", product, batch_product},
    {"ger", product, outer_product},
    {"addmm", add_product, matrix_product},
    {"addmv", add_product, matrix_product},
    {"baddbmm", add_product, batch_product},
    {"addr", add_product, outer_product},
    {"addbmm", add_product, batch_sum},
    {"dot", dot, 0},
};

void cr_open_tensor_linalg(lua_State *L) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    cr_register_with(L, "cresset.", entries[i].name, entries[i].function, entries[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", entries[i].name, entries[i].function, entries[i].op | is_method);
    lua_pop(L, 1);
  }
}
