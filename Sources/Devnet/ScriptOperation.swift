import Bitcoin

/// One operation of a script: an opcode, with the bytes it pushes.
struct ScriptOperation: Equatable {
  let opcode: UInt8
  /// The bytes pushed, for opcodes up to OP_PUSHDATA4; OP_0 pushes none.
  let push: [UInt8]?

  /// The number that OP_1 to OP_16 push; `nil` for other opcodes.
  var smallNumber: Int? {
    (0x51...0x60).contains(opcode) ? Int(opcode) - 0x50 : nil
  }

  /// The operations of a script up to its end or to a push that runs beyond it.
  static func sequence(of bytes: [UInt8]) -> ScriptOperations { ScriptOperations(bytes) }

  /// Whether `bytes` only push, counting OP_RESERVED as a push, as Bitcoin Core does.
  static func isPushOnly(_ bytes: some Collection<UInt8>) -> Bool {
    var operations = ScriptOperations(Array(bytes))
    while let operation = operations.next() {
      if operation.opcode > 0x60 { return false }
    }
    return !operations.isBroken
  }
}

/// Walks the operations of a script.
struct ScriptOperations: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var position = 0
  /// Whether a push ran beyond the end.
  private(set) var isBroken = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> ScriptOperation? {
    guard position < bytes.count, !isBroken else { return nil }
    let opcode = bytes[position]
    position += 1
    guard opcode <= 0x4E else { return ScriptOperation(opcode: opcode, push: nil) }
    var count = Int(opcode)
    if opcode >= 0x4C {
      let width = 1 << Int(opcode - 0x4C)
      guard position + width <= bytes.count else { return broken() }
      count = 0
      for index in (0..<width).reversed() { count = count << 8 | Int(bytes[position + index]) }
      position += width
    }
    guard count <= bytes.count - position else { return broken() }
    defer { position += count }
    return ScriptOperation(opcode: opcode, push: Array(bytes[position..<position + count]))
  }

  private mutating func broken() -> ScriptOperation? {
    isBroken = true
    return nil
  }
}
