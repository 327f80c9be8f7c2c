/* Storages whose memory is a file's content. */
#include "core/file.h"
#include "core/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const char *path;
  bool shared, in_memory;
  int64_t bytes; /* -1: all */
} request;

static cr_status cannot(const char *path, const char *reason) {
  return cr_fail(CR_EIO, CR_PATH_FORMAT " cannot be mapped: %s", path, reason);
}

/* Where Linux keeps shared memory; its names have no slash but one that may come first. NULL with a
 * message when the name is none. */
static char *shared_path(const char *name) {
  const char *plain = name[0] == '/' ? name + 1 : name;
  if (!plain[0] || plain[0] == '.' || strchr(plain, '/') || strlen(plain) > 200) {
    cannot(name, strerror(EINVAL));
    return NULL;
  }
  size_t room = strlen(plain) + sizeof "/dev/shm/";
  char *path = malloc(room);
  if (path)
    snprintf(path, room, "/dev/shm/%s", plain);
  else
    cr_fail(CR_ENOMEM, "out of memory");
  return path;
}

static int open_file(const request *r) {
  int flags = r->shared ? O_RDWR | (r->bytes >= 0 ? O_CREAT : 0) : O_RDONLY;
  if (r->in_memory) return open(r->path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  return open(r->path, flags | O_CLOEXEC | O_NONBLOCK, 0666);
}

/* Takes the disk's room now: without room, writing to the memory later would raise SIGBUS. */
static cr_status lengthen(int fd, const request *r, int64_t from) {
#ifdef __linux__
  if (fallocate(fd, 0, from, r->bytes - from) == 0) return CR_OK;
  if (errno != EOPNOTSUPP) return cannot(r->path, strerror(errno));
#else
  (void)from;
#endif
  return ftruncate(fd, r->bytes) == 0 ? CR_OK : cannot(r->path, strerror(errno));
}

/* Finds how many bytes to map, and makes the file as long as that. */
static cr_status fit(int fd, request *r, int64_t width) {
  struct stat info;
  if (fstat(fd, &info) != 0) return cannot(r->path, strerror(errno));
  if (S_ISDIR(info.st_mode)) return cannot(r->path, "it is a folder");
  if (!S_ISREG(info.st_mode)) return cannot(r->path, "it is not a regular file");
  if (r->bytes < 0) r->bytes = info.st_size - info.st_size % width;
  if (r->bytes == 0) return cannot(r->path, "it holds no elements, and no size was given");
  if (r->bytes <= info.st_size) return CR_OK;
  if (r->shared) return lengthen(fd, r, info.st_size);
  return cr_fail(CR_EIO,
                 CR_PATH_FORMAT " is too small: %lld elements of %lld bytes were expected, it has "
                                "%lld bytes",
                 r->path, (long long)(r->bytes / width), (long long)width, (long long)info.st_size);
}

static void unmap(void *data, int64_t bytes) { munmap(data, (size_t)bytes); }

static cr_status map(cr_storage **out, cr_dtype dtype, int fd, const request *r) {
  void *data = mmap(NULL, (size_t)r->bytes, PROT_READ | PROT_WRITE,
                    r->shared ? MAP_SHARED : MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) return cannot(r->path, strerror(errno));
  int64_t size = r->bytes / (int64_t)cr_dtype_size(dtype);
  cr_status status = cr_storage_wrap(out, dtype, size, data, unmap);
  if (status != CR_OK) munmap(data, (size_t)r->bytes);
  return status;
}

static cr_status map_file(cr_storage **out, cr_dtype dtype, request *r) {
  int fd = open_file(r);
  if (fd < 0) return cannot(r->path, strerror(errno));
  cr_status status = fit(fd, r, (int64_t)cr_dtype_size(dtype));
  if (status == CR_OK) status = map(out, dtype, fd, r);
  close(fd);
  return status;
}

cr_status cr_storage_map(cr_storage **out, cr_dtype dtype, const char *path, bool shared,
                         int64_t size, bool in_memory) {
  int64_t width = (int64_t)cr_dtype_size(dtype);
  *out = NULL;
  if (size == 0 || size < -1 || size > INT64_MAX / width)
    return cr_fail(CR_EINVAL, "size must be from 1 to %lld, got %lld",
                   (long long)(INT64_MAX / width), (long long)size);
  request r = {path, shared || in_memory, in_memory, size < 0 ? -1 : size * width};
  if (!in_memory) return map_file(out, dtype, &r);
  char *name = shared_path(path);
  if (!name) return CR_EIO;
  r.path = name;
  cr_status status = map_file(out, dtype, &r);
  if (status == CR_OK)
    (*out)->shared_name = name;
  else
    free(name);
  return status;
}
