/* Torch7's File: DiskFile, MemoryFile and PipeFile are one type of userdata. */
#include "lua/file.h"

#include <errno.h>
#include <string.h>

static const char file_type[] = "cresset.File";
enum { op_upvalue = 3 };

cr_file_box *cr_check_file(lua_State *L) {
  cr_file_box *box = luaL_testudata(L, 1, file_type);
  if (!box) {
    cr_type_error(L, 1, "self", "a file");
    return NULL; /* never reached */
  }
  if (!box->stream.device) cr_error(L, "the file is closed");
  return box;
}

cr_file_box *cr_check_readable(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  if (!box->stream.is_readable) cr_error(L, "the file was not opened to be read");
  return box;
}

cr_file_box *cr_check_writable(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  if (!box->stream.is_writable) cr_error(L, "the file was not opened to be written");
  return box;
}

cr_file_box *cr_push_file(lua_State *L, int name) {
  cr_file_box *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (cr_file_box){.is_quiet = false};
  luaL_setmetatable(L, file_type);
  lua_pushvalue(L, name);
  lua_setiuservalue(L, -2, 1);
  return box;
}

bool cr_file_check(lua_State *L, cr_file_box *box, cr_status status) {
  if (status == CR_OK) return true;
  box->has_error = true;
  if (status != CR_EIO || !box->is_quiet) cr_check(L, status);
  return false;
}

void cr_file_short(lua_State *L, cr_file_box *box, int64_t got, int64_t wanted) {
  if (got == wanted) return;
  box->has_error = true;
  if (!box->is_quiet)
    cr_error(L, "read error: read %I blocks instead of %I", (lua_Integer)got, (lua_Integer)wanted);
}

/* ---- constructors ---- */

static const char *check_mode(lua_State *L, int arg, const char *otherwise, bool both) {
  if (lua_isnoneornil(L, arg)) return otherwise;
  const char *mode = cr_check_string(L, arg, "mode");
  if (strcmp(mode, "r") && strcmp(mode, "w") && (!both || strcmp(mode, "rw")))
    cr_type_error(L, arg, "mode", both ? "'r', 'w' or 'rw'" : "'r' or 'w'");
  return mode;
}

/* DiskFile(path [, mode [, quiet]]) */
static int disk_file(lua_State *L) {
  const char *path = cr_check_path(L, 1, "fileName"), *mode = check_mode(L, 2, "r", true);
  bool is_quiet = cr_opt_bool(L, 3, "quiet", false);
  cr_file_box *box = cr_push_file(L, 1);
  cr_status status = cr_stream_open_disk(&box->stream, path, mode);
  if (status == CR_EIO && is_quiet)
    lua_pushnil(L);
  else
    cr_check(L, status);
  return 1;
}

/* PipeFile(command [, mode [, quiet]]) */
static int pipe_file(lua_State *L) {
  const char *command = cr_check_path(L, 1, "command"), *mode = check_mode(L, 2, "r", false);
  bool is_quiet = cr_opt_bool(L, 3, "quiet", false);
  cr_file_box *box = cr_push_file(L, 1);
  cr_status status = cr_stream_open_pipe(&box->stream, command, mode);
  if (status == CR_EIO && is_quiet)
    lua_pushnil(L);
  else
    cr_check(L, status);
  return 1;
}

/* MemoryFile([mode]) | MemoryFile(storage [, mode]) */
static int memory_file(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING || lua_isnoneornil(L, 1)) {
    check_mode(L, 1, "rw", true);
    lua_settop(L, 1);
    *(char *)cr_push_new_storage(L, CR_I8, 1)->data = 0;
    lua_insert(L, 1);
  }
  cr_storage *storage = cr_check_storage(L, 1, "storage");
  const char *mode = check_mode(L, 2, "rw", true);
  cr_check(L, cr_stream_open_memory(&cr_push_file(L, 1)->stream, storage, mode));
  return 1;
}

/* ---- reading ---- */

cr_status cr_file_read_storage(lua_State *L, cr_file_box *box, cr_dtype dtype, int64_t n,
                               int64_t *got) {
  cr_storage *storage = cr_push_new_storage(L, dtype, 0);
  cr_status status = cr_stream_read_storage(&box->stream, storage, n);
  *got = storage->size;
  return status;
}

