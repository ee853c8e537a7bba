// ZXing has no interface in C, and Swift none to exceptions of C++: this is the whole seam.
#include "holdfast_zxing.h"

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

int holdfast_read_qr(
    const uint8_t *pixels, int width, int height, void *context,
    void (*found)(void *context, const uint8_t *bytes, size_t count)) {
  try {
    const ZXing::ImageView image(pixels, width, height, ZXing::ImageFormat::Lum);
    const auto hints =
        ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode).setTryHarder(true);
    int count = 0;
    for (const auto &symbol : ZXing::ReadBarcodes(image, hints)) {
      if (!symbol.isValid()) continue;
      found(context, symbol.bytes().data(), symbol.bytes().size());
      count += 1;
    }
    return count;
  } catch (...) {
    return -1;
  }
}
