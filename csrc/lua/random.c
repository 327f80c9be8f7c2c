/* Random numbers. Each distribution is a function that draws one number,
 * cresset.normal([generator,] a, b), and a method that fills a tensor,
 * t:normal([generator,] a, b). */
#include "lua/glue.h"

#include "ops/copy.h"
#include "ops/random.h"

#include <string.h>

enum { op_upvalue = 3 };

/* The generator at *arg, which then moves on, or the default one. */
static cr_generator *take_generator(lua_State *L, int *arg) {
  if (lua_type(L, *arg) != LUA_TUSERDATA || cr_to_tensor(L, *arg) || cr_to_storage(L, *arg))
    return cr_default_generator();
  return cr_opt_generator(L, (*arg)++, "generator");
}

static const struct {
  const char *name, *first, *second;
  double a, b;
} distributions[CR_DISTRIBUTION_COUNT] = {
    [CR_UNIFORM] = {"uniform", "low", "high", 0, 1},
    [CR_NORMAL] = {"normal", "mean", "stdv", 0, 1},
    [CR_EXPONENTIAL] = {"exponential", "lambda", NULL, 1, 0},
    [CR_CAUCHY] = {"cauchy", "median", "sigma", 0, 1},
    [CR_LOG_NORMAL] = {"logNormal", "mean", "stdv", 1, 2},
    [CR_GEOMETRIC] = {"geometric", "p", NULL, 0.5, 0},
    [CR_BERNOULLI] = {"bernoulli", "p", NULL, 0.5, 0},
};

static int draw(lua_State *L) {
  cr_distribution d = (cr_distribution)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  double a = cr_opt_number(L, arg, distributions[d].first, distributions[d].a);
  double b = distributions[d].second
                 ? cr_opt_number(L, arg + 1, distributions[d].second, distributions[d].b)
                 : 0;
  cr_check(L, cr_check_distribution(d, a, b));
  lua_pushnumber(L, cr_draw(g, d, a, b));
  return 1;
}

static int fill(lua_State *L) {
  cr_distribution d = (cr_distribution)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  int arg = 2;
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  cr_generator *g = take_generator(L, &arg);
  if (d == CR_BERNOULLI && cr_to_tensor(L, arg)) {
    const cr_tensor *p = cr_check_float_tensor(L, arg, "p");
    CR_CALL(L, cr_bernoulli_each(t, g, p));
    lua_settop(L, 1);
    return 1;
  }
  double a = cr_opt_number(L, arg, distributions[d].first, distributions[d].a);
  double b = distributions[d].second
                 ? cr_opt_number(L, arg + 1, distributions[d].second, distributions[d].b)
                 : 0;
  CR_CALL(L, cr_random_fill(t, g, d, a, b));
  lua_settop(L, 1);
  return 1;
}

/* random([generator,] [[low,] high]) from arg on: the bounds; low is 1 unless told otherwise. */
static bool check_bounds(lua_State *L, int arg, int64_t *low, int64_t *high) {
  if (lua_isnoneornil(L, arg)) return false;
  *low = 1;
  *high = cr_check_int(L, arg, lua_isnoneornil(L, arg + 1) ? "high" : "low");
  if (lua_isnoneornil(L, arg + 1)) return true;
  *low = *high;
  *high = cr_check_int(L, arg + 1, "high");
  return true;
}

static int random_integer(lua_State *L) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  int64_t low = 0, high = UINT32_MAX; /* Torch7's numbers, though its text says 1 to 2^32 */
  check_bounds(L, arg, &low, &high);
  if (low > high)
    cr_error(L, "the lower bound must not be above the upper one, got %I and %I", (lua_Integer)low,
             (lua_Integer)high);
  lua_pushinteger(L, cr_draw_integer(g, low, high));
  return 1;
}

static int tensor_random(lua_State *L) {
  cr_tensor *t = cr_check_tensor(L, 1, "self");
  int arg = 2;
  cr_generator *g = take_generator(L, &arg);
  int64_t low = 0, high = cr_random_limit(t->dtype);
  check_bounds(L, arg, &low, &high);
  CR_CALL(L, cr_random_integers(t, g, low, high));
  lua_settop(L, 1);
  return 1;
}

/* The tensor at *arg, which then moves on, when something follows it; else NULL. */
static cr_tensor *take_result(lua_State *L, int *arg) {
  if (!cr_to_tensor(L, *arg) || lua_gettop(L) <= *arg) return NULL;
  return cr_check_tensor(L, (*arg)++, "res");
}

/* rand([res,] [generator,] sizes...), the first two in either order; randn. Of the default type. */
static int random_tensor(lua_State *L, cr_distribution d) {
  int arg = 1;
  cr_tensor *t = take_result(L, &arg);
  cr_generator *g = take_generator(L, &arg);
  if (!t) t = take_result(L, &arg);
  int res = !t ? 0 : cr_to_tensor(L, 1) ? 1 : 2;
  if (res) cr_check_float_tensor(L, res, "res");
  int64_t size[CR_MAX_DIMS];
  int ndim = cr_check_sizes(L, arg, "sizes", size);
  if (!t) t = cr_push_tensor(L, cr_default_dtype());
  CR_CALL(L, cr_tensor_resize(t, ndim, size));
  CR_CALL(L, cr_random_fill(t, g, d, 0, 1));
  if (res) lua_settop(L, res);
  return 1;
}

