/* New tensors with given content: zeros, ones, eye, range, linspace, logspace. Each takes a tensor
 * as an optional first argument, which it resizes, fills and returns. */
#include "lua/glue.h"

#include "ops/copy.h"

#include <math.h>

/* The tensor at 1, and 2 as the next argument; NULL and 1 when there is none. */
static cr_tensor *result(lua_State *L, int *arg) {
  cr_tensor *res = cr_to_tensor(L, 1);
  /* a LongTensor alone is a list of sizes */
  bool is_res = res && (lua_gettop(L) > 1 || res->dtype != CR_I64);
  *arg = is_res ? 2 : 1;
  return is_res ? res : NULL;
}

/* Pushes the result as a tensor of that size. */
static cr_tensor *push_result(lua_State *L, cr_tensor *res, int ndim, const int64_t *size) {
  if (!res) {
    res = cr_push_tensor(L, cr_default_dtype());
  } else {
    lua_pushvalue(L, 1);
  }
  CR_CALL(L, cr_tensor_resize(res, ndim, size));
  return res;
}

static int filled(lua_State *L, int64_t value) {
  int arg;
  int64_t size[CR_MAX_DIMS];
  cr_tensor *res = result(L, &arg);
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  res = push_result(L, res, ndim, size);
  CR_CALL(L, cr_fill(res, cr_scalar_from_int(value)));
  return 1;
}

static int create_zeros(lua_State *L) { return filled(L, 0); }

static int create_ones(lua_State *L) { return filled(L, 1); }

/* zerosLike(x), onesLike(x): x's type and sizes. */
static int filled_like(lua_State *L, int64_t value) {
  const cr_tensor *like = cr_check_tensor(L, 1, "x");
  cr_tensor *res = cr_push_tensor(L, like->dtype);
  CR_CALL(L, cr_tensor_resize_as(res, like));
  CR_CALL(L, cr_fill(res, cr_scalar_from_int(value)));
  return 1;
}

static int create_zeros_like(lua_State *L) { return filled_like(L, 0); }

static int create_ones_like(lua_State *L) { return filled_like(L, 1); }

static int create_eye(lua_State *L) {
  int arg;
  cr_tensor *res = result(L, &arg);
  int64_t size[2] = {cr_check_int_range(L, arg, "rows", 0, INT64_MAX), 0};
  size[1] = lua_isnoneornil(L, arg + 1) ? size[0]
                                        : cr_check_int_range(L, arg + 1, "columns", 0, INT64_MAX);
  res = push_result(L, res, 2, size);
  CR_CALL(L, cr_fill(res, cr_scalar_from_int(0)));
  int64_t count = size[0] < size[1] ? size[0] : size[1];
  char *data = cr_tensor_data(res);
  int64_t step = (res->stride[0] + res->stride[1]) * (int64_t)cr_dtype_size(res->dtype);
  for (int64_t i = 0; i < count; i++) cr_store(res->dtype, data + i * step, cr_scalar_from_int(1));
  return 1;
}

static void set_at(cr_tensor *t, int64_t i, cr_scalar value) {
  int64_t at = i * t->stride[0] * (int64_t)cr_dtype_size(t->dtype);
  cr_store(t->dtype, (char *)cr_tensor_data(t) + at, value);
}

/* range([res,] first, last [, step]): last is included, as in Torch7. */
static int create_range(lua_State *L) {
  int arg;
  cr_tensor *res = result(L, &arg);
  double first = cr_check_number(L, arg, "first"), last = cr_check_number(L, arg + 1, "last");
  double step = cr_opt_number(L, arg + 2, "step", 1);
  double count = floor((last - first) / step) + 1;
  if (!(step != 0) || !(count >= 1) || count > 9e18)
    return cr_error(L, "'step' must lead from the first number to the last, got %f from %f to %f",
                    step, first, last);
  int64_t size = (int64_t)count;
  bool is_exact =
      lua_isinteger(L, arg) && (lua_isnoneornil(L, arg + 2) || lua_isinteger(L, arg + 2));
  int64_t from = is_exact ? lua_tointeger(L, arg) : 0;
  int64_t by = is_exact && !lua_isnoneornil(L, arg + 2) ? lua_tointeger(L, arg + 2) : 1;
  res = push_result(L, res, 1, &size);
  for (int64_t i = 0; i < size; i++)
    set_at(res, i,
           is_exact ? cr_scalar_from_int((int64_t)((uint64_t)from + (uint64_t)(i * by)))
                    : cr_scalar_from_double(first + (double)i * step));
  return 1;
}

static int spaced(lua_State *L, bool is_log) {
  int arg;
  cr_tensor *res = result(L, &arg);
  double first = cr_check_number(L, arg, "first"), last = cr_check_number(L, arg + 1, "last");
  int64_t size = 100;
  if (!lua_isnoneornil(L, arg + 2)) size = cr_check_int_range(L, arg + 2, "n", 1, INT64_MAX);
  res = push_result(L, res, 1, &size);
  for (int64_t i = 0; i < size; i++) {
    double share = size > 1 ? (double)i / (double)(size - 1) : 0;
    double value = first + (last - first) * share;
    if (i == size - 1 && size > 1) value = last;
    set_at(res, i, cr_scalar_from_double(is_log ? pow(10, value) : value));
  }
  return 1;
}

static int create_linspace(lua_State *L) { return spaced(L, false); }

static int create_logspace(lua_State *L) { return spaced(L, true); }

static const luaL_Reg functions[] = {
    {"zeros", create_zeros},        {"ones", create_ones},         {"zerosLike", create_zeros_like},
    {"onesLike", create_ones_like}, {"eye", create_eye},           {"range", create_range},
    {"linspace", create_linspace},  {"logspace", create_logspace}, {NULL, NULL},
};

void cr_open_tensor_fill(lua_State *L) { cr_register_functions(L, functions); }
