/* What streams read from and write to. */
#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read or written between two looks for an interrupt. */
enum { piece = 1 << 24 };

static void set_up(cr_stream *s, const cr_device *device, const char *mode) {
  *s = (cr_stream){.device = device, .name = device->name, .is_spaced = true, .long_size = 8};
  s->is_readable = strchr(mode, 'r') != NULL;
  s->is_writable = strchr(mode, 'w') != NULL;
}

/* ---- C's files ---- */

/* C wants a seek between reading and writing. */
static void turn(cr_stream *s, int now) {
  if (s->last != CR_STREAM_FRESH && (int)s->last != now) fseeko(s->file, 0, SEEK_CUR);
  s->last = now;
}

static cr_status file_read(cr_stream *s, void *buffer, int64_t bytes, int64_t *got) {
  turn(s, CR_STREAM_READ);
  *got = 0;
  while (*got < bytes) {
    CR_TRY(cr_check_interrupt());
    size_t wanted = bytes - *got < piece ? (size_t)(bytes - *got) : piece;
    size_t count = fread((char *)buffer + *got, 1, wanted, s->file);
    *got += (int64_t)count;
    if (count == wanted) continue;
    bool failed = ferror(s->file) != 0;
    clearerr(s->file); /* more may come: the end is asked for anew */
    CR_TRY(cr_check_interrupt());
    return failed ? cr_fail(CR_EIO, "read error: %s", strerror(errno)) : CR_OK;
  }
  return CR_OK;
}

static int file_get(cr_stream *s) {
  turn(s, CR_STREAM_READ);
  int byte = getc(s->file);
  if (byte == EOF) clearerr(s->file);
  return byte;
}

static void file_unget(cr_stream *s, int byte) { ungetc(byte, s->file); }

static cr_status write_error(void) {
  return cr_fail(CR_EIO, "write error: %s", errno ? strerror(errno) : "the disk may be full");
}

static cr_status file_write(cr_stream *s, const void *buffer, int64_t bytes) {
  turn(s, CR_STREAM_WROTE);
  errno = 0;
  for (const char *at = buffer; bytes > 0;) {
    CR_TRY(cr_check_interrupt());
    size_t wanted = bytes < piece ? (size_t)bytes : piece;
    if (fwrite(at, 1, wanted, s->file) != wanted) {
      clearerr(s->file);
      return write_error();
    }
    at += wanted;
    bytes -= (int64_t)wanted;
  }
  return CR_OK;
}

static cr_status file_seek(cr_stream *s, int64_t position) {
  s->last = CR_STREAM_FRESH;
  int failed = position == CR_STREAM_END ? fseeko(s->file, 0, SEEK_END)
                                         : fseeko(s->file, (off_t)position, SEEK_SET);
  return failed ? cr_fail(CR_EIO, "seek error: %s", strerror(errno)) : CR_OK;
}

static int64_t file_position(cr_stream *s) { return ftello(s->file); }

static int64_t file_left(cr_stream *s) {
  struct stat info;
  if (s->is_writable) fflush(s->file);
  if (fstat(fileno(s->file), &info) != 0 || !S_ISREG(info.st_mode)) return INT64_MAX;
  int64_t at = ftello(s->file);
  return at < info.st_size ? info.st_size - at : 0;
}

static cr_status file_flush(cr_stream *s) {
  errno = 0;
  return fflush(s->file) == 0 ? CR_OK : write_error();
}

static cr_status file_close(cr_stream *s) {
  errno = 0;
  return fclose(s->file) == 0 ? CR_OK : write_error();
}

static const cr_device disk = {"torch.DiskFile", file_read,     file_get,  file_unget, file_write,
                               file_seek,        file_position, file_left, file_flush, file_close};

