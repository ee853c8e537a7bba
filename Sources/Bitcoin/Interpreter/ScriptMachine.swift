/// Which generation of rules a script runs under.
enum SignatureVersion: Sendable { case base, witnessV0, tapscript }

/// The machine that runs one script on a stack.
struct ScriptMachine {
  /// Operations other than pushes, outside tapscript.
  static let maximumOperationCount = 201
  /// Elements on both stacks together.
  static let maximumStackCount = 1000

  let script: Script
  let flags: ScriptFlags
  let version: SignatureVersion
  let spending: SpendingTransaction
  let input: Int

  var stack: [[UInt8]]
  var altStack: [[UInt8]] = []
  /// One entry for each open `OP_IF`: whether its current branch runs.
  var conditions: [Bool] = []
  var operationCount = 0
  /// Where the script begins that signatures sign.
  var codeStart = 0
  /// What tapscript signatures commit to besides.
  var annex: [UInt8]?
  var leafHash: [UInt8] = []
  var codeSeparatorPosition: UInt32 = .max
  /// Budget for signatures. See BIP-342, "Resource limits".
  var signatureWeightLeft = 0

  init(
    script: Script, stack: [[UInt8]], flags: ScriptFlags, version: SignatureVersion,
    spending: SpendingTransaction, input: Int
  ) {
    self.script = script
    self.stack = stack
    self.flags = flags
    self.version = version
    self.spending = spending
    self.input = input
  }

  /// Runs the whole script, leaving its results on the stack.
  mutating func run() throws(ScriptError) {
    if version != .tapscript, script.bytes.count > Script.maximumByteCount { throw .scriptSize }
    var position = 0
    var operationPosition: UInt32 = 0
    while position < script.bytes.count {
      guard let next = script.instruction(at: &position) else { throw .badOpcode }
      try step(next, end: position, operationPosition: operationPosition)
      guard stack.count + altStack.count <= Self.maximumStackCount else { throw .stackSize }
      operationPosition += 1
    }
    guard conditions.isEmpty else { throw .unbalancedConditional }
  }

  private mutating func step(
    _ next: Script.Instruction, end: Int, operationPosition: UInt32
  ) throws(ScriptError) {
    let isRunning = !conditions.contains(false)
    if let data = next.data, data.count > Script.maximumElementByteCount { throw .pushSize }
    if version != .tapscript, !next.isPush { try count(operations: 1) }
    let opcode = next.opcode
    if let opcode, opcode.isDisabled { throw .disabledOpcode }
    if opcode == .codeSeparator, version == .base, flags.contains(.constantScriptCode) {
      throw .codeSeparator
    }
    if let data = next.data {
      guard isRunning else { return }
      if flags.contains(.minimalData), !Self.isMinimalPush(data, code: next.code) {
        throw .minimalData
      }
      stack.append(data)
      return
    }
    let isConditional = (Opcode.if.rawValue...Opcode.endIf.rawValue).contains(next.code)
    guard isRunning || isConditional else { return }
    guard let opcode else { throw .badOpcode }
    if opcode == .codeSeparator {
      codeStart = end
      codeSeparatorPosition = operationPosition
      return
    }
    try execute(opcode, isRunning: isRunning)
  }

  /// Counts operations against their limit.
  mutating func count(operations: Int) throws(ScriptError) {
    operationCount += operations
    guard operationCount <= Self.maximumOperationCount else { throw .operationCount }
  }

  private mutating func execute(_ opcode: Opcode, isRunning: Bool) throws(ScriptError) {
    switch opcode {
    case .oneNegate, .one, .two, .three, .four, .five, .six, .seven, .eight, .nine, .ten, .eleven,
      .twelve, .thirteen, .fourteen, .fifteen, .sixteen:
      push(number: Int64(opcode.rawValue) - 0x50)
    case .nop: break
    case .nop1, .nop4, .nop5, .nop6, .nop7, .nop8, .nop9, .nop10:
      if flags.contains(.discourageUpgradableNops) { throw .discourageUpgradableNops }
    case .if, .notIf, .else, .endIf, .verify, .return:
      try executeControl(opcode, isRunning: isRunning)
    case .checkLockTimeVerify: try checkLockTime()
    case .checkSequenceVerify: try checkSequence()
    case .toAltStack, .fromAltStack, .twoDrop, .twoDup, .threeDup, .twoOver, .twoRot, .twoSwap,
      .ifDup, .depth, .drop, .dup, .nip, .over, .pick, .roll, .rot, .swap, .tuck, .size, .equal,
      .equalVerify:
      try executeStack(opcode)
    case .oneAdd, .oneSub, .negate, .abs, .not, .zeroNotEqual, .add, .sub, .boolAnd, .boolOr,
      .numEqual, .numEqualVerify, .numNotEqual, .lessThan, .greaterThan, .lessThanOrEqual,
      .greaterThanOrEqual, .min, .max, .within:
      try executeNumber(opcode)
    case .ripemd160, .sha1, .sha256, .hash160, .hash256: try executeHash(opcode)
    case .checkSig, .checkSigVerify: try executeCheckSig(verify: opcode == .checkSigVerify)
    case .checkSigAdd: try executeCheckSigAdd()
    case .checkMultiSig, .checkMultiSigVerify:
      try executeCheckMultiSig(verify: opcode == .checkMultiSigVerify)
    case .zero, .pushData1, .pushData2, .pushData4, .codeSeparator:
      preconditionFailure("handled in step")
    case .reserved, .ver, .verIf, .verNotIf, .reserved1, .reserved2, .cat, .substr, .left, .right,
      .invert, .and, .or, .xor, .twoMul, .twoDiv, .mul, .div, .mod, .leftShift, .rightShift:
      throw .badOpcode
    }
  }

  /// Whether `element` counts as true: anything but zero and negative zero.
  static func isTrue(_ element: [UInt8]) -> Bool {
    guard let last = element.last else { return false }
    return last & 0x7F != 0 || element.dropLast().contains { $0 != 0 }
  }

  /// Whether `code` is the shortest way to push `data`.
  private static func isMinimalPush(_ data: [UInt8], code: UInt8) -> Bool {
    switch data.count {
    case 0: code == Opcode.zero.rawValue
    case 1 where (1...16).contains(data[0]) || data[0] == 0x81: false
    case ...75: Int(code) == data.count
    case ...0xFF: code == Opcode.pushData1.rawValue
    case ...0xFFFF: code == Opcode.pushData2.rawValue
    default: true
    }
  }
}
