import Settings
import Dispatch
import Link
import SignerProtocol
import Synchronization

/// The line to one signer, used by one request at a time.
///
/// The line blocks, so it has a queue of its own and never holds a thread of the tasks.
final class SignerLine: Sendable {
  let name: String
  private let line: SignerLink
  private let timeout: Duration
  private let queue: DispatchQueue
  /// Open between requests; only touched on `queue`.
  private let connection = Mutex<FrameConnection?>(nil)

  init(_ line: SignerLink, number: Int, timeoutMilliseconds: Int64) {
    self.line = line
    name = "signer \(number)"
    timeout = .milliseconds(timeoutMilliseconds)
    queue = DispatchQueue(label: "holdfast.signer.\(number)")
  }

  /// Returns the signer's answer, or why there is none.
  func ask(_ request: SignerRequest) async -> Result<SignerAnswer, LinkError> {
    // Whether it is there at all must be known soon; signing may take its time.
    let timeout = request == .hello ? min(timeout, .seconds(2)) : timeout
    return await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.exchange(request, timeout)) }
    }
  }

  private func exchange(
    _ request: SignerRequest, _ timeout: Duration
  ) -> Result<SignerAnswer, LinkError> {
    connection.withLock { connection in
      do throws(LinkError) {
        // A connection left from before may have been closed by a signer that was started again:
        // then a second try on a fresh one tells.
        if connection != nil {
          do throws(LinkError) {
            return .success(try answer(&connection, request, timeout))
          } catch {
            connection = nil
            guard error == .closed else { throw error }
          }
        }
        connection = try open()
        return .success(try answer(&connection, request, timeout))
      } catch {
        connection = nil
        return .failure(error)
      }
    }
  }

  private func answer(
    _ connection: inout FrameConnection?, _ request: SignerRequest, _ timeout: Duration
  ) throws(LinkError) -> SignerAnswer {
    guard
      let frame = try connection?.exchange(
        type: request.type.rawValue, payload: request.payload, timeout: timeout)
    else { throw .closed }
    guard let answer = try? SignerAnswer(type: frame.type, payload: frame.payload) else {
      throw .unexpectedFrame(type: frame.type, request: frame.request)
    }
    return answer
  }

  private func open() throws(LinkError) -> FrameConnection {
    let channel: FileDescriptorChannel
    switch line {
    case .socket(let path): channel = try UnixSocket.connect(to: path)
    case .serial(let device, let baud):
      channel = try SerialLine.open(device: device, baud: baud)
    }
    return FrameConnection(over: channel, firstRequest: .random(in: 0...UInt32.max))
  }
}
