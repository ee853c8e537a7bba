// ColdStorage owns what cold coins may do: which wallets are registered, what a request would do to
// them, and under which numbers, caps and signatures cold addresses are given out. It knows no file,
// no screen and no socket.
public import Airgap
public import Bitcoin
public import Descriptors
import Wire

/// A wallet that cold storage may pay to, as the offline machine has registered it.
///
/// Its file is a descriptor file (see `DescriptorFile`) with two more comment lines:
/// ```text
/// # name: cold-1
/// # role: cold
/// ```
public struct RegisteredPolicy: Equatable, Sendable {
  /// What a wallet is for.
  public enum Role: String, CaseIterable, Sendable {
    case hot, cold
  }

  /// 1 to 32 lower-case letters, digits and hyphens.
  public let name: String
  public let role: Role
  public let descriptor: Descriptor

  /// - Throws: ``ColdStorageError/badName(_:)`` or ``ColdStorageError/notRanged``.
  public init(name: String, role: Role, descriptor: Descriptor) throws(ColdStorageError) {
    guard (1...32).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameCharacter) else {
      throw .badName(name)
    }
    guard descriptor.isRanged else { throw .notRanged }
    self.name = name
    self.role = role
    self.descriptor = descriptor
  }

  /// Four words to compare when it is registered, on every machine and with the printed sheet: the
  /// first 44 bits of the policy identifier.
  public var words: CheckWords { CheckWords(ofDigest: descriptor.policyID) }

  /// Reads the file of a policy.
  public init(parsing text: String) throws(ColdStorageError) {
    var fields: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      for field in ["name", "role"] where line.hasPrefix("# \(field): ") {
        guard fields[field] == nil else { throw .badPolicyFile("two lines \"# \(field): …\"") }
        fields[field] = String(line.dropFirst(field.utf8.count + 4))
      }
    }
    guard let name = fields["name"] else { throw .badPolicyFile("no line \"# name: …\"") }
    guard let role = fields["role"].flatMap(Role.init) else {
      throw .badPolicyFile("no line \"# role: hot\" or \"# role: cold\"")
    }
    let file: DescriptorFile
    do { file = try DescriptorFile(parsing: text) } catch { throw .badPolicyFile("\(error)") }
    try self.init(name: name, role: role, descriptor: file.descriptor)
  }

  /// The text of its file.
  public var text: String {
    "# name: \(name)\n# role: \(role.rawValue)\n" + DescriptorFile(descriptor).text
  }

  /// The place of the policy whose script this is, among the first `limit` of each branch and those
  /// in `hints`.
  public func place(
    of script: Script, hints: Set<UInt32>, limit: UInt32
  ) -> PolicyPlace? {
    func match(_ branch: Int, _ index: UInt32) -> PolicyPlace? {
      guard let derived = try? descriptor.script(branch: branch, index: index),
        derived.scriptPubKey == script
      else { return nil }
      return PolicyPlace(policy: name, branch: branch, index: index)
    }
    for branch in 0..<descriptor.branchCount {
      for index in hints.sorted() {
        if let place = match(branch, index) { return place }
      }
    }
    for branch in 0..<descriptor.branchCount {
      for index in 0..<limit {
        if let place = match(branch, index) { return place }
      }
    }
    return nil
  }

  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// One script of a registered policy.
public struct PolicyPlace: Hashable, Sendable, CustomStringConvertible {
  public let policy: String
  /// 0 for deposits and 1 for change, in a wallet of `<0;1>`.
  public let branch: Int
  public let index: UInt32

  public init(policy: String, branch: Int, index: UInt32) {
    self.policy = policy
    self.branch = branch
    self.index = index
  }

  public var description: String { "\(policy) \(branch)/\(index)" }
}
