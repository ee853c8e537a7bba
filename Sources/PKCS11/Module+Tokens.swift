// Unsafe file. Sound because every pointer handed to the module is that of a local value or of an array
// of the count that goes with it, both of which live through the call.
import CPKCS11

/// A token in one of a module's slots.
package struct Token: Hashable {
  package let slot: UInt
  let label: String
  package let serial: String
  let flags: UInt

  func has(_ flag: UInt) -> Bool { flags & flag != 0 }

  /// As errors name it.
  var text: String { "\(label) (serial number \(serial))" }
}

extension Module {
  /// Most slots that are looked at.
  private static let slotLimit = 256

  /// The token that `place` names.
  ///
  /// - Throws: ``TokenError/tokenAbsent(wanted:present:)`` or
  ///   ``TokenError/tokenAmbiguous(wanted:serials:)``.
  package func token(_ place: TokenPlace) throws(TokenError) -> Token {
    let all = try tokens()
    let fitting = all.filter {
      place.label ?? $0.label == $0.label && place.serial ?? $0.serial == $0.serial
    }
    guard let token = fitting.first else {
      throw .tokenAbsent(wanted: place.tokenText, present: all.map(\.text))
    }
    guard fitting.count == 1 else {
      throw .tokenAmbiguous(wanted: place.tokenText, serials: fitting.map(\.serial))
    }
    return token
  }

  /// Every token that has been initialised.
  func tokens() throws(TokenError) -> [Token] {
    var slots = [CK_SLOT_ID](repeating: 0, count: Self.slotLimit)
    var count = CK_ULONG(slots.count)
    try call("C_GetSlotList") {
      unsafe $0.C_GetSlotList?(CK_BBOOL(1), &slots, &count)
    }
    var tokens: [Token] = []
    for slot in slots.prefix(Int(min(count, CK_ULONG(slots.count)))) {
      // What has gone since the list was made, or is no token that is recognised, is none.
      guard let token = try? token(in: slot), token.has(UInt(CKF_TOKEN_INITIALIZED)) else {
        continue
      }
      tokens.append(token)
    }
    return tokens
  }

  /// The token in a slot, as it is now.
  func token(in slot: UInt) throws(TokenError) -> Token {
    var info = CK_TOKEN_INFO()
    try call("C_GetTokenInfo") { unsafe $0.C_GetTokenInfo?(CK_SLOT_ID(slot), &info) }
    return Token(
      slot: slot, label: unsafe withUnsafeBytes(of: info.label) { unsafe Self.text($0) },
      serial: unsafe withUnsafeBytes(of: info.serialNumber) { unsafe Self.text($0) },
      flags: UInt(info.flags))
  }

  /// Whether the token can do something with a mechanism.
  func has(_ mechanism: UInt, _ flag: UInt, in slot: UInt) -> Bool {
    var info = CK_MECHANISM_INFO()
    let code = returnValue {
      unsafe $0.C_GetMechanismInfo?(CK_SLOT_ID(slot), CK_MECHANISM_TYPE(mechanism), &info)
    }
    return code == 0 && UInt(info.flags) & flag != 0
  }

  /// A text of fixed length, filled up with blanks. What is no text shows as such.
  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    var bytes = unsafe Array(bytes)
    while let last = bytes.last, last == 0x20 || last == 0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
