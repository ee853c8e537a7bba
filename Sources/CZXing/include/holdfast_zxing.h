#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Finds every QR symbol in an image of 8 bits per pixel, rows from the top without padding, and
/// hands the bytes of each to `found`, with `context` as it was given.
///
/// Returns how many there were, or -1 when the image could not be searched.
int holdfast_read_qr(
    const uint8_t *pixels, int width, int height, void *context,
    void (*found)(void *context, const uint8_t *bytes, size_t count));

#ifdef __cplusplus
}
#endif
