/* Streams of typed numbers: files, pipes and memory, in binary or as text, as Torch7's File.
 *
 * Binary numbers stand as in memory, or with their bytes turned round. As text they are written in
 * decimal, by default with a space between and a newline after the last; bytes (uint8, int8) are
 * themselves in both forms. */
#ifndef CR_CORE_STREAM_H
#define CR_CORE_STREAM_H

#include "core/file.h"
#include "core/storage.h"

typedef struct cr_stream cr_stream;

/* What a kind of stream can do. NULL stands for what it cannot. */
typedef struct {
  const char *name;
  /* *got is less than bytes only at the end. */
  cr_status (*read)(cr_stream *s, void *buffer, int64_t bytes, int64_t *got);
  int (*get)(cr_stream *s); /* one byte, EOF at the end */
  void (*unget)(cr_stream *s, int byte);
  cr_status (*write)(cr_stream *s, const void *buffer, int64_t bytes);
  cr_status (*seek)(cr_stream *s, int64_t position); /* from 0; CR_STREAM_END */
  int64_t (*position)(cr_stream *s);                 /* -1 where there is none */
  int64_t (*left)(cr_stream *s); /* bytes that can still be read, INT64_MAX when unknown */
  cr_status (*flush)(cr_stream *s);
  cr_status (*close)(cr_stream *s);
} cr_device;

#define CR_STREAM_END INT64_MAX

struct cr_stream {
  const cr_device *device; /* NULL: closed */
  const char *name;        /* "torch.DiskFile"; NULL when never open */
  bool is_readable, is_writable;
  bool is_binary;  /* else text */
  bool is_spaced;  /* text: spaces and newlines around numbers */
  bool is_swapped; /* binary: the other order of bytes than this machine's */
  bool is_packed;  /* what is left is only an upper bound */
  int long_size;   /* bytes of an int64 in binary: 4 or 8 */
  FILE *file;
  enum { CR_STREAM_FRESH, CR_STREAM_READ, CR_STREAM_WROTE } last; /* C wants a seek between */
  cr_reader *reader;
  cr_writer writer;
  cr_storage *memory; /* one reference */
  int64_t size, at;   /* of memory: bytes in use, without the zero after them; position */
  void *entry;        /* of a zip archive, which is kept open as long */
  struct cr_archive *archive;
};

/* Each of these opens a stream that is in text mode, in a struct that holds nothing yet. mode is
 * "r", "w" or "rw". */
cr_status cr_stream_open_disk(cr_stream *s, const char *path, const char *mode);
cr_status cr_stream_open_pipe(cr_stream *s, const char *command, const char *mode);
/* The storage is of type int8 and ends with a zero; it grows where needed. */
cr_status cr_stream_open_memory(cr_stream *s, cr_storage *storage, const char *mode);
/* A file, plain or gzip, that is read from its begin to its end. */
cr_status cr_stream_open_reader(cr_stream *s, const char *path);
/* A file that is there when it is committed, whole; path must live until then. */
cr_status cr_stream_open_writer(cr_stream *s, const char *path);
cr_status cr_stream_commit(cr_stream *s);
/* Closing a closed stream does nothing. */
cr_status cr_stream_close(cr_stream *s);

/* Reads up to n numbers; *got is less at the end, and in text where something else stands. */
cr_status cr_stream_read(cr_stream *s, cr_dtype dtype, void *data, int64_t n, int64_t *got);
cr_status cr_stream_write(cr_stream *s, cr_dtype dtype, const void *data, int64_t n);

/* Reads up to n numbers into an empty storage, which is given the size of what came. No more memory
 * is taken than what is left in the stream can fill. */
cr_status cr_stream_read_storage(cr_stream *s, cr_storage *storage, int64_t n);

/* Bytes that a number of this type takes at least. */
int64_t cr_stream_width(const cr_stream *s, cr_dtype dtype);
int64_t cr_stream_left(cr_stream *s);

#endif