cr_status cr_stream_open_disk(cr_stream *s, const char *path, const char *mode) {
  set_up(s, &disk, mode);
  s->device = NULL;
  int flags = s->is_writable ? O_CREAT | (s->is_readable ? O_RDWR : O_WRONLY | O_TRUNC) : O_RDONLY;
  int fd = open(path, flags | O_CLOEXEC, 0666);
  const char *verb = s->is_writable ? "written" : "read";
  if (fd < 0)
    return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be %s: %s", path, verb, strerror(errno));
  struct stat info;
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    close(fd);
    return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be %s: it is a folder", path, verb);
  }
  s->file = fdopen(fd, !s->is_writable ? "rb" : s->is_readable ? "r+b" : "wb");
  if (!s->file) {
    close(fd);
    return cr_fail(CR_ENOMEM, "out of memory");
  }
  s->device = &disk;
  return CR_OK;
}

/* ---- pipes ---- */

/* Writing to a program that has ended raises SIGPIPE, which would end this one: it is blocked, and
 * taken back when it came. */
typedef struct {
  sigset_t pipe, before;
  bool was_pending;
} pipe_guard;

static void guard(pipe_guard *g) {
  sigset_t pending;
  sigemptyset(&g->pipe);
  sigaddset(&g->pipe, SIGPIPE);
  sigpending(&pending);
  g->was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &g->pipe, &g->before);
}

static void unguard(pipe_guard *g) {
  sigset_t pending;
  int number;
  sigpending(&pending);
  if (!g->was_pending && sigismember(&pending, SIGPIPE) == 1) sigwait(&g->pipe, &number);
  pthread_sigmask(SIG_SETMASK, &g->before, NULL);
}

static cr_status pipe_write(cr_stream *s, const void *buffer, int64_t bytes) {
  pipe_guard g;
  guard(&g);
  cr_status status = file_write(s, buffer, bytes);
  unguard(&g);
  return status;
}

static cr_status pipe_flush(cr_stream *s) {
  pipe_guard g;
  guard(&g);
  cr_status status = file_flush(s);
  unguard(&g);
  return status;
}

static cr_status pipe_close(cr_stream *s) {
  pipe_guard g;
  guard(&g);
  pclose(s->file);
  unguard(&g);
  return CR_OK;
}

static const cr_device pipe_device = {"torch.PipeFile", file_read, file_get, file_unget,
                                      pipe_write,       NULL,      NULL,     NULL,
                                      pipe_flush,       pipe_close};

cr_status cr_stream_open_pipe(cr_stream *s, const char *command, const char *mode) {
  set_up(s, &pipe_device, mode);
  fflush(NULL); /* what was printed before comes before what the command prints */
  s->file = popen(command, mode);
  if (s->file) return CR_OK;
  s->device = NULL;
  return cr_fail(CR_EIO, "the command cannot be started: %s", strerror(errno));
}

/* ---- memory ---- */

/* The storage is the user's too, who may have made it smaller. */
static int64_t memory_size(const cr_stream *s) {
  int64_t most = s->memory->size > 0 ? s->memory->size - 1 : 0;
  return s->size < most ? s->size : most;
}

static int64_t memory_left(cr_stream *s) {
  int64_t size = memory_size(s);
  return s->at < size ? size - s->at : 0;
}

static cr_status memory_read(cr_stream *s, void *buffer, int64_t bytes, int64_t *got) {
  int64_t left = memory_left(s);
  *got = bytes < left ? bytes : left;
  /* memmove: a file's own storage may be read into. */
  if (*got > 0) memmove(buffer, (char *)s->memory->data + s->at, (size_t)*got);
  s->at += *got;
  return CR_OK;
}

static int memory_get(cr_stream *s) {
  return memory_left(s) > 0 ? ((unsigned char *)s->memory->data)[s->at++] : EOF;
}

static void memory_unget(cr_stream *s, int byte) {
  (void)byte;
  s->at--;
}

/* Makes room for that many bytes and the zero after them; some more, so that many short writes copy
 * little. */
static cr_status reserve(cr_stream *s, int64_t size) {
  cr_storage *storage = s->memory;
  if (size >= storage->capacity) CR_TRY(cr_storage_resize(storage, size + size / 2 + 16));
  if (size >= storage->size) CR_TRY(cr_storage_resize(storage, size + 1));
  return CR_OK;
}

