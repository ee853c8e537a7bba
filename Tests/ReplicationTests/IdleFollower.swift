import Link
import Replication

/// Connects as a view, and then neither reads nor says anything.
final class IdleFollower: Sendable {
  private let channel: FileDescriptorChannel

  init(socket: String) throws {
    channel = try UnixSocket.connect(to: socket)
    let hello = ReplicationMessage.Hello(
      role: .view, identity: [UInt8](repeating: 0, count: 32), sequence: 0,
      hash: [UInt8](repeating: 0, count: 32), term: 0, credit: .max, name: "idle")
    try channel.send(
      ReplicationMessage.hello(hello).bytes, before: .now.advanced(by: .seconds(300)))
  }

  func close() { channel.close() }
}
