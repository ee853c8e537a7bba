import Wire

/// Shows somebody without a network that a transaction is in the chain, so deep that it stays there.
///
/// What must be true of it only the reader's own rules say. See Bitcoin, section 8, "Simplified Payment
/// Verification".
public struct FinalityProof: Equatable, Sendable {
  /// A transaction with its way to the root of the block's tree.
  public struct Member: Equatable, Sendable {
    /// In consensus serialisation, without witnesses.
    public var transaction: [UInt8]
    /// The hashes beside the way, 32 bytes each, the lowest first.
    public var branch: [[UInt8]]

    public init(transaction: [UInt8], branch: [[UInt8]]) {
      self.transaction = transaction
      self.branch = branch
    }
  }

  public var member: Member
  /// Its place in the block.
  public var position: UInt32
  /// The block's first transaction: nobody chooses all of its bytes, so it shows how many levels the
  /// tree has, and no inner node passes for a transaction.
  public var coinbase: Member
  /// The block's header and those upon it, 80 bytes each.
  public var headers: [[UInt8]]

  public init(member: Member, position: UInt32, coinbase: Member, headers: [[UInt8]]) {
    self.member = member
    self.position = position
    self.coinbase = coinbase
    self.headers = headers
  }

  func encode(into writer: inout ByteWriter) {
    member.encode(into: &writer)
    writer.write(position)
    coinbase.encode(into: &writer)
    writer.write(list: headers) { $0.write(fixed: $1) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    member = try Member(from: &reader)
    position = try reader.read()
    coinbase = try Member(from: &reader)
    headers = try reader.readList(limit: MessageLimit.headers) { reader throws(WireError) in
      try reader.read(fixed: 80)
    }
  }
}

extension FinalityProof.Member {
  func encode(into writer: inout ByteWriter) {
    writer.write(transaction)
    writer.write(list: branch) { $0.write(fixed: $1) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    transaction = try reader.read(limit: MessageLimit.transaction)
    branch = try reader.readList(limit: MessageLimit.merkleLevels) { reader throws(WireError) in
      try reader.read(fixed: 32)
    }
  }
}
