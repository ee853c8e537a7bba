public import Cryptography

/// Why words or shares are not what they should be. No case carries a word.
public enum MnemonicError: Error, Equatable, Sendable {
  /// The word at this position, counted from 1, is not in the list.
  case unknownWord(Int)
  /// A number of words, or characters, that the format does not have.
  case wrongLength(words: Int)
  case wrongChecksum
  /// Bits that must be zero are not.
  case wrongPadding
  /// A secret that the format cannot hold.
  case wrongSecretLength(bytes: Int)
  /// Thresholds and counts that make no scheme.
  case badScheme(String)
  /// Shares of different secrets or different splittings.
  case differentSets
  /// The same share with different content, or more shares than needed that disagree.
  case conflictingShares
  /// Not enough shares: so many groups, or members of a group, are still wanted.
  case tooFewShares(group: Int?, have: Int, need: Int)
  /// The shares fit together by their labels and not by their content.
  case wrongDigest
  /// A share that says what no share may say.
  case malformedShare(String)
  case cryptography(CryptographyError)
}

extension MnemonicError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownWord(let position): "word \(position) is not in the word list"
    case .wrongLength(let words): "\(words) words or characters, which this format does not have"
    case .wrongChecksum: "the checksum is wrong: a word is misspelt, missing or in another place"
    case .wrongPadding: "bits that must be zero are not"
    case .wrongSecretLength(let bytes): "a secret of \(bytes) bytes, which this format cannot hold"
    case .badScheme(let reason): reason
    case .differentSets: "the shares do not belong together"
    case .conflictingShares: "two shares claim the same place and differ"
    case .tooFewShares(let group?, let have, let need):
      "group \(group): \(have) of \(need) shares are here"
    case .tooFewShares(nil, let have, let need): "\(have) of \(need) groups are complete"
    case .wrongDigest: "the shares are labelled alike and do not fit: one of them is wrong"
    case .malformedShare(let reason): "a share \(reason)"
    case .cryptography(let error): "\(error)"
    }
  }
}
