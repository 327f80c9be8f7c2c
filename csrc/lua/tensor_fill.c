/* New tensors with given content: zeros, ones, full, eye, range, arange, linspace, logspace. Each
 * takes a tensor as an optional first argument, which it resizes, fills and returns. */
#include "lua/glue.h"

#include "ops/copy.h"

#include <math.h>

/* The tensor at 1, and 2 as the next argument; NULL and 1 when there is none. */
static cr_tensor *result(lua_State *L, int *arg) {
  cr_tensor *res = cr_to_tensor(L, 1);
  /* a LongTensor alone is a list of sizes */
  bool is_res = res && (lua_gettop(L) > 1 || res->dtype != CR_I64);
  if (is_res && lua_isnone(L, 2))
    cr_error(L, "expected more than the tensor that takes the result");
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

static int create_empty(lua_State *L) {
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, 1, "sizes", size);
  push_result(L, NULL, ndim, size);
  return 1;
}

/* full([res,] sizes, value), full([res,] m, n, ..., value) */
static int create_full(lua_State *L) {
  int top = lua_gettop(L);
  bool has_res = cr_to_tensor(L, 1) && top > 2;
  int arg = has_res ? 2 : 1;
  if (top <= arg) return cr_type_error(L, arg + 1, "value", "a number");
  cr_scalar value = cr_check_scalar(L, top, "value");
  int64_t size[CR_MAX_DIMS];
  lua_settop(L, top - 1);
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  cr_tensor *res = push_result(L, has_res ? cr_to_tensor(L, 1) : NULL, ndim, size);
  CR_CALL(L, cr_fill(res, value));
  return 1;
}

/* x's type and sizes, not initialized. */
static cr_tensor *push_like(lua_State *L) {
  const cr_tensor *like = cr_check_tensor(L, 1, "x");
  cr_tensor *res = cr_push_tensor(L, like->dtype);
  CR_CALL(L, cr_tensor_resize_as(res, like));
  return res;
}

static int create_empty_like(lua_State *L) {
  push_like(L);
  return 1;
}

static int filled_like(lua_State *L, cr_scalar value) {
  cr_tensor *res = push_like(L);
  CR_CALL(L, cr_fill(res, value));
  return 1;
}

static int create_zeros_like(lua_State *L) { return filled_like(L, cr_scalar_from_int(0)); }

static int create_ones_like(lua_State *L) { return filled_like(L, cr_scalar_from_int(1)); }

static int create_full_like(lua_State *L) {
  cr_check_tensor(L, 1, "x");
  return filled_like(L, cr_check_scalar(L, 2, "value"));
}

/* Where the elements from i on that are written before the next look at Ctrl-C end; n at most. */
static int64_t end_of_block(lua_State *L, int64_t i, int64_t n) {
  const int64_t block = 1 << 20;
  CR_CALL(L, cr_check_interrupt());
  return n - i < block ? n : i + block;
}

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
  for (int64_t i = 0; i < count;) {
    int64_t end = end_of_block(L, i, count);
    for (; i < end; i++) cr_store(res->dtype, data + i * step, cr_scalar_from_int(1));
  }
  return 1;
}

/* Elements that are written one after the other, whatever the strides. */
typedef struct {
  cr_tensor *t;
  int64_t index[CR_MAX_DIMS], at; /* of the next element, from t's first one */
} series;

/* Pushes the result as a vector of n elements; a tensor of as many keeps its sizes, as in Torch7. */
static series push_series(lua_State *L, cr_tensor *res, int64_t n) {
  if (res && cr_tensor_numel(res) == n) {
    lua_pushvalue(L, 1);
  } else {
    res = push_result(L, res, 1, &n);
  }
  return (series){.t = res};
}

static void put_next(series *s, cr_scalar value) {
  const cr_tensor *t = s->t;
  int64_t width = (int64_t)cr_dtype_size(t->dtype);
  cr_store(t->dtype, (char *)cr_tensor_data(t) + s->at * width, value);
  for (int d = t->ndim - 1; d >= 0; d--) {
    s->at += t->stride[d];
    if (++s->index[d] < t->size[d]) return;
    s->at -= t->size[d] * t->stride[d];
    s->index[d] = 0;
  }
}

