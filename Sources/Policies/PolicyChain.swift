import Wire

/// A machine's clock and, where it follows block headers, the chain's, in milliseconds. Of two moments
/// both have to be apart.
public struct PolicyMoment: Hashable, Sendable {
  public var clock: Int64
  /// 0 where headers are not followed.
  public var chain: Int64

  public init(clock: Int64, chain: Int64 = 0) {
    self.clock = clock
    self.chain = chain
  }
}

/// The policies that one machine has taken, one after the other.
///
/// It is worked out from the machine's own durable record; it does no input or output.
public struct PolicyChain: Sendable {
  /// A loosening that waits.
  public struct Pending: Hashable, Sendable {
    public var document: PolicyDocument
    /// When this machine took it.
    public var since: PolicyMoment
    /// How long the policy in force then lets it wait, in milliseconds.
    public var delay: Int64

    /// When it takes effect at the earliest, milliseconds since 1970 by the machine's clock.
    public var effectiveAtMilliseconds: Int64 { since.clock + delay }
  }

  /// What decides now; version 0 before the first document.
  public private(set) var inForce: PolicyStatement
  public private(set) var pending: Pending?
  /// All that were taken, from version 1.
  public private(set) var documents: [PolicyDocument] = []

  /// - Parameter configured: Version 0: what the machine's configuration says.
  public init(configured: PolicyStatement) { inForce = configured }

  /// The newest that was taken, in force or waiting.
  public var newest: PolicyStatement { documents.last?.statement ?? inForce }

  /// Whether this very document was taken, at any time.
  public func knows(_ document: PolicyDocument) -> Bool {
    documents.contains { $0.statement == document.statement }
  }

  /// Judges a document that ``knows(_:)`` does not know.
  ///
  /// - Returns: How long it waits before it takes effect, in milliseconds: 0 when nothing in it is
  ///   looser, and who decides stays the same.
  public func wait(for document: PolicyDocument) throws(PolicyRefusal) -> Int64 {
    let next = document.statement
    guard next.asset == inForce.asset, next.chain == inForce.chain else {
      throw .foreign(asset: next.asset, chain: next.chain)
    }
    guard next.version > newest.version else {
      throw .rolledBack(version: next.version, newest: newest.version)
    }
    guard next.version == newest.version + 1 else {
      throw .gap(version: next.version, newest: newest.version)
    }
    guard next.previous == newest.hash else { throw .anotherPredecessor(version: next.version) }
    if let key = document.forgedKeys.first { throw .forged(key: key) }
    // Whom a policy that still waits would entitle has no say yet.
    let have = document.signers(among: inForce.changing.people).count
    let need = Int(clamping: inForce.changing.signatures)
    guard have >= need else { throw .tooFewSignatures(have: have, need: need) }
    return inForce.changes(to: next).allSatisfy { $0.effect == .tighter }
      ? 0 : inForce.changing.delay
  }

  /// Takes a document in that was judged. What waited before it is over.
  ///
  /// - Parameter delay: What ``wait(for:)`` said.
  public mutating func take(_ document: PolicyDocument, wait delay: Int64, at now: PolicyMoment) {
    documents.append(document)
    if delay == 0 {
      inForce = document.statement
      pending = nil
    } else {
      pending = Pending(document: document, since: now, delay: delay)
    }
  }

  /// Whether what waits has waited long enough, by both clocks.
  public func isDue(at now: PolicyMoment) -> Bool {
    guard let pending else { return false }
    return now.clock >= pending.effectiveAtMilliseconds
      && now.chain >= pending.since.chain + (pending.since.chain == 0 ? 0 : pending.delay)
  }

  /// Puts what waited in force.
  public mutating func enforce() {
    guard let pending else { return }
    inForce = pending.document.statement
    self.pending = nil
  }
}
