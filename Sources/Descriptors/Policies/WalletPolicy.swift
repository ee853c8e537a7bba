public import Bitcoin
import Wire

/// A descriptor as a person and a signing device read it: a template with `@0`, `@1`, ... and the keys
/// apart. See BIP-388.
///
/// `musig()` placeholders are refused until descriptors know them; the optional derivation paths of the
/// BIP are not allowed.
public struct WalletPolicy: Hashable, Sendable {
  public static let templateLimit = 4096
  public static let keyLimit = 64

  /// Such as `wsh(sortedmulti(2,@0/**,@1/**))`, with `/**` for `/<0;1>/*`.
  public let template: String
  /// Origin and extended key of each placeholder, with `h` for hardened.
  public let keys: [String]
  /// What the policy stands for.
  public let descriptor: Descriptor

  /// Joins a template and its keys.
  ///
  /// - Throws: ``WalletPolicyError``.
  public init(
    template: String, keys: [String], network: Network
  ) throws(WalletPolicyError) {
    guard template.utf8.count <= Self.templateLimit else {
      throw .templateTooLong(bytes: template.utf8.count, limit: Self.templateLimit)
    }
    guard (1...Self.keyLimit).contains(keys.count) else {
      throw .keyCount(keys.count, limit: Self.keyLimit)
    }
    try Self.checkDistinct(keys, network)
    var scan = PlaceholderScan(template)
    var text = ""
    while let (before, placeholder, branches) = try scan.next() {
      guard keys.indices.contains(placeholder) else {
        throw .missingKey(placeholder, keys: keys.count)
      }
      text += before + keys[placeholder] + "/<\(branches.0);\(branches.1)>/*"
    }
    guard scan.seen > 0 else { throw .noPlaceholder }
    guard scan.seen == keys.count else { throw .unusedKey(scan.seen) }
    do throws(DescriptorError) {
      descriptor = try Descriptor(parsing: text + scan.rest, network: network)
    } catch {
      throw .descriptor(error)
    }
    // A key written out in the template would be one that the vector does not show.
    let (canonical, found) = try Self.split(descriptor)
    guard found.count == keys.count else { throw .keyCount(found.count, limit: keys.count) }
    self.template = canonical
    self.keys = found
  }

  /// Takes a descriptor apart.
  ///
  /// - Throws: ``WalletPolicyError/notAPolicy(key:)`` where a key has another form than a policy's.
  public init(_ descriptor: Descriptor) throws(WalletPolicyError) {
    let (template, keys) = try Self.split(descriptor)
    try self.init(template: template, keys: keys, network: descriptor.network)
  }

  private static func split(
    _ descriptor: Descriptor
  ) throws(WalletPolicyError) -> (template: String, keys: [String]) {
    var keys: [String] = []
    var template = ""
    var rest = descriptor.text.prefix { $0 != "#" }
    for key in descriptor.keys {
      guard case .extended(let extended) = key.key, key.isRanged, key.steps.count == 1,
        case .oneOf(let branches) = key.steps[0], branches.count == 2,
        let range = rest.firstRange(of: key.text)
      else { throw .notAPolicy(key: key.text) }
      let information = (key.origin.map { "[\($0.text)]" } ?? "") + extended.text
      let index = keys.firstIndex(of: information) ?? keys.count
      if index == keys.count { keys.append(information) }
      let path = branches.map(\.text).joined(separator: ";")
      template += rest[..<range.lowerBound] + "@\(index)" + (path == "0;1" ? "/**" : "/<\(path)>/*")
      rest = rest[range.upperBound...]
    }
    return (template + rest, keys)
  }

  private static func checkDistinct(
    _ keys: [String], _ network: Network
  ) throws(WalletPolicyError) {
    var seen: Set<[UInt8]> = []
    for (index, text) in keys.enumerated() {
      let key: KeyExpression
      do throws(DescriptorError) {
        key = try KeyExpression(parsing: text[...], network: network, privateKeys: .refused)
      } catch {
        throw .badKey(index, reason: "\(error)")
      }
      guard case .extended(let extended) = key.key, key.steps.isEmpty, !key.isRanged else {
        throw .badKey(index, reason: "not an extended public key without derivation steps")
      }
      guard seen.insert(extended.publicKey).inserted else { throw .repeatedKey(index) }
    }
  }
}

/// Walks through the placeholders of a template, and checks their order and their branches.
private struct PlaceholderScan {
  /// What is not read yet.
  private(set) var rest: Substring
  /// Different placeholders so far.
  private(set) var seen = 0
  private let template: String
  private var used: [Int: Set<UInt32>] = [:]

  init(_ template: String) {
    self.template = template
    rest = template[...]
  }

  mutating func next() throws(WalletPolicyError) -> (
    before: String, placeholder: Int, branches: (UInt32, UInt32)
  )? {
    guard let at = rest.firstIndex(of: "@") else { return nil }
    let offset = template.distance(from: template.startIndex, to: at)
    let before = String(rest[..<at])
    // Only as a whole argument; `musig(` would take several.
    guard before.last == "(" || before.last == ",", !before.hasSuffix("musig(") else {
      throw .badPlaceholder(offset: offset)
    }
    let digits = rest[rest.index(after: at)...].prefix { $0.isASCII && $0.isNumber }
    guard let placeholder = Int(digits), digits.count == 1 || digits.first != "0" else {
      throw .badPlaceholder(offset: offset)
    }
    guard placeholder <= seen else { throw .outOfOrder(placeholder, expected: seen) }
    seen = max(seen, placeholder + 1)
    let behind = rest[digits.endIndex...]
    let path = behind.prefix { $0 != "," && $0 != ")" && $0 != "}" }
    guard let branches = Self.branches(path) else {
      throw .badDerivation(placeholder: placeholder, text: String(path))
    }
    for branch in [branches.0, branches.1] {
      guard used[placeholder, default: []].insert(branch).inserted else {
        throw .overlappingBranches(placeholder: placeholder)
      }
    }
    rest = rest[path.endIndex...]
    return (before, placeholder, branches)
  }

  private static func branches(_ path: Substring) -> (UInt32, UInt32)? {
    if path == "/**" { return (0, 1) }
    guard path.hasPrefix("/<"), path.hasSuffix(">/*") else { return nil }
    let steps = path.dropFirst(2).dropLast(3).split(
      separator: ";", omittingEmptySubsequences: false
    )
    .map(ChildNumber.init(parsing:))
    guard steps.count == 2, let one = steps[0], let other = steps[1], one != other,
      !one.isHardened, !other.isHardened,
      let first = UInt32(one.text), let second = UInt32(other.text)
    else { return nil }
    return (first, second)
  }
}
