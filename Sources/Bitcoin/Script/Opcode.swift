/// An operation of Bitcoin Script, under its byte. Bytes 0x01 to 0x4b push that many bytes and have
/// no name; bytes above 0xba mean nothing.
public enum Opcode: UInt8, CaseIterable, Sendable {
  case zero = 0x00
  case pushData1 = 0x4C
  case pushData2
  case pushData4
  case oneNegate
  case reserved
  case one, two, three, four, five, six, seven, eight
  case nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen
  // Control
  case nop, ver, `if`, notIf, verIf, verNotIf, `else`, endIf, verify, `return`
  // Stack
  case toAltStack, fromAltStack, twoDrop, twoDup, threeDup, twoOver, twoRot, twoSwap
  case ifDup, depth, drop, dup, nip, over, pick, roll, rot, swap, tuck
  // Splice; all but size are disabled
  case cat, substr, left, right, size
  // Bits; all but the equalities are disabled
  case invert, and, or, xor, equal, equalVerify, reserved1, reserved2
  // Numbers
  case oneAdd, oneSub, twoMul, twoDiv, negate, abs, not, zeroNotEqual
  case add, sub, mul, div, mod, leftShift, rightShift
  case boolAnd, boolOr, numEqual, numEqualVerify, numNotEqual
  case lessThan, greaterThan, lessThanOrEqual, greaterThanOrEqual, min, max, within
  // Cryptography
  case ripemd160, sha1, sha256, hash160, hash256, codeSeparator
  case checkSig, checkSigVerify, checkMultiSig, checkMultiSigVerify
  // Expansion
  case nop1, checkLockTimeVerify, checkSequenceVerify
  case nop4, nop5, nop6, nop7, nop8, nop9, nop10
  // BIP-342
  case checkSigAdd

  /// Operations whose presence anywhere, executed or not, fails a script (CVE-2010-5137).
  package var isDisabled: Bool {
    switch self {
    case .cat, .substr, .left, .right, .invert, .and, .or, .xor, .twoMul, .twoDiv, .mul, .div,
      .mod, .leftShift, .rightShift:
      true
    default: false
    }
  }

  /// The name in Bitcoin Core's assembly, such as `OP_CHECKSIG`; small numbers are digits.
  public var name: String {
    switch self {
    case .zero: "0"
    case .oneNegate: "-1"
    case .one, .two, .three, .four, .five, .six, .seven, .eight, .nine, .ten, .eleven, .twelve,
      .thirteen, .fourteen, .fifteen, .sixteen:
      String(rawValue - 0x50)
    case .twoDrop: "OP_2DROP"
    case .twoDup: "OP_2DUP"
    case .threeDup: "OP_3DUP"
    case .twoOver: "OP_2OVER"
    case .twoRot: "OP_2ROT"
    case .twoSwap: "OP_2SWAP"
    case .oneAdd: "OP_1ADD"
    case .oneSub: "OP_1SUB"
    case .twoMul: "OP_2MUL"
    case .twoDiv: "OP_2DIV"
    case .zeroNotEqual: "OP_0NOTEQUAL"
    case .leftShift: "OP_LSHIFT"
    case .rightShift: "OP_RSHIFT"
    default: "OP_" + String(describing: self).uppercased()
    }
  }
}
