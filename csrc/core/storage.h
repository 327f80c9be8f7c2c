/* Storage: reference-counted, 64-byte aligned memory of one element type. */
#ifndef CR_CORE_STORAGE_H
#define CR_CORE_STORAGE_H

#include "core/dtype.h"
#include "core/status.h"

#include <stdatomic.h>
#include <stdbool.h>

#define CR_ALIGNMENT 64

/* Where the content of a storage came from, and the version it had then. id 0: not known. */
typedef struct {
  uint64_t id, version, own_version;
  int64_t offset;
} cr_storage_origin;

typedef struct cr_storage {
  atomic_int references; /* worker threads share storages */
  cr_dtype dtype;
  int64_t size;     /* elements in use */
  int64_t capacity; /* elements that fit; never shrinks, so no tensor is ever left past the end */
  void *data;       /* NULL when capacity is 0 */
  /* Gives `data` back when it is not ours (a memory-mapped file); NULL for our own memory. */
  void (*release_data)(void *data, int64_t bytes);
  char
      *shared_name; /* the file of the system's shared memory that goes with the storage; or NULL */
  struct cr_storage *parent; /* whose memory `data` is a part of: one reference; or NULL */
  atomic_int views;          /* storages that show a part of this one's memory, which must stay */
  uint64_t id;
  _Atomic uint64_t version; /* see cr_storage_touch */
  cr_storage_origin origin;
} cr_storage;

/* Two threads that touch a storage at the same time may raise its version once: an addition that
 * locked the cache line would cost more than the rest of a small operation. */
static inline void cr_storage_raise_version(cr_storage *storage) {
  uint64_t version = atomic_load_explicit(&storage->version, memory_order_relaxed);
  atomic_store_explicit(&storage->version, version + 1, memory_order_relaxed);
}

/* What somebody does who may write to a storage: its version changes. So that nobody can be
 * forgotten, the bindings do this for every tensor and storage that Lua hands to them, unless they
 * ask for it in order to read. */
static inline void cr_storage_touch(cr_storage *storage) {
  if (!storage) return;
  cr_storage_raise_version(storage);
  if (storage->parent) cr_storage_raise_version(storage->parent);
}

/* Notes that what `made` holds was computed from the content of `source` from the element `offset`
 * on; and whether that still holds for both of them. Memory that others can reach is never known
 * to be unchanged. */
void cr_storage_set_origin(cr_storage *made, const cr_storage *source, int64_t offset);
bool cr_storage_has_origin(const cr_storage *made, const cr_storage *source, int64_t offset);

/* True when no other storage but views of this one can show its memory. Two such never overlap. */
static inline bool cr_storage_is_apart(const cr_storage *storage) {
  return !storage->release_data && !storage->parent;
}

/* Memory aligned to CR_ALIGNMENT, of which `bytes` is a multiple; free() gives it back. */
void *cr_allocate(size_t bytes);

/* New storage with one reference; its elements are not initialized. */
cr_status cr_storage_new(cr_storage **out, cr_dtype dtype, int64_t size);

/* Wraps memory that someone else allocated; release_data is called once at the end. */
cr_status cr_storage_wrap(cr_storage **out, cr_dtype dtype, int64_t size, void *data,
                          void (*release_data)(void *data, int64_t bytes));

/* A view of `size` elements of another storage from `offset` on, which the caller has checked. */
cr_status cr_storage_view(cr_storage **out, cr_storage *parent, int64_t offset, int64_t size);

/* Maps a file's content to memory, so that it is read when it is touched. Unless it is shared, what
 * is written stays in memory; else it goes to the file, which is made and made longer as needed.
 * size is in elements; -1 stands for all that the file holds. in_memory: the file is one of
 * the system's shared memory instead, and its name is removed with the first storage that goes.
 *
 * When somebody shortens the file, touching what was there raises SIGBUS, which ends the program: no
 * file system offers protection against that. */
cr_status cr_storage_map(cr_storage **out, cr_dtype dtype, const char *path, bool shared,
                         int64_t size, bool in_memory);

void cr_storage_retain(cr_storage *storage);
void cr_storage_release(cr_storage *storage); /* NULL is allowed */

/* Changes the number of elements, keeps the old ones. Growing moves the data: pointers taken
 * before are void, tensors are not, since they read `data` through the storage. What is mapped, a
 * view or viewed cannot grow beyond its capacity. */
cr_status cr_storage_resize(cr_storage *storage, int64_t size);

/* Bytes that the calling thread allocated since its last call: what the Lua glue charges to the
 * collector. */
int64_t cr_storage_take_allocated(void);
/* Counts bytes that came from another thread as if the calling one had allocated them. */
void cr_storage_add_allocated(int64_t bytes);

/* Bytes held by all storages now. */
int64_t cr_storage_live_bytes(void);

#endif