/* randLike([generator,] x), randnLike: x's type and size. */
static int random_like(lua_State *L, cr_distribution d) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  const cr_tensor *x = cr_check_float_tensor(L, arg, "x");
  cr_tensor *t = cr_push_tensor(L, x->dtype);
  CR_CALL(L, cr_tensor_resize_as(t, x));
  CR_CALL(L, cr_random_fill(t, g, d, 0, 1));
  return 1;
}

static int rand_like(lua_State *L) { return random_like(L, CR_UNIFORM); }
static int randn_like(lua_State *L) { return random_like(L, CR_NORMAL); }

static int create_rand(lua_State *L) { return random_tensor(L, CR_UNIFORM); }
static int create_randn(lua_State *L) { return random_tensor(L, CR_NORMAL); }

/* randperm([res,] [generator,] n), the first two in either order: a LongTensor, unless the result
 * has another type. */
static int create_randperm(lua_State *L) {
  int arg = 1;
  cr_tensor *t = take_result(L, &arg);
  cr_generator *g = take_generator(L, &arg);
  if (!t) t = take_result(L, &arg);
  int res = !t ? 0 : cr_to_tensor(L, 1) ? 1 : 2;
  int64_t n = cr_check_int_range(L, arg, "n", 1, INT64_MAX / 16);
  cr_tensor *order = t && t->dtype == CR_I64 ? t : cr_push_tensor(L, CR_I64);
  CR_CALL(L, cr_random_permutation(order, g, n));
  if (t && t != order) {
    CR_CALL(L, cr_tensor_resize(t, 1, &n));
    CR_CALL(L, cr_copy(t, order));
  }
  if (res) lua_settop(L, res);
  return 1;
}

/* ---- generators ---- */

static int new_generator(lua_State *L) {
  cr_generator *g = lua_newuserdatauv(L, sizeof *g, 0);
  memset(g, 0, sizeof *g);
  cr_generator_seed_from_system(g);
  luaL_setmetatable(L, "cresset.Generator");
  return 1;
}

static int manual_seed(lua_State *L) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  double seed = cr_check_number(L, arg, "number");
  int64_t whole = lua_isinteger(L, arg) ? lua_tointeger(L, arg) : cr_scalar_from_double(seed).i;
  if (seed != seed) cr_arg_error(L, "number", "must not be NaN");
  cr_generator_seed(g, (uint64_t)whole);
  return 0;
}

static int seed_from_system(lua_State *L) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  lua_pushinteger(L, (lua_Integer)cr_generator_seed_from_system(g));
  return 1;
}

static int initial_seed(lua_State *L) {
  int arg = 1;
  lua_pushinteger(L, (lua_Integer)take_generator(L, &arg)->seed);
  return 1;
}

/* getRNGState([generator]): a ByteTensor. */
static int get_state(lua_State *L) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  int64_t size = CR_GENERATOR_BYTES;
  cr_tensor *t = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_tensor_resize(t, 1, &size));
  cr_generator_to_bytes(g, cr_tensor_data(t));
  return 1;
}

static int set_state(lua_State *L) {
  int arg = 1;
  cr_generator *g = take_generator(L, &arg);
  const cr_tensor *t = cr_check_tensor_of(L, arg, "state", CR_U8);
  if (!cr_tensor_is_contiguous(t)) cr_arg_error(L, "state", "must be contiguous");
  cr_check(L, cr_generator_from_bytes(g, cr_tensor_data(t), (size_t)cr_tensor_numel(t)));
  lua_settop(L, arg);
  return 1;
}

static const luaL_Reg both[] = {
    {"rand", create_rand},
    {"randn", create_randn},
    {"randperm", create_randperm},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"random", random_integer},    {"randLike", rand_like},
    {"randnLike", randn_like},     {"Generator", new_generator},
    {"manualSeed", manual_seed},   {"seed", seed_from_system},
    {"initialSeed", initial_seed}, {"getRNGState", get_state},
    {"setRNGState", set_state},    {NULL, NULL},
};

static const luaL_Reg methods[] = {{"random", tensor_random}, {NULL, NULL}};

void cr_open_random(lua_State *L) {
  luaL_newmetatable(L, "cresset.Generator");
  lua_pop(L, 1);
  cr_register_functions(L, both);
  cr_register_methods(L, both);
  cr_register_functions(L, functions);
  cr_register_methods(L, methods);
  for (int d = 0; d < CR_DISTRIBUTION_COUNT; d++) {
    cr_register_with(L, "cresset.", distributions[d].name, draw, d);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", distributions[d].name, fill, d);
    lua_pop(L, 1);
  }
}
