import Cryptography
public import Statements
public import Wire

/// One version of the limits that guard and signers decide by.
///
/// It replaces the version before as a whole. Version 0 stands for the lines of a machine's own
/// configuration and is signed by nobody: it has the part that the machine has.
public struct PolicyStatement: Statement, Hashable {
  public static let domain = "holdfast/policy/v1"

  /// One more than the version before; the first document is version 1.
  public var version: UInt64
  /// SHA-256 of the statement before, 32 bytes; zeros in version 1.
  public var previous: [UInt8]
  /// When it was drafted, in milliseconds since 1970. For people: nothing is counted from it.
  public var draftedAtMilliseconds: Int64
  /// The asset's code and its chain's name.
  public var asset: String
  public var chain: String
  /// Always there in a document.
  public var guardian: GuardTerms?
  public var signers: SignerTerms?
  public var changing: ChangeRules

  public init(
    version: UInt64, previous: [UInt8], draftedAtMilliseconds: Int64, asset: String,
    chain: String, guardian: GuardTerms?, signers: SignerTerms?, changing: ChangeRules
  ) {
    self.version = version
    self.previous = previous
    self.draftedAtMilliseconds = draftedAtMilliseconds
    self.asset = asset
    self.chain = chain
    self.guardian = guardian
    self.signers = signers
    self.changing = changing
  }

  /// What ``previous`` is where there is none.
  public static let none = [UInt8](repeating: 0, count: 32)

  /// SHA-256 of the signed bytes, 32 bytes; ``none`` of a version 0, which is no document.
  public var hash: [UInt8] { version == 0 ? Self.none : SHA256.hash(bytes) }

  /// How others speak of it; `nil` for a version 0.
  public var name: PolicyName? { version > 0 ? PolicyName(version: version, hash: hash) : nil }

  /// What is wrong with it as a document, naming the field and what is allowed; `nil` when nothing is.
  public var problem: String? {
    guard version >= 1 else { return "version: 0 is out of range; allowed from 1" }
    guard (version == 1) == (previous == Self.none) else {
      return "previous: the first version, and no other, follows none"
    }
    guard draftedAtMilliseconds >= 0 else { return "draftedAt: is before 1970" }
    guard Self.isWord(asset, StatementLimit.assetCode) else { return "asset: is no asset's code" }
    guard Self.isWord(chain, StatementLimit.chain) else { return "chain: is no chain's name" }
    guard let guardian else { return "guard: is missing" }
    guard let signers else { return "signers: is missing" }
    return guardian.problem ?? signers.problem ?? changing.problem
  }

  static func isWord(_ text: String, _ limit: Int) -> Bool {
    (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(version)
    writer.write(fixed: previous)
    writer.write(draftedAtMilliseconds)
    writer.write(asset)
    writer.write(chain)
    writer.write(optional: guardian) { $1.encode(into: &$0) }
    writer.write(optional: signers) { $1.encode(into: &$0) }
    changing.encode(into: &writer)
  }

  /// Reads a document; what ``problem`` would name is malformed.
  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    version = try reader.read()
    previous = try reader.read(fixed: 32)
    draftedAtMilliseconds = try reader.read()
    asset = try reader.read(limit: StatementLimit.assetCode)
    chain = try reader.read(limit: StatementLimit.chain)
    guardian = try reader.readOptional { r throws(WireError) in try GuardTerms(from: &r) }
    signers = try reader.readOptional { r throws(WireError) in try SignerTerms(from: &r) }
    changing = try ChangeRules(from: &reader)
    guard problem == nil else { throw .malformed(at: at) }
  }
}

extension GuardTerms {
  var problem: String? {
    for number in Self.numbers { if let problem = number.problem(in: self) { return problem } }
    guard let sanctions else { return nil }
    guard sanctions.issuerKey.count == 32 else { return "guard.sanctions.issuerKey: is no key" }
    return ListTerms.age.problem(in: sanctions)
  }

