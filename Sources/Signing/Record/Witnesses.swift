import Bitcoin
import Cryptography
import Descriptors
import Logbook
import SignerProtocol
import Wire

/// What the wallet's signers know of one another's records.
///
/// A record and its head put back together to an old copy are whole in themselves. So no signature is
/// given before enough others have seen the entry about it: whatever is put back later, they know.
struct Witnesses {
  static let attestationTag = "holdfast/attestation/v1"
  static let positionTag = "holdfast/position/v1"
  static let neverSignedTag = "holdfast/never-signed/v1"

  private let policyID: [UInt8]
  /// This signer's fingerprint.
  private let own: [UInt8]
  /// How many others have to have seen an entry before its signature is given, once all have spoken
  /// since the start.
  private let needed: Int
  /// Drawn at this start.
  let challenge = SecureRandom.bytes(32)
  /// Everybody's key, by fingerprint.
  private let keys: [[UInt8]: AttestationKey]
  /// How many signers there are, and how many a transaction needs.
  let signers: Int
  let threshold: Int
  private let book: Logbook
  private var newest: [[UInt8]: Attestation.Seen]
  /// Up to which entry of this record each of the others has seen it, by what they said since the
  /// start.
  private var vouched: [[UInt8]: UInt64] = [:]
  /// Whether every other has spoken since the start. A record is put back while its signer stands still,
  /// and one who saw what is missing may be the one that is not heard.
  private var hasMetAll = false
  /// Places of this record that others have seen and that it has.
  private var confirmed: [[UInt8]: Attestation.Seen] = [:]
  /// What another signer has seen of this record and it does not have.
  private var loss: String?

  /// Opens what is remembered of the others beside `recordPath`, or begins it.
  init(
    of descriptor: Descriptor, own: [UInt8], needed: Int, recordPath: String
  ) throws(LogbookError) {
    self.own = own
    self.needed = needed
    policyID = descriptor.policyID
    var keys: [[UInt8]: AttestationKey] = [:]
    let quorum = try? descriptor.quorum
    signers = quorum?.keys.count ?? 0
    threshold = quorum?.threshold ?? 0
    for key in quorum?.keys ?? [] {
      guard let fingerprint = key.origin?.fingerprint.bytes else { continue }
      keys[fingerprint] = AttestationKey(key)
    }
    self.keys = keys
    var newest: [[UInt8]: Attestation.Seen] = [:]
    book = try Logbook(path: recordPath + ".others", domain: "holdfast/signer-others/v1") { bytes in
      var reader = ByteReader(bytes)
      if let seen = try? Attestation.Seen(from: &reader) { newest[seen.fingerprint] = seen }
    }
    self.newest = newest
  }

  /// Nothing is signed while too few of the others have seen the record up to `entry`, or one of them
  /// has seen more than there is.
  func check(upTo entry: UInt64) throws(SignerRefusal) {
    guard needed > 0 else { return }
    if let loss { throw SignerRefusal(.rolledBack, loss) }
    let count = vouched.values.count { $0 >= entry }
    let enough = hasMetAll ? needed : max(needed, keys.count - 1)
    guard count >= enough else {
      throw SignerRefusal(
        .unvouched,
        "entry \(entry) is written, and \(count) other signers have seen it; \(enough) have to"
          + (hasMetAll ? "" : ", as all have to speak once after a start"))
    }
  }

  /// Takes what another signer says.
  ///
  /// - Parameter logbook: This signer's own.
  mutating func take(_ attestation: Attestation, _ logbook: Logbook) throws(LogbookError) {
    let other = attestation.own.fingerprint
    guard attestation.policyID == policyID, other != own, let key = keys[other],
      key.isValid(
        attestation.signature, over: SHA256.tagged(Self.attestationTag, attestation.message)),
      isProved(attestation.own)
    else { return }
    // What was said before this start, or to nobody, may be an old word played again.
    guard attestation.answers.contains(challenge) else { return }
    // A place of this record is signed by this signer, so it counts whoever shows it.
    let seen = attestation.seen.first { $0.fingerprint == own && isProved($0) }
    if let seen {
      guard logbook.contains(LogbookPosition(seen.position)) else {
        loss =
          "signer \(Hex.text(other)) has seen entry \(seen.position.sequence) of a record "
          + "that is not this one"
        return
      }
      confirmed[other] = seen
    }
    if let known = newest[other]?.position, known != attestation.own.position {
      // Whose own record went back is no witness.
      guard attestation.own.position.sequence > known.sequence else {
        vouched[other] = nil
        return
      }
      // Entries are cheap: a record that was put back may have grown beyond what was seen of it. Its
      // signer says itself that it has that place; until then the old one is remembered.
      guard
        attestation.seen.contains(where: { $0.fingerprint == other && $0.position == known })
      else { return }
    }
    if newest[other]?.position != attestation.own.position {
      var writer = ByteWriter()
      attestation.own.encode(into: &writer)
      try book.append(writer.bytes)
      newest[other] = attestation.own
    }
    vouched[other] = seen?.position.sequence ?? 0
    hasMetAll = hasMetAll || vouched.count == keys.count - 1
  }

  /// Whether a position carries the signature of the signer whose it is.
  private func isProved(_ seen: Attestation.Seen) -> Bool {
    guard let key = keys[seen.fingerprint] else { return false }
    return key.isValid(seen.proof, over: Self.digest(of: seen, policyID))
  }

  private static func digest(of seen: Attestation.Seen, _ policyID: [UInt8]) -> [UInt8] {
    SHA256.tagged(
      positionTag,
      Attestation.Seen.message(
        policyID: policyID, fingerprint: seen.fingerprint, position: seen.position))
  }

  /// In an order that does not change from one word to the next.
  private static func sorted(_ seen: [[UInt8]: Attestation.Seen]) -> [Attestation.Seen] {
    seen.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// Returns this signer's promise never to sign a transaction, signed with its own key.
  func promise(
    neverToSign id: TransactionID, by key: any SigningKey
  ) throws(SigningKeyFault) -> NeverSigned {
    var word = NeverSigned(fingerprint: own, transaction: id.bytes)
    word.signature = try key.attest(digest(of: word))
    return word
  }

  /// Whether another signer of the wallet has given this word.
  func isGenuine(_ word: NeverSigned) -> Bool {
    guard word.fingerprint != own, let key = keys[word.fingerprint] else { return false }
    return key.isValid(word.signature, over: digest(of: word))
  }

  private func digest(of word: NeverSigned) -> [UInt8] {
    SHA256.tagged(Self.neverSignedTag, word.message(policyID: policyID))
  }

  /// Returns this signer's word, signed with its own key.
  func attestation(
    at position: LogPosition, to challenges: [[UInt8]], by key: any SigningKey
  ) throws(SigningKeyFault) -> Attestation {
    var mine = Attestation.Seen(fingerprint: own, position: position, proof: [])
    mine.proof = try key.attest(Self.digest(of: mine, policyID))
    var word = Attestation(
      policyID: policyID, own: mine, challenge: challenge, answers: challenges,
      seen: Self.sorted(newest) + Self.sorted(confirmed))
    word.signature = try key.attest(SHA256.tagged(Self.attestationTag, word.message))
    return word
  }
}

extension LogbookPosition {
  init(_ position: LogPosition) {
    self.init(sequence: position.sequence, hash: position.hash)
  }
}
