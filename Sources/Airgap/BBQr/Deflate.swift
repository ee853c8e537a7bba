// Unsafe file. Sound because every stream is begun and ended here, and the pointers and counts that
// zlib gets are those of arrays that live through the call.
import CZlib

/// Raw deflate with a window of 1 KiB, which small readers can afford, as BBQr has it; and the CRC-32
/// that bytewords end with.
package enum Deflate {
  /// Two to the tenth; negative asks zlib for no header and no trailer.
  private static let windowBits: Int32 = -10

  package static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    guard
      unsafe deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { preconditionFailure("zlib cannot begin to pack") }
    defer { unsafe deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(bytes.count))))
    let room = output.count
    let left = unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(target.count)
        let result = unsafe deflate(&stream, Z_FINISH)
        precondition(result == Z_STREAM_END, "deflateBound leaves room for everything")
        return Int(unsafe stream.avail_out)
      }
    }
    return Array(output[..<(room - left)])
  }

  /// - Throws: ``AirgapError/badCompression``, ``AirgapError/trailing(_:count:)``, or
  ///   ``AirgapError/tooLong(_:count:limit:)`` as soon as more than `limit` bytes come out.
  package static func unpacked(_ bytes: [UInt8], limit: Int) throws(AirgapError) -> [UInt8] {
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit2_(
        &stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { preconditionFailure("zlib cannot begin to unpack") }
    defer { unsafe inflateEnd(&stream) }
    var input = bytes
    var whole: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var left = input.count
    while true {
      let start = input.count - left
      let (result, produced) = unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe chunk.withUnsafeMutableBufferPointer { target in
          unsafe stream.next_in = source.baseAddress?.advanced(by: start)
          unsafe stream.avail_in = UInt32(left)
          unsafe stream.next_out = target.baseAddress
          unsafe stream.avail_out = UInt32(target.count)
          let result = unsafe inflate(&stream, Z_NO_FLUSH)
          return (result, target.count - Int(unsafe stream.avail_out))
        }
      }
      left = Int(unsafe stream.avail_in)
      whole += chunk[..<produced]
      guard whole.count <= limit else {
        throw .tooLong("unpacked message", count: whole.count, limit: limit)
      }
      if result == Z_STREAM_END { break }
      // Anything else that makes no progress is damage or an early end.
      guard result == Z_OK, produced > 0 || left > 0 else { throw .badCompression }
    }
    guard left == 0 else { throw .trailing("compressed data", count: left) }
    return whole
  }

  /// CRC-32 of ISO 3309, the one of zip and PNG.
  package static func crc32(_ bytes: [UInt8]) -> UInt32 {
    let sum = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe CZlib.crc32(0, buffer.baseAddress, UInt32(buffer.count))
    }
    return UInt32(truncatingIfNeeded: sum)
  }
}
