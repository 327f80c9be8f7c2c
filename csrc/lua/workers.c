/* Worker threads: each has a Lua state of its own, in which it calls one function for each job.
 * lua/cresset/data/Workers.lua is what users see. */
#include "lua/transfer.h"

#include "core/cpu.h"
#include "core/crew.h"
#include "core/parallel.h"
#include "kernels/kernels.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>

static const char crew_type[] = "cresset.Crew";

enum { instructions_between_looks = 1000 };

/* What the threads of a crew start from. */
typedef struct {
  char *prelude;    /* code that sets package.path and loads modules */
  cr_parcel *setup; /* the function */
  cr_dtype dtype;   /* the default type */
} worker_context;

int luaopen_cresset_core(lua_State *L);

/* ---- in a worker's thread ---- */

/* Coroutines inherit the extra space of the main thread. */
static cr_crew **crew_of(lua_State *L) { return lua_getextraspace(L); }

/* A crew that stops ends what its workers compute: again and again, should the code catch it. */
static void look_for_stop(lua_State *L, lua_Debug *event) {
  (void)event;
  if (!cr_crew_is_stopping(*crew_of(L))) return;
  lua_sethook(L, look_for_stop, LUA_MASKCOUNT, 1);
  luaL_error(L, "the worker was stopped");
}

static int refuse_exit(lua_State *L) {
  return luaL_error(L, "os.exit: a worker cannot end the program");
}

static int traceback(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (!message && luaL_callmeta(L, 1, "__tostring")) message = lua_tostring(L, -1);
  if (!message) message = lua_pushfstring(L, "(an error that is a %s)", luaL_typename(L, 1));
  luaL_traceback(L, L, message, 1);
  return 1;
}

/* unpackSetup(context) -> the function */
static int unpack_setup(lua_State *L) {
  const worker_context *context = lua_touserdata(L, 1);
  cr_parcel own = *context->setup; /* each worker reads at its own pace */
  return cr_unpack(L, &own);
}

/* perform(parcel, function): takes the arguments out of the parcel and puts true and the results in. */
static int perform(lua_State *L) {
  cr_parcel *parcel = lua_touserdata(L, 1);
  int count = cr_unpack(L, parcel);
  cr_parcel_clear(parcel);
  lua_call(L, count, LUA_MULTRET);
  lua_pushboolean(L, 1);
  lua_insert(L, 2);
  cr_pack(L, parcel, 2, lua_gettop(L), CR_PACK_RESULT);
  return 0;
}

static const luaL_Reg in_worker[] = {
    {"unpackSetup", unpack_setup},
    {"perform", perform},
    {NULL, NULL},
};

/* (context) -> perform, the function */
static int start(lua_State *L) {
  worker_context *context = lua_touserdata(L, 1);
  cr_set_default_dtype(context->dtype);
  luaL_openlibs(L);
  lua_getglobal(L, "os");
  lua_pushcfunction(L, refuse_exit);
  lua_setfield(L, -2, "exit");
  luaL_requiref(L, "cresset.core", luaopen_cresset_core, 0);
  cr_register_parcels(L);
  if (luaL_loadbufferx(L, context->prelude, strlen(context->prelude), "=require", "t") != LUA_OK)
    return lua_error(L);
  lua_call(L, 0, 0);
  lua_newtable(L);
  cr_register(L, "data.Workers.", in_worker);
  lua_getfield(L, -1, "perform");
  lua_getfield(L, -2, "unpackSetup");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 2;
}

enum { handler_index = 1, perform_index, function_index };

static void fail_job(lua_State *L, cr_parcel *job) {
  size_t length = 0;
  const char *message = lua_tolstring(L, -1, &length);
  cr_pack_failure(job, message ? message : "out of memory", message ? length : 13);
}

static void work(cr_crew *crew, void *data) {
  int64_t ticket;
  void *job;
  cr_work_alone();
  lua_State *L = luaL_newstate();
  if (!L) {
    while (cr_crew_take(crew, &ticket, &job)) {
      cr_pack_failure(job, "out of memory", 13);
      cr_crew_give(crew, ticket, job);
    }
    return;
  }
  *crew_of(L) = crew;
  lua_sethook(L, look_for_stop, LUA_MASKCOUNT, instructions_between_looks);
  lua_pushcfunction(L, traceback);
  lua_pushcfunction(L, start);
  lua_pushlightuserdata(L, data);
  bool is_ready = lua_pcall(L, 1, 2, handler_index) == LUA_OK;
  while (cr_crew_take(crew, &ticket, &job)) {
    if (is_ready) {
      lua_settop(L, function_index);
      lua_pushvalue(L, perform_index);
      lua_pushlightuserdata(L, job);
      lua_pushvalue(L, function_index);
    }
    if (!is_ready || lua_pcall(L, 2, 0, handler_index) != LUA_OK) fail_job(L, job);
    cr_crew_give(crew, ticket, job);
  }
  lua_sethook(L, NULL, 0, 0);
  lua_close(L);
  cr_scratch_free();
}

