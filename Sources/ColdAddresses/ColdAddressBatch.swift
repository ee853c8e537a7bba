// ColdAddresses owns the batches of cold addresses that the offline device gives out under its
// signature: whoever funds them checks them here. It knows no file, no screen and no socket.
import Bitcoin
import Cryptography
public import Descriptors
public import Statements
public import Wire

/// A numbered batch of cold addresses, as the offline device issues it under its signature.
///
/// The addresses follow from the wallet and the indices, so the batch names them by a digest: it fits
/// into one QR symbol however many there are, and whoever funds one has to derive it himself.
public struct ColdAddressBatch: Statement, Hashable {
  public static let domain = "holdfast/cold-addresses/v1"
  /// The most addresses of one batch.
  public static let maximumCount = 10_000
  /// All coins that there will ever be, in satoshis.
  static let allCoins: Int64 = 2_100_000_000_000_000

  /// 1, 2, 3 and so on for each wallet.
  public let number: UInt32
  /// SHA-256 of the descriptor.
  public let policyID: [UInt8]
  /// Index of the first address; each batch begins where the one before ended.
  public let firstIndex: UInt32
  public let count: UInt32
  /// The most satoshis that may ever be paid to one address.
  public let addressCap: Int64
  /// The period that ``epochCap`` is for; batches of one epoch share it.
  public let epoch: UInt32
  /// The most satoshis that may go to all addresses of the epoch together.
  public let epochCap: Int64
  /// SHA-256 of the scripts, each behind its 32-bit length.
  public let scriptsDigest: [UInt8]

  /// Derives the addresses of the batch that follows `previous`.
  ///
  /// - Throws: ``ColdAddressError/badCount(_:limit:)``, ``ColdAddressError/badCap(_:)`` or
  ///   ``ColdAddressError/outOfSequence(_:)``.
  public init(
    following previous: ColdAddressBatch?, of wallet: Descriptor, count: Int,
    addressCap: Int64, epoch: UInt32, epochCap: Int64
  ) throws(ColdAddressError) {
    guard (1...Self.maximumCount).contains(count) else {
      throw .badCount(count, limit: Self.maximumCount)
    }
    let policyID = wallet.policyID
    if let previous {
      guard previous.policyID == policyID else { throw .outOfSequence("it is of another wallet") }
      guard epoch >= previous.epoch else {
        throw .outOfSequence("epoch \(epoch) is before epoch \(previous.epoch)")
      }
      guard epoch > previous.epoch || epochCap == previous.epochCap else {
        throw .badCap("epoch \(epoch) was given \(previous.epochCap) satoshis already")
      }
    }
    let first = UInt64(previous?.firstIndex ?? 0) + UInt64(previous?.count ?? 0)
    guard first + UInt64(count) <= 1 << 31 else { throw .outOfSequence("no index is left") }
    number = (previous?.number ?? 0) + 1
    self.policyID = policyID
    firstIndex = UInt32(first)
    self.count = UInt32(count)
    self.addressCap = addressCap
    self.epoch = epoch
    self.epochCap = epochCap
    scriptsDigest = try Self.digest(wallet, first: UInt32(first), count: UInt32(count))
    try checkCaps(dust: Self.dust(wallet, first))
  }

  /// Whether the address at `index` belongs to it.
  public func contains(_ index: UInt32) -> Bool {
    firstIndex <= index && index < firstIndex + count
  }

  /// Confirms, on a host that has only the descriptor, that every address of the batch is the
  /// wallet's own and that it follows `previous`.
  ///
  /// - Throws: ``ColdAddressError/badSignature``, ``ColdAddressError/batchDiffers(_:)``, or what
  ///   issuing it would throw.
  public static func verify(
    _ signed: Signed<ColdAddressBatch>, issuedBy key: [UInt8], of wallet: Descriptor,
    following previous: ColdAddressBatch?
  ) throws(ColdAddressError) -> ColdAddressBatch {
    guard signed.isSigned(by: key) else { throw .badSignature }
    let batch = signed.statement
    let own = try ColdAddressBatch(
      following: previous, of: wallet, count: Int(batch.count), addressCap: batch.addressCap,
      epoch: batch.epoch, epochCap: batch.epochCap)
    guard batch.policyID == own.policyID else { throw .batchDiffers("wallet") }
    guard batch.number == own.number else { throw .batchDiffers("number") }
    guard batch.firstIndex == own.firstIndex else { throw .batchDiffers("first index") }
    guard batch.scriptsDigest == own.scriptsDigest else { throw .batchDiffers("list of addresses") }
    return batch
  }

  private static func digest(
    _ wallet: Descriptor, first: UInt32, count: UInt32
  ) throws(ColdAddressError) -> [UInt8] {
    var stream = SHA256Stream()
    do {
      for index in first..<(first + count) {
        var writer = ByteWriter()
        writer.write(try wallet.script(branch: 0, index: index).scriptPubKey.bytes)
        stream.update(writer.bytes)
      }
    } catch {
      throw .descriptor(error)
    }
    return stream.finish()
  }

  /// What nodes do not relay to an address of `wallet`, in satoshis.
  private static func dust(
    _ wallet: Descriptor, _ index: UInt64
  ) throws(ColdAddressError) -> Int64 {
    do {
      let script = try wallet.script(branch: 0, index: UInt32(index)).scriptPubKey
      return TransactionOutput(value: 0, script: script).dustThreshold()
    } catch {
      throw .descriptor(error)
    }
  }

  private func checkCaps(dust: Int64) throws(ColdAddressError) {
    guard (dust...Self.allCoins).contains(addressCap) else {
      throw .badCap("\(addressCap) satoshis for an address are not \(dust) to \(Self.allCoins)")
    }
    guard (addressCap...Self.allCoins).contains(epochCap) else {
      throw .badCap("\(epochCap) satoshis for an epoch are not \(addressCap) to \(Self.allCoins)")
    }
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(number)
    writer.write(fixed: policyID)
    writer.write(firstIndex)
    writer.write(count)
    writer.write(addressCap)
    writer.write(epoch)
    writer.write(epochCap)
    writer.write(fixed: scriptsDigest)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    number = try reader.read()
    policyID = try reader.read(fixed: 32)
    firstIndex = try reader.read()
    let at = reader.offset
    count = try reader.read()
    guard (1...UInt32(Self.maximumCount)).contains(count), firstIndex < 1 << 31 else {
      throw .malformed(at: at)
    }
    addressCap = try reader.read()
    epoch = try reader.read()
    epochCap = try reader.read()
    scriptsDigest = try reader.read(fixed: 32)
  }
}
