/* cresset.multinomial and the alias method. */
#include "lua/glue.h"

#include "ops/multinomial.h"

/* The generator at *arg, which then moves on, or the default one. */
static cr_generator *take_generator(lua_State *L, int *arg) {
  if (lua_type(L, *arg) != LUA_TUSERDATA || cr_to_tensor(L, *arg)) return cr_default_generator();
  return cr_opt_generator(L, (*arg)++, "generator");
}

/* multinomial([res,] [generator,] p, n, [replacement]) */
static int multinomial(lua_State *L) {
  int arg = 1;
  bool has_res = cr_to_tensor(L, 1) && lua_type(L, 2) == LUA_TUSERDATA;
  cr_tensor *res = has_res ? cr_check_tensor_of(L, arg++, "res", CR_I64) : NULL;
  cr_generator *g = take_generator(L, &arg);
  const cr_tensor *p = cr_check_float_tensor(L, arg, "p");
  int64_t n = cr_check_int_range(L, arg + 1, "n", 1, INT64_MAX / 16);
  bool replacement = cr_opt_bool(L, arg + 2, "replacement", false);
  if (!has_res) res = cr_push_tensor(L, CR_I64);
  CR_CALL(L, cr_multinomial(res, g, p, n, replacement));
  if (has_res) lua_settop(L, 1);
  return 1;
}

/* Pushes field i of the table at arg. */
static cr_tensor *state_field(lua_State *L, int arg, int i, cr_dtype dtype) {
  lua_rawgeti(L, arg, i);
  return cr_check_tensor_of(L, lua_gettop(L), i == 1 ? "state[1]" : "state[2]", dtype);
}

/* multinomialAliasSetup(probs, [state]): state is {alias table, probability table}. */
static int alias_setup(lua_State *L) {
  const cr_tensor *p = cr_check_float_tensor(L, 1, "probs");
  bool has_state = !lua_isnoneornil(L, 2);
  if (has_state && !lua_istable(L, 2)) cr_type_error(L, 2, "state", "a table or nil");
  cr_tensor *alias, *q;
  if (has_state) {
    alias = state_field(L, 2, 1, CR_I64);
    q = state_field(L, 2, 2, p->dtype);
    CR_CALL(L, cr_alias_setup(alias, q, p));
    lua_settop(L, 2);
    return 1;
  }
  lua_createtable(L, 2, 0);
  alias = cr_push_tensor(L, CR_I64);
  lua_rawseti(L, -2, 1);
  q = cr_push_tensor(L, p->dtype);
  lua_rawseti(L, -2, 2);
  CR_CALL(L, cr_alias_setup(alias, q, p));
  return 1;
}

/* multinomialAlias(output, [generator,] state) */
static int alias_draw(lua_State *L) {
  int arg = 2;
  cr_tensor *res = cr_check_tensor_of(L, 1, "output", CR_I64);
  cr_generator *g = take_generator(L, &arg);
  if (!lua_istable(L, arg)) cr_type_error(L, arg, "state", "a table");
  const cr_tensor *alias = state_field(L, arg, 1, CR_I64);
  lua_rawgeti(L, arg, 2);
  const cr_tensor *q = cr_check_float_tensor(L, lua_gettop(L), "state[2]");
  CR_CALL(L, cr_alias_draw(res, g, alias, q));
  lua_settop(L, 1);
  return 1;
}

static const luaL_Reg both[] = {
    {"multinomial", multinomial},
    {"multinomialAliasSetup", alias_setup},
    {"multinomialAlias", alias_draw},
    {NULL, NULL},
};

void cr_open_multinomial(lua_State *L) {
  cr_register_functions(L, both);
  cr_register_methods(L, both);
}
