// Bitcoin owns the protocol as pure values: transactions, blocks, scripts, their hashes and rules.
// It knows no socket, no clock, no wallet policy and no key it was not handed.

/// Why bytes are not a Bitcoin transaction, block or header. Every case says at which byte, from 0.
public enum BitcoinError: Error, Hashable, Sendable {
  /// The bytes end inside `field`, of which there is nothing more than what begins at `at`.
  case truncated(field: String, at: Int)
  /// A count or length above `limit`.
  case tooMany(field: String, at: Int, count: UInt64, limit: UInt64)
  /// A count that is not written in its shortest form.
  case nonCanonicalCount(field: String, at: Int)
  /// A transaction marked as having witnesses has none.
  case superfluousWitness(at: Int)
  /// Bits in the flag byte of a transaction that no rule defines.
  case unknownTransactionFlags(UInt8, at: Int)
  /// So many bytes are left after the value.
  case trailingBytes(Int, at: Int)
}

extension BitcoinError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let field, let at): "byte \(at): the bytes end inside \(field)"
    case .tooMany(let field, let at, let count, let limit):
      "byte \(at): \(field) counts \(count), above \(limit)"
    case .nonCanonicalCount(let field, let at):
      "byte \(at): the count of \(field) is not written in its shortest form"
    case .superfluousWitness(let at): "byte \(at): witnesses are announced and all are empty"
    case .unknownTransactionFlags(let flags, let at):
      "byte \(at): the flags \(flags) of a transaction are not defined"
    case .trailingBytes(let count, let at): "byte \(at): \(count) bytes are left over"
    }
  }
}

/// Limits that every transaction and block keeps.
public enum Consensus {
  /// Satoshis in one bitcoin.
  public static let satoshisPerBitcoin: Int64 = 100_000_000
  /// No amount or sum of amounts, in satoshis, is ever above this.
  public static let maximumMoney: Int64 = 21_000_000 * satoshisPerBitcoin
  /// Largest weight of a block, in weight units. See BIP-141.
  public static let maximumBlockWeight = 4_000_000
  /// Weight units of one byte outside the witness. See BIP-141.
  public static let witnessScaleFactor = 4
  /// Blocks that must be on top of a coinbase before it is spent.
  public static let coinbaseMaturity = 100
  /// A lock time below this is a height, otherwise seconds since 1970.
  public static let lockTimeThreshold: UInt32 = 500_000_000
}
