import Cryptography
import Dispatch
import Link
import Settings
import SignerProtocol
import Synchronization

/// The line to one signer, used by one request at a time.
///
/// The line blocks, so it has a queue of its own and never holds a thread of the tasks.
final class SignerLine: Sendable {
  let name: String
  private let place: SignerLink.Place
  private let keys: LinkKeys
  private let timeout: Duration
  private let queue: DispatchQueue
  /// Open between requests; only touched on `queue`.
  private let connection = Mutex<AskingConnection?>(nil)

  init(
    _ line: SignerLink, key: X25519.PrivateKey, number: Int, timeoutMilliseconds: Int64
  ) throws(LinkError) {
    guard let peer = X25519.PublicKey(bytes: line.peerKey) else { throw .wrongPeer }
    place = line.place
    keys = LinkKeys(own: key, peer: peer)
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
        if connection?.isWorn == true { connection = nil }
        if connection != nil {
          do throws(LinkError) {
            return .success(try answer(&connection, request, timeout))
          } catch {
            connection = nil
            guard error == .closed else { throw error }
          }
        }
        connection = try open(timeout)
        return .success(try answer(&connection, request, timeout))
      } catch {
        connection = nil
        return .failure(error)
      }
    }
  }

  private func answer(
    _ connection: inout AskingConnection?, _ request: SignerRequest, _ timeout: Duration
  ) throws(LinkError) -> SignerAnswer {
    let message = LinkMessage(type: request.type.rawValue, payload: request.payload)
    guard let reply = try connection?.exchange(message, timeout: timeout) else { throw .closed }
    guard let answer = try? SignerAnswer(type: reply.type, payload: reply.payload) else {
      throw .unexpectedMessage(type: reply.type)
    }
    return answer
  }

  private func open(_ timeout: Duration) throws(LinkError) -> AskingConnection {
    let channel: FileDescriptorChannel
    switch place {
    case .socket(let path): channel = try UnixSocket.connect(to: path)
    case .serial(let device, let baud):
      channel = try SerialLine.open(device: device, baud: baud)
    }
    return try AskingConnection(over: channel, keys: keys, timeout: timeout)
  }
}
