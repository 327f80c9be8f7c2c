#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef CR_HAVE_ZLIB
#include <zlib.h>
#endif

static cr_status cannot(const char *verb, const char *path, const char *reason) {
  return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be %s: %s", path, verb, reason);
}

/* ---- reading ---- */

#ifdef CR_HAVE_ZLIB
/* Deflate turns one byte into 1032 at most. */
static const int64_t largest_ratio = 1032;
#endif

/* Read at a time, so that Ctrl-C does not wait for a large file. */
enum { piece = 1 << 20 };

struct cr_reader {
  FILE *plain; /* one of the two is open */
#ifdef CR_HAVE_ZLIB
  gzFile gzip;
#endif
  int64_t limit;
  int64_t taken; /* bytes that were read */
  char path[];   /* for messages */
};

cr_status cr_open_regular(FILE **out, int64_t *size, const char *path) {
  /* O_NONBLOCK: opening a pipe must not wait for somebody to write. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return cannot("read", path, strerror(errno));
  struct stat info;
  const char *reason = NULL;
  if (fstat(fd, &info) != 0) {
    reason = strerror(errno);
  } else if (S_ISDIR(info.st_mode)) {
    reason = "it is a folder";
  } else if (!S_ISREG(info.st_mode)) {
    reason = "it is not a regular file";
  } else if (!(*out = fdopen(fd, "rb"))) {
    reason = strerror(errno);
  }
  if (reason) {
    close(fd);
    return cannot("read", path, reason);
  }
  *size = info.st_size;
  return CR_OK;
}

/* Hands the stream over to zlib when the file begins as gzip files do. */
static cr_status open_gzip(cr_reader *reader) {
  int first = getc(reader->plain), second = getc(reader->plain);
  rewind(reader->plain);
  if (first != 0x1f || second != 0x8b) return CR_OK;
#ifdef CR_HAVE_ZLIB
  int fd = dup(fileno(reader->plain));
  if (fd < 0) return cannot("read", reader->path, strerror(errno));
  lseek(fd, 0, SEEK_SET);
  reader->gzip = gzdopen(fd, "rb");
  if (!reader->gzip) {
    close(fd);
    return cr_fail(CR_ENOMEM, "out of memory: could not start decompression");
  }
  fclose(reader->plain);
  reader->plain = NULL;
  bool overflows = __builtin_mul_overflow(reader->limit, largest_ratio, &reader->limit);
  if (overflows) reader->limit = INT64_MAX;
  return CR_OK;
#else
  return cannot("read", reader->path,
                "it is compressed, and this build of cresset has no zlib: unpack it with gunzip, "
                "or build again with zlib's development files installed");
#endif
}

cr_status cr_reader_open(cr_reader **out, const char *path) {
  *out = NULL;
  size_t length = strlen(path) + 1;
  cr_reader *reader = calloc(1, sizeof *reader + length);
  if (!reader) return cr_fail(CR_ENOMEM, "out of memory");
  memcpy(reader->path, path, length);
  cr_status status = cr_open_regular(&reader->plain, &reader->limit, path);
  if (status == CR_OK) status = open_gzip(reader);
  if (status != CR_OK) {
    cr_reader_close(reader);
    return status;
  }
  *out = reader;
  return CR_OK;
}

void cr_reader_close(cr_reader *reader) {
  if (!reader) return;
  if (reader->plain) fclose(reader->plain);
#ifdef CR_HAVE_ZLIB
  if (reader->gzip) gzclose(reader->gzip);
#endif
  free(reader);
}

#ifdef CR_HAVE_ZLIB
static cr_status read_gzip(cr_reader *reader, void *buffer, size_t bytes, size_t *got) {
  int count = gzread(reader->gzip, buffer, (unsigned)bytes);
  int code = Z_OK;
  const char *reason = gzerror(reader->gzip, &code);
  *got = count > 0 ? (size_t)count : 0;
  /* Z_BUF_ERROR: the compressed data end early; what came until then is good, and the caller says
   * what it expected. */
  if (count >= 0 && (code == Z_OK || code == Z_BUF_ERROR)) return CR_OK;
  return cr_fail(CR_EIO, CR_PATH_FORMAT " is damaged: its compressed data cannot be unpacked (%s)",
                 reader->path, code == Z_ERRNO ? strerror(errno) : reason);
}
#endif

static cr_status read_piece(cr_reader *reader, void *buffer, size_t bytes, size_t *got) {
#ifdef CR_HAVE_ZLIB
  if (reader->gzip) return read_gzip(reader, buffer, bytes, got);
#endif
  *got = fread(buffer, 1, bytes, reader->plain);
  if (*got < bytes && ferror(reader->plain)) return cannot("read", reader->path, strerror(errno));
  return CR_OK;
}

cr_status cr_reader_read(cr_reader *reader, void *buffer, int64_t bytes, int64_t *got) {
  *got = 0;
  while (*got < bytes) {
    CR_TRY(cr_check_interrupt());
    size_t wanted = bytes - *got < piece ? (size_t)(bytes - *got) : piece, count;
    CR_TRY(read_piece(reader, (char *)buffer + *got, wanted, &count));
    *got += (int64_t)count;
    reader->taken += (int64_t)count;
    if (count < wanted) break;
  }
  return CR_OK;
}

int64_t cr_reader_limit(const cr_reader *reader) { return reader->limit; }

int64_t cr_reader_left(const cr_reader *reader) {
  return reader->taken < reader->limit ? reader->limit - reader->taken : 0;
}

bool cr_reader_is_packed(const cr_reader *reader) { return !reader->plain; }

int cr_reader_get(cr_reader *reader) {
  int byte;
#ifdef CR_HAVE_ZLIB
  byte = reader->gzip ? gzgetc(reader->gzip) : getc(reader->plain);
#else
  byte = getc(reader->plain);
#endif
  if (byte != EOF) reader->taken++;
  return byte;
}

void cr_reader_unget(cr_reader *reader, int byte) {
  reader->taken--;
#ifdef CR_HAVE_ZLIB
  if (reader->gzip) {
    gzungetc(byte, reader->gzip);
    return;
  }
#endif
  ungetc(byte, reader->plain);
}

/* ---- writing ---- */

cr_status cr_writer_open(cr_writer *writer, const char *path) {
  static atomic_uint counter;
  *writer = (cr_writer){.path = path};
  size_t room = strlen(path) + 48;
  writer->temporary = malloc(room);
  if (!writer->temporary) return cr_fail(CR_ENOMEM, "out of memory");
  snprintf(writer->temporary, room, "%s.%ld-%u.tmp", path, (long)getpid(),
           atomic_fetch_add(&counter, 1));
  int fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd >= 0 && !(writer->stream = fdopen(fd, "wb"))) {
    close(fd);
    unlink(writer->temporary);
  }
  if (writer->stream) return CR_OK;
  free(writer->temporary);
  writer->temporary = NULL;
  return cannot("written", path, strerror(errno));
}

