import AsyncHTTPClient
import JSON
import Journal
import NIOCore
import NIOHTTP1
import Statements
import Wire

/// Speaks to the online server: reads its journal and gives it orders.
struct ServerClient: Sendable {
  enum Failure: Error, CustomStringConvertible {
    case unreachable(String)
    /// The server answered, and not with what was asked for.
    case refused(status: UInt, text: String)
    /// The server's journal does not hold the batch that the guard stands at.
    case foreign(String)
    /// The feed is not made of batches.
    case malformed(String)

    var description: String {
      switch self {
      case .unreachable(let reason): "the online server cannot be reached: \(reason)"
      case .refused(let status, let text): "the online server refused with \(status): \(text)"
      case .foreign(let problem): "the online server has another journal: \(problem)"
      case .malformed(let problem): "the feed is malformed: \(problem)"
      }
    }
  }

  static let answerLimit = 64 << 20

  let url: String
  let token: String
  let client: HTTPClient

  /// Returns the batches after `sequence`; waits for news at most `waitMilliseconds`.
  ///
  /// - Parameter hash: Hash of batch `sequence`, which the server's journal must have there.
  /// - Throws: ``Failure/foreign(_:)`` when it has not.
  func batches(
    after sequence: UInt64, hash: [UInt8], waitMilliseconds: Int64
  ) async throws(Failure) -> [JournalBatch] {
    var request = HTTPClientRequest(
      url:
        "\(url)/internal/journal?after=\(sequence)&hash=\(Hex.text(hash))&wait=\(waitMilliseconds)")
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    let bytes: [UInt8]
    do throws(Failure) {
      bytes = try await send(request, timeoutMilliseconds: waitMilliseconds + 30_000)
    } catch {
      if case .refused(409, let text) = error { throw .foreign(text) }
      throw error
    }
    var reader = ByteReader(bytes)
    var batches: [JournalBatch] = []
    while reader.remaining > 0 {
      guard let batch = try? reader.read([UInt8].self, limit: Self.answerLimit) else {
        throw .malformed("a length that does not fit")
      }
      do { batches.append(try JournalBatch(decoding: batch)) } catch {
        throw .malformed("batch \(sequence + UInt64(batches.count) + 1): \(error)")
      }
    }
    return batches
  }

  /// Gives an order; returns when the server has it in its journal.
  func give(_ order: Signed<GuardOrder>) async throws(Failure) {
    var request = HTTPClientRequest(url: "\(url)/internal/guard")
    request.method = .POST
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    request.headers.add(name: "content-type", value: "application/octet-stream")
    request.body = .bytes(order.bytes)
    _ = try await send(request, timeoutMilliseconds: 30_000)
  }

  /// Gives orders that take effect one right after the other; returns when the server has them in its
  /// journal.
  ///
  /// - Returns: Why the core refused an order, or `nil`, in the order of `orders`.
  func give(_ orders: [Signed<GuardOrder>]) async throws(Failure) -> [String?] {
    var writer = ByteWriter()
    for order in orders { writer.write(order.bytes) }
    var request = HTTPClientRequest(url: "\(url)/internal/guard/list")
    request.method = .POST
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    request.headers.add(name: "content-type", value: "application/octet-stream")
    request.body = .bytes(writer.bytes)
    let answer = try await send(request, timeoutMilliseconds: 30_000)
    guard let refusals = (try? JSON(parsing: answer))?["refusals"]?.array,
      refusals.count == orders.count
    else { throw .malformed("an answer to \(orders.count) orders that is none") }
    return refusals.map(\.string)
  }

  private func send(
    _ request: HTTPClientRequest, timeoutMilliseconds: Int64
  ) async throws(Failure) -> [UInt8] {
    let status: HTTPResponseStatus
    let bytes: [UInt8]
    do {
      let response = try await client.execute(
        request, timeout: .milliseconds(timeoutMilliseconds))
      status = response.status
      bytes = Array(buffer: try await response.body.collect(upTo: Self.answerLimit))
    } catch {
      throw .unreachable("\(error)")
    }
    guard status == .ok else {
      let error = (try? JSON(parsing: bytes))?["error"]?.string
      throw .refused(status: status.code, text: error ?? "no reason given")
    }
    return bytes
  }
}
