import Cryptography
import Policies

/// People and terms that the tests make documents of.
enum Sample {
  static let dave = key(1), erin = key(2), carol = key(3), stranger = key(9)

  static func key(_ seed: UInt8) -> Ed25519.PrivateKey {
    guard let secret = try? SecretBytes(copying: [UInt8](repeating: seed, count: 32)),
      let key = try? Ed25519.PrivateKey(seed: secret)
    else { fatalError("32 bytes are a seed") }
    return key
  }

  static let rules = ChangeRules(
    people: [
      .init(name: "dave", publicKey: dave.publicKey.bytes),
      .init(name: "erin", publicKey: erin.publicKey.bytes),
      .init(name: "carol", publicKey: carol.publicKey.bytes),
    ], signatures: 2, delay: 86_400_000)

  static let guardian = GuardTerms(
    perWithdrawal: 200, budgetHour: 600, budgetDay: 900, newAddress: 3_600_000, newKey: 7_200_000,
    lookAlike: 259_200_000, newContact: 259_200_000,
    sanctions: ListTerms(issuerKey: [UInt8](repeating: 7, count: 32), maximumAge: 86_400_000))

  static let signers = SignerTerms(
    perTransaction: 400, budgetHour: 800, budgetDay: 1400, networkFee: 100,
    feeRateSatsPerVByte: 100, refusals: 100,
    approvals: [ApprovalBand(fingerprint: [1, 2, 3, 4], above: 300, timeout: 600_000)])

  /// The statement after `previous`, changed by `change`.
  static func next(
    after previous: PolicyStatement? = nil, _ change: (inout PolicyStatement) -> Void = { _ in }
  ) -> PolicyStatement {
    var statement =
      previous
      ?? PolicyStatement(
        version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 5, asset: "BTC",
        chain: "BTC-Bitcoin", guardian: guardian, signers: signers, changing: rules)
    statement.previous = statement.hash
    statement.version += 1
    change(&statement)
    return statement
  }

  static func document(
    _ statement: PolicyStatement, by keys: [Ed25519.PrivateKey] = [dave, erin]
  ) -> PolicyDocument {
    var document = PolicyDocument(statement)
    for key in keys { _ = try? document.sign(by: key) }
    return document
  }

  /// What a machine with all lines in its configuration decides by.
  static let configured = PolicyStatement(
    version: 0, previous: PolicyStatement.none, draftedAtMilliseconds: 0, asset: "BTC",
    chain: "BTC-Bitcoin", guardian: guardian, signers: signers, changing: rules)
}
