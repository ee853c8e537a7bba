import Foundation
import Glibc

/// One connection that is kept open and used for one request after the other, without a library in
/// between that would be measured too.
final class HTTPConnection {
  private let socket: Int32
  private let host: String

  /// Connects to an http URL with an IPv4 address or `localhost`, such as http://127.0.0.1:8080.
  init(url: String) throws {
    guard let parts = URLComponents(string: url), parts.scheme == "http", let name = parts.host,
      let port = UInt16(exactly: parts.port ?? 80)
    else { throw BenchmarkError("\(url) is not http://address:port") }
    host = "\(name):\(port)"
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard
      unsafe inet_pton(AF_INET, name == "localhost" ? "127.0.0.1" : name, &address.sin_addr) == 1
    else { throw BenchmarkError("\(name) is not an IPv4 address") }
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = 1
    unsafe setsockopt(
      socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let descriptor = socket
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw BenchmarkError("\(url) does not answer") }
  }

  deinit { close(socket) }

  /// Sends a request and returns the body of its answer.
  func send(
    _ method: String, _ path: String, headers: [(String, String)], body: String
  ) throws -> [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    let request = Array(text.utf8)
    let sent = unsafe request.withUnsafeBytes { bytes in
      unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == request.count else { throw BenchmarkError("the server closed the connection") }
    var received: [UInt8] = []
    while true {
      var buffer = [UInt8](repeating: 0, count: 16_384)
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe recv(socket, bytes.baseAddress, bytes.count, 0)
      }
      guard count > 0 else { throw BenchmarkError("the server closed the connection") }
      received += buffer[..<count]
      if let body = try Self.body(of: received) { return body }
    }
  }

  /// The body once it is whole. Answers of the exchange carry their length.
  private static func body(of received: [UInt8]) throws -> [UInt8]? {
    guard let end = received.firstRange(of: [13, 10, 13, 10]) else { return nil }
    let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
    guard
      let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
      let length = Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces))
    else { throw BenchmarkError("the server's answer has no content-length") }
    let body = received[end.upperBound...]
    return body.count >= length ? Array(body.prefix(length)) : nil
  }
}
