public import Logbook
import Money
public import Policies

// Evidence E11: the limits, delays and lists that withdrawals are judged by are those that enough people
// have signed, the newest of them, and a loosening has waited.

extension GuardCore {
  /// Which policies it has taken.
  public var policyStatus: PolicyStatus { PolicyStatus(record.policies) }

  /// All documents that it has taken, from version 1, for signers who do not have them.
  public var policyDocuments: [PolicyDocument] { record.policies.documents }

  /// Under whose signature lists of sanctioned addresses count now, if any do.
  public var sanctionsTerms: SanctionsTerms? { policy.sanctions }

  /// Takes a document that somebody has laid before it, unless it is known.
  ///
  /// - Returns: Why it changes nothing, or `nil`.
  public func take(_ document: PolicyDocument) throws(GuardError) -> PolicyRefusal? {
    guard !record.policies.knows(document) else { return nil }
    let wait: Int64
    do throws(PolicyRefusal) { wait = try record.policies.wait(for: document) } catch {
      return error
    }
    try remember(.policyTaken(document, wait: wait))
    obeyPolicy()
    return nil
  }

  /// Puts in force what has waited long enough by the guard's clock, from when the guard took it.
  public func enforcePolicy() throws(GuardError) {
    guard record.policies.isDue(at: PolicyMoment(clock: now.milliseconds)) else { return }
    try remember(.policyEnforced)
    obeyPolicy()
  }

  /// Decides by the policy in force from here on.
  func obeyPolicy() {
    let before = policy.sanctions?.key
    policy.obey(record.policies.inForce)
    // What another issuer vouched for counts no more.
    if policy.sanctions?.key != before { sanctions = nil }
  }

  /// What the record at `recordPath` says of the policy, whether or not a guard has it open.
  public static func policyStatus(
    _ policy: GuardPolicy, recordPath: String
  ) throws(LogbookError) -> PolicyStatus {
    PolicyStatus(try GuardRecord.policies(at: recordPath, configured: policy.configured))
  }
}
