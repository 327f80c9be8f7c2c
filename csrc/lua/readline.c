/* Line editing and history by the system's readline, loaded when the prompt first needs it; and
 * what programs ask about the terminal. */
#include "lua/glue.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

typedef char *complete_entry(const char *text, int state);
typedef char **complete_words(const char *text, int start, int end);

static struct {
  void *handle;
  const char *name;
  void (*install)(const char *prompt, void (*on_line)(char *line));
  void (*remove_handler)(void);
  void (*read_char)(void);
  void (*reset_signals)(void); /* may be missing: GNU readline 6 and libedit */
  void (*free_line_state)(void);
  void (*cleanup)(void);
  void (*add_history)(const char *line);
  int (*read_history)(const char *file);
  int (*write_history)(const char *file);
  void (*stifle_history)(int lines);
  char **(*matches)(const char *text, complete_entry *entry);
  char **line_buffer;
  int *point;
} lib;

static const char *const library_names[] = {
#ifdef __APPLE__
    "libreadline.dylib",
    "/opt/homebrew/opt/readline/lib/libreadline.dylib",
    "libedit.dylib",
#else
    "libreadline.so.8",
    "libreadline.so.7",
    "libreadline.so",
    "libedit.so.2",
#endif
};

static void set_int(const char *name, int value) {
  int *variable = dlsym(lib.handle, name);
  if (variable) *variable = value;
}

static bool find_symbols(void) {
  struct {
    const char *name;
    void *address; /* of the function pointer */
    bool may_be_missing;
  } wanted[] = {
      {"rl_callback_handler_install", &lib.install, false},
      {"rl_callback_handler_remove", &lib.remove_handler, false},
      {"rl_callback_read_char", &lib.read_char, false},
      {"rl_callback_sigcleanup", &lib.reset_signals, true},
      {"rl_free_line_state", &lib.free_line_state, true},
      {"rl_cleanup_after_signal", &lib.cleanup, true},
      {"add_history", &lib.add_history, false},
      {"read_history", &lib.read_history, false},
      {"write_history", &lib.write_history, false},
      {"stifle_history", &lib.stifle_history, false},
      {"rl_completion_matches", &lib.matches, false},
      {"rl_line_buffer", &lib.line_buffer, false},
      {"rl_point", &lib.point, false},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    void *symbol = dlsym(lib.handle, wanted[i].name);
    if (!symbol && !wanted[i].may_be_missing) return false;
    memcpy(wanted[i].address, &symbol, sizeof symbol);
  }
  return true;
}

/* ---- completion: readline asks C, C asks the Lua function given to readLine ---- */

static lua_State *completing; /* while readLine waits for keys */
static int completer_index;   /* of the Lua function on its stack */
static char **candidates;     /* of the word under the cursor, freed as they are handed out */
static size_t candidate_count, candidate_next;

static void drop_candidates(void) {
  for (size_t i = candidate_next; i < candidate_count; i++) free(candidates[i]);
  free(candidates);
  candidates = NULL;
  candidate_count = candidate_next = 0;
}

/* Protected: (line up to the cursor, word) -> the Lua function -> a list of strings -> C. */
static int collect_candidates(lua_State *L) {
  lua_call(L, 2, 1);
  if (!lua_istable(L, 1)) return 0;
  size_t count = lua_rawlen(L, 1);
  candidates = calloc(count + 1, sizeof *candidates);
  for (size_t i = 0; candidates && i < count; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    char *copy = word ? strdup(word) : NULL;
    if (copy) candidates[candidate_count++] = copy;
    lua_pop(L, 1);
  }
  return 0;
}

static char *next_candidate(const char *text, int state) {
  (void)text;
  (void)state;
  return candidate_next < candidate_count ? candidates[candidate_next++] : NULL;
}

static char **complete(const char *text, int start, int end) {
  (void)start;
  lua_State *L = completing;
  set_int("rl_attempted_completion_over", 1); /* never the names of files */
  set_int("rl_completion_append_character", '\0');
  if (!L || !lua_isfunction(L, completer_index) || !lua_checkstack(L, 8)) return NULL;
  drop_candidates();
  int top = lua_gettop(L);
  lua_pushcfunction(L, collect_candidates);
  lua_pushvalue(L, completer_index);
  lua_pushlstring(L, *lib.line_buffer, (size_t)end);
  lua_pushstring(L, text);
  lua_pcall(L, 3, 0, 0); /* a completer that fails completes nothing */
  lua_settop(L, top);
  char **found = candidate_count > 0 ? lib.matches(text, next_candidate) : NULL;
  drop_candidates();
  return found;
}

/* ---- loading ---- */

