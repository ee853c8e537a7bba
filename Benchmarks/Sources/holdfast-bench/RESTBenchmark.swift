import Cryptography
import Foundation
import Synchronization

/// Orders over HTTP to a running exchange: from the first byte sent to the last byte of the answer.
enum RESTBenchmark {
  /// A customer in the file that the demonstration writes.
  struct Account: Decodable, Sendable {
    let name: String
    let apiKey: String
    let secret: String
    let password: String
    let baseUrl: String
  }

  private struct Answer: Decodable {
    struct Row: Decodable {
      let ordId: String?
      let sCode: String?
    }
    let code: String
    let data: [Row]
  }

  private struct Outcome {
    var times: [UInt64] = []
    var refused = 0
    var failure: String?
  }

  /// - Parameters:
  ///   - url: Where the exchange listens; by default what the accounts say.
  ///   - perSecond: Orders a second over all connections: the exchange limits each customer to 30.
  static func run(
    accountsFile: String, url: String?, connections: Int, perSecond: Double, count: Int
  ) throws -> Section {
    let data = try Data(contentsOf: URL(fileURLWithPath: accountsFile))
    let accounts = try JSONDecoder().decode([Account].self, from: data)
    guard !accounts.isEmpty else { throw BenchmarkError("\(accountsFile) lists no accounts") }
    let outcome = Mutex(Outcome())
    let group = DispatchGroup()
    let start = ContinuousClock.now
    let pause = Duration.seconds(Double(connections) / perSecond)
    for number in 0..<connections {
      let account = accounts[number % accounts.count]
      let own = count / connections
      group.enter()
      // A thread for each connection: they wait in system calls.
      Thread.detachNewThread {
        do {
          let (times, refused) = try orders(
            own, of: account, at: url ?? account.baseUrl,
            first: start + pause * number / connections,
            every: pause)
          outcome.withLock {
            $0.times += times
            $0.refused += refused
          }
        } catch {
          outcome.withLock { $0.failure = "\(error)" }
        }
        group.leave()
      }
    }
    group.wait()
    let result = outcome.withLock { $0 }
    if let failure = result.failure { throw BenchmarkError(failure) }
    let times = Distribution(result.times)
    var section = Section(
      "REST, \(connections) connection\(connections == 1 ? "" : "s")",
      contains: "\(result.times.count) signed limit orders at \(perSecond) a second, each canceled "
        + "right after, untimed; from sending the request to having the durable answer; "
        + "\(result.refused) refused")
    section.figures = [
      Figure("order latency p50", "µs", [times.microseconds(0.5)]),
      Figure("order latency p99", "µs", [times.microseconds(0.99)]),
    ]
    return section
  }

  private static func orders(
    _ count: Int, of account: Account, at url: String, first: ContinuousClock.Instant,
    every pause: Duration
  ) throws -> ([UInt64], Int) {
    let connection = try HTTPConnection(url: url)
    var times: [UInt64] = []
    var refused = 0
    for index in 0..<count {
      let wait = ContinuousClock.now.duration(to: first + pause * index)
      if wait > .zero { Thread.sleep(forTimeInterval: wait.seconds) }
      // Far below the market: it rests until it is canceled.
      let order =
        #"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","#
        + #""px":"1000","sz":"0.001"}"#
      let start = ContinuousClock.now
      let answer = try send(order, to: "/api/v5/trade/order", account, connection)
      let elapsed = start.duration(to: .now).nanoseconds
      guard answer.code == "0", let id = answer.data.first?.ordId else {
        refused += 1
        continue
      }
      times.append(elapsed)
      _ = try send(
        #"{"instId":"BTC-USDT","ordId":"\#(id)"}"#, to: "/api/v5/trade/cancel-order", account,
        connection)
    }
    return (times, refused)
  }

  /// See OKX v5, "REST authentication".
  private static func send(
    _ body: String, to path: String, _ account: Account, _ connection: HTTPConnection
  ) throws -> Answer {
    let timestamp = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let mac = HMACSHA256.authenticate(
      key: Array(account.secret.utf8), Array((timestamp + "POST" + path + body).utf8))
    let answer = try connection.send(
      "POST", path,
      headers: [
        ("OK-ACCESS-KEY", account.apiKey), ("OK-ACCESS-SIGN", Data(mac).base64EncodedString()),
        ("OK-ACCESS-TIMESTAMP", timestamp), ("OK-ACCESS-PASSPHRASE", account.password),
      ], body: body)
    return try JSONDecoder().decode(Answer.self, from: Data(answer))
  }
}
