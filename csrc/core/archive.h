/* Zip archives, through libzip. Without it all of these fail with a message. */
#ifndef CR_CORE_ARCHIVE_H
#define CR_CORE_ARCHIVE_H

#include "core/stream.h"

typedef struct cr_archive cr_archive;

/* Opens an archive for reading; it lives until it is closed and so are its entries. */
cr_status cr_archive_open(cr_archive **out, const char *path);
void cr_archive_close(cr_archive *archive); /* NULL is allowed */

int64_t cr_archive_count(const cr_archive *archive);
/* NULL when the entry's name cannot be read. The text lives as long as the archive. */
const char *cr_archive_name(const cr_archive *archive, int64_t index);
/* Opens an entry as a stream in binary mode. Its length is checked, not believed. */
cr_status cr_stream_open_entry(cr_stream *s, cr_archive *archive, int64_t index);

/* Writes an archive, whole or not at all, of `count` names and int8 storages whose last element is
 * not part of the entry (as MemoryFiles have them). */
cr_status cr_archive_write(const char *path, int64_t count, const char *const *names,
                           cr_storage *const *contents, bool compressed);

#endif
