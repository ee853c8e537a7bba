public import Bitcoin
import Cryptography
import Descriptors
public import Engine
import Money
public import SignerProtocol
public import Structures

/// A transaction that is final, to be shown to signers that hold to others.
public struct Settlement: Equatable, Sendable {
  public var transaction: TransactionID
  public var point: ChainPoint
  /// Signers that do not know yet.
  public var fingerprints: Set<[UInt8]>
}

/// A payout that a transaction takes a coin from, as the journal says.
public struct SuspectedLoss: Equatable, Sendable {
  public var payout: PayoutID
  public var coin: Outpoint
  public var by: TransactionID
  public var point: ChainPoint
}

/// A transaction that was given up, of which signers are to be told.
public struct Abandonment: Equatable, Sendable {
  /// How many are dealt with in one round: a guard that starts again has all to ask about.
  static let limit = 50

  public var transaction: [UInt8]
  /// Fingerprints of those who have not said yet whether they signed it.
  public var unasked: Set<[UInt8]>
  /// Fingerprints of those who have signed it and hold to it.
  public var holders: Set<[UInt8]>
  /// How many have to promise never to sign it before these let go.
  public var promisesNeeded: Int
}

/// How a signer stands to a transaction that was given up.
public enum Standing: Equatable, Sendable {
  case promised(NeverSigned)
  /// It has promised, and cannot sign that for the others now.
  case promisedSilently(fingerprint: [UInt8])
  /// It has signed it.
  case holds(fingerprint: [UInt8])
  /// It will not sign it, and keeps no coin for it.
  case isFree(fingerprint: [UInt8])

  /// What the answer of the signer with `fingerprint` to `request` says of the request's transaction, if
  /// anything. Of another signer it says nothing.
  public init?(_ answer: SignerAnswer, to request: SignerRequest, by fingerprint: [UInt8]) {
    switch answer {
    case .status(let now):
      guard now.fingerprint == fingerprint else { return nil }
      // Frozen it signs no promise: it is asked again once people have lifted that.
      if case .withdraw = request, now.frozen != nil {
        self = .promisedSilently(fingerprint: fingerprint)
      } else {
        self = .isFree(fingerprint: fingerprint)
      }
    case .promised(let word):
      guard word.fingerprint == fingerprint else { return nil }
      self = .promised(word)
    case .refused(let refusal):
      switch refusal.code {
      case .unvouched, .keyAway: self = .promisedSilently(fingerprint: fingerprint)
      case .alreadySigned: self = .holds(fingerprint: fingerprint)
      default: return nil
      }
    case .signed, .chain, .attested, .policyState: return nil
    }
  }

  /// Who will not sign it, if that is what was said.
  public var promisor: [UInt8]? {
    switch self {
    case .promised(let word): word.fingerprint
    case .isFree(let fingerprint), .promisedSilently(let fingerprint): fingerprint
    case .holds: nil
    }
  }
}

extension GuardCore {
  /// How many signers have to promise never to sign a transaction before it is given up: the others are
  /// too few to sign it, and these are enough to sign another one.
  var promisesNeeded: Int {
    max(policy.quorum.keys.count - threshold + 1, threshold)
  }

  // MARK: What nobody signs

  /// Payouts that have waited for signatures for ``GuardPolicy/replaceAfterMilliseconds``, or may not be
  /// signed before they are judged again, when enough signers answer to give them up.
  ///
  /// - Parameter awaited: Those that a signer may still sign, when a person, a clock or a budget lets it;
  ///   for them a day is waited.
  public func unsignedPayouts(
    _ signers: [SignerStatus], awaited: Set<PayoutID> = []
  ) -> [Payout] {
    guard halted == nil, isCaughtUp, servesWallet, signers.count >= promisesNeeded else {
      return []
    }
    let day: Int64 = 86_400_000
    return exchange.openPayouts.filter { payout in
      guard payout.state == .built, !exchange.spendsFormer(payout) else { return false }
      let patience = policy.replaceAfterMilliseconds
      let wait = awaited.contains(payout.id) ? max(patience, day) : patience
      return isReopening(payout) && isHeldBack(payout)
        || now >= payout.updatedAt.advanced(byMilliseconds: wait)
    }
  }

  private func isReopening(_ payout: Payout) -> Bool {
    exchange.reopening(of: payout.asset) != nil
  }

  /// Returns the order to give up a payout that nobody signs, or `nil` while too few signers have
  /// promised never to sign it.
  ///
  /// - Parameter promised: Fingerprints of those that have.
  public func giveUp(unsigned payout: Payout, promised: Set<[UInt8]>) -> Command? {
    guard promised.count >= promisesNeeded, exchange.payout(payout.id) == payout,
      payout.state == .built, !isGiving(.loss(payout.id))
    else { return nil }
    return .payoutLost(payout: payout.id, .unsigned)
  }

