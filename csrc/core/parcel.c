#include "core/parcel.h"

#include <stdlib.h>
#include <string.h>

cr_status cr_parcel_new(cr_parcel **out) {
  *out = calloc(1, sizeof **out);
  return *out ? CR_OK : cr_fail(CR_ENOMEM, "out of memory");
}

void cr_parcel_clear(cr_parcel *parcel) {
  for (int i = 0; i < parcel->count; i++) cr_storage_release(parcel->storages[i]);
  parcel->count = 0;
  parcel->length = parcel->at = 0;
}

void cr_parcel_free(cr_parcel *parcel) {
  if (!parcel) return;
  cr_parcel_clear(parcel);
  free(parcel->bytes);
  free(parcel->storages);
  free(parcel);
}

cr_status cr_parcel_write(cr_parcel *parcel, const void *bytes, size_t length) {
  if (length > parcel->capacity - parcel->length) {
    size_t capacity = 2 * (parcel->length + length) + 64;
    unsigned char *larger = realloc(parcel->bytes, capacity);
    if (!larger) return cr_fail(CR_ENOMEM, "out of memory");
    parcel->bytes = larger;
    parcel->capacity = capacity;
  }
  if (length > 0) memcpy(parcel->bytes + parcel->length, bytes, length);
  parcel->length += length;
  return CR_OK;
}

static cr_status add_storage(cr_parcel *parcel, cr_storage *storage) {
  if (parcel->count == parcel->room) {
    int room = 2 * parcel->room + 4;
    cr_storage **larger = realloc(parcel->storages, (size_t)room * sizeof *larger);
    if (!larger) return cr_fail(CR_ENOMEM, "out of memory");
    parcel->storages = larger;
    parcel->room = room;
  }
  CR_TRY(cr_parcel_write(parcel, &parcel->count, sizeof parcel->count));
  parcel->storages[parcel->count++] = storage;
  return CR_OK;
}

cr_status cr_parcel_write_storage(cr_parcel *parcel, cr_storage *storage) {
  cr_status status = add_storage(parcel, storage);
  if (status != CR_OK) cr_storage_release(storage);
  return status;
}

const void *cr_parcel_read(cr_parcel *parcel, size_t length) {
  const void *bytes = parcel->bytes + parcel->at;
  parcel->at += length;
  return bytes;
}

cr_storage *cr_parcel_read_storage(cr_parcel *parcel) {
  int number;
  memcpy(&number, cr_parcel_read(parcel, sizeof number), sizeof number);
  return parcel->storages[number];
}
