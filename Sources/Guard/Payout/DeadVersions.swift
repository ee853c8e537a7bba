import Engine
import SignerProtocol
import Structures

/// What the journal says of transactions that can never be in the chain, and what signers still hold to.
///
/// A signer spends a coin that it has promised to some payments for nothing else, and pays a withdrawal
/// again only beside transactions that can never be. So it has to be shown what has become final.
struct DeadVersions {
  /// What a final transaction frees.
  struct Freed {
    /// Coins that transactions of ours would have spent and never will.
    var coins: Set<ChainOutpoint>
    /// Withdrawals that they would have paid.
    var withdrawals: Set<WithdrawalID>
    /// The block that has the transaction.
    var point: ChainPoint
    /// Whether enough signers hold to them to keep a payment from being signed.
    var isBinding: Bool
    /// Signers that know, by fingerprint.
    var told: Set<[UInt8]> = []
  }

  /// A transaction that was given up. Signers that signed it hold to it until they have seen that enough of
  /// the others never will.
  struct Abandoned {
    var payout: PayoutID
    var coins: Set<ChainOutpoint>
    /// What signers have promised, by fingerprint.
    var promises: [[UInt8]: NeverSigned] = [:]
    /// Signers that have signed it and hold to it.
    var holders: Set<[UInt8]> = []
    /// Signers that do not hold to it, whether or not they say so to others.
    var free: Set<[UInt8]> = []
    /// Signers that cannot say so to others before something changes, and have been asked since the last
    /// block.
    var silent: Set<[UInt8]> = []
  }

  /// By the id of the final transaction.
  private(set) var freed: [[UInt8]: Freed] = [:]
  /// Coins of open payouts that a transaction spends which is none of ours.
  private(set) var foreignSpends: [ChainOutpoint: (by: [UInt8], in: ChainPoint)] = [:]
  /// Transactions that signers have promised never to sign.
  private(set) var withdrawn: Set<[UInt8]> = []
  /// How often a withdrawal was part of a transaction that nobody signed.
  private(set) var failures: [WithdrawalID: Int] = [:]
  /// Transactions that were given up because too few signed them, by id.
  private(set) var abandoned: [[UInt8]: Abandoned] = [:]
  /// The newest version of payouts that wait for signatures.
  private var unsigned: [PayoutID: Payout.Version] = [:]

  /// Takes in what a payout has become.
  ///
  /// - Parameter isHeldBack: Whether it was not shown to the signers because payments begin again only
  ///   after checks; then nobody had anything against what it pays.
  mutating func take(_ payout: Payout, isHeldBack: Bool) {
    if let newest = unsigned.removeValue(forKey: payout.id),
      newest.transaction != payout.transaction, !payout.state.isInBlock
    {
      abandon(newest, of: payout.id)
    }
    switch payout.state {
    case .built: unsigned[payout.id] = payout.version
    case .signed, .mined: break
    case .confirmed(let point): take(payout, confirmedIn: point)
    case .lost(.unsigned):
      abandon(payout.version, of: payout.id)
      guard !isHeldBack else { break }
      for id in payout.withdrawals { failures[id, default: 0] += 1 }
    case .lost(.conflict(let transaction, let point)):
      free(
        Freed(
          coins: Set(payout.versions.flatMap(\.inputs)), withdrawals: Set(payout.withdrawals),
          point: point, isBinding: true), by: transaction)
    }
  }

  /// One transaction may free what several others would have spent; who was told of less is told again.
  private mutating func free(_ more: Freed, by transaction: [UInt8]) {
    var all = more
    if let before = freed[transaction] {
      all.coins.formUnion(before.coins)
      all.withdrawals.formUnion(before.withdrawals)
      all.isBinding = all.isBinding || before.isBinding
    }
    freed[transaction] = all
  }

  private mutating func take(_ payout: Payout, confirmedIn point: ChainPoint) {
    for input in payout.versions.flatMap(\.inputs) { foreignSpends[input] = nil }
    for id in payout.withdrawals { failures[id] = nil }
    let coins = Set(payout.others.flatMap(\.inputs)).subtracting(payout.inputs)
    if !coins.isEmpty {
      free(
        Freed(coins: coins, withdrawals: [], point: point, isBinding: true),
        by: payout.transaction)
    }
    for (id, given) in abandoned where !given.coins.isDisjoint(with: payout.inputs) {
      abandoned[id] = nil
      free(
        Freed(
          coins: given.coins.subtracting(payout.inputs), withdrawals: [], point: point,
          isBinding: false), by: payout.transaction)
    }
  }

  private mutating func abandon(_ version: Payout.Version, of payout: PayoutID) {
    withdrawn.insert(version.transaction)
    abandoned[version.transaction] = Abandoned(payout: payout, coins: Set(version.inputs))
  }

  /// Takes in what a signer has to say of a transaction that was given up; once all of `signers` hold to
  /// it no more, it is over.
  mutating func learn(_ standing: Standing, on transaction: [UInt8], of signers: Int) {
    guard var given = abandoned[transaction] else { return }
    switch standing {
    case .promised(let word):
      given.promises[word.fingerprint] = word
      given.free.insert(word.fingerprint)
    case .promisedSilently(let fingerprint): given.silent.insert(fingerprint)
    case .holds(let fingerprint): given.holders.insert(fingerprint)
    case .isFree(let fingerprint):
      given.holders.remove(fingerprint)
      given.free.insert(fingerprint)
    }
    abandoned[transaction] = given.free.count < signers ? given : nil
  }

  /// Takes in what a block spends, as far as it takes coins from open payouts.
  mutating func take(_ block: ConnectBlock, _ exchange: Exchange) {
    for id in abandoned.keys { abandoned[id]?.silent = [] }
    let foreign = Set(block.spent.map(\.by)).filter {
      exchange.payout(withTransaction: $0) == nil
    }
    for spent in block.spent where foreign.contains(spent.by) {
      let isPromised = exchange.openPayouts.contains { payout in
        payout.versions.contains { $0.inputs.contains(spent.outpoint) }
      }
      if isPromised { foreignSpends[spent.outpoint] = (spent.by, block.point) }
    }
  }

  mutating func takeBack(_ point: ChainPoint) {
    foreignSpends = foreignSpends.filter { $0.value.in != point }
  }

  /// Takes in that a signer knows that `transaction` is final; once all of `signers` know, it is over.
  mutating func learn(isFinal transaction: [UInt8], by fingerprint: [UInt8], of signers: Int) {
    freed[transaction]?.told.insert(fingerprint)
    if let told = freed[transaction]?.told, told.count >= signers { freed[transaction] = nil }
  }

  /// Coins that so many signers hold back that fewer than `threshold` are sure to sign.
  func heldCoins(_ threshold: Int) -> Set<ChainOutpoint> {
    freed.values.reduce(into: []) { coins, entry in
      if entry.isBinding, entry.told.count < threshold { coins.formUnion(entry.coins) }
    }
  }

  /// The same of withdrawals.
  func heldWithdrawals(_ threshold: Int) -> Set<WithdrawalID> {
    freed.values.reduce(into: []) { withdrawals, entry in
      if entry.told.count < threshold { withdrawals.formUnion(entry.withdrawals) }
    }
  }
}
