import Engine
import JSON
import Logging
import Money
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Synchronization

/// Drives WebSocket sessions: reads what clients say, answers, and keeps the time.
final class SessionServer: Sendable {
  /// Subscribe, unsubscribe and login requests of one session in an hour.
  private static let subscriptionLimit = RateLimit(
    count: 480, windowMilliseconds: 3_600_000, scope: .address)
  /// Frames of one session in two seconds, pings among them: several times what orders are limited to.
  private static let frameLimit = RateLimit.address(400)

  private let frontend: Frontend
  private let metrics: @Sendable (GatewayMetric) -> Void
  private let nextID = Atomic<UInt64>(1)
  private let open = Atomic<Int>(0)

  init(frontend: Frontend, metrics: @escaping @Sendable (GatewayMetric) -> Void) {
    self.frontend = frontend
    self.metrics = metrics
  }

  /// Whether a request to upgrade is for one of the three addresses.
  static func accepts(_ head: HTTPRequestHead) -> Bool { SocketURL(target: head.uri) != nil }

  /// Serves one session until either side ends it.
  func serve(
    _ channel: WebSocketUpgradeChannel.WebSocket, _ head: HTTPRequestHead
  ) async throws {
    guard let url = SocketURL(target: head.uri) else { return }
    let session = Session(id: nextID.wrappingAdd(1, ordering: .relaxed).oldValue, url: url)
    metrics(.sessions(open: open.wrappingAdd(1, ordering: .relaxed).newValue))
    do {
      try await channel.executeThenClose { inbound, outbound in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            for await frame in session.frames { try await outbound.write(frame) }
          }
          group.addTask { try await self.watch(session) }
          group.addTask { try await self.read(inbound, session) }
          // Whichever side ends first ends the session.
          try await group.next()
          group.cancelAll()
        }
      }
    } catch {
      frontend.logger.debug("a session failed", metadata: ["error": "\(error)"])
    }
    await frontend.hub.leave(session)
    metrics(.sessions(open: open.wrappingAdd(-1, ordering: .relaxed).newValue))
  }

  /// Closes a session in which nobody says anything.
  private func watch(_ session: Session) async throws {
    let limit = Duration.milliseconds(frontend.configuration.idleMilliseconds)
    while true {
      let left = limit - session.idleTime
      if left <= .zero {
        session.close(4004, "No data received in 30s.")
        // The writer ends once it has sent that.
        try await Task.sleep(for: .seconds(5))
        return
      }
      try await Task.sleep(for: left)
    }
  }

  private func read(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ session: Session
  ) async throws {
    for try await frame in inbound {
      session.touch()
      do throws(Rejection) {
        try frontend.limiter.take(
          of: Self.frameLimit, bucket: "frames", subject: "\(session.id)",
          now: frontend.clock().milliseconds)
      } catch {
        session.close(1008, "Requests too frequent.")
        try await Task.sleep(for: .seconds(5))
        return
      }
      switch frame.opcode {
      case .text: await take(Array(frame.unmaskedData.readableBytesView), session)
      case .ping: session.pong(frame.unmaskedData)
      case .connectionClose:
        session.close(1000, "")
        try await Task.sleep(for: .seconds(5))
        return
      default: break
      }
    }
  }

  // MARK: Requests

  private func take(_ text: [UInt8], _ session: Session) async {
    if text == Array("ping".utf8) { return session.send("pong".utf8) }
    guard let request = try? JSON(parsing: text, depthLimit: 16),
      case .object(let members) = request
    else {
      return fail(session, Rejection(.requestNotUnderstood, "Invalid request"), id: nil)
    }
    let parameters = Parameters(members)
    let id = parameters.text("id")
    var arguments: [JSON] = []
    if case .array(let list) = request["args"] { arguments = list }
    let operation = parameters.text("op") ?? ""
    do throws(Rejection) {
      switch operation {
      case "subscribe", "unsubscribe":
        try limit(session)
        await subscribe(arguments, isOn: operation == "subscribe", session, id: id)
      case "login":
        try limit(session)
        await login(arguments, session)
      default:
        try await order(operation, arguments, parameters, session, id: id)
      }
    } catch {
      fail(session, error, id: id)
    }
  }

  private func limit(_ session: Session) throws(Rejection) {
    do throws(Rejection) {
      try frontend.limiter.take(
        of: Self.subscriptionLimit, bucket: "subscriptions", subject: "\(session.id)",
        now: frontend.clock().milliseconds)
    } catch {
      throw Rejection(.tooFrequent, "Requests too frequent.")
    }
  }

  private func fail(_ session: Session, _ rejection: Rejection, id: String?) {
    var row = Row()
    if let id { row.set("id", id) }
    row.set("event", "error")
    row.set("code", rejection.code.rawValue)
    row.set("msg", rejection.message)
    row.set("connId", session.connectionID)
    session.send(row.json.bytes)
  }

  private func subscribe(
    _ arguments: [JSON], isOn: Bool, _ session: Session, id: String?
  ) async {
    let catalog = await frontend.hub.catalog
    if arguments.isEmpty {
      fail(session, Rejection(.argumentsInvalid, "Invalid args"), id: id)
    }
    for argument in arguments {
      do throws(Rejection) {
        let subscription = try Subscription(argument, url: session.url, catalog: catalog)
        if subscription.channel.isPrivate, session.principal == nil {
          throw Rejection(.notLoggedIn, "Please log in")
        }
        var row = Row()
        if let id { row.set("id", id) }
        row.set("event", isOn ? "subscribe" : "unsubscribe")
        row.set("arg", json: argument)
        row.set("connId", session.connectionID)
        session.send(row.json.bytes)
        if isOn {
          try await frontend.hub.subscribe(session, subscription, now: frontend.clock())
        } else {
          await frontend.hub.unsubscribe(session, subscription)
        }
      } catch {
        fail(session, error, id: id)
      }
    }
  }

  private func login(_ arguments: [JSON], _ session: Session) async {
    do throws(Rejection) {
      guard let argument = arguments.first, case .object(let members) = argument else {
        throw Rejection(.argumentsInvalid, "Invalid args")
      }
      session.principal = try await principal(Parameters(members))
      var row = Row()
      row.set("event", "login")
      row.set("code", "0")
      row.set("msg", "")
      row.set("connId", session.connectionID)
      session.send(row.json.bytes)
    } catch {
      fail(session, error, id: nil)
      session.close(4001, "Login failed.")
    }
  }

  private func principal(_ parameters: Parameters) async throws(Rejection) -> Principal {
    guard let key = parameters.text("apiKey") else {
      throw Rejection(.loginKeyInvalid, "Invalid apiKey")
    }
    guard let timestamp = parameters.text("timestamp"),
      let instant = InstantText.instant(timestamp), !timestamp.contains("T")
    else { throw Rejection(.loginTimestampMalformed, "Invalid timestamp") }
    guard Authentication.isFresh(instant, now: frontend.clock()) else {
      throw Rejection(.loginTimestampExpired, "Timestamp request expired")
    }
    guard let found = try? await frontend.keys.key(key) else {
      throw Rejection(.loginKeyInvalid, "Invalid apiKey")
    }
    return try frontend.authentication.checkLogin(
      apiKey: found, passphrase: parameters.text("passphrase") ?? "", timestamp: timestamp,
      signature: parameters.text("sign") ?? "")
  }

  // MARK: Orders

  private func order(
    _ operation: String, _ arguments: [JSON], _ parameters: Parameters, _ session: Session,
    id: String?
  ) async throws(Rejection) {
    typealias Action = (Frontend) -> ([Parameters], Call) async throws(Rejection) -> Answer
    let action: Action
    switch operation {
    case "order", "batch-orders": action = Frontend.place
    case "cancel-order", "batch-cancel-orders": action = Frontend.cancel
    case "amend-order", "batch-amend-orders": action = Frontend.amend
    case "mass-cancel": action = Frontend.massCancel
    default: throw Rejection(.operationUnknown, "Invalid op: \(operation)")
    }
    // OKX has this one at another address than the other operations; clients use either.
    let isAtHome = session.url == .private || operation == "mass-cancel" && session.url == .business
    guard isAtHome else {
      throw Rejection(.operationNotOnThisURL, "Operation is not available on this URL.")
    }
    guard let principal = session.principal else {
      throw Rejection(.notLoggedIn, "Please log in")
    }
    let now = frontend.clock()
    var answer: Answer
    do throws(Rejection) {
      guard principal.permissions.contains(.trade) else {
        throw Rejection(
          .permissionMissing, "This API key does not have the permission for this operation.")
      }
      let items = arguments.compactMap { argument -> Parameters? in
        guard case .object(let members) = argument else { return nil }
        return Parameters(members)
      }
      guard items.count == arguments.count, !items.isEmpty,
        items.count <= TradeEndpoints.batchLimit
      else { throw Rejection(.argumentsInvalid, "Invalid args") }
      let expires = try parameters.time("expTime")
      let call = Call(
        parameters: Parameters(), items: items, principal: principal,
        catalog: await frontend.hub.catalog, now: now, expires: expires)
      answer = try await action(frontend)(items, call)
      // Clients look at the rows only when this is blank.
      answer.message = ""
    } catch {
      answer = Answer(code: error.code, message: error.message, data: [], isTimed: true)
    }
    var row = Row()
    if let id { row.set("id", id) }
    row.set("op", operation)
    row.set("data", json: .array(answer.data))
    row.set("code", answer.code)
    row.set("msg", answer.message)
    row.set("inTime", now.milliseconds * 1000)
    row.set("outTime", frontend.clock().milliseconds * 1000)
    session.send(row.json.bytes)
  }
}