static bool load(void) {
  static bool tried;
  if (tried) return lib.handle != NULL;
  tried = true;
  const char *chosen = getenv("CRESSET_READLINE"); /* "none" turns it off */
  size_t count = sizeof library_names / sizeof *library_names;
  for (size_t i = 0; !lib.handle && i < (chosen ? 1 : count); i++) {
    lib.name = chosen ? chosen : library_names[i];
    lib.handle = dlopen(lib.name, RTLD_NOW | RTLD_LOCAL);
    if (lib.handle && !find_symbols()) {
      dlclose(lib.handle);
      lib.handle = NULL;
    }
  }
  if (!lib.handle) return false;
  set_int("rl_catch_signals", 0); /* Ctrl-C is ours */
  const char **program = dlsym(lib.handle, "rl_readline_name");
  if (program) *program = "cresset"; /* so that ~/.inputrc can speak of it */
  const char **breaks = dlsym(lib.handle, "rl_completer_word_break_characters");
  if (breaks) *breaks = " \t\n\"'><=;|&{}()[]+-*/%^#~,?";
  complete_words **completer = dlsym(lib.handle, "rl_attempted_completion_function");
  if (completer) *completer = complete;
  lib.stifle_history(10000);
  return true;
}

/* ---- one line ---- */

static char *received;
static bool is_done;

static void on_line(char *line) {
  received = line;
  is_done = true;
  lib.remove_handler();
}

static void discard_line(void) {
  if (lib.free_line_state) lib.free_line_state();
  if (lib.reset_signals) lib.reset_signals();
  if (lib.cleanup) lib.cleanup();
  lib.remove_handler();
}

/* Waits for keys. False when Ctrl-C came instead. */
static bool edit_line(const char *prompt) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  is_done = false;
  free(received); /* of a call that could not hand it over */
  received = NULL;
  lib.install(prompt, on_line);
  while (!is_done) {
    /* Blocked but while waiting, so that no signal falls between the look and the wait. */
    sigprocmask(SIG_BLOCK, &blocked, &before);
    fd_set keys;
    FD_ZERO(&keys);
    FD_SET(STDIN_FILENO, &keys);
    int ready =
        cr_interrupt_pending() ? 0 : pselect(STDIN_FILENO + 1, &keys, NULL, NULL, NULL, &before);
    int reason = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (cr_interrupt_pending()) {
      discard_line();
      return false;
    }
    if (ready > 0) lib.read_char();
    if (ready < 0 && reason != EINTR) on_line(NULL);
  }
  return true;
}

/* terminal.readLine(prompt, [complete]): the line; nil and "end" or "interrupted". */
static int read_line(lua_State *L) {
  const char *prompt = cr_check_string(L, 1, "prompt");
  lua_settop(L, 2);
  if (!lua_isnil(L, 2) && !lua_isfunction(L, 2))
    cr_type_error(L, 2, "complete", "a function or nil");
  if (!load()) cr_error(L, "needs the library readline, which is missing");
  if (completing) cr_error(L, "already waits for a line");
  luaL_checkstack(L, 16, NULL);
  completing = L;
  completer_index = 2;
  bool was_edited = edit_line(prompt);
  completing = NULL;
  if (was_edited && received) {
    lua_pushstring(L, received);
    free(received);
    received = NULL;
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, was_edited ? "end" : "interrupted");
  return 2;
}

/* terminal.readlineName(): the library's name, or nil. */
static int readline_name(lua_State *L) {
  lua_pushstring(L, load() ? lib.name : NULL);
  return 1;
}

static int add_history(lua_State *L) {
  const char *line = cr_check_string(L, 1, "line");
  if (load()) lib.add_history(line);
  return 0;
}

static int load_history(lua_State *L) {
  const char *file = cr_check_string(L, 1, "file");
  lua_pushboolean(L, load() && lib.read_history(file) == 0);
  return 1;
}

static int save_history(lua_State *L) {
  const char *file = cr_check_string(L, 1, "file");
  lua_pushboolean(L, load() && lib.write_history(file) == 0);
  return 1;
}

/* ---- the terminal ---- */

/* terminal.isTerminal(file): true when the open file is a terminal. */
static int is_terminal(lua_State *L) {
  luaL_Stream *stream = luaL_testudata(L, 1, LUA_FILEHANDLE);
  if (!stream) return cr_type_error(L, 1, "file", "a file, such as io.stdout");
  lua_pushboolean(L, stream->closef && isatty(fileno(stream->f)));
  return 1;
}

/* terminal.width(): columns of the terminal; 80 when there is none. */
static int width(lua_State *L) {
  struct winsize size;
  bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  lua_pushinteger(L, is_known ? size.ws_col : 80);
  return 1;
}

static const luaL_Reg functions[] = {
    {"readLine", read_line},
    {"readlineName", readline_name},
    {"addHistory", add_history},
    {"loadHistory", load_history},
    {"saveHistory", save_history},
    {"isTerminal", is_terminal},
    {"width", width},
    {NULL, NULL},
};

void cr_open_readline(lua_State *L) {
  luaL_getsubtable(L, -1, "terminal");
  cr_register(L, "terminal.", functions);
  lua_pop(L, 1);
}
