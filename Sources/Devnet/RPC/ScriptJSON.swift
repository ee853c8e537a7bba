import Bitcoin
import Descriptors
import JSON
import Wire

/// A script as Bitcoin Core's RPC shows it.
enum ScriptJSON {
  /// An output script with assembly, descriptor, address and kind.
  static func json(_ script: Script) -> JSON {
    var members: [JSON.Member] = [
      .init("asm", .string(script.assembly)),
      .init("desc", .string(descriptor(of: script))),
      .init("hex", .string(Hex.text(script.bytes))),
    ]
    if let address = Address.text(for: script, network: .regtest) {
      members.append(.init("address", .string(address)))
    }
    members.append(.init("type", .string(script.standardKind)))
    return .object(members)
  }

  /// The descriptor that says as much about a script as the script alone tells.
  static func descriptor(of script: Script) -> String {
    let body: String
    switch script.standardKind {
    case "pubkey":
      let key = script.instructions?.first?.data ?? []
      body = "pk(\(Hex.text(key)))"
    case "multisig":
      guard let multisig = BareMultisig(script) else { return raw(script) }
      body = multi(multisig.threshold, multisig.keys.map { Hex.text($0) })
    case "witness_v1_taproot":
      body = "rawtr(\(Hex.text(script.bytes.dropFirst(2))))"
    default:
      guard let address = Address.text(for: script, network: .regtest) else { return raw(script) }
      body = "addr(\(address))"
    }
    return checksummed(body)
  }

  /// The descriptor of a script that a wallet's descriptor led to, with the origins of its keys.
  static func descriptor(of derived: DerivedScript) -> String {
    guard !derived.keys.isEmpty else { return descriptor(of: derived.scriptPubKey) }
    let keys = derived.keys.map(text)
    let inner = derived.witnessScript ?? derived.redeemScript ?? derived.scriptPubKey
    let body: String
    switch inner.standardKind {
    case "multisig":
      guard let multisig = BareMultisig(inner) else { return raw(derived.scriptPubKey) }
      body = multi(multisig.threshold, keys)
    case "pubkey": body = "pk(\(keys[0]))"
    case "pubkeyhash": body = "pkh(\(keys[0]))"
    case "witness_v0_keyhash": body = "wpkh(\(keys[0]))"
    case "witness_v1_taproot":
      let leaves = derived.taproot?.leaves ?? []
      body = "tr(\(keys[0])\(leaves.isEmpty ? "" : ",\(tree(leaves))"))"
    default:
      guard let miniscript = derived.miniscript else {
        return descriptor(of: derived.scriptPubKey)
      }
      body = miniscript.readFromScript.text(text)
    }
    let witness = derived.witnessScript == nil ? body : "wsh(\(body))"
    let isNested = derived.scriptPubKey.scriptHash != nil
    return checksummed(isNested ? "sh(\(witness))" : witness)
  }

  private static func text(_ key: DerivedKey) -> String {
    "[\(key.origin.text)]\(Hex.text(key.publicKey))"
  }

  /// The tree of `leaves` below a node that is `depth` steps from the root.
  ///
  /// Core puts it together from its scripts in their order, so that of two branches the one with the
  /// smallest script comes first.
  private static func tree(_ leaves: [DerivedLeaf], depth: Int = 0) -> String {
    let ordered = leaves.sorted {
      $0.script.bytes.lexicographicallyPrecedes($1.script.bytes)
    }
    guard let first = ordered.first, first.path.count > depth else {
      return ordered.first?.miniscript.readFromScript.text(text) ?? ""
    }
    /// The hash of the other branch, as a leaf's path shows it.
    func neighbour(_ leaf: DerivedLeaf) -> [UInt8] { leaf.path[leaf.path.count - 1 - depth] }
    let own = ordered.filter { neighbour($0) == neighbour(first) }
    let other = ordered.filter { neighbour($0) != neighbour(first) }
    return "{\(tree(own, depth: depth + 1)),\(tree(other, depth: depth + 1))}"
  }

  private static func multi(_ threshold: Int, _ keys: [String]) -> String {
    "multi(\(threshold),\(keys.joined(separator: ",")))"
  }

  private static func raw(_ script: Script) -> String {
    checksummed("raw(\(Hex.text(script.bytes)))")
  }

  private static func checksummed(_ body: String) -> String {
    guard case .success(let checksum) = DescriptorChecksum.checksum(of: body) else { return body }
    return "\(body)#\(checksum)"
  }

  private static let signatureKinds: [UInt8: String] = [
    0x01: "ALL", 0x02: "NONE", 0x03: "SINGLE",
    0x81: "ALL|ANYONECANPAY", 0x82: "NONE|ANYONECANPAY", 0x83: "SINGLE|ANYONECANPAY",
  ]

  /// The assembly of an input script, which shows what a signature signs behind it: `…[ALL]`.
  static func inputAssembly(_ script: Script) -> String {
    guard let steps = script.instructions, script.bytes.first != 0x6A else {
      return script.assembly
    }
    let words = script.assembly.split(separator: " ").map(String.init)
    guard words.count == steps.count else { return script.assembly }
    return zip(words, steps).map { word, step in
      guard let data = step.data, data.count > 4, isSignature(data),
        let kind = data.last.flatMap({ signatureKinds[$0] })
      else { return word }
      return "\(Hex.text(data.dropLast()))[\(kind)]"
    }.joined(separator: " ")
  }

  /// Whether `data` has the shape of a strict DER signature and a byte behind it. See BIP-0066.
  private static func isSignature(_ data: [UInt8]) -> Bool {
    guard (9...73).contains(data.count), data[0] == 0x30, Int(data[1]) == data.count - 3,
      data[2] == 0x02
    else { return false }
    let lengthR = Int(data[3])
    guard lengthR > 0, 5 + lengthR < data.count, data[4 + lengthR] == 0x02 else { return false }
    let lengthS = Int(data[5 + lengthR])
    return lengthS > 0 && lengthR + lengthS + 7 == data.count
  }
}
