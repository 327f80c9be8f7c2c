/* LAPACK's functions in Torch7's form: cresset.gesv([resb, resa,] b, a [, options]). Either all
 * results are given or none; the results are returned. */
#include "lua/glue.h"

#include "ops/lapack.h"

#include <string.h>

enum { op_upvalue = 3 };

static const struct {
  const char *name;
  int results;
  const char *inputs[3], *options[3];
  cr_lapack_function function;
} entries[] = {
#define ENTRY(name, results, i1, i2, i3, o1, o2, o3)                                               \
  {#name, results, {i1, i2, i3}, {o1, o2, o3}, cr_lapack_##name},
    CR_LAPACK_FUNCTIONS(ENTRY)
#undef ENTRY
};

/* One of the letters of `choices` at arg; the first one when there is none. */
static char check_option(lua_State *L, int arg, const char *choices) {
  if (lua_isnoneornil(L, arg)) return choices[0];
  const char *text = cr_check_string(L, arg, "option");
  if (strlen(text) != 1 || !strchr(choices, text[0]))
    cr_arg_error(L, "option", "must be '%c' or '%c', got '%s'", choices[0], choices[1], text);
  return text[0];
}

static int call_lapack(lua_State *L) {
  int op = (int)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  int results = entries[op].results, inputs = 0, given = 0;
  while (inputs < 3 && entries[op].inputs[inputs]) inputs++;
  bool is_pstrf = entries[op].function == cr_lapack_pstrf;
  while (given < results + inputs && cr_to_tensor(L, given + 1)) given++;
  bool has_results = results > 0 && given == results + inputs;
  cr_lapack_call call = {.tolerance = -1};
  int arg = has_results ? results + 1 : 1;
  for (int i = 0; i < inputs; i++, arg++) {
    const char *name = entries[op].inputs[i];
    call.in[i] = cr_check_float_tensor(L, arg, name);
    cr_check_tensor_of(L, arg, name, call.in[0]->dtype);
  }
  for (int i = 0; i < 3 && entries[op].options[i][0]; i++)
    call.option[i] = check_option(L, arg++, entries[op].options[i]);
  if (is_pstrf) call.tolerance = cr_opt_number(L, arg, "tolerance", -1);
  for (int i = 0; i < results; i++) {
    cr_dtype dtype = is_pstrf && i == 1 ? CR_I32 : call.in[0]->dtype;
    call.out[i] =
        has_results ? cr_check_tensor_of(L, i + 1, "result", dtype) : cr_push_tensor(L, dtype);
    for (int j = 0; j < i; j++)
      if (call.out[j] == call.out[i]) cr_arg_error(L, "result", "must be given once only");
  }
  CR_CALL(L, entries[op].function(&call));
  if (results == 0) lua_pushnumber(L, call.number);
  if (has_results) lua_settop(L, results);
  return results == 0 ? 1 : results;
}

void cr_open_tensor_lapack(lua_State *L) {
  for (int op = 0; op < (int)(sizeof entries / sizeof *entries); op++) {
    cr_register_with(L, "cresset.", entries[op].name, call_lapack, op);
    cr_push_tensor_methods(L);
    cr_register_with(L, "Tensor:", entries[op].name, call_lapack, op);
    lua_pop(L, 1);
  }
}
