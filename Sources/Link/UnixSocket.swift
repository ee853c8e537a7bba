// Unsafe file. Sound because the socket address is a local value that outlives the call it is
// passed to, and its path is checked to fit before it is copied.
import Glibc

/// Opens Unix-domain stream sockets.
public enum UnixSocket {
  /// Connects to the socket at `path`.
  public static func connect(to path: String) throws(LinkError) -> FileDescriptorChannel {
    let descriptor = try makeSocket()
    let result = try unsafe withAddress(of: path) { address, length in
      unsafe Glibc.connect(descriptor, address, length)
    }
    guard result == 0 else {
      let error = LinkError.lastSystemError("connect to \(path)")
      _ = close(descriptor)
      throw error
    }
    return FileDescriptorChannel(owning: descriptor, isSocket: true)
  }

  static func makeSocket() throws(LinkError) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .lastSystemError("socket") }
    return descriptor
  }

  static func withAddress(
    of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(LinkError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard !bytes.isEmpty, bytes.count <= limit, !bytes.contains(0) else {
      throw .unsafePath(path, problem: "a socket's path has 1 to \(limit) bytes")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
      unsafe field.copyBytes(from: bytes)
    }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe body(address, length)
      }
    }
  }
}
