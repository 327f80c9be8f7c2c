/* Files: reading ones that cannot be trusted, and writing whole ones or none. */
#ifndef CR_CORE_FILE_H
#define CR_CORE_FILE_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How much of a path is shown in a message; the rest of the message must fit, too. */
#define CR_PATH_FORMAT "'%.160s'"

/* ---- reading, plain or gzip ---- */

typedef struct cr_reader cr_reader;

/* Opens a regular file; nothing else (a folder, a pipe, a device) is accepted. A file that begins
 * as gzip files do is decompressed on the way, where this build has zlib. */
cr_status cr_reader_open(cr_reader **out, const char *path);
void cr_reader_close(cr_reader *reader); /* NULL is allowed */

/* Reads up to `bytes` bytes; *got is less only at the end of the file. Fails when the compressed
 * data are damaged or the disk is, and with CR_EINTR when the user interrupts. */
cr_status cr_reader_read(cr_reader *reader, void *buffer, int64_t bytes, int64_t *got);

/* No more bytes than this can come out of the file, whatever its content says: to be compared with
 * a promised length before memory is allocated for it. */
int64_t cr_reader_limit(const cr_reader *reader);
/* The same for what has not been read yet. */
int64_t cr_reader_left(const cr_reader *reader);
/* Whether the file is compressed, which makes these bounds loose. */
bool cr_reader_is_packed(const cr_reader *reader);
/* One byte, EOF at the end or when reading fails; and back with it, once. */
int cr_reader_get(cr_reader *reader);
void cr_reader_unget(cr_reader *reader, int byte);

/* The size of a regular file, opened for reading; the stream is the caller's to close. */
cr_status cr_open_regular(FILE **out, int64_t *size, const char *path);

/* ---- writing: a temporary file beside the path, on the disk before it is renamed ---- */

typedef struct {
  FILE *stream;
  char *temporary;
  const char *path; /* the caller's: must live until the end */
} cr_writer;

cr_status cr_writer_open(cr_writer *writer, const char *path);
/* For when a library has replaced the temporary file. */
cr_status cr_writer_reopen(cr_writer *writer);
/* Puts the file in its place; on failure the old file, if there was one, is untouched. */
cr_status cr_writer_commit(cr_writer *writer);
/* Removes what was written. Does nothing after a commit. */
void cr_writer_abort(cr_writer *writer);

#endif
