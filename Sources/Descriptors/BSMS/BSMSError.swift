public import Cryptography

/// Why a record of a wallet's set-up is none. See BIP-129.
public enum BSMSError: Error, Equatable, Sendable {
  case lines(Int, expected: Int)
  case version(String)
  case token(String)
  case otherToken
  case key(DescriptorError)
  case description(characters: Int, limit: Int)
  /// The signature is not by the key that the record offers.
  case badSignature
  case descriptor(DescriptorError)
  case restrictions(String)
  /// The first address is not the descriptor's.
  case address(String, expected: String)
  /// The signer's own key is not in the descriptor.
  case keyMissing(String)
  case envelope(String)
  case notAuthentic
  case cryptography(CryptographyError)
}

extension BSMSError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .lines(let count, let expected): "record: \(count) lines; it has \(expected)"
    case .version(let text): "line 1: \"\(text)\"; only BSMS 1.0 is known"
    case .token(let text): "token: \"\(text)\"; it is 00, or 16 or 32 lower-case hexadecimal digits"
    case .otherToken: "line 2: the token of another session"
    case .key(let error): "line 3: \(error)"
    case .description(let characters, let limit):
      "line 4: \(characters) characters; the limit is \(limit)"
    case .badSignature: "line 5: not a signature of lines 1 to 4 by the key of line 3"
    case .descriptor(let error): "line 2: \(error)"
    case .restrictions(let text):
      "line 3: \"\(text)\"; paths such as /0/*,/1/*, or \"No path restrictions\""
    case .address(let address, let expected):
      "line 4: \"\(address)\"; the descriptor's first address is \(expected)"
    case .keyMissing(let key): "line 2: the key \(key) is not in the descriptor"
    case .envelope(let problem): "encrypted record: \(problem)"
    case .notAuthentic: "encrypted record: changed, or of another session's token"
    case .cryptography(let error): "\(error)"
    }
  }
}
