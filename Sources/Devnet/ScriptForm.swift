import Bitcoin

/// The form of an output script, as Bitcoin Core's `Solver` tells them apart.
enum ScriptForm: Equatable {
  case publicKey([UInt8])
  case publicKeyHash
  case scriptHash
  case multisig(required: Int, keys: [[UInt8]])
  case nullData
  case witnessKeyHash
  case witnessScriptHash
  case taproot([UInt8])
  case anchor
  case witnessUnknown
  case nonStandard

  /// The name that RPC gives this form.
  var name: String {
    switch self {
    case .publicKey: "pubkey"
    case .publicKeyHash: "pubkeyhash"
    case .scriptHash: "scripthash"
    case .multisig: "multisig"
    case .nullData: "nulldata"
    case .witnessKeyHash: "witness_v0_keyhash"
    case .witnessScriptHash: "witness_v0_scripthash"
    case .taproot: "witness_v1_taproot"
    case .anchor: "anchor"
    case .witnessUnknown: "witness_unknown"
    case .nonStandard: "nonstandard"
    }
  }

  init(_ script: Script) {
    let bytes = script.bytes
    if script.isPayToScriptHash {
      self = .scriptHash
    } else if let (version, program) = script.witnessProgram {
      self = ScriptForm.witness(version: version, program: program)
    } else if bytes.first == 0x6A, ScriptOperation.isPushOnly(bytes.dropFirst()) {
      self = .nullData
    } else if bytes.count == 25, bytes.starts(with: [0x76, 0xA9, 20]),
      bytes.suffix(2) == [0x88, 0xAC]
    {
      self = .publicKeyHash
    } else if let key = ScriptForm.singleKey(bytes) {
      self = .publicKey(key)
    } else {
      self = ScriptForm.multisig(bytes) ?? .nonStandard
    }
  }

  private static func witness(version: Int, program: [UInt8]) -> ScriptForm {
    switch (version, program.count) {
    case (0, 20): .witnessKeyHash
    case (0, 32): .witnessScriptHash
    case (0, _): .nonStandard
    case (1, 32): .taproot(program)
    case (1, 2) where program == [0x4E, 0x73]: .anchor
    default: .witnessUnknown
    }
  }

  private static func isKey(_ bytes: [UInt8]) -> Bool {
    switch bytes.first {
    case 2, 3: bytes.count == 33
    case 4, 6, 7: bytes.count == 65
    default: false
    }
  }

  private static func singleKey(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count == 35 || bytes.count == 67, bytes.last == 0xAC,
      Int(bytes[0]) == bytes.count - 2
    else { return nil }
    let key = Array(bytes[1..<bytes.count - 1])
    return isKey(key) ? key : nil
  }

  private static func multisig(_ bytes: [UInt8]) -> ScriptForm? {
    guard bytes.last == 0xAE else { return nil }
    let operations = Array(ScriptOperation.sequence(of: bytes))
    guard operations.count >= 4, let required = operations[0].smallNumber,
      let total = operations[operations.count - 2].smallNumber
    else { return nil }
    let keys = operations[1..<operations.count - 2].compactMap(\.push)
    guard keys.count == operations.count - 3, keys.count == total, keys.allSatisfy(isKey),
      (1...total).contains(required)
    else { return nil }
    return .multisig(required: required, keys: keys)
  }
}
