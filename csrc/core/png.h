/* PNG pictures, through libpng. Pixels are uint8, height x width x channels: 1 grey, 2 grey and
 * opacity, 3 RGB, 4 RGB and opacity. Without libpng both directions fail with a message. */
#ifndef CR_CORE_PNG_H
#define CR_CORE_PNG_H

#include "core/tensor.h"

/* Largest width and height. */
#define CR_MAX_IMAGE_SIDE 65535

/* Makes `out` (initialized, of any type) a new uint8 tensor. The file is not trusted: its size
 * bounds what is allocated. 16 bits a channel become 8; palettes and less than 8 bits expand. */
cr_status cr_png_read(cr_tensor *out, const char *path);

/* Writes a contiguous tensor of pixels: the whole file, or none. */
cr_status cr_png_write(const char *path, const cr_tensor *pixels);

/* Writes an animation (APNG, repeated forever) from frames x height x width x channels. Viewers
 * that know no animation show the last frame. */
cr_status cr_png_write_animation(const char *path, const cr_tensor *frames, int milliseconds);

#endif
