public import Bitcoin
import Wire

/// One line of the history of a devnet: replaying all of them gives the same chain.
public enum StoreRecord: Hashable, Sendable {
  /// A block that entered the tree.
  case block(Block)
  /// A block was marked invalid by hand.
  case invalidate(BlockHash)
  /// A mark was taken back.
  case reconsider(BlockHash)
  /// A transaction entered the mempool, at a time in seconds since 1970 and a height.
  case transaction(Transaction, time: Int64, height: Int)

  /// The bytes of this record.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .block(let block):
      writer.write(UInt8(1))
      writer.write(fixed: block.bytes)
    case .invalidate(let hash):
      writer.write(UInt8(2))
      writer.write(fixed: hash.bytes)
    case .reconsider(let hash):
      writer.write(UInt8(3))
      writer.write(fixed: hash.bytes)
    case .transaction(let transaction, let time, let height):
      writer.write(UInt8(4))
      writer.write(time)
      writer.write(Int64(height))
      writer.write(fixed: transaction.bytes)
    }
    return writer.bytes
  }

  /// Reads back what ``bytes`` wrote, or gives `nil` for anything else.
  public init?(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    switch bytes.first {
    case 1:
      guard let block = try? Block(parsing: body) else { return nil }
      self = .block(block)
    case 2:
      guard let hash = BlockHash(bytes: body) else { return nil }
      self = .invalidate(hash)
    case 3:
      guard let hash = BlockHash(bytes: body) else { return nil }
      self = .reconsider(hash)
    case 4:
      var reader = ByteReader(body)
      guard let time = try? reader.read(Int64.self), let height = try? reader.read(Int64.self),
        let transaction = try? Transaction(parsing: Array(body.dropFirst(16)))
      else { return nil }
      self = .transaction(transaction, time: time, height: Int(height))
    default: return nil
    }
  }
}
