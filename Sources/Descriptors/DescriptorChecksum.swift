/// The eight characters behind `#` that protect a descriptor against typing errors.
///
/// Any error of up to four characters in a descriptor of up to 501 characters is found. See
/// BIP-380, "Checksum".
package enum DescriptorChecksum {
  /// Characters of a descriptor, ordered so that likely mistakes change one symbol only.
  private static let inputs = Array(
    "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
      .utf8)
  private static let outputs = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let generator: [UInt64] = [
    0xf5_dee5_1989, 0xa9_fdca_3312, 0x1b_ab10_e32d, 0x37_06b1_677a, 0x64_4d62_6ffd,
  ]
  /// Position in `inputs` of each ASCII character.
  private static let positions: [Int?] = {
    var table = [Int?](repeating: nil, count: 128)
    for (position, character) in inputs.enumerated() { table[Int(character)] = position }
    return table
  }()

  /// Number of characters of a checksum.
  package static let length = 8

  /// Returns the checksum of `text`, or the first character that no descriptor may hold.
  package static func checksum(of text: some StringProtocol) -> Result<String, BadCharacter> {
    var state: UInt64 = 1
    var group = 0
    var count = 0
    for (offset, character) in text.utf8.enumerated() {
      guard character < 128, let position = positions[Int(character)] else {
        return .failure(BadCharacter(offset: offset))
      }
      step(&state, UInt64(position & 31))
      group = group * 3 + position >> 5
      count += 1
      if count == 3 {
        step(&state, UInt64(group))
        group = 0
        count = 0
      }
    }
    if count > 0 { step(&state, UInt64(group)) }
    for _ in 0..<length { step(&state, 0) }
    state ^= 1
    let symbols = (0..<length).map { outputs[Int(state >> (5 * UInt64(7 - $0)) & 31)] }
    return .success(String(decoding: symbols, as: UTF8.self))
  }

  /// A character outside the set that descriptors are written in.
  package struct BadCharacter: Error, Equatable {
    /// Byte offset in the text.
    package let offset: Int
  }

  private static func step(_ state: inout UInt64, _ value: UInt64) {
    let top = state >> 35
    state = (state & 0x7_ffff_ffff) << 5 ^ value
    for bit in 0..<5 where top >> UInt64(bit) & 1 == 1 { state ^= generator[bit] }
  }
}
