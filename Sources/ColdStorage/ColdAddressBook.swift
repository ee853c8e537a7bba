public import Bitcoin
import Descriptors

/// The online side's count of cold addresses: each is used once, up to its cap, and all of an epoch
/// up to theirs.
///
/// It takes only batches that were verified here (see ``ColdAddressBatch/verify(_:issuedBy:of:following:)``).
public struct ColdAddressBook: Sendable {
  /// An address to fund, and how.
  public struct Use: Equatable, Sendable {
    public let place: PolicyPlace
    public let script: Script
    public let satoshis: Int64
  }

  private let policy: RegisteredPolicy
  private var batches: [ColdAddressBatch] = []
  private var nextIndex: UInt32 = 0
  private var usedInEpoch: [UInt32: Int64] = [:]

  public init(_ policy: RegisteredPolicy) { self.policy = policy }

  /// The newest batch, which the next one has to follow.
  public var newest: ColdAddressBatch? { batches.last }

  /// Addresses that were issued and not used.
  public var remaining: Int {
    newest.map { Int($0.firstIndex + $0.count - nextIndex) } ?? 0
  }

  /// Takes a verified batch.
  public mutating func add(_ batch: ColdAddressBatch) throws(ColdStorageError) {
    guard batch.number == (newest?.number ?? 0) + 1 else {
      throw .outOfSequence("number \(batch.number) does not follow \(newest?.number ?? 0)")
    }
    batches.append(batch)
  }

  /// Uses up the next address of `epoch` for `satoshis`. What earlier epochs left over is never used.
  ///
  /// - Throws: ``ColdStorageError/noAddressLeft`` or ``ColdStorageError/overCap(_:satoshis:limit:)``;
  ///   no address is used up then.
  public mutating func use(_ satoshis: Int64, in epoch: UInt32) throws(ColdStorageError) -> Use {
    guard
      let batch = batches.first(where: {
        $0.epoch == epoch && nextIndex < $0.firstIndex + $0.count
      })
    else { throw .noAddressLeft }
    let index = max(nextIndex, batch.firstIndex)
    guard satoshis > 0, satoshis <= batch.addressCap else {
      throw .overCap("address", satoshis: satoshis, limit: batch.addressCap)
    }
    let total = usedInEpoch[batch.epoch, default: 0] + satoshis
    guard total <= batch.epochCap else {
      throw .overCap("epoch \(batch.epoch)", satoshis: total, limit: batch.epochCap)
    }
    let script: Script
    do {
      script = try policy.descriptor.script(branch: 0, index: index).scriptPubKey
    } catch {
      throw .descriptor(error)
    }
    defer {
      nextIndex = index + 1
      usedInEpoch[batch.epoch] = total
    }
    return Use(
      place: PolicyPlace(policy: policy.name, branch: 0, index: index), script: script,
      satoshis: satoshis)
  }
}
