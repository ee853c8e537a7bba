public import Statements
public import Wire

/// Proof, once a month, that a holder can still sign with the key that coins lie under.
public struct KeyCheck: Statement, Hashable {
  public static let domain = "holdfast/key-check/v1"
  /// Longest proof, in bytes.
  public static let proofLimit = 4096

  public var policyID: [UInt8]
  public var person: String
  public var blockHeight: Int32
  /// 32 bytes, in the order that they have inside a block.
  public var blockHash: [UInt8]
  /// A BIP 322 signature of ``text`` by the holder's key in the descriptor.
  public var proof: [UInt8]

  public init(
    policyID: [UInt8], person: String, blockHeight: Int32, blockHash: [UInt8], proof: [UInt8]
  ) {
    self.policyID = policyID
    self.person = person
    self.blockHeight = blockHeight
    self.blockHash = blockHash
    self.proof = proof
  }

  /// What the spending key signs.
  public var text: String {
    func hex(_ bytes: [UInt8]) -> String {
      let digits = Array("0123456789abcdef")
      return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
    return "Holdfast key check: \(person), policy \(hex(policyID)), "
      + "block \(blockHeight) \(hex(blockHash.reversed()))"
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(policyID)
    writer.write(person)
    writer.write(blockHeight)
    writer.write(blockHash)
    writer.write(proof)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    policyID = try reader.read(limit: 32)
    person = try reader.read(limit: RosterLimit.name)
    blockHeight = try reader.read()
    blockHash = try reader.read(limit: 32)
    proof = try reader.read(limit: Self.proofLimit)
  }
}
