import Wire

extension Script {
  /// One step of a script.
  public struct Instruction: Hashable, Sendable {
    /// The byte that stands for the operation; see ``Opcode``.
    public let code: UInt8
    /// What it pushes, when it is a push of data.
    public let data: [UInt8]?

    /// The named operation, or `nil` for a push by length and for bytes without meaning.
    public var opcode: Opcode? { Opcode(rawValue: code) }
    /// Whether it pushes: data, a small number, or the byte reserved among those.
    public var isPush: Bool { code <= Opcode.sixteen.rawValue }
  }

  /// Reads the instruction at `position` and moves past it.
  ///
  /// - Returns: `nil` when a push runs past the end; `position` is then unspecified.
  package func instruction(at position: inout Int) -> Instruction? {
    guard position < bytes.count else { return nil }
    let code = bytes[position]
    position += 1
    guard code <= Opcode.pushData4.rawValue else { return Instruction(code: code, data: nil) }
    var count = Int(code)
    if code >= Opcode.pushData1.rawValue {
      let width = 1 << Int(code - Opcode.pushData1.rawValue)
      guard bytes.count - position >= width else { return nil }
      count = 0
      for index in 0..<width { count |= Int(bytes[position + index]) << (8 * index) }
      position += width
    }
    guard bytes.count - position >= count else { return nil }
    defer { position += count }
    return Instruction(code: code, data: Array(bytes[position..<(position + count)]))
  }

  /// The steps of the script, or `nil` when a push runs past the end.
  public var instructions: [Instruction]? {
    var list: [Instruction] = []
    var position = 0
    while position < bytes.count {
      guard let next = instruction(at: &position) else { return nil }
      list.append(next)
    }
    return list
  }

  /// Whether the script only pushes.
  public var isPushOnly: Bool { instructions?.allSatisfy(\.isPush) ?? false }

  /// Bitcoin Core's assembly: numbers of at most four bytes in decimal, other data in hexadecimal.
  public var assembly: String {
    var words: [String] = []
    var position = 0
    while position < bytes.count {
      guard let next = instruction(at: &position) else {
        words.append("[error]")
        break
      }
      words.append(next.assembly)
    }
    return words.joined(separator: " ")
  }

  /// Signature operations as blocks count them. See BIP-16 and BIP-141.
  ///
  /// - Parameter accurate: Whether the number of keys before a multi-signature check is believed;
  ///   otherwise every such check counts 20.
  public func signatureOperationCount(accurate: Bool) -> Int {
    var count = 0
    var position = 0
    var last: UInt8 = 0xFF
    while position < bytes.count, let next = instruction(at: &position) {
      switch next.opcode {
      case .checkSig, .checkSigVerify: count += 1
      case .checkMultiSig, .checkMultiSigVerify:
        count += accurate && (0x51...0x60).contains(last) ? Int(last) - 0x50 : 20
      default: break
      }
      last = next.code
    }
    return count
  }
}

extension Script.Instruction {
  fileprivate var assembly: String {
    guard let data else { return opcode?.name ?? "OP_UNKNOWN" }
    if data.count <= 4, let value = try? ScriptNumber.value(data, requireMinimal: false) {
      return String(value)
    }
    return Hex.text(data)
  }
}
