import CSodium

/// The start-up of libsodium, done once per process before its first use.
enum SodiumLibrary {
  private static let started: Void = {
    // A system without randomness cannot make keys, nonces or blinding; there is no fallback.
    precondition(sodium_init() >= 0, "libsodium could not be initialised")
  }()

  static func start() { _ = started }
}
