/* Reductions and sorting in Torch7's forms: cresset.sum([res,] x [, dim]), x:sum([dim]);
 * cresset.max([res, indices,] x [, dim]), x:max([dim]). */
#include "lua/glue.h"

#include "ops/median.h"
#include "ops/mode.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/sort.h"

enum { op_upvalue = 3 };

static int upvalue_op(lua_State *L) { return (int)lua_tointeger(L, lua_upvalueindex(op_upvalue)); }

/* How many tensors the arguments begin with, at most `most`. */
static int leading_tensors(lua_State *L, int most) {
  int count = 0;
  while (count < most && cr_to_tensor(L, count + 1)) count++;
  return count;
}

/* Torch7 lets a dimension be left out before true or false: makes it nil. */
static void skip_dim(lua_State *L, int arg) {
  if (!lua_isboolean(L, arg)) return;
  lua_pushnil(L);
  lua_insert(L, arg);
}

/* ---- sum, prod, mean, var, std, norm ---- */

static void push_whole(lua_State *L, const cr_tensor *x, cr_reduction r) {
  cr_scalar value;
  CR_CALL(L, cr_reduce_all(&value, x, r));
  bool is_integer =
      !cr_dtype_is_float(x->dtype) && (r.op == CR_RESULT_sum || r.op == CR_RESULT_prod);
  if (is_integer) {
    lua_pushinteger(L, value.i);
  } else {
    lua_pushnumber(L, value.f);
  }
}

/* Arguments: [res,] x [, dim [, biased]]; for norm [res,] x [, p [, dim]]. */
static int reduce(lua_State *L) {
  cr_reduction r = {.op = (cr_result_op)upvalue_op(L), .p = 2};
  int at = leading_tensors(L, 2) == 2 ? 2 : 1;
  const cr_tensor *x = cr_check_tensor(L, at, "x");
  int next = at + 1;
  if (r.op == CR_RESULT_norm) r.p = cr_opt_number(L, next++, "p", 2);
  bool is_spread = r.op == CR_RESULT_var || r.op == CR_RESULT_std;
  if (is_spread) skip_dim(L, next);
  if (lua_isnoneornil(L, next)) {
    if (at == 2) cr_check_dim(L, next, "dim", x); /* a result needs a dimension */
    if (is_spread) r.biased = cr_opt_bool(L, next + 1, "biased", false);
    push_whole(L, x, r);
    return 1;
  }
  int dim = cr_check_dim(L, next, "dim", x);
  if (is_spread) r.biased = cr_opt_bool(L, next + 1, "biased", false);
  if (at == 2) {
    lua_pushvalue(L, 1);
  } else {
    cr_push_tensor(L, x->dtype);
  }
  CR_CALL(L, cr_reduce_dim(cr_to_tensor(L, -1), x, dim, r));
  return 1;
}

/* dist(x, y [, p]) */
static int distance(lua_State *L) {
  const cr_tensor *x = cr_check_tensor(L, 1, "x"), *y = cr_check_tensor(L, 2, "y");
  cr_reduction r = {.op = CR_RESULT_norm, .p = cr_opt_number(L, 3, "p", 2)};
  cr_tensor *difference = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_binary(difference, x, y, CR_BINARY_sub));
  push_whole(L, difference, r);
  return 1;
}

/* ---- max, min, argmax, argmin ---- */

/* Pushes the results' tensors: the two given ones, or new ones. */
static void push_results(lua_State *L, bool has_res, cr_dtype dtype) {
  if (has_res) {
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
  } else {
    cr_push_tensor(L, dtype);
    cr_push_tensor(L, CR_I64);
  }
}

static int extreme(lua_State *L) {
  bool largest = upvalue_op(L);
  bool has_res = leading_tensors(L, 3) == 3;
  int at = has_res ? 3 : 1;
  const cr_tensor *x = cr_check_tensor(L, at, "x");
  if (!has_res && lua_isnoneornil(L, at + 1)) {
    cr_scalar value;
    int64_t position;
    CR_CALL(L, cr_extreme_all(&value, &position, x, largest));
    cr_push_scalar(L, x->dtype, value);
    return 1;
  }
  int dim = cr_check_dim(L, at + 1, "dim", x);
  push_results(L, has_res, x->dtype);
  CR_CALL(L, cr_extreme_dim(cr_to_tensor(L, -2), cr_to_tensor(L, -1), x, dim, largest));
  return 2;
}

static int extreme_position(lua_State *L) {
  bool largest = upvalue_op(L);
  const cr_tensor *x = cr_check_tensor(L, 1, "x");
  if (lua_isnoneornil(L, 2)) {
    cr_scalar value;
    int64_t position;
    CR_CALL(L, cr_extreme_all(&value, &position, x, largest));
    lua_pushinteger(L, position + 1);
    return 1;
  }
  int dim = cr_check_dim(L, 2, "dim", x);
  cr_tensor *values = cr_push_tensor(L, x->dtype);
  cr_tensor *positions = cr_push_tensor(L, CR_I64);
  CR_CALL(L, cr_extreme_dim(values, positions, x, dim, largest));
  return 1;
}

/* ---- all, any ---- */

/* Along a dimension: whether the smallest (all) or largest (any) element is not 0. */
static int test_dim(lua_State *L, const cr_tensor *x, bool any) {
  int dim = cr_check_dim(L, 2, "dim", x);
  if (x->size[dim] == 0)
    return cr_arg_error(L, "x", "must not be empty along dimension %d", dim + 1);
  cr_tensor *values = cr_push_tensor(L, CR_U8), *positions = cr_push_tensor(L, CR_I64);
  CR_CALL(L, cr_extreme_dim(values, positions, x, dim, any));
  lua_pop(L, 1);
  CR_CALL(L, cr_compare_scalar(values, values, cr_scalar_from_int(0), CR_COMPARE_ne));
  return 1;
}