static void free_job(void *job) { cr_parcel_free(job); }

static void free_context(void *data) {
  worker_context *context = data;
  cr_parcel_free(context->setup);
  free(context->prelude);
  free(context);
}

/* ---- for the program ---- */

static cr_crew *check_crew(lua_State *L) {
  cr_crew **box = luaL_testudata(L, 1, crew_type);
  if (!box) {
    cr_type_error(L, 1, "crew", "workers");
    return NULL; /* never reached */
  }
  if (!*box) cr_error(L, "the workers were closed");
  return *box;
}

static int crew_close(lua_State *L) {
  cr_crew **box = luaL_testudata(L, 1, crew_type);
  if (!box || !*box) return 0;
  cr_crew *crew = *box;
  *box = NULL;
  cr_crew_close(crew);
  return 0;
}

/* What the crew's threads read for the first time must be there before they race for it. */
static void settle(void) {
  cr_num_threads();
  cr_cpu_isa();
  cr_kernels();
}

static worker_context *make_context(lua_State *L, int parcel, const char *prelude) {
  worker_context *context = calloc(1, sizeof *context);
  if (context) context->prelude = strdup(prelude);
  if (!context || !context->prelude) {
    free(context);
    cr_error(L, "out of memory");
    return NULL; /* never reached */
  }
  context->setup = cr_take_parcel(L, parcel);
  context->dtype = cr_default_dtype();
  return context;
}

/* start(function, prelude, count, room) -> crew */
static int crew_start(lua_State *L) {
  static const cr_crew_actions actions = {work, free_job, free_context};
  if (!lua_isfunction(L, 1)) return cr_type_error(L, 1, "f", "a function");
  const char *prelude = cr_check_string(L, 2, "prelude");
  int count = (int)cr_check_int_range(L, 3, "count", 1, CR_CREW_MAX_THREADS);
  int room = (int)cr_check_int_range(L, 4, "room", 1, CR_CREW_MAX_ROOM);
  settle();
  cr_parcel *setup = cr_push_parcel(L);
  int parcel = lua_gettop(L);
  cr_pack(L, setup, 1, 1, CR_PACK_SETUP);
  cr_crew **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, crew_type);
  worker_context *context = make_context(L, parcel, prelude);
  cr_status status = cr_crew_new(box, &actions, context, count, room);
  if (status != CR_OK) free_context(context);
  cr_check(L, status);
  return 1;
}

/* submit(crew, ...) */
static int crew_submit(lua_State *L) {
  cr_crew *crew = check_crew(L);
  int last = lua_gettop(L);
  cr_parcel *parcel = cr_push_parcel(L);
  cr_pack(L, parcel, 2, last, CR_PACK_JOB);
  cr_take_parcel(L, last + 1);
  cr_status status = cr_crew_put(crew, parcel);
  if (status != CR_OK) cr_parcel_free(parcel);
  cr_check(L, status);
  return 0;
}

/* receive(crew, seconds) -> nothing while it is not there; true, the results; false, a message */
static int crew_receive(lua_State *L) {
  cr_crew *crew = check_crew(L);
  double seconds = cr_check_number(L, 2, "seconds");
  cr_push_parcel_box(L, NULL);
  cr_parcel **box = lua_touserdata(L, -1);
  void *result;
  cr_check(L, cr_crew_next(crew, seconds, &result));
  *box = result;
  if (!result) {
    cr_check(L, cr_check_interrupt());
    return 0;
  }
  return cr_unpack(L, result);
}

/* pending(crew): how many jobs are on their way */
static int crew_pending(lua_State *L) {
  lua_pushinteger(L, cr_crew_pending(check_crew(L)));
  return 1;
}

/* forget(crew): drops all jobs */
static int crew_forget(lua_State *L) {
  cr_crew_forget(check_crew(L));
  return 0;
}

static const luaL_Reg functions[] = {
    {"Workers", crew_start},
    {"Workers:submit", crew_submit},
    {"Workers:receive", crew_receive},
    {"Workers:pending", crew_pending},
    {"Workers:forget", crew_forget},
    {"Workers:close", crew_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", crew_close},
    {"__close", crew_close},
    {NULL, NULL},
};

void cr_open_workers(lua_State *L) {
  cr_register_parcels(L);
  luaL_newmetatable(L, crew_type);
  cr_register(L, "data.Workers.", metamethods);
  lua_pop(L, 1);
  luaL_getsubtable(L, -1, "data");
  cr_register(L, "data.", functions);
  lua_pop(L, 1);
}
