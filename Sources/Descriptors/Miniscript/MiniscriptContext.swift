/// Where a Miniscript stands. The two differ in keys, signatures, limits and one type rule.
public enum MiniscriptContext: Sendable {
  case p2wsh
  case tapscript

  /// Bytes of the largest signature with its hash type, as it stands in the witness.
  var signatureByteCount: Int { self == .p2wsh ? 72 : 65 }
  /// Bytes of a key.
  var keyByteCount: Int { self == .p2wsh ? 33 : 32 }
  /// Keys that `multi` or `multi_a` may name.
  var keyLimit: Int { self == .p2wsh ? 20 : 999 }
  /// Expressions that `thresh` may hold. For P2WSH all but one take `OP_ADD`, an operation each; for
  /// tapscript each leaves or takes an item of the stack.
  var partLimit: Int { self == .p2wsh ? Self.operationLimit : Self.stackLimit }

  /// Bytes of the largest script. For P2WSH the relay rule; for tapscript what still leaves room in
  /// a standard transaction for the largest witness. See BIP-379, "Resource Limitations".
  var scriptByteLimit: Int { self == .p2wsh ? 3600 : 329_482 }
  /// Operations that may be executed, pushes not counted; tapscript has no such limit.
  static let operationLimit = 201
  /// Items of a P2WSH witness below the script that nodes relay.
  static let witnessItemLimit = 100
  /// Items on both stacks while a script runs.
  static let stackLimit = 1000
}