static int all(lua_State *L) {
  const cr_tensor *x = cr_check_tensor_of(L, 1, "x", CR_U8);
  if (!lua_isnoneornil(L, 2)) return test_dim(L, x, false);
  int64_t count;
  CR_CALL(L, cr_count_nonzero(&count, x));
  lua_pushboolean(L, count == cr_tensor_numel(x));
  return 1;
}

static int any(lua_State *L) {
  const cr_tensor *x = cr_check_tensor_of(L, 1, "x", CR_U8);
  if (!lua_isnoneornil(L, 2)) return test_dim(L, x, true);
  int64_t count;
  CR_CALL(L, cr_count_nonzero(&count, x));
  lua_pushboolean(L, count > 0);
  return 1;
}

/* ---- cumsum, cumprod ---- */

static int cumulate(lua_State *L) {
  bool product = upvalue_op(L);
  int at = leading_tensors(L, 2) == 2 ? 2 : 1;
  const cr_tensor *x = cr_check_tensor(L, at, "x");
  if (x->ndim == 0) return cr_arg_error(L, "x", "must not be an empty tensor");
  int dim = lua_isnoneornil(L, at + 1) ? 0 : cr_check_dim(L, at + 1, "dim", x);
  if (at == 2) {
    lua_pushvalue(L, 1);
  } else {
    cr_push_tensor(L, x->dtype);
  }
  CR_CALL(L, cr_cumulate_dim(cr_to_tensor(L, -1), x, dim, product));
  return 1;
}

/* ---- sort, topk, kthvalue, median ---- */

/* The dimension at arg, the last one unless given. */
static int opt_last_dim(lua_State *L, int arg, const cr_tensor *x) {
  if (x->ndim == 0) cr_arg_error(L, "x", "must not be an empty tensor");
  return lua_isnoneornil(L, arg) ? x->ndim - 1 : cr_check_dim(L, arg, "dim", x);
}

typedef struct {
  int at; /* of x */
  const cr_tensor *x;
} sort_arguments;

static sort_arguments read_sort(lua_State *L) {
  int at = leading_tensors(L, 3) == 3 ? 3 : 1;
  return (sort_arguments){at, cr_check_tensor(L, at, "x")};
}

static int push_sorted(lua_State *L, sort_arguments s, int dim, bool descending, int64_t first,
                       int64_t count) {
  push_results(L, s.at == 3, s.x->dtype);
  CR_CALL(L, cr_sort(cr_to_tensor(L, -2), cr_to_tensor(L, -1), s.x, dim, descending, first, count));
  return 2;
}

static int sort(lua_State *L) {
  sort_arguments s = read_sort(L);
  skip_dim(L, s.at + 1);
  int dim = opt_last_dim(L, s.at + 1, s.x);
  bool descending = cr_opt_bool(L, s.at + 2, "descending", false);
  return push_sorted(L, s, dim, descending, 0, s.x->size[dim]);
}

static int topk(lua_State *L) {
  sort_arguments s = read_sort(L);
  skip_dim(L, s.at + 2);
  int dim = opt_last_dim(L, s.at + 2, s.x);
  int64_t k = cr_check_int_range(L, s.at + 1, "k", 1, s.x->size[dim]);
  bool largest = cr_opt_bool(L, s.at + 3, "largest", false);
  return push_sorted(L, s, dim, largest, 0, k);
}

static int kthvalue(lua_State *L) {
  sort_arguments s = read_sort(L);
  int dim = opt_last_dim(L, s.at + 2, s.x);
  int64_t k = cr_check_int_range(L, s.at + 1, "k", 1, s.x->size[dim]);
  return push_sorted(L, s, dim, false, k - 1, 1);
}

static int mode(lua_State *L) {
  sort_arguments s = read_sort(L);
  int dim = opt_last_dim(L, s.at + 1, s.x);
  push_results(L, s.at == 3, s.x->dtype);
  CR_CALL(L, cr_mode(cr_to_tensor(L, -2), cr_to_tensor(L, -1), s.x, dim));
  return 2;
}

static int median(lua_State *L) {
  sort_arguments s = read_sort(L);
  int dim = opt_last_dim(L, s.at + 1, s.x);
  push_results(L, s.at == 3, s.x->dtype);
  CR_CALL(L, cr_median(cr_to_tensor(L, -2), cr_to_tensor(L, -1), s.x, dim));
  return 2;
}

/* ---- registration ---- */

static const struct {
  const char *name;
  lua_CFunction function;
  int op;
} entries[] = {
    {"sum", reduce, CR_RESULT_sum},
    {"prod", reduce, CR_RESULT_prod},
    {"mean", reduce, CR_RESULT_mean},
    {"var", reduce, CR_RESULT_var},
    {"std", reduce, CR_RESULT_std},
    {"norm", reduce, CR_RESULT_norm},
    {"dist", distance, 0},
    {"max", extreme, true},
    {"min", extreme, false},
    {"argmax", extreme_position, true},
    {"argmin", extreme_position, false},
    {"all", all, 0},
    {"any", any, 0},
    {"cumsum", cumulate, false},
    {"cumprod", cumulate, true},
    {"sort", sort, 0},
    {"topk", topk, 0},
    {"kthvalue", kthvalue, 0},
    {"median", median, 0},
    {"mode", mode, 0},
};

void cr_open_tensor_reduce(lua_State *L) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    cr_register_with(L, "cresset.", entries[i].name, entries[i].function, entries[i].op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", entries[i].name, entries[i].function, entries[i].op);
    lua_pop(L, 1);
  }
}
