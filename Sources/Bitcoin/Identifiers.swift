import Wire

/// The hash that names a transaction, without its witnesses.
public struct TransactionID: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes in the order in which they are hashed and serialised.
  public let bytes: [UInt8]

  /// Creates an identifier, or `nil` when `bytes` are not exactly 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Creates an identifier from its display form of 64 digits, or `nil`.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hex.bytes(hex), bytes.count == 32 else { return nil }
    self.bytes = bytes.reversed()
  }

  init(hash: [UInt8]) { bytes = hash }

  /// 32 zero bytes: what a coinbase says it spends.
  public static let zero = TransactionID(hash: [UInt8](repeating: 0, count: 32))

  /// The display form: 64 lower-case digits, last byte first.
  public var hex: String { Hex.text(bytes.reversed()) }
  /// The display form.
  public var description: String { hex }
}

/// The hash that names a block.
public struct BlockHash: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes in the order in which they are hashed and serialised.
  public let bytes: [UInt8]

  /// Creates a hash, or `nil` when `bytes` are not exactly 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Creates a hash from its display form of 64 digits, or `nil`.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hex.bytes(hex), bytes.count == 32 else { return nil }
    self.bytes = bytes.reversed()
  }

  init(hash: [UInt8]) { bytes = hash }

  /// 32 zero bytes: what the first block of a chain stands on.
  public static let zero = BlockHash(hash: [UInt8](repeating: 0, count: 32))

  /// The display form: 64 lower-case digits, last byte first.
  public var hex: String { Hex.text(bytes.reversed()) }
  /// The display form.
  public var description: String { hex }
}

/// One output of one transaction.
public struct Outpoint: Hashable, Sendable, CustomStringConvertible {
  /// The transaction that has the output.
  public let transaction: TransactionID
  /// Position of the output in it, from 0.
  public let index: UInt32

  /// Creates the name of output `index` of `transaction`.
  public init(transaction: TransactionID, index: UInt32) {
    self.transaction = transaction
    self.index = index
  }

  /// What the one input of a coinbase says it spends.
  public static let null = Outpoint(transaction: .zero, index: .max)

  /// The display form `txid:index`.
  public var description: String { "\(transaction.hex):\(index)" }
}
