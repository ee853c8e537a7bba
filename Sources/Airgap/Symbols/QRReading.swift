// Unsafe file. Sound because the pixels live through the call, their number is the image's, and the
// context that the callback gets is the box below, which lives through the call as well.
import CZXing

extension GreyImage {
  /// The texts of all QR symbols in the picture, also turned or seen at an angle.
  ///
  /// - Throws: ``AirgapError/badImage(_:)`` when the picture cannot be searched, or a symbol holds
  ///   no text.
  public func symbolTexts() throws(AirgapError) -> [String] {
    final class Found {
      var symbols: [[UInt8]] = []
    }
    let found = Found()
    let count = unsafe pixels.withUnsafeBufferPointer { buffer in
      unsafe holdfast_read_qr(
        buffer.baseAddress, Int32(width), Int32(height), Unmanaged.passUnretained(found).toOpaque()
      ) { context, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return }
        unsafe Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().symbols.append(
          Array(UnsafeBufferPointer(start: bytes, count: count)))
      }
    }
    guard count >= 0 else { throw .badImage("it cannot be searched") }
    var texts: [String] = []
    for symbol in found.symbols {
      guard let text = String(validating: symbol, as: UTF8.self) else {
        throw .badImage("a symbol holds no text")
      }
      texts.append(text)
    }
    return texts
  }
}
