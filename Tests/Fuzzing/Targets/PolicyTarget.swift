import Cryptography
import Policies
import Wire

/// Policy documents as anybody may lay them before guard and signers, and what happens to a machine that
/// is given many, signed and not.
enum PolicyTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let second = next(after: first) { $0.guardian?.budgetHour += 1 }
    return [
      document(first, 0b011).bytes, document(second, 0b111).bytes, PolicyDocument(first).bytes,
    ]
      + (UInt8(0)..<8).map { kind in
        (UInt8(0)..<30).flatMap { [kind &+ $0, $0, $0 &* 7] }
      }
  }

  /// Every act is signed and verified.
  static var cost: Int { 20 }

  static func check(_ input: [UInt8]) {
    if let document = accepted({ () throws(WireError) in try PolicyDocument(bytes: input) }) {
      require(document.bytes == input, "a document is written as it was read")
      require(document.statement.problem == nil, "what is read can be")
      require(
        document.statement.changes(to: document.statement).isEmpty, "nothing differs from itself")
      var chain = PolicyChain(configured: configured)
      give(document, to: &chain, at: 1)
    }
    checkStory(input)
  }

  // MARK: A machine's life

  private static let keys: [Ed25519.PrivateKey] = (1...4).compactMap { seed in
    (try? SecretBytes(copying: [UInt8](repeating: UInt8(seed), count: 32)))
      .flatMap { try? Ed25519.PrivateKey(seed: $0) }
  }

  private static let rules = ChangeRules(
    people: keys.prefix(3).enumerated().map {
      ChangeRules.Person(name: "p\($0.offset)", publicKey: $0.element.publicKey.bytes)
    }, signatures: 2, delay: 10_000)

  private static let configured = PolicyStatement(
    version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 0, asset: "BTC",
    chain: "BTC-Bitcoin",
    guardian: GuardTerms(
      perWithdrawal: 100, budgetHour: 100, budgetDay: 100, newAddress: 100, newKey: 100,
      lookAlike: 100, newContact: 100, sanctions: nil),
    signers: SignerTerms(
      perTransaction: 100, budgetHour: 100, budgetDay: 100, networkFee: 100,
      feeRateSatsPerVByte: 100, refusals: 100, approvals: []), changing: rules)

  static let first = next(after: configured) { _ in }

  private static func next(
    after previous: PolicyStatement, _ change: (inout PolicyStatement) -> Void
  ) -> PolicyStatement {
    var statement = previous
    statement.version += 1
    statement.previous = previous.hash
    change(&statement)
    return statement
  }

  /// Signed by those whose bits are set.
  private static func document(_ statement: PolicyStatement, _ signers: UInt8) -> PolicyDocument {
    var document = PolicyDocument(statement)
    for (place, key) in keys.enumerated() where signers >> place & 1 == 1 {
      _ = try? document.sign(by: key)
    }
    return document
  }

  /// Three bytes an act: what, by whom, and a number.
  private static func checkStory(_ input: [UInt8]) {
    var chain = PolicyChain(configured: configured)
    var pieces = Pieces(Array(input.prefix(60)))
    var now: Int64 = 1
    while !pieces.isEmpty {
      let (kind, who, number) = (pieces.byte(), pieces.byte(), Int64(pieces.byte()))
      if kind % 8 == 0 {
        now += number * 100
        let (before, waiting) = (chain.inForce, chain.pending)
        guard chain.isDue(at: PolicyMoment(clock: now)) else { continue }
        require(
          waiting.map { now - $0.since.clock >= 10_000 } == true, "nothing is due before its time")
        chain.enforce()
        require(chain.inForce.version > before.version, "versions grow")
        continue
      }
      var base = chain.newest
      if kind % 8 == 1, let old = chain.documents.first { base = old.statement }
      let statement = next(after: base) { change(kind / 8, number, in: &$0) }
      guard statement.problem == nil else { continue }
      give(document(statement, who), to: &chain, at: now)
    }
  }

  private static func change(_ kind: UInt8, _ number: Int64, in next: inout PolicyStatement) {
    switch kind % 6 {
    case 0: next.guardian?.budgetHour = number
    case 1: next.guardian?.newAddress = number
    case 2: next.signers?.networkFee = number
    case 3:
      next.signers?.approvals = [
        ApprovalBand(fingerprint: [0, 0, 0, UInt8(number & 1)], above: number, timeout: 1_000)
      ]
    case 4:
      next.guardian?.sanctions =
        number & 1 == 0
        ? nil : ListTerms(issuerKey: [UInt8](repeating: 1, count: 32), maximumAge: 60_000 + number)
    default: next.changing.signatures = UInt32(2 + number % 2)
    }
  }

  private static func give(_ document: PolicyDocument, to chain: inout PolicyChain, at now: Int64) {
    guard !chain.knows(document) else { return }
    let (newest, inForce) = (chain.newest, chain.inForce)
    guard
      let wait = accepted({ () throws(PolicyRefusal) in try chain.wait(for: document) })
    else { return }
    require(document.statement.version == newest.version + 1, "versions grow by one")
    require(document.statement.previous == newest.hash, "each names the one before")
    let count = document.signers(among: inForce.changing.people).count
    require(count >= Int(inForce.changing.signatures), "the quorum has signed")
    let isTighter = inForce.changes(to: document.statement).allSatisfy { $0.effect == .tighter }
    require((wait == 0) == isTighter, "what is looser waits, and nothing else does")
    let back = document.statement.changes(to: inForce)
    require(
      wait > 0 || back.allSatisfy { $0.effect == .looser || $0.effect == .other },
      "the way back from a tightening is looser")
    chain.take(document, wait: wait, at: PolicyMoment(clock: now))
    require((chain.pending == nil) == (wait == 0), "a newer policy leaves nothing older waiting")
  }
}
