#include "core/archive.h"

#ifdef CR_HAVE_ZIP

#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct cr_archive {
  zip_t *zip;
  int references; /* Lua's and one for each open entry; used by one thread */
  char path[];    /* for messages */
};

static cr_status failed(const char *path, const char *verb, zip_error_t *error) {
  return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be %s: %s", path, verb, zip_error_strerror(error));
}

/* ---- reading ---- */

static zip_t *open_zip(const char *path, int flags, const char *verb, cr_status *status) {
  int code;
  zip_t *zip = zip_open(path, flags, &code);
  if (zip) return zip;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  *status = failed(path, verb, &error);
  zip_error_fini(&error);
  return NULL;
}

cr_status cr_archive_open(cr_archive **out, const char *path) {
  *out = NULL;
  FILE *file;
  int64_t size;
  CR_TRY(cr_open_regular(&file, &size, path)); /* no pipes, with the usual messages */
  fclose(file);
  size_t length = strlen(path) + 1;
  cr_archive *archive = malloc(sizeof *archive + length);
  if (!archive) return cr_fail(CR_ENOMEM, "out of memory");
  cr_status status = CR_OK;
  memcpy(archive->path, path, length);
  archive->references = 1;
  archive->zip = open_zip(path, ZIP_RDONLY, "read", &status);
  if (archive->zip)
    *out = archive;
  else
    free(archive);
  return status;
}

void cr_archive_close(cr_archive *archive) {
  if (!archive || --archive->references > 0) return;
  zip_discard(archive->zip);
  free(archive);
}

int64_t cr_archive_count(const cr_archive *archive) { return zip_get_num_entries(archive->zip, 0); }

const char *cr_archive_name(const cr_archive *archive, int64_t index) {
  return zip_get_name(archive->zip, (zip_uint64_t)index, 0);
}

/* ---- entries as streams ---- */

static cr_status damaged(const cr_archive *archive, const char *reason) {
  return cr_fail(CR_EIO, CR_PATH_FORMAT " is damaged: %s", archive->path, reason);
}

static cr_status entry_read(cr_stream *s, void *buffer, int64_t bytes, int64_t *got) {
  *got = 0;
  while (*got < bytes) {
    CR_TRY(cr_check_interrupt());
    int64_t wanted = bytes - *got < 1 << 20 ? bytes - *got : 1 << 20;
    int64_t count = zip_fread(s->entry, (char *)buffer + *got, (zip_uint64_t)wanted);
    if (count < 0) return damaged(s->archive, zip_error_strerror(zip_file_get_error(s->entry)));
    if (count == 0) break;
    *got += count;
    s->at += count;
  }
  return CR_OK;
}

static int entry_get(cr_stream *s) {
  unsigned char byte;
  int64_t got;
  return entry_read(s, &byte, 1, &got) == CR_OK && got == 1 ? byte : EOF;
}

static void entry_unget(cr_stream *s, int byte) { (void)s, (void)byte; /* for text alone */ }

static int64_t entry_left(cr_stream *s) { return s->at < s->size ? s->size - s->at : 0; }

static cr_status entry_close(cr_stream *s) {
  zip_fclose(s->entry);
  cr_archive_close(s->archive);
  return CR_OK;
}

static const cr_device entry_device = {
    "torch.DiskFile", entry_read, entry_get,  entry_unget, NULL, NULL, NULL,
    entry_left,       NULL,       entry_close};

cr_status cr_stream_open_entry(cr_stream *s, cr_archive *archive, int64_t index) {
  zip_stat_t stat;
  if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &stat) != 0 ||
      !(stat.valid & ZIP_STAT_SIZE) || stat.size > INT64_MAX)
    return damaged(archive, "an entry has no size");
  zip_file_t *entry = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
  if (!entry) return damaged(archive, zip_error_strerror(zip_get_error(archive->zip)));
  *s = (cr_stream){.device = &entry_device, .name = entry_device.name, .is_readable = true};
  s->is_binary = s->is_packed = true;
  s->long_size = 8;
  s->entry = entry;
  s->size = (int64_t)stat.size;
  s->archive = archive;
  archive->references++;
  return CR_OK;
}

/* ---- writing ---- */

static bool add_entry(zip_t *zip, const char *name, const cr_storage *content, bool compressed) {
  zip_source_t *source =
      zip_source_buffer(zip, content->data, (zip_uint64_t)(content->size - 1), 0);
  if (!source) return false;
  zip_int64_t index = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  /* The same content gives the same bytes: no dates but the first that zip knows, 1980-01-01. */
  zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 1 << 5 | 1, 0);
  zip_int32_t method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
  return zip_set_file_compression(zip, (zip_uint64_t)index, method, 0) == 0;
}

static int interrupted(zip_t *zip, void *data) {
  (void)zip, (void)data;
  return cr_interrupt_pending();
}

static cr_status write_zip(const char *shown, const char *path, int64_t count,
                           const char *const *names, cr_storage *const *contents, bool compressed) {
  cr_status status = CR_OK;
  zip_t *zip = open_zip(path, ZIP_CREATE | ZIP_TRUNCATE, "written", &status);
  if (!zip) return status;
  bool good = true;
  for (int64_t i = 0; i < count && good; i++)
    good = add_entry(zip, names[i], contents[i], compressed);
  zip_register_cancel_callback_with_state(zip, interrupted, NULL, NULL);
  if (good && zip_close(zip) == 0) return CR_OK;
  status = cr_check_interrupt();
  if (status == CR_OK) status = failed(shown, "written", zip_get_error(zip));
  zip_discard(zip);
  return status;
}

cr_status cr_archive_write(const char *path, int64_t count, const char *const *names,
                           cr_storage *const *contents, bool compressed) {
  cr_writer writer;
  CR_TRY(cr_writer_open(&writer, path));
  cr_status status = write_zip(path, writer.temporary, count, names, contents, compressed);
  if (status == CR_OK) status = cr_writer_reopen(&writer); /* libzip has replaced it */
  if (status == CR_OK) status = cr_writer_commit(&writer);
  cr_writer_abort(&writer);
  return status;
}

#else

static cr_status missing(void) {
  return cr_fail(CR_EIO, "this build of cresset has no libzip: install its development files "
                         "(Debian: libzip-dev) and build again");
}

cr_status cr_archive_open(cr_archive **out, const char *path) {
  *out = NULL;
  (void)path;
  return missing();
}

void cr_archive_close(cr_archive *archive) { (void)archive; }

int64_t cr_archive_count(const cr_archive *archive) {
  (void)archive;
  return 0;
}

const char *cr_archive_name(const cr_archive *archive, int64_t index) {
  (void)archive, (void)index;
  return NULL;
}

cr_status cr_stream_open_entry(cr_stream *s, cr_archive *archive, int64_t index) {
  (void)s, (void)archive, (void)index;
  return missing();
}

cr_status cr_archive_write(const char *path, int64_t count, const char *const *names,
                           cr_storage *const *contents, bool compressed) {
  (void)path, (void)count, (void)names, (void)contents, (void)compressed;
  return missing();
}

#endif
