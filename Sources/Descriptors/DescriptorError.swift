import Wire

/// Why a descriptor is refused. See BIP-380 to BIP-386 and BIP-389.
public enum DescriptorError: Error, Equatable, Sendable {
  /// A text above ``Descriptor/textLimit``, in bytes.
  case textTooLong(Int, limit: Int)
  /// A byte that no descriptor may hold, at this offset.
  case badCharacter(offset: Int)
  /// No `#` and checksum, where one is required.
  case missingChecksum
  /// Something other than eight characters behind the `#`.
  case badChecksumLength(Int)
  /// The checksum does not belong to the text.
  case wrongChecksum(expected: String, found: String)
  /// Parentheses or arguments that make no expression.
  case malformed(String)
  /// A name that no descriptor function has.
  case unknownFunction(String)
  /// A function where its specification does not allow it.
  case notAllowed(function: String, inside: String)
  /// A key expression that is none, with the reason.
  case badKey(String)
  /// A private key where only public ones are wanted.
  case privateKey
  /// A hardened step that would need a private key later.
  case hardenedStep
  /// An uncompressed key where only compressed ones are allowed.
  case uncompressedKey(inside: String)
  /// An x-only key outside `tr`.
  case xOnlyKey(inside: String)
  /// A key of another network.
  case wrongNetwork
  /// A threshold that is no number from 1 to the number of keys.
  case badThreshold(String, keys: Int)
  /// More keys than the script may check.
  case tooManyKeys(Int, limit: Int)
  /// More expressions inside one `thresh` than a script can hold.
  case tooManyParts(Int, limit: Int)
  /// The same key twice, so that one holder could stand for two.
  case repeatedKey
  /// A redeem script above the 520 bytes that a P2SH input can push.
  case redeemScriptTooLong(Int)
  /// Miniscript whose parts do not fit together: no type follows from theirs. See BIP-379.
  case untyped(String)
  /// Miniscript that is valid and that nobody should send money to.
  case unsafeMiniscript(String, Miniscript.Problem)
  /// A script above what a standard transaction can spend.
  case scriptTooLong(Int, limit: Int)
  /// Expressions inside one another beyond any use.
  case tooDeep(limit: Int)
  /// A digest that is no hexadecimal text of its length.
  case badDigest(String, bytes: Int)
  /// A lock that is no number from 1 to 2^31 - 1.
  case badLock(String)
  /// A multipath step that is empty, unfinished, repeated or second in its key.
  case badMultipath(String)
  /// A multipath step with more alternatives than any wallet has.
  case tooManyAlternatives(limit: Int)
  /// Multipath steps of different lengths in one descriptor.
  case mismatchedMultipaths(Int, Int)
  /// An address that is none on this network.
  case badAddress
  /// A branch that the descriptor does not have.
  case noSuchBranch(Int, branches: Int)
  /// An index of 2^31 or more.
  case indexOutOfRange(UInt32)
  /// The one index in 2^127 that has no key; take the next one.
  case noSuchKey(UInt32)
  /// It is not so that any so many of some holders can spend at once.
  case noQuorum(QuorumProblem)

  /// Why a descriptor cannot be the wallet of an exchange.
  public enum QuorumProblem: Hashable, Sendable {
    /// Neither `wsh` nor `tr` with scripts.
    case wrongKind
    /// What can be spent at once is not one choice of so many of some keys.
    case notOneQuorum
    /// Somebody may have the internal key of `tr` and spend alone.
    case spendableInternalKey
    /// The same account stands twice among those who sign.
    case oneHolderTwice
  }
}

extension DescriptorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .textTooLong(let count, let limit):
      "a descriptor of \(count) bytes, above the limit of \(limit)"
    case .badCharacter(let offset): "a character at offset \(offset) that no descriptor may hold"
    case .missingChecksum: "no checksum: a # and eight characters must follow"
    case .badChecksumLength(let count): "a checksum of \(count) characters instead of 8"
    case .wrongChecksum(let expected, let found):
      "checksum \(found) does not belong to the text, which has \(expected)"
    case .malformed(let part): "\"\(part)\" is no descriptor expression"
    case .unknownFunction(let name): "there is no descriptor function \"\(name)\""
    case .notAllowed(let function, let place): "\(function)() is not allowed inside \(place)"
    case .badKey(let reason): "bad key: \(reason)"
    case .privateKey: "a private key, where only public keys are wanted"
    case .hardenedStep: "a hardened step from a public key, which cannot be derived"
    case .uncompressedKey(let place): "an uncompressed key inside \(place)"
    case .xOnlyKey(let place): "an x-only key inside \(place)"
    case .wrongNetwork: "a key of another network"
    case .badThreshold(let text, let keys): "threshold \"\(text)\" is not in 1...\(keys)"
    case .tooManyKeys(let count, let limit): "\(count) keys, above the limit of \(limit)"
    case .tooManyParts(let count, let limit):
      "\(count) expressions inside thresh, above the limit of \(limit)"
    case .repeatedKey: "the same key twice"
    case .redeemScriptTooLong(let count): "a redeem script of \(count) bytes, above 520"
    case .untyped(let text): "the parts of \"\(text.excerpt(upTo: 60))\" do not fit together"
    case .unsafeMiniscript(let text, let problem): "\"\(text)\" is not safe: \(problem)"
    case .scriptTooLong(let count, let limit): "a script of \(count) bytes, above \(limit)"
    case .tooDeep(let limit): "more than \(limit) expressions inside one another"
    case .badDigest(let text, let bytes):
      "\"\(text.excerpt(upTo: 70))\" is no digest of \(bytes) bytes in hexadecimal"
    case .badLock(let text): "\"\(text.excerpt)\" is no lock: a number in 1...2147483647"
    case .badMultipath(let text): "\"\(text)\" is no multipath step"
    case .tooManyAlternatives(let limit): "a multipath step of more than \(limit) alternatives"
    case .mismatchedMultipaths(let a, let b): "multipath steps of \(a) and of \(b) alternatives"
    case .badAddress: "an address that is none on this network"
    case .noSuchBranch(let branch, let branches): "branch \(branch) is not in 0..<\(branches)"
    case .indexOutOfRange(let index): "index \(index) is not below 2^31"
    case .noSuchKey(let index): "index \(index) has no key; take the next one"
    case .noQuorum(let problem): "it is no wallet of several holders: \(problem)"
    }
  }
}

extension DescriptorError.QuorumProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind: "neither wsh(...) nor tr(...) with scripts"
    case .notOneQuorum:
      "what can be spent without waiting is not so many signatures of some keys"
    case .spendableInternalKey:
      "the internal key of tr(...) is not the one that nobody has, of BIP-341"
    case .oneHolderTwice: "the same account stands twice among those who sign"
    }
  }
}
