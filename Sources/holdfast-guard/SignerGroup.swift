import Engine
import Guard
import Link
import Logging
import SignerProtocol
import Wire

/// All signers of the wallet, asked at the same time.
struct SignerGroup: Sendable {
  let lines: [SignerLine]
  let policyID: [UInt8]
  let logger: Logger

  /// Returns the state of every signer that answers and serves this wallet, by line.
  func statuses() async -> [Int: SignerStatus] {
    await withTaskGroup(of: (Int, SignerStatus?).self) { group in
      for (index, line) in lines.enumerated() {
        group.addTask { (index, await status(of: line)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func status(of line: SignerLine) async -> SignerStatus? {
    switch await line.ask(.hello) {
    case .success(.status(let status)):
      guard status.policyID == policyID else {
        logger.error("a signer serves another wallet", metadata: ["signer": "\(line.name)"])
        return nil
      }
      return status
    case .success: return nil
    case .failure(let error):
      logger.log(
        level: error.isSuspicious ? .warning : .debug, "a signer does not answer",
        metadata: ["signer": "\(line.name)", "error": "\(error)"])
      return nil
    }
  }

  /// Asks each signer its own request and returns what they signed.
  func sign(_ requests: [Int: SigningRequest]) async -> SigningRound {
    await withTaskGroup(of: SigningRound.self) { group in
      for (index, request) in requests {
        group.addTask { await sign(request, by: lines[index]) }
      }
      return await group.reduce(into: SigningRound()) {
        $0.answers += $1.answers
        $0.awaitsWitnesses = $0.awaitsWitnesses || $1.awaitsWitnesses
        $0.mayCome = $0.mayCome || $1.mayCome
      }
    }
  }

  /// Asks the signers with `fingerprints` never to sign a transaction and returns how they stand to it.
  func withdraw(
    _ transaction: [UInt8], _ fingerprints: Set<[UInt8]>, _ known: [Int: SignerStatus]
  ) async -> [Standing] {
    await ask(.withdraw(transaction: transaction), fingerprints, known)
  }

  /// Shows signers that signed a transaction what the others promised, and returns those that let go of
  /// it.
  func letGo(
    of transaction: [UInt8], _ promises: [NeverSigned], _ fingerprints: Set<[UInt8]>,
    _ known: [Int: SignerStatus]
  ) async -> [Standing] {
    await ask(.letGo(transaction: transaction, promises: promises), fingerprints, known)
  }

  /// Shows signers that a transaction is final and returns the fingerprints of those that see it.
  func settle(
    _ proof: FinalityProof, _ fingerprints: Set<[UInt8]>, _ known: [Int: SignerStatus]
  ) async -> Set<[UInt8]> {
    await ask(.settle(proof), fingerprints, known).reduce(into: []) {
      if let fingerprint = $1.promisor { $0.insert(fingerprint) }
    }
  }

  /// Asks the signers with `fingerprints` the same about a transaction.
  private func ask(
    _ request: SignerRequest, _ fingerprints: Set<[UInt8]>, _ known: [Int: SignerStatus]
  ) async -> [Standing] {
    await withTaskGroup(of: Standing?.self) { group in
      for (index, status) in known where fingerprints.contains(status.fingerprint) {
        group.addTask {
          guard case .success(let answer) = await lines[index].ask(request) else { return nil }
          let standing = Standing(answer, to: request, by: status.fingerprint)
          if case .refused(let refusal) = answer, standing?.promisor == nil {
            logger.notice(
              "a signer keeps to what it signed",
              metadata: [
                "signer": "\(lines[index].name)", "code": "\(refusal.code)",
                "reason": "\(refusal.text)",
              ])
          }
          return standing
        }
      }
      return await group.reduce(into: []) { if let standing = $1 { $0.append(standing) } }
    }
  }

  private func sign(_ request: SigningRequest, by line: SignerLine) async -> SigningRound {
    switch await line.ask(.sign(request)) {
    case .success(.signed(let answer)): return SigningRound(answers: [answer])
    case .success(.refused(let refusal)) where refusal.code == .unvouched:
      logger.info("a signer waits for the others", metadata: ["signer": "\(line.name)"])
      return SigningRound(awaitsWitnesses: true)
    case .success(.refused(let refusal)):
      logger.warning(
        "a signer refuses",
        metadata: [
          "signer": "\(line.name)", "code": "\(refusal.code)", "reason": "\(refusal.text)",
        ])
      return SigningRound(mayCome: refusal.isTemporary)
    case .success(.status), .success(.chain), .success(.attested), .success(.promised),
      .success(.policyState):
      logger.error("a signer answers something else", metadata: ["signer": "\(line.name)"])
    case .failure(let error):
      logger.warning(
        "a signer does not answer", metadata: ["signer": "\(line.name)", "error": "\(error)"])
    }
    return SigningRound()
  }
}

/// What the signers made of one transaction.
struct SigningRound: Sendable {
  var answers: [SigningAnswer] = []
  /// Whether one has written it down and waits until the others have seen that.
  var awaitsWitnesses = false
  /// Whether one refused for now only: a person, a clock or a budget may let it sign later.
  var mayCome = false
}