/* Pushes the result with first + i * step, which are the arguments at these places; integers are
 * counted as integers. */
static void push_steps(lua_State *L, cr_tensor *res, int64_t size, int first_arg, int step_arg) {
  bool has_step = !lua_isnoneornil(L, step_arg);
  bool is_exact = lua_isinteger(L, first_arg) && (!has_step || lua_isinteger(L, step_arg));
  double first = lua_tonumber(L, first_arg), step = has_step ? lua_tonumber(L, step_arg) : 1;
  uint64_t from = is_exact ? (uint64_t)lua_tointeger(L, first_arg) : 0;
  uint64_t by = is_exact && has_step ? (uint64_t)lua_tointeger(L, step_arg) : 1;
  series s = push_series(L, res, size);
  for (int64_t i = 0; i < size;) {
    int64_t end = end_of_block(L, i, size);
    for (; i < end; i++)
      put_next(&s, is_exact ? cr_scalar_from_int((int64_t)(from + (uint64_t)i * by))
                            : cr_scalar_from_double(first + (double)i * step));
  }
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
  push_steps(L, res, size, arg, arg + 2);
  return 1;
}

/* arange([res,] [first = 0,] end [, step]): end is left out, as in PyTorch. */
static int create_arange(lua_State *L) {
  cr_tensor *res = cr_to_tensor(L, 1);
  int arg = res ? 2 : 1;
  if (lua_isnoneornil(L, arg + 1)) { /* only the end */
    lua_settop(L, arg);
    lua_pushinteger(L, 0);
    lua_insert(L, arg);
  }
  double first = cr_check_number(L, arg, "first"), end = cr_check_number(L, arg + 1, "end");
  double step = cr_opt_number(L, arg + 2, "step", 1);
  double count = ceil((end - first) / step);
  if (!(step != 0) || !(count >= 0) || count > 9e18)
    return cr_error(L, "'step' must lead from the first number to the end, got %f from %f to %f",
                    step, first, end);
  push_steps(L, res, (int64_t)count, arg, arg + 2);
  return 1;
}

static int spaced(lua_State *L, bool is_log) {
  int arg;
  cr_tensor *res = result(L, &arg);
  double first = cr_check_number(L, arg, "first"), last = cr_check_number(L, arg + 1, "last");
  int64_t size = 100;
  if (!lua_isnoneornil(L, arg + 2)) size = cr_check_int_range(L, arg + 2, "n", 1, INT64_MAX);
  if (size == 1 && first != last)
    return cr_error(L, "'n' must be at least 2 for two ends that differ, got 1");
  series s = push_series(L, res, size);
  int64_t end = 0;
  for (int64_t i = 0; i < size; i++) {
    if (i == end) end = end_of_block(L, i, size);
    double share = size > 1 ? (double)i / (double)(size - 1) : 0;
    double value = first + (last - first) * share;
    if (i == size - 1 && size > 1) value = last;
    put_next(&s, cr_scalar_from_double(is_log ? pow(10, value) : value));
  }
  return 1;
}

static int create_linspace(lua_State *L) { return spaced(L, false); }

static int create_logspace(lua_State *L) { return spaced(L, true); }

static const luaL_Reg both[] = {
    {"zeros", create_zeros},       {"ones", create_ones},         {"full", create_full},
    {"eye", create_eye},           {"range", create_range},       {"arange", create_arange},
    {"linspace", create_linspace}, {"logspace", create_logspace}, {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"empty", create_empty},           {"zeros_like", create_zeros_like},
    {"ones_like", create_ones_like},   {"full_like", create_full_like},
    {"empty_like", create_empty_like}, {NULL, NULL},
};

void cr_open_tensor_fill(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both); /* the tensor takes the result */
  cr_register_functions(L, functions);
}
