/* Ctrl-C: stops Lua code through a debug hook and long C loops through cr_interrupt_request.
 * Only the cresset command installs this; a library must leave its host's signals alone. */
#include "lua/glue.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The threads of Lua that a signal must stop. A hook belongs to one thread: coroutine.resume and
 * coroutine.wrap are replaced so that the running one is known. */
static lua_State *volatile main_thread;
static lua_State *volatile running_thread;
static volatile sig_atomic_t unnoticed;

enum { stop_events = LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT };

static void stop(lua_State *L, lua_Debug *event) {
  (void)event;
  lua_sethook(L, NULL, 0, 0);
  unnoticed = 0;
  if (cr_check_interrupt() == CR_OK) return; /* a C loop has taken it already */
  luaL_where(L, 0);                          /* the function that the hook stopped */
  if (*lua_tostring(L, -1) == '\0') luaL_where(L, 1);
  lua_pushliteral(L, "interrupted");
  lua_concat(L, 2);
  lua_error(L);
}

static void say(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written; /* there is nobody left to tell */
}

static void on_signal(int number) {
  lua_State *main = main_thread, *running = running_thread;
  unnoticed++;
  if (unnoticed > 2) { /* something neither looks nor returns: end the program after all */
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  if (unnoticed == 2) say("\ncresset: still busy; Ctrl-C once more ends the program\n");
  cr_interrupt_request();
  if (main) lua_sethook(main, stop, stop_events, 1);
  if (running && running != main) lua_sethook(running, stop, stop_events, 1);
}

/* A coroutine that runs is noted; upvalue 1 is the original coroutine.resume. */
static int resume(lua_State *L) {
  lua_State *before = running_thread, *thread = lua_tothread(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  if (thread) running_thread = thread;
  int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  running_thread = before;
  return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}

/* What coroutine.wrap returns; upvalue 1 is our resume, 2 the coroutine. */
static int wrapped(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_rotate(L, 1, 2);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  if (lua_toboolean(L, 1)) return lua_gettop(L) - 1;
  if (lua_type(L, 2) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, 2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

/* Upvalue 1 is our resume. */
static int wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  lua_pushcclosure(L, wrapped, 2);
  return 1;
}

static void watch_coroutines(lua_State *L) {
  if (lua_getglobal(L, "coroutine") != LUA_TTABLE) return;
  lua_getfield(L, -1, "resume");
  lua_pushcclosure(L, resume, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "resume");
  lua_pushcclosure(L, wrap, 1);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}

/* terminal.catchInterrupts() */
static int catch_interrupts(lua_State *L) {
  if (main_thread) return 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  watch_coroutines(L);
  struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART: the prompt wakes */
  sigemptyset(&action.sa_mask);
  main_thread = running_thread = main;
  if (sigaction(SIGINT, &action, NULL) != 0) cr_error(L, "cannot catch the signal SIGINT");
  return 0;
}

/* terminal.forgetInterrupts(): back at the prompt; what came too late must not stop the next
 * line. */
static int forget_interrupts(lua_State *L) {
  unnoticed = 0;
  cr_interrupt_clear();
  lua_sethook(L, NULL, 0, 0);
  return 0;
}

static const luaL_Reg functions[] = {
    {"catchInterrupts", catch_interrupts},
    {"forgetInterrupts", forget_interrupts},
    {NULL, NULL},
};

void cr_open_interrupt(lua_State *L) {
  luaL_getsubtable(L, -1, "terminal");
  cr_register(L, "terminal.", functions);
  lua_pop(L, 1);
}
