import Foundation

/// Where a node listens and how it knows us.
public struct NodeEndpoint: Sendable {
  /// How the node knows us.
  public enum Authentication: Sendable {
    /// A name and a password from the node's configuration.
    case user(String, password: String)
    /// The file that the node writes anew at every start; read again for each call.
    case cookie(path: String)
  }

  /// Address without credentials, for example "http://127.0.0.1:18443".
  public let url: String
  let authentication: Authentication

  /// Creates an endpoint.
  public init(url: String, authentication: Authentication) {
    self.url = url
    self.authentication = authentication
  }

  /// Reads an address with credentials, "http://user:password@host:port", or one without, which
  /// then needs `cookie`.
  ///
  /// - Throws: ``NodeError/unsuitable(_:)`` naming what is missing; never the password.
  public init(parsing text: String, cookie: String? = nil) throws(NodeError) {
    guard let parts = URLComponents(string: text), parts.scheme == "http",
      let host = parts.host, !host.isEmpty, let port = parts.port
    else {
      throw .unsuitable("a node's address has the form http://user:password@host:port")
    }
    url = "http://\(host):\(port)"
    if let user = parts.user, let password = parts.password {
      authentication = .user(user, password: password)
    } else if let cookie {
      authentication = .cookie(path: cookie)
    } else {
      throw .unsuitable("the address \(url) needs user and password, or a cookie file")
    }
  }

  /// User and password for one call.
  func credentials() throws(NodeError) -> (user: String, password: String) {
    switch authentication {
    case .user(let user, let password): return (user, password)
    case .cookie(let path):
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        let colon = text.firstIndex(of: ":")
      else {
        // The node writes it when it starts and removes it when it ends.
        throw .unreachable("the cookie file \(path) cannot be read")
      }
      let password = text[text.index(after: colon)...].prefix { !$0.isNewline }
      return (String(text[..<colon]), String(password))
    }
  }
}
