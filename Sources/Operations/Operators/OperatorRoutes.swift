import Cryptography
package import HTTPTypes
import Hummingbird
import JSON
import Journal
import Logging
import Money
import Statements
import Wire
import Engine

/// The operators' doors on the internal listener. Every request is signed as a whole.
struct OperatorRoutes: Sendable {
  let actions: OperatorActions
  let float: FloatActions
  let rotation: RotationActions
  let gate: OperatorGate
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  func add(to router: Router<InternalContext>) {
    add(.get, "/operator/accounts", to: router) { _, _ in try await actions.accounts() }
    add(.get, "/operator/assets", to: router) { _, _ in try await actions.assets() }
    add(.get, "/operator/reviews", to: router) { _, _ in try await actions.reviews() }
    add(.post, "/operator/accounts", to: router) { body, _ in
      try await actions.openAccount(body)
    }
    add(.post, "/operator/api-keys", to: router) { body, _ in
      try await actions.createAPIKey(body)
    }
    add(.post, "/operator/receipts", to: router) { body, name in
      try await actions.attestReceipt(body, by: name)
    }
    add(.post, "/operator/reviews", to: router) { body, name in
      try await actions.review(body, by: name)
    }
    addTrading(to: router)
    add(.get, "/operator/service", to: router) { _, _ in try await actions.service() }
    add(.post, "/operator/service", to: router) { body, name in
      try await actions.decideService(body, by: name)
    }
    add(.get, "/operator/holds", to: router) { _, _ in try await actions.holds() }
    add(.post, "/operator/holds", to: router) { body, name in
      try await actions.endHold(body, by: name)
    }
    add(.post, "/operator/contacts", to: router) { body, _ in
      try await actions.setContact(body)
    }
    add(.get, "/operator/rotation", to: router) { _, _ in try await rotation.status() }
    add(.get, "/operator/float", to: router) { _, _ in try await float.status() }
    add(.get, "/operator/refill", to: router) { _, _ in try await float.refill() }
    add(.post, "/operator/cold-batches", to: router) { body, _ in
      try await float.registerBatch(body)
    }
  }

  private func addTrading(to router: Router<InternalContext>) {
    add(.get, "/operator/instruments", to: router) { _, _ in try await actions.instruments() }
    add(.get, "/operator/adjustments", to: router) { _, _ in try await actions.adjustments() }
    add(.post, "/operator/instrument-states", to: router) { body, name in
      try await actions.setInstrumentState(body, by: name)
    }
    add(.post, "/operator/fee-tiers", to: router) { body, name in
      try await actions.setFeeTier(body, by: name)
    }
    add(.post, "/operator/subaccounts", to: router) { body, _ in
      try await actions.openSubaccount(body)
    }
    add(.post, "/operator/adjustments", to: router) { body, name in
      try await actions.proposeAdjustment(body, by: name)
    }
    add(.post, "/operator/adjustment-decisions", to: router) { body, name in
      try await actions.decideAdjustment(body, by: name)
    }
  }

  private func add(
    _ method: HTTPRequest.Method, _ path: String, to router: Router<InternalContext>,
    _ action: @escaping @Sendable (JSON, String) async throws -> JSON
  ) {
    router.on(RouterPath(path), method: method) { request, _ in
      try await self.answer(request, target: "\(method.rawValue) \(path)", action)
    }
  }

  private func answer(
    _ request: Request, target: String,
    _ action: @Sendable (JSON, String) async throws -> JSON
  ) async throws -> Response {
    let bytes = try await request.wholeBody()
    let name: String
    do {
      name = try await admit(request, target: target, body: bytes)
    } catch let refusal as OperatorGate.Refusal {
      logger.warning(
        "a request of an operator is refused",
        metadata: ["target": "\(target)", "reason": "\(refusal)"])
      return .refusal("\(refusal)", status: .unauthorized)
    }
    let body: JSON
    do {
      body = bytes.isEmpty ? .object([]) : try JSON(parsing: bytes)
    } catch {
      return .refusal(
        "the body is not JSON: \(error.problem) at byte \(error.offset)", status: .badRequest)
    }
    do {
      let answer = try await action(body, name)
      logger.info("an operator acted", metadata: ["operator": "\(name)", "target": "\(target)"])
      return .json(answer)
    } catch let refusal as OperatorActions.Refusal {
      let status: HTTPResponse.Status =
        switch refusal {
        case .refused, .notNow: .conflict
        default: .badRequest
        }
      return .refusal("\(refusal)", status: status)
    } catch let error as SequencerError {
      return .refusal("\(error)", status: .serviceUnavailable)
    }
  }

  /// Returns the name of the operator who signed the request.
  private func admit(_ request: Request, target: String, body: [UInt8]) async throws -> String {
    let headers = request.headers
    guard let name = headers[.holdfastOperator], let time = headers[.holdfastTimestamp],
      let milliseconds = Int64(time), let nonce = headers[.holdfastNonce].flatMap(Hex.bytes),
      let signature = headers[.holdfastSignature].flatMap(Hex.bytes)
    else { throw OperatorGate.Refusal.badSignature }
    let signed = OperatorRequest(
      operatorName: name, target: target, bodyDigest: SHA256.hash(body),
      signedAtMilliseconds: milliseconds, nonce: nonce)
    let operators = try await actions.sequencer.read { $0.configuration?.operators ?? [] }
    try gate.admit(signed, signature: signature, operators: operators, now: clock())
    return name
  }
}

extension HTTPField.Name {
  /// The operator's name.
  package static let holdfastOperator = name("Holdfast-Operator")
  /// When the request was signed, in milliseconds since 1970.
  package static let holdfastTimestamp = name("Holdfast-Timestamp")
  /// 16 random bytes in hexadecimal.
  package static let holdfastNonce = name("Holdfast-Nonce")
  /// Ed25519 over the request, in hexadecimal.
  package static let holdfastSignature = name("Holdfast-Signature")

  private static func name(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else {
      preconditionFailure("\(text) is a valid header name")
    }
    return name
  }
}
