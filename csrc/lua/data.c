/* Data files, text files written whole, and what a progress bar asks of the system. */
#include "lua/glue.h"

#include "core/file.h"
#include "core/idx.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int data_read_idx(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  cr_tensor *t = cr_push_tensor(L, CR_U8);
  CR_CALL(L, cr_idx_read(t, path));
  return 1;
}

/* saveText(path, text): the whole file or none. */
static int data_save_text(lua_State *L) {
  const char *path = cr_check_path(L, 1, "path");
  const char *text = cr_check_string(L, 2, "text");
  size_t length = lua_rawlen(L, 2);
  cr_writer writer;
  CR_CALL(L, cr_writer_open(&writer, path));
  fwrite(text, 1, length, writer.stream); /* commit looks at the stream's error flag */
  cr_status status = cr_writer_commit(&writer);
  cr_check(L, status);
  return 0;
}

/* The stream's file descriptor; -1 when it is closed. */
static int check_stream(lua_State *L, int arg) {
  luaL_Stream *stream = luaL_testudata(L, arg, LUA_FILEHANDLE);
  if (!stream) return cr_type_error(L, arg, "stream", "an open file, such as io.stdout");
  return stream->closef && stream->f ? fileno(stream->f) : -1;
}

/* terminalWidth(stream): columns of the terminal that it writes to (80 when the terminal does not
 * say); nil when it is none. */
static int train_terminal_width(lua_State *L) {
  int fd = check_stream(L, 1);
  struct winsize window;
  if (fd < 0 || !isatty(fd)) {
    lua_pushnil(L);
  } else {
    bool known = ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    lua_pushinteger(L, known ? window.ws_col : 80);
  }
  return 1;
}

/* clock(): seconds since some moment, never going back. */
static int train_clock(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  return 1;
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + 1e-6 * (double)t.tv_usec; }

/* processTimes() -> seconds that processors worked for this process, and the system for it */
static int train_process_times(lua_State *L) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  lua_pushnumber(L, seconds_of(usage.ru_utime));
  lua_pushnumber(L, seconds_of(usage.ru_stime));
  return 2;
}

static const luaL_Reg data[] = {
    {"saveText", data_save_text},
    {"readIDX", data_read_idx},
    {NULL, NULL},
};

static const luaL_Reg train[] = {
    {"clock", train_clock},
    {"processTimes", train_process_times},
    {"terminalWidth", train_terminal_width},
    {NULL, NULL},
};

void cr_open_data(lua_State *L) {
  luaL_getsubtable(L, -1, "data");
  cr_register(L, "data.", data);
  lua_pop(L, 1);
  luaL_getsubtable(L, -1, "train");
  cr_register(L, "train.", train);
  lua_pop(L, 1);
}
