/* A parcel: values on their way from one thread to another, as bytes and references to storages. */
#ifndef CR_CORE_PARCEL_H
#define CR_CORE_PARCEL_H

#include "core/storage.h"

#include <stddef.h>

typedef struct {
  unsigned char *bytes;
  size_t length, capacity;
  size_t at; /* where reading goes on */
  cr_storage **storages;
  int count, room;
} cr_parcel;

cr_status cr_parcel_new(cr_parcel **out);
void cr_parcel_free(cr_parcel *parcel); /* NULL is allowed */
/* Empties the parcel and keeps its memory. */
void cr_parcel_clear(cr_parcel *parcel);

cr_status cr_parcel_write(cr_parcel *parcel, const void *bytes, size_t length);
/* Puts a storage in, whose reference becomes the parcel's, and writes its number. When this fails
 * the reference is given back. */
cr_status cr_parcel_write_storage(cr_parcel *parcel, cr_storage *storage);

/* The next bytes. Parcels are made and read by one program, so a wrong length is a bug. */
const void *cr_parcel_read(cr_parcel *parcel, size_t length);
/* The storage whose number comes next; the reference stays the parcel's. */
cr_storage *cr_parcel_read_storage(cr_parcel *parcel);

#endif