  func encode(into writer: inout ByteWriter) {
    for number in Self.numbers { writer.write(number.value(self)) }
    writer.write(optional: sanctions) {
      $0.write(fixed: $1.issuerKey)
      $0.write($1.maximumAge)
    }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    perWithdrawal = try reader.read()
    budgetHour = try reader.read()
    budgetDay = try reader.read()
    newAddress = try reader.read()
    newKey = try reader.read()
    lookAlike = try reader.read()
    newContact = try reader.read()
    sanctions = try reader.readOptional { r throws(WireError) in
      ListTerms(issuerKey: try r.read(fixed: 32), maximumAge: try r.read())
    }
  }
}

extension SignerTerms {
  var problem: String? {
    for number in Self.numbers { if let problem = number.problem(in: self) { return problem } }
    guard approvals.count <= PolicyRange.approvals else {
      return "signers.approvals: more than \(PolicyRange.approvals)"
    }
    for (band, next) in zip(approvals, approvals.dropFirst())
    where !band.fingerprint.lexicographicallyPrecedes(next.fingerprint) {
      return "signers.approvals: a signer appears twice, or not in order"
    }
    for band in approvals {
      guard band.fingerprint.count == 4 else { return "signers.approvals: no fingerprint" }
      for number in ApprovalBand.numbers(of: "signers.approvals[\(band.name)]") {
        if let problem = number.problem(in: band) { return problem }
      }
    }
    return nil
  }

  func encode(into writer: inout ByteWriter) {
    for number in Self.numbers { writer.write(number.value(self)) }
    writer.write(list: approvals) {
      $0.write(fixed: $1.fingerprint)
      $0.write($1.above)
      $0.write($1.timeout)
    }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    perTransaction = try reader.read()
    budgetHour = try reader.read()
    budgetDay = try reader.read()
    networkFee = try reader.read()
    feeRateSatsPerVByte = try reader.read()
    refusals = try reader.read()
    approvals = try reader.readList(limit: PolicyRange.approvals) { r throws(WireError) in
      ApprovalBand(
        fingerprint: try r.read(fixed: 4), above: try r.read(), timeout: try r.read())
    }
  }
}

extension ApprovalBand {
  var name: String { Hex.text(fingerprint) }
}

extension ChangeRules {
  /// What is wrong with them, or `nil`.
  public var problem: String? {
    guard (2...PolicyRange.people).contains(people.count) else {
      return "policy.people: \(people.count); allowed 2 to \(PolicyRange.people)"
    }
    guard (2...people.count).contains(Int(clamping: signatures)) else {
      return "policy.signatures: \(signatures) of \(people.count); allowed 2 to \(people.count)"
    }
    guard PolicyRange.delays.contains(delay) else {
      return
        "policy.delay: \(PolicyRange.text(milliseconds: delay)) is out of range; allowed "
        + "\(PolicyRange.text(milliseconds: PolicyRange.delays.lowerBound)) to "
        + PolicyRange.text(milliseconds: PolicyRange.delays.upperBound)
    }
    for (person, next) in zip(people, people.dropFirst())
    where !person.name.utf8.lexicographicallyPrecedes(next.name.utf8) {
      return "policy.people: \(next.name) appears twice, or not in order"
    }
    guard
      people.allSatisfy({
        PolicyStatement.isWord($0.name, StatementLimit.operatorName) && $0.publicKey.count == 32
      })
    else { return "policy.people: a name or a key that is none" }
    guard Set(people.map(\.publicKey)).count == people.count else {
      return "policy.people: two have one key"
    }
    return nil
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(list: people) {
      $0.write($1.name)
      $0.write(fixed: $1.publicKey)
    }
    writer.write(signatures)
    writer.write(delay)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    people = try reader.readList(limit: PolicyRange.people) { r throws(WireError) in
      Person(name: try r.read(limit: StatementLimit.operatorName), publicKey: try r.read(fixed: 32))
    }
    signatures = try reader.read()
    delay = try reader.read()
  }
}
