import Cryptography
@testable import Mnemonics

enum SLIP39Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    guard let text = try? SecretBytes(copying: input.isEmpty ? [0] : input) else { return }
    if let share = accepted({ () throws(MnemonicError) in try ShamirShare(phrase: text) }) {
      let words = input.split { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
      require(
        (try? share.phrase().revealed()) == Array(words.joined(separator: [0x20])),
        "a share is written as it was read")
    }
    var pieces = Pieces(input)
    let label = ShamirShare.Label(
      identifier: pieces.integer(UInt16.self) >> 1, isExtendable: pieces.byte() & 1 == 1,
      iterationExponent: pieces.byte() & 15, groupThreshold: Int(pieces.byte() & 15) + 1,
      groupCount: Int(pieces.byte() & 15) + 1)
    let group = Int(pieces.byte() & 15)
    let member = Int(pieces.byte() & 15)
    let threshold = Int(pieces.byte() & 15) + 1
    let bytes = pieces.fixed(64)
    guard bytes.count >= 16, bytes.count.isMultiple(of: 2),
      let value = try? SecretBytes(copying: bytes)
    else { return }
    let share = ShamirShare(
      label: label, group: group, member: member, memberThreshold: threshold, value: value)
    let phrase = sure("a share has words") { () throws(CryptographyError) in try share.phrase() }
    guard let back = accepted({ () throws(MnemonicError) in try ShamirShare(phrase: phrase) })
    else {
      require(
        label.groupThreshold > label.groupCount || bytes.count > 64,
        "only a label that cannot be is refused")
      return
    }
    require(
      back.label == label && back.group == group && back.member == member
        && back.memberThreshold == threshold && (try? back.value.revealed()) == bytes,
      "a share comes back")
  }
}
