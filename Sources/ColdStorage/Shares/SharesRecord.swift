import Cryptography
import Mnemonics
import Wire

/// What is known in public about one splitting of a holder's seed into SLIP-39 shares: which sheets
/// there are, so that a wrong, a missing and an old one are each called by name.
///
/// ```text
/// # holdfast seed shares
/// key: holder-1
/// account: tpub…
/// set: 2
/// identifier: 12345
/// groups needed: 2
/// group: successor 2
/// sheet: bag-101 6b86b273ff34fce1
/// ```
/// Sheets belong to the group above them. The digits are the first 64 bits of a hash of the share.
public struct SharesRecord: Equatable, Sendable {
  /// Shares that are kept together, and how many of them it takes.
  public struct Group: Equatable, Sendable {
    public var name: String
    public var threshold: Int
    public var sheets: [Sheet]
  }

  /// One printed share. The same share may be printed for several people.
  public struct Sheet: Equatable, Sendable {
    /// Number of the tamper-evident bag.
    public var bag: String
    public var digest: String
  }

  /// Why text is no record.
  public enum Fault: Error, Equatable, Sendable {
    /// Counted from 1, with what should stand there.
    case line(Int, expected: String)
    case tooLong(limit: Int)
  }

  /// Longest record, in bytes.
  public static let limit = 16_384

  /// Label of the holder's key.
  public var key: String
  /// The account's extended public key: what the seed must give.
  public var account: String
  /// 1 for the first splitting, then one more each.
  public var set: UInt32
  /// SLIP-39's own name of the splitting.
  public var identifier: UInt16
  public var groupsNeeded: Int
  public var groups: [Group]

  /// The digest of one share's words.
  static func digest(_ phrase: SecretBytes) throws(CryptographyError) -> String {
    let tag = try SecretBytes(copying: Array("holdfast/seed-share/v1".utf8))
    return Hex.text(try HMACSHA256.authenticateSecret(key: tag, phrase).revealed().prefix(8))
  }

  public var text: String {
    var lines = [
      "# holdfast seed shares", "key: \(key)", "account: \(account)", "set: \(set)",
      "identifier: \(identifier)", "groups needed: \(groupsNeeded)",
    ]
    for group in groups {
      lines.append("group: \(group.name) \(group.threshold)")
      lines += group.sheets.map { "sheet: \($0.bag) \($0.digest)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  public init(
    key: String, account: String, set: UInt32, identifier: UInt16, groupsNeeded: Int,
    groups: [Group]
  ) {
    self.key = key
    self.account = account
    self.set = set
    self.identifier = identifier
    self.groupsNeeded = groupsNeeded
    self.groups = groups
  }

  public init(parsing text: String) throws(Fault) {
    guard text.utf8.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var next = 0
    func value(_ name: String) throws(Fault) -> Substring {
      let start = "\(name): "
      guard lines.indices.contains(next), lines[next].hasPrefix(start),
        lines[next].utf8.count > start.utf8.count
      else { throw .line(next + 1, expected: "\"\(name): …\"") }
      next += 1
      return lines[next - 1].dropFirst(start.utf8.count)
    }
    func number<N: FixedWidthInteger>(_ name: String, _ range: ClosedRange<N>) throws(Fault) -> N {
      let digits = try value(name)
      // One way to write each: no sign, no zeros in front.
      guard let number = N(digits), "\(number)" == digits, range.contains(number) else {
        throw .line(
          next, expected: "\(name), a number of \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    func pair(_ name: String) throws(Fault) -> (String, Substring) {
      let parts = try value(name).split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else { throw .line(next, expected: "two words") }
      return (String(parts[0]), parts[1])
    }
    guard lines.first == "# holdfast seed shares" else {
      throw .line(1, expected: "\"# holdfast seed shares\"")
    }
    next = 1
    key = String(try value("key"))
    account = String(try value("account"))
    set = try number("set", 1...UInt32.max)
    identifier = try number("identifier", 0...0x7FFF)
    groupsNeeded = try number("groups needed", 1...16)
    groups = []
    while next < lines.count - 1 {
      let (name, digits) = try pair("group")
      guard let threshold = Int(digits), "\(threshold)" == digits, (1...16).contains(threshold),
        groups.count < 16
      else {
        throw .line(next, expected: "at most 16 groups, each with a threshold of 1 to 16")
      }
      var sheets: [Sheet] = []
      while next < lines.count - 1, lines[next].hasPrefix("sheet: ") {
        let (bag, digest) = try pair("sheet")
        guard digest.utf8.count == 16, Hex.bytes(digest) != nil, sheets.count < 64 else {
          throw .line(next, expected: "a bag and 16 hexadecimal digits")
        }
        sheets.append(Sheet(bag: bag, digest: String(digest)))
      }
      guard !sheets.isEmpty else { throw .line(next + 1, expected: "\"sheet: …\"") }
      groups.append(Group(name: name, threshold: threshold, sheets: sheets))
    }
    guard lines.last?.isEmpty == true else {
      throw .line(lines.count, expected: "the end of a line")
    }
    guard groups.count >= groupsNeeded else {
      throw .line(lines.count, expected: "at least \(groupsNeeded) groups")
    }
  }
}

extension SharesRecord.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .line(let line, let expected): "line \(line): expected \(expected)"
    case .tooLong(let limit): "longer than \(limit) bytes"
    }
  }
}
