#include "core/storage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_llong live_bytes;
static _Thread_local int64_t allocated_bytes; /* each thread of Lua has a collector of its own */
static atomic_llong last_id;

/* PTRDIFF_MAX less room for the alignment: beyond it no allocation can succeed. */
static const int64_t max_bytes = INT64_MAX - 2 * CR_ALIGNMENT;

/* Large blocks ask for large pages, where the system has them on request: fresh memory is ready
 * 20 times sooner, and walking over columns misses fewer translations. */
enum { large_page = 2 << 20, large_storage = 4 << 20 };

void *cr_allocate(size_t bytes) {
#ifdef MADV_HUGEPAGE
  if (bytes >= large_storage) {
    size_t rounded = (bytes + large_page - 1) & ~(size_t)(large_page - 1);
    void *data = aligned_alloc(large_page, rounded);
    if (data) madvise(data, rounded, MADV_HUGEPAGE);
    return data;
  }
#endif
  return aligned_alloc(CR_ALIGNMENT, bytes);
}

static cr_status allocate(void **out, cr_dtype dtype, int64_t size) {
  int64_t width = (int64_t)cr_dtype_size(dtype);
  *out = NULL;
  if (size == 0) return CR_OK;
  if (size < 0) return cr_fail(CR_EINVAL, "size must not be negative, got %lld", (long long)size);
  if (size > max_bytes / width)
    return cr_fail(CR_ENOMEM, "out of memory: %lld elements of %lld bytes do not fit in memory",
                   (long long)size, (long long)width);
  size_t bytes = ((size_t)(size * width) + CR_ALIGNMENT - 1) & ~(size_t)(CR_ALIGNMENT - 1);
  *out = cr_allocate(bytes);
  if (!*out)
    return cr_fail(CR_ENOMEM, "out of memory: could not allocate %lld bytes",
                   (long long)(size * width));
  atomic_fetch_add(&live_bytes, size * width);
  allocated_bytes += size * width;
  return CR_OK;
}

static void release_memory(cr_storage *storage) {
  int64_t bytes = storage->capacity * (int64_t)cr_dtype_size(storage->dtype);
  if (storage->parent) {
    cr_storage_raise_version(
        storage->parent); /* as long as the view lived it may have been written to */
    atomic_fetch_sub(&storage->parent->views, 1);
    cr_storage_release(storage->parent);
  } else if (storage->release_data) {
    storage->release_data(storage->data, bytes);
    if (storage->shared_name) unlink(storage->shared_name);
    free(storage->shared_name);
  } else {
    free(storage->data);
    atomic_fetch_sub(&live_bytes, bytes);
  }
}

cr_status cr_storage_wrap(cr_storage **out, cr_dtype dtype, int64_t size, void *data,
                          void (*release_data)(void *data, int64_t bytes)) {
  cr_storage *storage = malloc(sizeof *storage);
  *out = storage;
  if (!storage) return cr_fail(CR_ENOMEM, "out of memory");
  atomic_init(&storage->references, 1);
  storage->dtype = dtype;
  storage->size = storage->capacity = size;
  storage->data = data;
  storage->release_data = release_data;
  storage->shared_name = NULL;
  storage->parent = NULL;
  atomic_init(&storage->views, 0);
  storage->id = (uint64_t)atomic_fetch_add(&last_id, 1) + 1;
  atomic_init(&storage->version, 0);
  storage->origin = (cr_storage_origin){0};
  return CR_OK;
}

cr_status cr_storage_view(cr_storage **out, cr_storage *parent, int64_t offset, int64_t size) {
  char *data = parent->data;
  if (data) data += offset * (int64_t)cr_dtype_size(parent->dtype);
  CR_TRY(cr_storage_wrap(out, parent->dtype, size, data, NULL));
  if (parent->parent) parent = parent->parent; /* no chains */
  cr_storage_retain(parent);
  atomic_fetch_add(&parent->views, 1);
  (*out)->parent = parent;
  return CR_OK;
}

cr_status cr_storage_new(cr_storage **out, cr_dtype dtype, int64_t size) {
  *out = NULL;
  void *data;
  CR_TRY(allocate(&data, dtype, size));
  cr_status status = cr_storage_wrap(out, dtype, size, data, NULL);
  if (status != CR_OK) {
    free(data);
    atomic_fetch_sub(&live_bytes, size * (int64_t)cr_dtype_size(dtype));
  }
  return status;
}

void cr_storage_retain(cr_storage *storage) { atomic_fetch_add(&storage->references, 1); }

void cr_storage_release(cr_storage *storage) {
  if (!storage || atomic_fetch_sub(&storage->references, 1) != 1) return;
  release_memory(storage);
  free(storage);
}

cr_status cr_storage_resize(cr_storage *storage, int64_t size) {
  if (size <= storage->capacity && size >= 0) {
    storage->size = size;
    return CR_OK;
  }
  if (storage->parent) return cr_fail(CR_EINVAL, "a view of another storage cannot grow");
  if (storage->release_data) return cr_fail(CR_EINVAL, "a storage that maps a file cannot grow");
  if (atomic_load(&storage->views) > 0)
    return cr_fail(CR_EINVAL, "the storage cannot grow while other storages are views of it");
  void *data;
  CR_TRY(allocate(&data, storage->dtype, size));
  if (storage->size > 0)
    memcpy(data, storage->data, (size_t)storage->size * cr_dtype_size(storage->dtype));
  release_memory(storage);
  storage->data = data;
  storage->size = storage->capacity = size;
  return CR_OK;
}

static bool is_private(const cr_storage *storage) {
  return !storage->parent && !storage->release_data && atomic_load(&storage->views) == 0;
}

void cr_storage_set_origin(cr_storage *made, const cr_storage *source, int64_t offset) {
  if (!is_private(made) || !is_private(source)) return;
  made->origin = (cr_storage_origin){source->id, source->version, made->version, offset};
}

bool cr_storage_has_origin(const cr_storage *made, const cr_storage *source, int64_t offset) {
  const cr_storage_origin *o = &made->origin;
  return o->id == source->id && o->version == source->version && o->own_version == made->version &&
         o->offset == offset && is_private(made) && is_private(source);
}

int64_t cr_storage_take_allocated(void) {
  int64_t bytes = allocated_bytes;
  allocated_bytes = 0;
  return bytes;
}

void cr_storage_add_allocated(int64_t bytes) { allocated_bytes += bytes; }

int64_t cr_storage_live_bytes(void) { return atomic_load(&live_bytes); }