static int read_one(lua_State *L, cr_file_box *box, cr_dtype dtype) {
  int64_t element = 0, got; /* room for every type */
  if (cr_file_check(L, box, cr_stream_read(&box->stream, dtype, &element, 1, &got)))
    cr_file_short(L, box, got, 1);
  cr_push_scalar(L, dtype, got == 1 ? cr_load(dtype, &element) : cr_scalar_from_int(0));
  return 1;
}

static int read_into(lua_State *L, cr_file_box *box, cr_storage *storage) {
  int64_t got;
  cr_status status =
      cr_stream_read(&box->stream, storage->dtype, storage->data, storage->size, &got);
  if (cr_file_check(L, box, status)) cr_file_short(L, box, got, storage->size);
  lua_pushinteger(L, got);
  return 1;
}

/* file:readTYPE() | file:readTYPE(n) | file:readTYPE(storage) */
static int file_read(lua_State *L) {
  cr_file_box *box = cr_check_readable(L);
  cr_dtype dtype = (cr_dtype)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  if (lua_isnoneornil(L, 2)) return read_one(L, box, dtype);
  cr_storage *storage = cr_to_storage(L, 2);
  if (!storage) {
    if (!cr_is_number(L, 2)) cr_type_error(L, 2, "n", "a number of elements or a storage");
    int64_t n = cr_check_int_range(L, 2, "n", 0, INT64_MAX), got;
    if (cr_file_check(L, box, cr_file_read_storage(L, box, dtype, n, &got)))
      cr_file_short(L, box, got, n);
    return 1;
  }
  if (storage->dtype != dtype)
    cr_arg_error(L, "storage", "must be a %s, got a %s", cr_dtype_storage_name(dtype),
                 cr_dtype_storage_name(storage->dtype));
  return read_into(L, box, storage);
}

static void add_rest(lua_State *L, cr_file_box *box, luaL_Buffer *buffer) {
  for (int64_t got = 1; got > 0;) {
    char *at = luaL_prepbuffer(buffer);
    cr_status status = box->stream.device->read(&box->stream, at, LUAL_BUFFERSIZE, &got);
    luaL_addsize(buffer, (size_t)got);
    if (!cr_file_check(L, box, status)) return;
  }
}

/* Returns whether there was a line. */
static bool add_line(lua_State *L, cr_stream *stream, luaL_Buffer *buffer) {
  int c = stream->device->get(stream);
  if (c == EOF) return false;
  for (int64_t count = 1; c != EOF && c != '\n'; c = stream->device->get(stream), count++) {
    luaL_addchar(buffer, (char)c);
    if (count % 65536 == 0) cr_check(L, cr_check_interrupt());
  }
  return true;
}

/* file:readString(format) */
static int file_read_string(lua_State *L) {
  cr_file_box *box = cr_check_readable(L);
  const char *format = cr_check_string(L, 2, "format");
  if (format[0] != '*' || (format[1] != 'l' && format[1] != 'a'))
    cr_type_error(L, 2, "format", "'*l' (a line) or '*a' (all that is left)");
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  bool was_there = true;
  if (format[1] == 'l')
    was_there = add_line(L, &box->stream, &buffer);
  else
    add_rest(L, box, &buffer);
  luaL_pushresult(&buffer);
  if (format[1] == 'a') was_there = lua_rawlen(L, -1) > 0;
  if (!was_there) cr_file_short(L, box, 0, 1);
  return 1;
}

/* ---- writing ---- */

/* file:writeTYPE(number) | file:writeTYPE(storage) */
static int file_write(lua_State *L) {
  cr_file_box *box = cr_check_writable(L);
  cr_dtype dtype = (cr_dtype)lua_tointeger(L, lua_upvalueindex(op_upvalue));
  const cr_storage *storage = cr_to_storage(L, 2);
  int64_t element = 0, n = 1;
  cr_status status;
  if (storage) {
    if (storage->dtype != dtype)
      cr_arg_error(L, "storage", "must be a %s, got a %s", cr_dtype_storage_name(dtype),
                   cr_dtype_storage_name(storage->dtype));
    n = storage->size;
    status = cr_stream_write(&box->stream, dtype, storage->data, n);
  } else {
    if (!cr_is_number(L, 2)) cr_type_error(L, 2, "value", "a number or a storage");
    cr_store(dtype, &element, cr_check_scalar(L, 2, "value"));
    status = cr_stream_write(&box->stream, dtype, &element, 1);
  }
  lua_pushinteger(L, cr_file_check(L, box, status) ? n : 0);
  return 1;
}

