public import Cryptography
public import Mnemonics

/// What came of putting shares together: the seed if enough of them are right, and in any case what is
/// wrong with each of the others.
public struct SharesReading: Sendable {
  /// What is wrong, with the share as the person named it.
  public enum Fault: Error, Equatable, Sendable {
    /// The words are no share.
    case unreadable(share: String, MnemonicError)
    /// A right share of another splitting: void since this set was made, or of another key.
    case otherSet(share: String, identifier: UInt16, wanted: UInt16)
    /// It says that it belongs here, and is none that was printed.
    case notPrinted(share: String)
    /// So many are right, and one of these would help.
    case missing(group: String, have: Int, need: Int, bags: [String])
    /// The shares fit, and give another key than the record says.
    case otherKey
    case combining(MnemonicError)
  }

  public let seed: SecretBytes?
  public let faults: [Fault]
  /// Bags whose shares are right.
  public let right: [String]

  /// - Parameters:
  ///   - phrases: The words of each share, with a name that the person knows it by.
  ///   - account: The account's public key that a seed gives.
  public init(
    _ phrases: [(name: String, phrase: SecretBytes)], of record: SharesRecord,
    account: (SecretBytes) throws -> String
  ) {
    var faults: [Fault] = []
    var shares: [String: ShamirShare] = [:]
    for (name, phrase) in phrases {
      do throws(MnemonicError) {
        let share = try ShamirShare(phrase: phrase)
        guard share.label.identifier == record.identifier else {
          faults.append(
            .otherSet(
              share: name, identifier: share.label.identifier, wanted: record.identifier))
          continue
        }
        guard let digest = try? SharesRecord.digest(try share.phrase()),
          record.groups.contains(where: { $0.sheets.contains { $0.digest == digest } })
        else {
          faults.append(.notPrinted(share: name))
          continue
        }
        shares[digest] = share
      } catch {
        faults.append(.unreadable(share: name, error))
      }
    }
    right = record.groups.flatMap(\.sheets).filter { shares[$0.digest] != nil }.map(\.bag)
    var complete = 0
    var missing: [Fault] = []
    for group in record.groups {
      let have = Set(group.sheets.map(\.digest)).count { shares[$0] != nil }
      if have >= group.threshold {
        complete += 1
        continue
      }
      missing.append(
        .missing(
          group: group.name, have: have, need: group.threshold,
          bags: group.sheets.filter { shares[$0.digest] == nil }.map(\.bag)))
    }
    guard complete >= record.groupsNeeded else {
      seed = nil
      self.faults = faults + missing
      return
    }
    do {
      let found = try ShamirSecret.combine(Array(shares.values))
      guard try account(found) == record.account else { throw Fault.otherKey }
      seed = found
    } catch let error as MnemonicError {
      seed = nil
      faults.append(.combining(error))
    } catch {
      seed = nil
      faults.append(.otherKey)
    }
    self.faults = faults
  }
}

extension SharesReading.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let share, let error): "\(share): \(error)"
    case .otherSet(let share, let identifier, let wanted):
      "\(share): a share of the set \(identifier), not of \(wanted): an older set, which is void, or "
        + "another key's. Keep it apart and look at the number of its bag"
    case .notPrinted(let share):
      "\(share): it says that it belongs to this set, and is none that was printed"
    case .missing(let group, let have, let need, let bags):
      "group \(group): \(have) of \(need) shares are here; any of \(bags.joined(separator: ", ")) helps"
    case .otherKey: "the shares fit together and give another key than the record's"
    case .combining(let error): "the shares do not fit together: \(error)"
    }
  }
}
