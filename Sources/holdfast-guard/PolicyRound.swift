import FoundationEssentials
import Logging
import Policies
import SignerProtocol
import Statements
import Wire

/// Finds the policy documents that people put into the guard's folder, and carries those that the guard
/// has taken to the signers who lack them.
struct PolicyRound {
  private let folder: String?
  private let signers: SignerGroup
  /// What was looked at, by name: a file that stays the same is not read again.
  private var looked: [String: InboxEntry.Identity] = [:]
  private var isFolderMissing = false
  private var told: PolicyStatus?
  /// What each signer said last, by line.
  private var states: [Int: PolicyState] = [:]
  private var refusals: [Int: SignerRefusal] = [:]

  init(folder: String?, signers: SignerGroup) {
    self.folder = folder
    self.signers = signers
  }

  /// Returns the documents in files that are new, in the order of their versions.
  mutating func unread(_ logger: Logger) -> [(name: String, document: PolicyDocument)] {
    guard let folder else { return [] }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      if !isFolderMissing {
        logger.warning("the folder of policies cannot be read", metadata: ["folder": "\(folder)"])
      }
      isFolderMissing = true
      return []
    }
    isFolderMissing = false
    var found: [(name: String, document: PolicyDocument)] = []
    for name in names.sorted() where name.hasSuffix(".policy") {
      let path = "\(folder)/\(name)"
      guard let identity = InboxEntry.identity(of: path), looked[name] != identity else { continue }
      looked[name] = identity
      do {
        let bytes = try InboxEntry.read(path, limit: PolicyDocument.limit)
        found.append((name, try PolicyDocument(bytes: bytes)))
      } catch {
        logger.warning("no policy document", metadata: ["file": "\(name)", "problem": "\(error)"])
      }
    }
    looked = looked.filter { names.contains($0.key) }
    return found.sorted { $0.document.statement.version < $1.document.statement.version }
  }

  /// Logs what decides and what waits, when it is news.
  mutating func tell(_ status: PolicyStatus, _ logger: Logger) {
    guard status != told, told != nil || status.version > 0 || status.pending != nil else { return }
    told = status
    logger.notice(
      "the policy in force", metadata: ["version": "\(status.version)", "hash": "\(status.hash)"])
    guard let pending = status.pending else { return }
    let time = Date(timeIntervalSince1970: Double(pending.effectiveAt) / 1000)
    logger.notice(
      "a looser policy waits",
      metadata: [
        "version": "\(pending.version)", "hash": "\(pending.hash)",
        "effective": "\(time.formatted(.iso8601))",
        "changes": "\(pending.changes.map { "\($0.field) \($0.old) -> \($0.new)" })",
      ])
  }

  /// Gives the signers on `lines` the documents that they do not have yet, in order.
  mutating func bring(_ documents: [PolicyDocument], to lines: [Int], _ logger: Logger) async {
    guard !documents.isEmpty else { return }
    let signers = signers
    let answers = await withTaskGroup(of: (Int, SignerAnswer?).self) { group in
      for line in lines {
        group.addTask { (line, await Self.bring(documents, to: signers.lines[line])) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (line, answer) in answers {
      let name = signers.lines[line].name
      switch answer {
      case .policyState(let state):
        refusals[line] = nil
        guard states[line] != state else { continue }
        states[line] = state
        logger.notice(
          "a signer's policy",
          metadata: [
            "signer": "\(name)", "version": "\(state.inForce?.version ?? 0)",
            "pending": "\(state.pending.map { "\($0.version)" } ?? "none")",
          ])
      case .refused(let refusal):
        guard refusals[line] != refusal else { continue }
        refusals[line] = refusal
        logger.warning(
          "a signer does not take the policy",
          metadata: ["signer": "\(name)", "reason": "\(refusal.text)"])
      default: continue
      }
    }
  }

  /// Asks one signer where it is and gives it what follows; returns its last word.
  private static func bring(
    _ documents: [PolicyDocument], to line: SignerLine
  ) async -> SignerAnswer? {
    guard case .success(let answer) = await line.ask(.policy(document: nil)) else { return nil }
    guard case .policyState(let state) = answer else { return answer }
    var last = answer
    for document in documents where document.statement.version > state.newest?.version ?? 0 {
      guard case .success(let next) = await line.ask(.policy(document: document.bytes)) else {
        return nil
      }
      last = next
      guard case .policyState = next else { return next }
    }
    return last
  }
}
