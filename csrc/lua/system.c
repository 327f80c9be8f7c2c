/* Threads, CPU features, libraries. */
#include "lua/glue.h"

#include "core/blas.h"
#include "core/cpu.h"
#include "core/parallel.h"
#include "core/storage.h"

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

static int num_cores(lua_State *L) {
  lua_pushinteger(L, cr_num_cores());
  return 1;
}

/* cpuFeatures(): what the CPU offers, whatever is in use. */
static int cpu_features(lua_State *L) {
  lua_pushstring(L, cr_cpu_features());
  return 1;
}

/* optionalParts(): which optional libraries this build has. */
static int optional_parts(lua_State *L) {
#ifdef CR_HAVE_PNG
  const int has_png = 1;
#else
  const int has_png = 0;
#endif
#ifdef CR_HAVE_JPEG
  const int has_jpeg = 1;
#else
  const int has_jpeg = 0;
#endif
#ifdef CR_HAVE_ZLIB
  const int has_zlib = 1;
#else
  const int has_zlib = 0;
#endif
#ifdef CR_HAVE_ZIP
  const int has_zip = 1;
#else
  const int has_zip = 0;
#endif
  lua_createtable(L, 0, 4);
  lua_pushboolean(L, has_jpeg);
  lua_setfield(L, -2, "jpeg");
  lua_pushboolean(L, has_zip);
  lua_setfield(L, -2, "zip");
  lua_pushboolean(L, has_png && has_zlib); /* PNG pictures are packed with zlib */
  lua_setfield(L, -2, "png");
  lua_pushboolean(L, has_zlib);
  lua_setfield(L, -2, "zlib");
  return 1;
}

/* storageBytes(): what storages hold at the moment. */
static int storage_bytes(lua_State *L) {
  lua_pushinteger(L, cr_storage_live_bytes());
  return 1;
}

/* pointer(object): its address; that of the memory's owner for a storage. */
static int pointer(lua_State *L) {
  int type = lua_type(L, 1);
  if (type != LUA_TTABLE && type != LUA_TUSERDATA && type != LUA_TFUNCTION && type != LUA_TTHREAD)
    return cr_type_error(L, 1, "object", "a table, an object, a function or a coroutine");
  const cr_storage *storage = cr_to_storage(L, 1);
  const void *address = storage ? storage : lua_topointer(L, 1);
  lua_pushinteger(L, (lua_Integer)(intptr_t)address);
  return 1;
}

static const luaL_Reg functions[] = {
    {"getNumThreads", get_num_threads},
    {"setNumThreads", set_num_threads},
    {"getNumCores", num_cores},
    {"optionalParts", optional_parts},
    {"cpuFeatures", cpu_features},
    {"isa", isa},
    {"pointer", pointer},
    {"blas", blas},
    {"storageBytes", storage_bytes},
    {NULL, NULL},
};

void cr_open_system(lua_State *L) { cr_register_functions(L, functions); }
