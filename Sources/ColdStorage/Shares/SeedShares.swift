public import Cryptography
public import Mnemonics

/// A holder's seed in SLIP-39 shares: two groups, of which both are needed. His successor keeps three
/// shares in two cities, and any two of them do; two trustees keep one share, each a copy.
public enum SeedShares {
  /// One share to be printed, with its words.
  public struct Printed: Sendable {
    public let group: String
    public let bag: String
    public let phrase: SecretBytes
  }

  /// How a group is split, and for how many people its shares are printed.
  public struct Plan: Sendable {
    public var name: String
    public var threshold: Int
    public var shares: Int
    /// Of each share.
    public var copies: Int

    public init(name: String, threshold: Int, shares: Int, copies: Int = 1) {
      self.name = name
      self.threshold = threshold
      self.shares = shares
      self.copies = copies
    }
  }

  public static let plan = [
    Plan(name: "successor", threshold: 2, shares: 3),
    Plan(name: "trustees", threshold: 1, shares: 1, copies: 2),
  ]

  /// Splits `seed` and puts it together again in every way that is enough, before anybody relies on
  /// it and before older shares are declared void.
  ///
  /// - Parameter firstBag: The bags are numbered from here on.
  public static func split(
    _ seed: SecretBytes, key: String, account: String, set: UInt32, firstBag: UInt32
  ) throws(MnemonicError) -> (record: SharesRecord, sheets: [Printed]) {
    let groups = try ShamirSecret.split(
      seed, groupThreshold: plan.count,
      groups: plan.map { .init(threshold: $0.threshold, count: $0.shares) })
    var record = SharesRecord(
      key: key, account: account, set: set, identifier: groups[0][0].label.identifier,
      groupsNeeded: plan.count, groups: [])
    var sheets: [Printed] = []
    for (plan, shares) in zip(plan, groups) {
      var group = SharesRecord.Group(name: plan.name, threshold: plan.threshold, sheets: [])
      for share in shares {
        do throws(CryptographyError) {
          let phrase = try share.phrase()
          let digest = try SharesRecord.digest(phrase)
          for _ in 0..<plan.copies {
            let bag = "bag-\(UInt64(firstBag) + UInt64(sheets.count))"
            group.sheets.append(.init(bag: bag, digest: digest))
            sheets.append(Printed(group: plan.name, bag: bag, phrase: phrase))
          }
        } catch {
          throw .cryptography(error)
        }
      }
      record.groups.append(group)
    }
    try check(sheets, give: seed)
    return (record, sheets)
  }

  /// Every smallest set of shares gives the seed back, read from their words.
  private static func check(
    _ sheets: [Printed], give seed: SecretBytes
  ) throws(MnemonicError) {
    let successor = sheets.filter { $0.group == plan[0].name }
    for trustee in sheets where trustee.group == plan[1].name {
      for missing in successor.indices {
        var shares = [try ShamirShare(phrase: trustee.phrase)]
        for index in successor.indices where index != missing {
          shares.append(try ShamirShare(phrase: successor[index].phrase))
        }
        let found = try ShamirSecret.combine(shares)
        let isSame: Bool
        do throws(CryptographyError) { isSame = try found.isEqual(to: seed) } catch {
          throw .cryptography(error)
        }
        guard isSame else { throw .wrongDigest }
      }
    }
  }
}
