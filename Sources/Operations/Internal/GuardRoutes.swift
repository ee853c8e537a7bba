import HTTPTypes
import Hummingbird
import JSON
import Journal
import Logging
import Wire

/// The guard's doors on the internal listener.
struct GuardRoutes: Sendable {
  let feed: JournalFeed
  let orders: GuardOrders
  let token: GuardToken
  let presence: GuardPresence
  let logger: Logger

  func add(to router: Router<InternalContext>) {
    router.get("/internal/journal") { request, _ in try await self.journal(request) }
    router.post("/internal/guard") { request, _ in try await self.order(request) }
    router.post("/internal/guard/list") { request, _ in try await self.orderList(request) }
  }

  private func journal(_ request: Request) async throws -> Response {
    guard token.isShown(by: request.headers[.authorization]) else {
      return .refusal("the token is missing or wrong", status: .unauthorized)
    }
    let parameters = request.uri.queryParameters
    guard let after = UInt64(parameters["after"] ?? "0"),
      let wait = Int64(parameters["wait"] ?? "0"), wait >= 0
    else { return .refusal("after and wait are whole numbers", status: .badRequest) }
    let hash = parameters["hash"].map { Hex.bytes(String($0)) }
    if let hash, hash?.count != 32 {
      return .refusal("hash has 64 hexadecimal digits", status: .badRequest)
    }
    presence.heard()
    do {
      if let hash, let hash { try feed.confirm(after, hash: hash) }
      // Heard only when it asks: whoever died waiting must not count as alive.
      let batches = try await feed.batches(
        after: after, waitMilliseconds: min(wait, presence.longestWaitMilliseconds))
      return .bytes(batches, type: "application/octet-stream")
    } catch let refusal as JournalFeed.Refusal {
      logger.critical("the guard followed another journal", metadata: ["reason": "\(refusal)"])
      return .refusal("\(refusal)", status: .conflict)
    } catch let error as JournalError {
      logger.critical("the journal cannot be read", metadata: ["error": "\(error)"])
      return .refusal("\(error)", status: .internalServerError)
    }
  }

  private func order(_ request: Request) async throws -> Response {
    try await answer {
      let committed = try await orders.take(try await request.wholeBody())
      return ["ok": true, "batch": .integer(committed.batch)]
    }
  }

  private func orderList(_ request: Request) async throws -> Response {
    try await answer {
      let refusals = try await orders.take(list: try await request.wholeBody())
      return [
        "ok": true,
        "refusals": .array(refusals.map { $0.map { .string("\($0)") } ?? .null }),
      ]
    }
  }

  private func answer(_ take: () async throws -> JSON) async throws -> Response {
    do {
      return .json(try await take())
    } catch let refusal as GuardOrders.Refusal {
      logger.warning("an order of the guard is refused", metadata: ["reason": "\(refusal)"])
      let status: HTTPResponse.Status =
        switch refusal {
        case .malformed: .badRequest
        case .badSignature: .unauthorized
        case .notTheGuards: .forbidden
        case .counter, .refused: .conflict
        }
      return .refusal("\(refusal)", status: status)
    } catch let error as SequencerError {
      return .refusal("\(error)", status: .serviceUnavailable)
    }
  }
}
