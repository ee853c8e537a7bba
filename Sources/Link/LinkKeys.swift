public import Cryptography

/// One side's own static key and the one key that it accepts of the other side.
public struct LinkKeys: Sendable {
  public let own: X25519.PrivateKey
  public let peer: X25519.PublicKey

  public init(own: X25519.PrivateKey, peer: X25519.PublicKey) {
    self.own = own
    self.peer = peer
  }

  /// What both sides of this version agree on before the handshake.
  private static let prologue = Array("holdfast/link/v2".utf8)

  func handshake(_ role: NoiseKK.Role) throws(CryptographyError) -> NoiseKK {
    try NoiseKK(role, prologue: Self.prologue, own: own, other: peer)
  }
}

extension LinkError {
  /// What a failure inside the handshake says about the line.
  init(inHandshake error: CryptographyError) {
    switch error {
    case .notAuthentic, .invalidPublicKey: self = .wrongPeer
    default: self = .cryptography(error)
    }
  }

  /// What a failure inside the session says about the line.
  init(inSession error: CryptographyError) {
    self = error == .notAuthentic ? .notAuthentic : .cryptography(error)
  }
}