  /// Transactions that were given up and that signers may still hold to: some of `signers` are to be asked,
  /// or shown what the others promised. A few at a time.
  ///
  /// - Parameter signers: Those that answer, frozen ones too.
  public func abandonments(_ signers: [SignerStatus]) -> [Abandonment] {
    guard halted == nil, isCaughtUp, servesWallet, !dead.abandoned.isEmpty else { return [] }
    let reachable = Set(signers.map(\.fingerprint))
    let promisesNeeded = policy.quorum.keys.count - threshold + 1
    let found = dead.abandoned.lazy.compactMap { id, given -> Abandonment? in
      let unasked = reachable.subtracting(given.free).subtracting(given.holders)
        .subtracting(given.silent)
      // Whoever is to be asked may be the one whose promise is still missing.
      let holders =
        given.promises.count + unasked.count < promisesNeeded
        ? [] : given.holders.intersection(reachable)
      guard !unasked.isEmpty || !holders.isEmpty else { return nil }
      return Abandonment(
        transaction: id, unasked: unasked, holders: holders, promisesNeeded: promisesNeeded)
    }
    return Array(found.prefix(Abandonment.limit))
  }

  /// A signer has said how it stands to a transaction that was given up.
  public func learn(_ standing: Standing, on transaction: [UInt8]) {
    dead.learn(standing, on: transaction, of: policy.quorum.keys.count)
  }

  /// What signers have promised not to do with a transaction that was given up.
  public func promises(on transaction: [UInt8]) -> [NeverSigned] {
    let promises = dead.abandoned[transaction].map { Array($0.promises.values) } ?? []
    return promises.sorted { $0.fingerprint.lexicographicallyPrecedes($1.fingerprint) }
  }

  // MARK: What lost its coins

  /// Payouts whose versions all need a coin that a transaction spends which is none of ours, in a block
  /// that is final. Whether that is so, the guard's own node has to show.
  public var suspectedLosses: [SuspectedLoss] {
    guard halted == nil, isCaughtUp, doubt == nil, !dead.foreignSpends.isEmpty else { return [] }
    return exchange.openPayouts.compactMap { payout in
      guard payout.state == .built || payout.state == .signed,
        let asset = exchange.asset(payout.asset), let tip = exchange.tip
      else { return nil }
      // Every later version spends all that the first one does.
      for input in payout.versions[0].inputs {
        guard let spend = dead.foreignSpends[input],
          Int64(tip.height) - Int64(spend.in.height) + 1 >= Int64(asset.withdrawalConfirmations),
          payout.versions.allSatisfy({ $0.inputs.contains(input) }),
          let coin = Self.outpoint(input), let by = TransactionID(bytes: spend.by)
        else { continue }
        return SuspectedLoss(payout: payout.id, coin: coin, by: by, point: spend.in)
      }
      return nil
    }
  }

  /// Returns the order to give up a payout, when `block` of the guard's own node shows that it is lost.
  public func giveUp(_ loss: SuspectedLoss, shownBy block: Block) -> Command? {
    guard block.hash.bytes == loss.point.hash,
      let taker = block.transactions.first(where: { $0.id == loss.by }),
      taker.inputs.contains(where: { $0.outpoint == loss.coin }),
      !isGiving(.loss(loss.payout))
    else { return nil }
    return .payoutLost(
      payout: loss.payout, .conflict(transaction: loss.by.bytes, in: loss.point))
  }

  // MARK: What signers have to know

  /// What is final and frees something that signers still hold to.
  ///
  /// - Parameter signers: Those that answer, frozen ones too.
  public func settlements(_ signers: [SignerStatus]) -> [Settlement] {
    guard halted == nil, isCaughtUp, doubt == nil, !dead.freed.isEmpty else { return [] }
    let owned = Set(exchange.ownedOutputs.map(\.outpoint))
    return dead.freed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { id, freed in
      let untold = Set(signers.map(\.fingerprint)).subtracting(freed.told)
      let isWanted =
        !freed.coins.isDisjoint(with: owned)
        || freed.withdrawals.contains { exchange.withdrawal($0)?.state == .released }
      guard isWanted, !untold.isEmpty, let transaction = TransactionID(bytes: id) else {
        return nil
      }
      return Settlement(transaction: transaction, point: freed.point, fingerprints: untold)
    }
  }

  /// Returns what shows a signer that a transaction is final; `nil` when `block` does not.
  ///
  /// - Parameter headers: Those upon `block`, in order.
  public func proof(
    of settlement: Settlement, in block: Block, under headers: [BlockHeader]
  ) -> FinalityProof? {
    guard block.hash.bytes == settlement.point.hash, let first = block.transactions.first,
      let position = block.transactions.firstIndex(where: { $0.id == settlement.transaction })
    else { return nil }
    let leaves = block.transactions.map(\.id.bytes)
    func member(_ position: Int, _ transaction: Transaction) -> FinalityProof.Member {
      FinalityProof.Member(
        transaction: transaction.bytesWithoutWitness,
        branch: MerkleTree.branch(to: position, of: leaves))
    }
    return FinalityProof(
      member: member(position, block.transactions[position]), position: UInt32(position),
      coinbase: member(0, first), headers: ([block.header] + headers).map(\.bytes))
  }

  /// A signer has taken the proof.
  public func learn(_ settlement: Settlement, knownBy fingerprint: [UInt8]) {
    dead.learn(
      isFinal: settlement.transaction.bytes, by: fingerprint, of: policy.quorum.keys.count)
  }
}
