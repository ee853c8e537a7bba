import Bitcoin
import JSON
import Wire

/// An address as `validateaddress` shows it.
enum AddressJSON {
  static func validation(of text: String) -> JSON {
    guard let script = try? Address.parse(text, network: .regtest) else {
      return ["isvalid": false, "error_locations": [], "error": .string(complaint(about: text))]
    }
    let address = Address.text(for: script, network: .regtest) ?? text
    var members: [JSON.Member] = [
      .init("isvalid", true), .init("address", .string(address)),
      .init("scriptPubKey", .string(Hex.text(script.bytes))),
    ]
    guard let (version, program) = script.witnessProgram else {
      members += [
        .init("isscript", .bool(script.scriptHash != nil)), .init("iswitness", false),
      ]
      return .object(members)
    }
    // Whether a later witness version holds a key or a script is not known.
    if version == 0 || version == 1 && program.count == 32 {
      members.append(.init("isscript", .bool(program.count == 32)))
    }
    members += [
      .init("iswitness", true), .init("witness_version", .integer(version)),
      .init("witness_program", .string(Hex.text(program))),
    ]
    return .object(members)
  }

  /// Bitcoin Core's words for what is wrong with `text`. Where in a Bech32 text the mistakes are
  /// is not searched for.
  private static func complaint(about text: String) -> String {
    let prefix = Network.regtest.humanReadablePart
    guard text.lowercased().hasPrefix(prefix) else {
      if let payload = Base58.checkedPayload(text), payload.count <= 21 {
        let isOurs =
          payload.first == Network.regtest.publicKeyHashPrefix
          || payload.first == Network.regtest.scriptHashPrefix
        return isOurs
          ? "Invalid length for Base58 address (P2PKH or P2SH)"
          : "Invalid or unsupported Base58-encoded address."
      }
      return Base58.bytes(text) == nil
        ? "Invalid or unsupported Segwit (Bech32) or Base58 encoding."
        : "Invalid checksum or length of Base58 address (P2PKH or P2SH)"
    }
    guard let (found, values, variant) = Bech32.parse(text) else { return "Invalid checksum" }
    guard let version = values.first else { return "Empty Bech32 data section" }
    guard found == prefix else {
      return "Invalid or unsupported prefix for Segwit (Bech32) address "
        + "(expected \(prefix), got \(found))."
    }
    if version == 0, variant != .bech32 {
      return "Version 0 witness address must use Bech32 checksum"
    }
    if version != 0, variant != .bech32m {
      return "Version 1+ witness address must use Bech32m checksum"
    }
    guard let program = Bech32.bytes(fiveBitValues: Array(values.dropFirst())) else {
      return "Invalid padding in Bech32 data section"
    }
    let count = "\(program.count) \(program.count == 1 ? "byte" : "bytes")"
    if version == 0 { return "Invalid Bech32 v0 address program size (\(count)), per BIP141" }
    return version > 16
      ? "Invalid Bech32 address witness version"
      : "Invalid Bech32 address program size (\(count))"
  }
}