/* file:writeString(string) */
static int file_write_string(lua_State *L) {
  cr_file_box *box = cr_check_writable(L);
  cr_check_string(L, 2, "string");
  size_t length;
  const char *bytes = lua_tolstring(L, 2, &length);
  cr_status status = box->stream.device->write(&box->stream, bytes, (int64_t)length);
  lua_pushinteger(L, cr_file_check(L, box, status) ? (lua_Integer)length : 0);
  return 1;
}

/* ---- position ---- */

static int self_back(lua_State *L) {
  lua_settop(L, 1);
  return 1;
}

static cr_file_box *check_seekable(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  if (!box->stream.device->seek) cr_error(L, "a %s has no positions", box->stream.device->name);
  return box;
}

static int file_seek(lua_State *L) {
  cr_file_box *box = check_seekable(L);
  int64_t position = cr_check_int_range(L, 2, "position", 1, INT64_MAX);
  cr_file_check(L, box, box->stream.device->seek(&box->stream, position - 1));
  return self_back(L);
}

static int file_seek_end(lua_State *L) {
  cr_file_box *box = check_seekable(L);
  cr_file_check(L, box, box->stream.device->seek(&box->stream, CR_STREAM_END));
  return self_back(L);
}

static int file_position(lua_State *L) {
  cr_file_box *box = check_seekable(L);
  lua_pushinteger(L, box->stream.device->position(&box->stream) + 1);
  return 1;
}

/* ---- options and questions ---- */

enum {
  ascii,
  binary,
  auto_spacing,
  no_auto_spacing,
  quiet,
  pedantic,
  clear_error,
  big_endian,
  little_endian,
  native_endian
};

static int file_set(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  cr_stream *s = &box->stream;
  switch (lua_tointeger(L, lua_upvalueindex(op_upvalue))) {
  case ascii: s->is_binary = false; break;
  case binary: s->is_binary = true; break;
  case auto_spacing: s->is_spaced = true; break;
  case no_auto_spacing: s->is_spaced = false; break;
  case quiet: box->is_quiet = true; break;
  case pedantic: box->is_quiet = false; break;
  case clear_error: box->has_error = false; break;
  case big_endian: s->is_swapped = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__; break;
  case little_endian: s->is_swapped = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__; break;
  default: s->is_swapped = false;
  }
  return self_back(L);
}

enum {
  has_error,
  is_quiet,
  is_readable,
  is_writable,
  is_binary,
  is_auto_spacing,
  is_little_endian,
  is_big_endian
};

static int file_ask(lua_State *L) {
  const cr_file_box *box = cr_check_file(L);
  bool answer = false;
  switch (lua_tointeger(L, lua_upvalueindex(op_upvalue))) {
  case has_error: answer = box->has_error; break;
  case is_quiet: answer = box->is_quiet; break;
  case is_readable: answer = box->stream.is_readable; break;
  case is_writable: answer = box->stream.is_writable; break;
  case is_binary: answer = box->stream.is_binary; break;
  case is_auto_spacing: answer = box->stream.is_spaced; break;
  case is_little_endian: answer = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__; break;
  default: answer = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  }
  lua_pushboolean(L, answer);
  return 1;
}

static int file_is_opened(lua_State *L) {
  const cr_file_box *box = luaL_testudata(L, 1, file_type);
  if (!box) return cr_type_error(L, 1, "self", "a file");
  lua_pushboolean(L, box->stream.device != NULL);
  return 1;
}

static int file_long_size(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  int64_t size = cr_opt_int(L, 2, "size", 0);
  if (size != 0 && size != 4 && size != 8)
    return cr_arg_error(L, "size", "must be 0, 4 or 8, got %I", (lua_Integer)size);
  box->stream.long_size = size == 4 ? 4 : 8;
  return self_back(L);
}

static int file_no_buffer(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  FILE *file = box->stream.file;
  if (!file) return cr_error(L, "a %s has no buffer", box->stream.device->name);
  fflush(file);
  if (setvbuf(file, NULL, _IONBF, 0) != 0) return cr_error(L, "the buffer cannot be removed");
  return self_back(L);
}

static int file_synchronize(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  if (box->stream.is_writable) cr_file_check(L, box, box->stream.device->flush(&box->stream));
  return self_back(L);
}

