/// Why a record is not taken. It changes nothing.
public enum KeyHolderRefusal: Error, Hashable, Sendable {
  case timeRunsBackwards(last: Int64)
  case roster(RosterProblem)
  case version(expected: UInt32)
  case signatureMissing(person: String)
  case quorumMissing(KeySet.Wallet, signed: Int, needed: Int)
  case noRoster
  case unknownPerson(String)
  case badSignature(person: String)
  /// The person has no seat whose key is in service.
  case notInService(person: String)
  case surrendered(person: String)
  case otherPolicy
  case sequence(expected: UInt64)
  case otherPast
  case blockUnknown(height: Int32)
  case blockTooOld(height: Int32, oldest: Int32)
  case blockBackwards(last: Int32)
  case keyCheckRepeated(last: Int32)
  case logUnknown
  case fieldLength(field: String, bytes: Int, needed: Int)
  case itinerary
  case mayNotClaim(person: String)
  case claimNumber(expected: UInt64)
  case claimOpen(UInt64)
  case noClaim(UInt64)
  case mayNotConfirm(person: String)
  case repeated(person: String)
  case freezeNumber(expected: UInt64)
  case frozen(UInt64)
  case notFrozen
  case mayNotThaw(person: String)
  case proofInvalid(person: String)
  case noAcceptance
  case otherLogAccepted(entries: UInt64)
  case acceptancesDiffer(person: String)
  case acceptancesMissing(KeySet.Wallet, signed: Int, needed: Int)
  case nothingLost
  case entriesOutOfRange(UInt64)
}

extension KeyHolderRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .timeRunsBackwards(let last): "time: the last record is of \(last) ms"
    case .roster(let problem): "roster: \(problem)"
    case .version(let expected): "roster version: it must be \(expected)"
    case .signatureMissing(let person): "roster: \(person) has not signed it"
    case .quorumMissing(let wallet, let signed, let needed):
      "roster: \(signed) holders of the \(wallet) wallet in force signed it; it needs \(needed)"
    case .noRoster: "there is no roster yet"
    case .unknownPerson(let name): "person: the roster has no \"\(name)\""
    case .badSignature(let person): "signature: it is not \(person)'s"
    case .notInService(let person): "person: \(person) holds no key in service"
    case .surrendered(let person): "person: \(person) gave up his key"
    case .otherPolicy: "policy id: it is not that of the person's wallet"
    case .sequence(let expected): "sequence: it must be \(expected)"
    case .otherPast: "previous: it is not the id of the person's last heartbeat"
    case .blockUnknown(let height): "block: not the one at height \(height) of the best chain"
    case .blockTooOld(let height, let oldest):
      "block height: \(height); it must be \(oldest) or later. Fetch the latest block and sign again"
    case .blockBackwards(let last):
      "block height: it must not be below \(last), that of the last one"
    case .keyCheckRepeated(let last):
      "block height: it must be above \(last), that of the last key check. Wait for the next block"
    case .logUnknown: "log: the head is not one that this log had"
    case .fieldLength(let field, let bytes, let needed):
      "\(field): \(bytes) bytes; it has \(needed)"
    case .itinerary: "itinerary: each stay has a region of 1 to 16 bytes and ends after it begins"
    case .mayNotClaim(let person): "claimant: \(person) is no holder of that wallet in service"
    case .claimNumber(let expected): "claim number: it must be \(expected)"
    case .claimOpen(let number): "claim: number \(number) about that person is open already"
    case .noClaim(let number): "claim: number \(number) is not open"
    case .mayNotConfirm(let person):
      "person: \(person) may not confirm this claim; other holders of the wallet in service may, "
        + "unless a claim is open about them, and its trustees"
    case .repeated(let person): "person: \(person) has said so already"
    case .freezeNumber(let expected): "freeze number: it must be \(expected)"
    case .frozen(let number): "freeze: number \(number) is in force already"
    case .notFrozen: "freeze: that one is not in force"
    case .mayNotThaw(let person): "person: \(person) holds no key in service"
    case .proofInvalid(let person): "proof: it is no signature by \(person)'s key in the descriptor"
    case .noAcceptance: "acceptance: nobody accepts the log"
    case .otherLogAccepted(let entries):
      "acceptance: it is not for this log as it stands, with \(entries) entries. Make briefs from it "
        + "and sign again"
    case .acceptancesDiffer(let person):
      "acceptance: \(person) accepts something else than those before him"
    case .acceptancesMissing(let wallet, let signed, let needed):
      "acceptance: \(signed) holders of the \(wallet) wallet accept the log; it needs \(needed)"
    case .nothingLost: "acceptance: the log has the entry that is said to be lost"
    case .entriesOutOfRange(let count): "lost entries: no log has \(count)"
    }
  }
}
