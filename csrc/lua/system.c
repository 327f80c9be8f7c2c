/* Threads, CPU features, libraries. */
#include "lua/glue.h"

#include "core/blas.h"
#include "core/cpu.h"
#include "core/parallel.h"

static int get_num_threads(lua_State *L) {
  lua_pushinteger(L, cr_num_threads());
  return 1;
}

static int set_num_threads(lua_State *L) {
  cr_check(L, cr_set_num_threads((int)cr_check_int_range(L, 1, "threads", 1, CR_MAX_THREADS)));
  return 0;
}

static int isa(lua_State *L) {
  lua_pushstring(L, cr_isa_name(cr_cpu_isa()));
  return 1;
}

static int blas(lua_State *L) {
  lua_pushstring(L, cr_blas_description());
  return 1;
}

static const luaL_Reg functions[] = {
    {"getNumThreads", get_num_threads},
    {"setNumThreads", set_num_threads},
    {"isa", isa},
    {"blas", blas},
    {NULL, NULL},
};

void cr_open_system(lua_State *L) { cr_register_functions(L, functions); }
