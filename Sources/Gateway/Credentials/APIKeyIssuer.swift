import Cryptography
public import Engine
import Wire

/// A customer's new credentials. They are shown once; the journal has only their sealed form.
public struct IssuedCredentials: Sendable {
  /// Public identifier, for `OK-ACCESS-KEY`.
  public var apiKey: String
  /// HMAC secret, for `OK-ACCESS-SIGN`.
  public var secret: String
  /// For `OK-ACCESS-PASSPHRASE`.
  public var passphrase: String
}

/// Makes API keys.
public struct APIKeyIssuer: Sendable {
  private let seal: APIKeySeal

  public init(seal: APIKeySeal) { self.seal = seal }

  /// Returns the command that gives `account` a new key, and what to hand to the customer once the
  /// command is committed.
  ///
  /// - Parameter passphrase: Chosen by the customer, or `nil` for a random one.
  public func issue(
    for account: AccountID, label: String, permissions: Permissions, passphrase: String? = nil
  ) throws(APIKeySealError) -> (command: Command, credentials: IssuedCredentials) {
    let digits = Hex.text(SecureRandom.bytes(16))
    var parts: [Substring] = []
    var rest = digits[...]
    for count in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    let credentials = IssuedCredentials(
      apiKey: parts.joined(separator: "-"),
      secret: Hex.text(SecureRandom.bytes(32)).uppercased(),
      passphrase: passphrase ?? Hex.text(SecureRandom.bytes(12)))
    let sealed = try seal.seal(
      apiKey: credentials.apiKey, secret: credentials.secret, passphrase: credentials.passphrase)
    return (
      .createAPIKey(
        key: credentials.apiKey, account: account, label: label, permissions: permissions,
        sealed: sealed), credentials
    )
  }
}
