public import Cryptography
import Wire

/// Why bytes are no PSBT, or why a role cannot do its work. See BIP-174, BIP-370 and BIP-371.
public enum PSBTError: Error, Hashable, Sendable {
  /// The bytes do not begin with "psbt" and 0xff.
  case noMagic
  /// Text that is no Base64.
  case notBase64
  /// The bytes end inside a map.
  case truncated
  case trailingBytes(Int)
  /// The same key twice in one map.
  case duplicateKey(PSBTPlace, key: [UInt8])
  /// A key whose data has no length or form that its field allows.
  case badKey(PSBTPlace, field: UInt8, reason: String)
  /// A value that its field does not allow.
  case badValue(PSBTPlace, field: UInt8, reason: String)
  /// A field that the version requires.
  case missing(PSBTPlace, field: UInt8)
  /// A field that the version does not have.
  case notInVersion(PSBTPlace, field: UInt8, version: UInt32)
  case unsupportedVersion(UInt32)
  /// The transaction inside is none, or is signed.
  case badTransaction(String)
  /// One input needs a lock by height and another one by time.
  case conflictingLockTimes
  /// PSBTs of different transactions.
  case differentTransactions
  /// No such input or output.
  case noSuchIndex(Int, count: Int)
  /// What the input spends is not given, or contradicts its outpoint or scripts.
  case badUTXO(input: Int, reason: String)
  /// An amount, in satoshis, that is negative or, alone or with those before it, above all money.
  case badAmount(PSBTPlace, value: Int64)
  /// The input asks for another signature hash type than the signer accepts.
  case refusedSighash(input: Int, type: UInt32)
  /// There is not enough in the input to finish it.
  case incomplete(input: Int)
  /// A private key that the input has no use for.
  case foreignKey(input: Int)
  /// The nonce of a signer of a joint key is missing, or another than it was. See BIP-373.
  case badNonce(input: Int, signer: [UInt8])
  /// The partial signature of a signer of a joint key is wrong.
  case badPartialSignature(input: Int, signer: [UInt8])
  /// The signers of a joint key cannot sign together.
  case musig(input: Int, MuSig2Error)
}

/// Which map of a PSBT.
public enum PSBTPlace: Hashable, Sendable, CustomStringConvertible {
  case global
  case input(Int)
  case output(Int)

  public var description: String {
    switch self {
    case .global: "global map"
    case .input(let index): "input \(index)"
    case .output(let index): "output \(index)"
    }
  }
}

extension PSBTError: CustomStringConvertible {
  public var description: String {
    func name(_ field: UInt8) -> String {
      "field 0x" + (field < 16 ? "0" : "") + String(field, radix: 16)
    }
    return switch self {
    case .noMagic: "no PSBT: it does not begin with \"psbt\" and 0xff"
    case .notBase64: "no Base64"
    case .truncated: "the PSBT ends inside a map"
    case .trailingBytes(let count): "\(count) bytes behind the last map"
    case .duplicateKey(let place, let key):
      "\(place): \(name(key.first ?? 0)) has the same key twice"
    case .badKey(let place, let field, let reason): "\(place): key of \(name(field)): \(reason)"
    case .badValue(let place, let field, let reason): "\(place): \(name(field)): \(reason)"
    case .missing(let place, let field): "\(place): \(name(field)) is missing"
    case .notInVersion(let place, let field, let version):
      "\(place): \(name(field)) does not belong to version \(version)"
    case .unsupportedVersion(let version): "version \(version); known are 0 and 2"
    case .badTransaction(let reason): "the unsigned transaction: \(reason)"
    case .conflictingLockTimes: "the inputs need lock times by height and by time at once"
    case .differentTransactions: "the PSBTs are of different transactions"
    case .noSuchIndex(let index, let count): "index \(index) is not below \(count)"
    case .badUTXO(let input, let reason): "input \(input): \(reason)"
    case .badAmount(let place, let value):
      "\(place): \(value) satoshi, alone or with those before it, is no amount"
    case .refusedSighash(let input, let type):
      "input \(input): signature hash type \(type) is not accepted"
    case .incomplete(let input): "input \(input): signatures or scripts are missing"
    case .foreignKey(let input): "input \(input): the key does not sign there"
    case .badNonce(let input, let signer):
      "input \(input): the nonce of signer \(Hex.text(signer)) is missing or was exchanged"
    case .badPartialSignature(let input, let signer):
      "input \(input): the partial signature of signer \(Hex.text(signer)) is wrong"
    case .musig(let input, let error): "input \(input): signing together: \(error)"
    }
  }
}
