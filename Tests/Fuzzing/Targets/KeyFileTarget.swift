import Cryptography
import Signing
import Wire

/// The public part of encrypted key files.
enum KeyFileTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    read(input)
    // With a right length and digest the search gets further.
    let frame = Array("HOLDFAST KEY".utf8) + [1, 0]
    let count = frame.count + 4 + input.count + 32
    var writer = ByteWriter()
    writer.write(UInt32(count))
    let body = frame + writer.bytes + input
    read(body + SHA256.hash(body))
  }

  private static func read(_ bytes: [UInt8]) {
    guard let file = accepted({ () throws(KeyFileError) in try KeyFile(parsing: bytes) }) else {
      return
    }
    require(file.bytes == bytes, "a file is kept as it was read")
    require(KeyFile.isLabel(file.label), "a key has a name that can be printed")
    require(bytes.count <= KeyFile.maximumCount, "a key file is short")
  }
}
