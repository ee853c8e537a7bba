// Unsafe file. Sound because every buffer is that of a secret, used inside its own closure and at
// indices below its count; `load` and `storeBytes` are of two bytes at even offsets of buffers that
// hold two bytes for each word.
import Cryptography

/// Positions in a word list, in locked memory, and the text that they make.
struct WordText {
  /// Two bytes for each word.
  private let positions: SecretBytes
  let count: Int

  /// Reads words between blanks. Blanks before, behind and between may be several.
  init(_ text: SecretBytes, in list: WordList) throws(MnemonicError) {
    let limit = 64
    var found = 0
    var unknown: Int?
    do throws(CryptographyError) {
      positions = try unsafe SecretBytes(count: 2 * limit) { target throws(CryptographyError) in
        try unsafe text.withUnsafeBytes { bytes throws(CryptographyError) in
          var start = 0
          while start < bytes.count, unknown == nil {
            guard unsafe !Self.isBlank(bytes[start]) else {
              start += 1
              continue
            }
            var end = start
            while unsafe end < bytes.count && !Self.isBlank(bytes[end]) { end += 1 }
            let word = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if found < limit, let position = unsafe list.position(of: word) {
              unsafe target.storeBytes(
                of: UInt16(position), toByteOffset: 2 * found, as: UInt16.self)
            } else {
              unknown = found + 1
            }
            found += 1
            start = end
          }
        }
      }
    } catch {
      throw .cryptography(error)
    }
    if let unknown { throw unknown > limit ? .wrongLength(words: found) : .unknownWord(unknown) }
    count = found
  }

  /// Creates a text of `count` words; `position` says which.
  init(
    count: Int, _ position: (Int) throws(CryptographyError) -> Int
  ) throws(CryptographyError) {
    self.count = count
    positions = try unsafe SecretBytes(count: 2 * count) { target throws(CryptographyError) in
      for index in 0..<count {
        unsafe target.storeBytes(
          of: UInt16(try position(index)), toByteOffset: 2 * index, as: UInt16.self)
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }

  /// The position of the word at `index`.
  func position(_ index: Int) throws(CryptographyError) -> Int {
    precondition(index < count, "word outside the text")
    return try unsafe positions.withUnsafeBytes { bytes in
      unsafe Int(bytes.load(fromByteOffset: 2 * index, as: UInt16.self))
    }
  }

  /// The words with one blank between two.
  func text(in list: WordList) throws(CryptographyError) -> SecretBytes {
    var length = count - 1
    for index in 0..<count { length += list[try position(index)].count }
    return try unsafe SecretBytes(count: length) { target throws(CryptographyError) in
      var offset = 0
      for index in 0..<count {
        if index > 0 {
          unsafe target[offset] = UInt8(ascii: " ")
          offset += 1
        }
        for letter in list[try position(index)] {
          unsafe target[offset] = letter
          offset += 1
        }
      }
    }
  }
}
