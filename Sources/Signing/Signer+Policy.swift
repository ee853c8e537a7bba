public import Logbook
import Money
public import Policies
public import SignerProtocol
import Statements

// The signed policy: what people set together decides in place of the configuration.

extension Signer {
  /// Which policies it has taken.
  public var policyState: PolicyState {
    let policies = record.policies
    return PolicyState(
      inForce: policies.inForce.name, pending: policies.pending?.document.statement.name,
      effectiveAtMilliseconds: policies.pending?.effectiveAtMilliseconds ?? 0)
  }

  /// Takes a document that the guard has brought, if enough people have signed it.
  func takePolicy(_ bytes: [UInt8]) throws(SignerRefusal) {
    guard let document = try? PolicyDocument(bytes: bytes) else {
      throw SignerRefusal(.malformedRequest, "no policy document")
    }
    guard !record.policies.knows(document) else { return }
    let wait: Int64
    do throws(PolicyRefusal) { wait = try record.policies.wait(for: document) } catch {
      throw SignerRefusal(.policy, "\(error)")
    }
    // By a wrong clock the wait would be over too early.
    guard wait == 0 || !isClockDoubted else {
      throw SignerRefusal(.clock, "the clock that a loosening waits by is in doubt")
    }
    try remember(.policyTaken(document, wait: wait))
    obeyPolicy()
  }

  /// Takes the document that somebody at the machine has laid down. To be called every second or so.
  ///
  /// - Returns: What became of it; `nil` when nothing lies there.
  public func takePolicyFile() -> SignerAnswer? {
    guard let bytes = PolicyDrop.bytes(forRecord: recordPath) else { return nil }
    do throws(SignerRefusal) {
      try takePolicy(bytes)
    } catch {
      // A clock in doubt, or a full disk, may be right again; what people have not signed stays so.
      if error.code == .policy || error.code == .malformedRequest {
        PolicyDrop.remove(forRecord: recordPath)
      }
      return .refused(error)
    }
    PolicyDrop.remove(forRecord: recordPath)
    return .policyState(policyState)
  }

  /// Puts in force what has waited long enough, by this machine's clock and by the chain's.
  func enforcePolicy() throws(SignerRefusal) {
    guard record.policies.pending != nil, !isClockDoubted,
      record.policies.isDue(at: record.moment(at: now))
    else { return }
    try remember(.policyEnforced)
    obeyPolicy()
  }
}

extension Signer {
  /// What the record at `recordPath` says of the policy, whether or not a signer has it open.
  public static func policyStatus(
    _ policy: SignerPolicy, recordPath: String
  ) throws(LogbookError) -> PolicyStatus {
    var entries: [(Timestamp, SigningEntry)] = []
    try Logbook.read(path: recordPath, domain: recordDomain) { bytes in
      if let entry = try? SigningEntry.read(bytes) { entries.append(entry) }
    }
    var fingerprint: [UInt8] = []
    for case (_, .begun(let own, _)) in entries { fingerprint = own }
    var record = SigningRecord(
      changeFrom: 0, chain: nil, configured: policy.configured(for: fingerprint))
    for (time, entry) in entries { record.apply(entry, at: time) }
    return PolicyStatus(record.policies)
  }
}
