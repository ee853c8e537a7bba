// WalletFiles owns the texts that wallets of different makers exchange: set-up records (BIP-129) and
// labels (BIP-329). It knows no coins, no network and no file system.
public import Cryptography
public import Descriptors

/// Why a text is no set-up record. See BIP-129.
public enum SetupError: Error, Equatable, Sendable {
  /// A token that is no hexadecimal text of 1 (zero), 8 or 16 bytes.
  case badToken(String)
  /// A record longer than this, in bytes.
  case tooLong(Int, limit: Int)
  /// Not so many lines as the record has.
  case wrongLineCount(expected: Int, actual: Int)
  /// Neither ASCII nor any other UTF-8.
  case notText
  /// A first line other than "BSMS 1.0".
  case unknownVersion(String)
  /// The record is of another session.
  case otherToken
  /// A third line that is no key with its origin.
  case badKey(String)
  /// A description above 80 characters or with a line break.
  case badDescription(Int)
  /// A signature that is none, or not by the key.
  case badSignature(String)
  /// A second line that is no descriptor or template.
  case badDescriptor(DescriptorError)
  /// A checksum that does not belong to the template.
  case wrongChecksum
  /// A third line that is no list of paths, or does not fit the second.
  case badRestrictions(String)
  /// The fourth line is not the wallet's first address.
  case wrongAddress(expected: String, found: String)
  /// A signer's key that is not in the descriptor.
  case keyNotIncluded
  /// Too short for its code, no hexadecimal text, or changed on the way.
  case notAuthentic
  case secret(CryptographyError)
}