cr_status cr_writer_reopen(cr_writer *writer) {
  fclose(writer->stream);
  writer->stream = fopen(writer->temporary, "r+b");
  return writer->stream ? CR_OK : cannot("written", writer->path, strerror(errno));
}

/* The renaming itself is on the disk when the folder is. Not every file system can do that, and the
 * file is whole in any case. */
static void sync_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
  int fd = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
  if (fd >= 0) {
    fsync(fd);
    close(fd);
  }
  free(folder);
}

cr_status cr_writer_commit(cr_writer *writer) {
  errno = 0;
  bool good = ferror(writer->stream) == 0 && fflush(writer->stream) == 0;
  if (good && fsync(fileno(writer->stream)) != 0) good = errno == EINVAL || errno == ENOTSUP;
  if (fclose(writer->stream) != 0) good = false;
  writer->stream = NULL;
  if (good) good = rename(writer->temporary, writer->path) == 0;
  if (good) sync_folder(writer->path);
  const char *reason = errno ? strerror(errno) : "the disk may be full";
  if (!good) {
    cr_writer_abort(writer);
    return cannot("written", writer->path, reason);
  }
  free(writer->temporary);
  writer->temporary = NULL;
  return CR_OK;
}

void cr_writer_abort(cr_writer *writer) {
  if (writer->stream) fclose(writer->stream);
  if (writer->temporary) unlink(writer->temporary);
  free(writer->temporary);
  writer->stream = NULL;
  writer->temporary = NULL;
}
