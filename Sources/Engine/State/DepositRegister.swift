import Money
import Structures

/// Deposits, by number, by coin and by receipt.
///
/// A deposit on the chain is kept for ever, packed: the guard may ask for it long after, and a
/// reorganisation may change it. Of a receipt that was credited nothing is left to do but to refuse a
/// second one with its reference, so that only a keyed digest of that is kept, and the sum; its
/// history is in the views.
struct DepositRegister: Sendable {
  private struct ReceiptKey: Hashable, Sendable {
    var asset: AssetID
    /// Byte for byte, which texts are not compared as.
    var reference: [UInt8]
  }

  /// What is kept of the receipt with a reference.
  enum KnownReceipt {
    /// One operator has attested it.
    case waiting(Deposit)
    case credited
  }

  /// The number of the next deposit.
  private(set) var next = DepositID(1)
  /// Deposits on the chain, by age.
  private(set) var onChain = PackedList<Deposit>()
  /// Their ids, which grow.
  private var chainIDs = ChunkedArray<UInt64>()
  private var byOutpoint = NumberIndex()
  /// Receipts that one operator has attested.
  private var receipts: [DepositID: Deposit] = [:]
  private var byReference: [ReceiptKey: DepositID] = [:]
  /// Of asset and reference of each receipt that was credited.
  private(set) var credited = DigestSet()
  /// By asset index: the sum of the receipts that were credited.
  private(set) var creditedTotals: [Amount] = []
  /// Seen, confirming or attested.
  private(set) var pending = SortedChunks<DepositID>()
  /// Once credited, then reversed: back to credited when the chain has them again.
  private(set) var reversed = SortedChunks<DepositID>()
  /// On the chain and credited, but not deep enough to leave again.
  private(set) var maturing = SortedChunks<DepositID>()
  private let hashKey: HashKey

  init(_ hashKey: HashKey) { self.hashKey = hashKey }

  /// A deposit on the chain, or a receipt that is not credited yet.
  subscript(_ id: DepositID) -> Deposit? { receipts[id] ?? chainNumber(id).flatMap { onChain[$0] } }

  subscript(_ outpoint: ChainOutpoint) -> Deposit? {
    byOutpoint.find(hash: hash(outpoint)) { onChain[Int($0)]?.source == .chain(outpoint) }
      .flatMap { onChain[Int($0)] }
  }

  /// Receipts that one operator has attested, by id.
  var waitingReceipts: [Deposit] { pending.elements.compactMap { receipts[$0] } }

  func receipt(_ reference: String, of asset: AssetID) -> KnownReceipt? {
    let key = ReceiptKey(asset: asset, reference: Array(reference.utf8))
    if let waiting = byReference[key].flatMap({ receipts[$0] }) { return .waiting(waiting) }
    return credited.contains(digest(key)) ? .credited : nil
  }

  func creditedTotal(of asset: AssetID) -> Amount {
    asset.index(in: creditedTotals.count).map { creditedTotals[$0] } ?? .zero
  }

  /// Records a new deposit, whose number is ``next`` or later, or what a known one has become.
  mutating func set(_ deposit: Deposit) {
    switch deposit.source {
    case .chain(let outpoint): set(deposit, at: outpoint)
    case .receipt(let reference): set(deposit, named: reference)
    }
    if deposit.id >= next { next = deposit.id.next }
  }

  private mutating func set(_ deposit: Deposit, at outpoint: ChainOutpoint) {
    if let number = chainNumber(deposit.id) {
      if let before = onChain[number]?.state { list(deposit.id, before, isListed: false) }
      onChain.set(number, to: deposit)
    } else {
      byOutpoint.insert(hash: hash(outpoint), UInt32(onChain.count))
      onChain.append(deposit)
      chainIDs.append(deposit.id.raw)
    }
    list(deposit.id, deposit.state, isListed: true)
  }

  private mutating func set(_ deposit: Deposit, named reference: String) {
    let key = ReceiptKey(asset: deposit.asset, reference: Array(reference.utf8))
    if let before = receipts.removeValue(forKey: deposit.id) {
      list(deposit.id, before.state, isListed: false)
      byReference[key] = nil
    }
    if case .attested = deposit.state {
      receipts[deposit.id] = deposit
      byReference[key] = deposit.id
      list(deposit.id, deposit.state, isListed: true)
    } else {
      credited.insert(digest(key))
      let asset = Int(deposit.asset.raw) - 1
      while creditedTotals.count <= asset { creditedTotals.append(.zero) }
      creditedTotals[asset] += deposit.amount
    }
  }

  private mutating func list(_ id: DepositID, _ state: Deposit.State, isListed: Bool) {
    switch state {
    case .seen, .confirming, .attested:
      if isListed { pending.insert(id) } else { pending.remove(id) }
    case .reversed:
      if isListed { reversed.insert(id) } else { reversed.remove(id) }
    case .credited(let point):
      guard point != nil else { return }
      if isListed { maturing.insert(id) } else { maturing.remove(id) }
    case .belowMinimum, .withdrawable: break
    }
  }

  /// Puts back what a snapshot has of credited receipts; `false` when it cannot be.
  mutating func restore(_ digests: [UInt128], totals: [Amount], next: DepositID) -> Bool {
    guard zip(digests, digests.dropFirst()).allSatisfy({ $0 < $1 }), digests.first != 0,
      totals.last != .zero || totals.isEmpty, totals.allSatisfy({ $0 >= .zero }),
      digests.isEmpty == totals.isEmpty, !next.raw.addingReportingOverflow(1).overflow,
      UInt64(digests.count) < next.raw
    else { return false }
    for digest in digests { credited.insert(digest) }
    creditedTotals = totals
    self.next = next
    return true
  }

  private func chainNumber(_ id: DepositID) -> Int? {
    var low = 0
    var high = chainIDs.count
    while low < high {
      let middle = (low + high) / 2
      if chainIDs[middle] < id.raw { low = middle + 1 } else { high = middle }
    }
    return low < chainIDs.count && chainIDs[low] == id.raw ? low : nil
  }

  private func hash(_ outpoint: ChainOutpoint) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(outpoint.transaction)
    hash.add(UInt64(outpoint.index))
    return hash.digest
  }

  private func digest(_ key: ReceiptKey) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(key.asset.raw)
    hash.add(key.reference)
    return hash.digest
  }
}