/* file:storage(): the memory of a MemoryFile. */
static int file_storage(lua_State *L) {
  cr_stream *s = &cr_check_file(L)->stream;
  if (!s->memory) return cr_error(L, "a %s has no storage", s->device->name);
  if (s->memory->size > s->size) CR_CALL(L, cr_storage_resize(s->memory, s->size + 1));
  cr_push_storage(L, s->memory);
  return 1;
}

static int file_close(lua_State *L) {
  cr_file_box *box = cr_check_file(L);
  cr_status status = cr_stream_close(&box->stream);
  cr_file_check(L, box, status);
  return 0;
}

/* Called by the collector, and by anyone by hand: never fails. */
static int file_gc(lua_State *L) {
  cr_file_box *box = luaL_testudata(L, 1, file_type);
  if (box) cr_stream_close(&box->stream);
  return 0;
}

/* "torch.DiskFile on <name> [status: open -- mode r]" */
static int file_tostring(lua_State *L) {
  const cr_file_box *box = luaL_testudata(L, 1, file_type);
  if (!box) return cr_type_error(L, 1, "self", "a file");
  lua_getiuservalue(L, 1, 1);
  const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  const char *mode = !box->stream.is_writable ? "r" : box->stream.is_readable ? "rw" : "w";
  lua_pushfstring(L, "%s%s%s%s [status: %s -- mode %s]",
                  box->stream.name ? box->stream.name : "torch.File", name ? " on <" : "",
                  name ? name : "", name ? ">" : "", box->stream.device ? "open" : "closed", mode);
  return 1;
}

/* file:type(): "torch.DiskFile", "torch.MemoryFile", "torch.PipeFile" */
static int file_type_name(lua_State *L) {
  const cr_file_box *box = luaL_testudata(L, 1, file_type);
  if (!box) return cr_type_error(L, 1, "self", "a file");
  lua_pushstring(L, box->stream.name ? box->stream.name : "torch.File");
  return 1;
}

static int is_file(lua_State *L) {
  lua_pushboolean(L, luaL_testudata(L, 1, file_type) != NULL);
  return 1;
}

static const luaL_Reg constructors[] = {
    {"DiskFile", disk_file},
    {"PipeFile", pipe_file},
    {"MemoryFile", memory_file},
    {"isFile", is_file},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"readString", file_read_string},
    {"writeString", file_write_string},
    {"seek", file_seek},
    {"seekEnd", file_seek_end},
    {"position", file_position},
    {"isOpened", file_is_opened},
    {"longSize", file_long_size},
    {"noBuffer", file_no_buffer},
    {"synchronize", file_synchronize},
    {"storage", file_storage},
    {"close", file_close},
    {"type", file_type_name},
    {"__gc", file_gc},
    {"__close", file_gc},
    {"__tostring", file_tostring},
    {NULL, NULL},
};

typedef struct {
  const char *name;
  int op;
} named_op;

static const named_op setters[] = {
    {"ascii", ascii},
    {"binary", binary},
    {"autoSpacing", auto_spacing},
    {"noAutoSpacing", no_auto_spacing},
    {"quiet", quiet},
    {"pedantic", pedantic},
    {"clearError", clear_error},
    {"bigEndianEncoding", big_endian},
    {"littleEndianEncoding", little_endian},
    {"nativeEndianEncoding", native_endian},
    {NULL, 0},
};

static const named_op questions[] = {
    {"hasError", has_error},
    {"isQuiet", is_quiet},
    {"isReadable", is_readable},
    {"isWritable", is_writable},
    {"isBinary", is_binary},
    {"isAutoSpacing", is_auto_spacing},
    {"isLittleEndianCPU", is_little_endian},
    {"isBigEndianCPU", is_big_endian},
    {NULL, 0},
};

/* readByte ... writeDouble */
static void register_numbers(lua_State *L) {
#define NUMBER(dtype, T, Word, common)                                                             \
  cr_register_with(L, "File:", "read" #Word, file_read, dtype);                                    \
  cr_register_with(L, "File:", "write" #Word, file_write, dtype);
  CR_FOR_ALL_TYPES(NUMBER)
#undef NUMBER
}

void cr_open_file(lua_State *L) {
  cr_register_functions(L, constructors);
  luaL_newmetatable(L, file_type);
  cr_register(L, "File:", methods);
  register_numbers(L);
  for (const named_op *s = setters; s->name; s++)
    cr_register_with(L, "File:", s->name, file_set, s->op);
  for (const named_op *q = questions; q->name; q++)
    cr_register_with(L, "File:", q->name, file_ask, q->op);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