static cr_status memory_write(cr_stream *s, const void *buffer, int64_t bytes) {
  int64_t size = memory_size(s), at = s->at < size ? s->at : size, end;
  if (__builtin_add_overflow(at, bytes, &end) || end > INT64_MAX / 4)
    return cr_fail(CR_EIO, "write error: too large");
  const char *storage = s->memory->data, *source = buffer;
  int64_t inside = storage && source >= storage && source < storage + s->memory->size
                       ? source - storage
                       : -1; /* a file's own storage may be written into it */
  CR_TRY(reserve(s, end));
  char *data = s->memory->data;
  if (inside >= 0) source = data + inside;
  if (bytes > 0) memmove(data + at, source, (size_t)bytes);
  s->at = end;
  s->size = end > size ? end : size;
  data[s->size] = 0;
  return CR_OK;
}

static cr_status memory_seek(cr_stream *s, int64_t position) {
  int64_t size = memory_size(s);
  if (position == CR_STREAM_END) position = size;
  if (position > size)
    return cr_fail(CR_EIO, "seek error: there is no position %lld in a file of %lld bytes",
                   (long long)position + 1, (long long)size);
  s->at = position;
  return CR_OK;
}

static int64_t memory_position(cr_stream *s) { return s->at; }
static cr_status memory_flush(cr_stream *s) {
  (void)s;
  return CR_OK;
}

static cr_status memory_close(cr_stream *s) {
  cr_storage_release(s->memory);
  s->memory = NULL;
  return CR_OK;
}

static const cr_device memory = {"torch.MemoryFile", memory_read, memory_get,      memory_unget,
                                 memory_write,       memory_seek, memory_position, memory_left,
                                 memory_flush,       memory_close};

cr_status cr_stream_open_memory(cr_stream *s, cr_storage *storage, const char *mode) {
  if (storage->dtype != CR_I8)
    return cr_fail(CR_EINVAL, "the storage must be a torch.CharStorage, got a %s",
                   cr_dtype_storage_name(storage->dtype));
  if (storage->size < 1 || ((char *)storage->data)[storage->size - 1] != 0)
    return cr_fail(CR_EINVAL, "the storage's last character must be zero");
  set_up(s, &memory, mode);
  cr_storage_retain(storage);
  s->memory = storage;
  s->size = storage->size - 1;
  return CR_OK;
}

/* ---- whole files ---- */

static cr_status reader_read(cr_stream *s, void *buffer, int64_t bytes, int64_t *got) {
  return cr_reader_read(s->reader, buffer, bytes, got);
}
static int reader_get(cr_stream *s) { return cr_reader_get(s->reader); }
static void reader_unget(cr_stream *s, int byte) { cr_reader_unget(s->reader, byte); }
static int64_t reader_left(cr_stream *s) { return cr_reader_left(s->reader); }

static cr_status reader_close(cr_stream *s) {
  cr_reader_close(s->reader);
  s->reader = NULL;
  return CR_OK;
}

static const cr_device reader = {
    "torch.DiskFile", reader_read, reader_get,  reader_unget, NULL, NULL, NULL,
    reader_left,      NULL,        reader_close};

cr_status cr_stream_open_reader(cr_stream *s, const char *path) {
  set_up(s, &reader, "r");
  cr_status status = cr_reader_open(&s->reader, path);
  if (status == CR_OK) s->is_packed = cr_reader_is_packed(s->reader);
  if (status != CR_OK) s->device = NULL;
  return status;
}

static cr_status writer_close(cr_stream *s) {
  cr_writer_abort(&s->writer);
  s->file = NULL;
  return CR_OK;
}

static const cr_device writer = {"torch.DiskFile", NULL, NULL,       NULL,        file_write, NULL,
                                 file_position,    NULL, file_flush, writer_close};

cr_status cr_stream_open_writer(cr_stream *s, const char *path) {
  set_up(s, &writer, "w");
  s->device = NULL;
  CR_TRY(cr_writer_open(&s->writer, path));
  s->file = s->writer.stream;
  s->device = &writer;
  return CR_OK;
}

cr_status cr_stream_commit(cr_stream *s) {
  if (s->device != &writer)
    return cr_fail(CR_EINVAL, "this file was not opened to be written whole");
  s->device = NULL;
  s->file = NULL;
  cr_status status = cr_writer_commit(&s->writer);
  cr_writer_abort(&s->writer);
  return status;
}
