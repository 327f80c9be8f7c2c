/* JPEG pictures, through libjpeg. Pixels are uint8, height x width x channels: 1 grey or 3 RGB.
 * Without libjpeg every function fails with a message. */
#ifndef CR_CORE_JPEG_H
#define CR_CORE_JPEG_H

#include "core/tensor.h"

/* Makes `out` (initialized, of any type) a new uint8 tensor. The file is not trusted: its size
 * bounds what is allocated, and the number of its scans is limited. CMYK becomes RGB. */
cr_status cr_jpeg_read(cr_tensor *out, const char *path);

/* The same from a contiguous uint8 tensor that holds what a file would. */
cr_status cr_jpeg_decode(cr_tensor *out, const cr_tensor *bytes);

/* Writes a contiguous tensor of pixels: the whole file, or none. quality is 1 to 100. */
cr_status cr_jpeg_write(const char *path, const cr_tensor *pixels, int quality);

/* out (a uint8 tensor, resized) = what the file would hold. */
cr_status cr_jpeg_encode(cr_tensor *out, const cr_tensor *pixels, int quality);

#endif
