import Bitcoin
import Cryptography

extension MiniscriptNode where Key == DerivedKey {
  /// The script. See BIP-379, "Translation Table".
  var script: Script {
    var assembler = MiniscriptAssembler()
    assembler.append(self)
    return assembler.script
  }
}

/// Writes scripts, and remembers the last operation so that a VERIFY can melt into it.
private struct MiniscriptAssembler {
  private(set) var script = Script()
  private var last: Opcode?

  private mutating func append(_ opcodes: Opcode...) {
    for opcode in opcodes { script.append(opcode) }
    last = opcodes.last
  }

  private mutating func append(push data: [UInt8]) {
    script.append(push: data)
    last = nil
  }

  private mutating func append(number: Int) {
    script.append(number: Int64(number))
    last = nil
  }

  private mutating func appendVerify() {
    let melted: Opcode? =
      switch last {
      case .checkSig: .checkSigVerify
      case .checkMultiSig: .checkMultiSigVerify
      case .equal: .equalVerify
      case .numEqual: .numEqualVerify
      default: nil
      }
    guard let melted else { return append(.verify) }
    script = Script(script.bytes.dropLast())
    append(melted)
  }

  mutating func append(_ node: MiniscriptNode<DerivedKey>) {
    switch node {
    case .constant(let value): append(number: value ? 1 : 0)
    case .key(let key): append(push: key.publicKey)
    case .keyHash(let key):
      append(.dup, .hash160)
      append(push: Hash160.hash(key.publicKey))
      append(.equalVerify)
    case .older(let sequence):
      append(number: Int(sequence))
      append(.checkSequenceVerify)
    case .after(let lockTime):
      append(number: Int(lockTime))
      append(.checkLockTimeVerify)
    case .hash(let function, let digest):
      append(.size)
      append(number: 32)
      append(.equalVerify, function.opcode)
      append(push: digest)
      append(.equal)
    case .multi(let k, let keys):
      append(number: k)
      for key in keys { append(push: key.publicKey) }
      append(number: keys.count)
      append(.checkMultiSig)
    case .multiA(let k, let keys):
      for (position, key) in keys.enumerated() {
        append(push: key.publicKey)
        append(position == 0 ? .checkSig : .checkSigAdd)
      }
      append(number: k)
      append(.numEqual)
    case .wrap(let wrapper, let x): append(wrapper, x)
    case .join(let joint, let x, let y): append(joint, x, y)
    case .andOr(let x, let y, let z):
      append(x)
      append(.notIf)
      append(z)
      append(.else)
      append(y)
      append(.endIf)
    case .threshold(let k, let parts):
      for (position, part) in parts.enumerated() {
        append(part)
        if position > 0 { append(.add) }
      }
      append(number: k)
      append(.equal)
    }
  }

  private mutating func append(_ wrapper: MiniscriptWrapper, _ x: MiniscriptNode<DerivedKey>) {
    switch wrapper {
    case .alt:
      append(.toAltStack)
      append(x)
      append(.fromAltStack)
    case .swap:
      append(.swap)
      append(x)
    case .check:
      append(x)
      append(.checkSig)
    case .dupIf:
      append(.dup, .if)
      append(x)
      append(.endIf)
    case .verify:
      append(x)
      appendVerify()
    case .nonZero:
      append(.size, .zeroNotEqual, .if)
      append(x)
      append(.endIf)
    case .zeroNotEqual:
      append(x)
      append(.zeroNotEqual)
    }
  }

  private mutating func append(
    _ joint: MiniscriptJoin, _ x: MiniscriptNode<DerivedKey>, _ y: MiniscriptNode<DerivedKey>
  ) {
    if joint == .orI { append(.if) }
    append(x)
    switch joint {
    case .andV, .andB, .orB: break
    case .orC: append(.notIf)
    case .orD: append(.ifDup, .notIf)
    case .orI: append(.else)
    }
    append(y)
    switch joint {
    case .andV: break
    case .andB: append(.boolAnd)
    case .orB: append(.boolOr)
    case .orC, .orD, .orI: append(.endIf)
    }
  }
}

extension MiniscriptHash {
  fileprivate var opcode: Opcode {
    switch self {
    case .sha256: .sha256
    case .hash256: .hash256
    case .ripemd160: .ripemd160
    case .hash160: .hash160
    }
  }

  /// Returns the digest of `preimage`.
  public func digest(of preimage: [UInt8]) -> [UInt8] {
    switch self {
    case .sha256: SHA256.hash(preimage)
    case .hash256: SHA256.hash(SHA256.hash(preimage))
    case .ripemd160: RIPEMD160.hash(preimage)
    case .hash160: Hash160.hash(preimage)
    }
  }
}
