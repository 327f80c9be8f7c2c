/* The userdata of a file, for the binding files that read and write through it. */
#ifndef CR_LUA_FILE_H
#define CR_LUA_FILE_H

#include "core/stream.h"
#include "lua/glue.h"

typedef struct {
  cr_stream stream;
  bool is_quiet, has_error;
} cr_file_box;

/* The open file at index 1. */
cr_file_box *cr_check_file(lua_State *L);
cr_file_box *cr_check_readable(lua_State *L);
cr_file_box *cr_check_writable(lua_State *L);

/* Pushes a file that is not open yet; its user value is the value at `name`. */
cr_file_box *cr_push_file(lua_State *L, int name);

/* Raises an error for a failure, or notes it when the file is quiet. True when all is well. */
bool cr_file_check(lua_State *L, cr_file_box *box, cr_status status);
/* The same for numbers that could not be read. */
void cr_file_short(lua_State *L, cr_file_box *box, int64_t got, int64_t wanted);

/* Pushes a new storage of what could be read of n numbers; *got came. */
cr_status cr_file_read_storage(lua_State *L, cr_file_box *box, cr_dtype dtype, int64_t n,
                               int64_t *got);

#endif
