public import Bitcoin
public import Descriptors
public import Statements
import Wire

/// The batches of one cold wallet from the first on, each derived again here.
///
/// Whoever is about to fund an address asks it; two hosts that took the same batches answer alike.
public struct ColdAddressSeries: Sendable {
  /// An address that was given out, and what it may get.
  public struct Place: Equatable, Sendable {
    public let batch: ColdAddressBatch
    /// Its index on the wallet's first branch.
    public let index: UInt32
  }

  public let wallet: Descriptor
  /// The Ed25519 key of the offline device, 32 bytes.
  public let issuerKey: [UInt8]
  /// In their order, without a gap.
  public private(set) var batches: [ColdAddressBatch] = []

  public init(of wallet: Descriptor, issuedBy issuerKey: [UInt8]) {
    self.wallet = wallet
    self.issuerKey = issuerKey
  }

  /// Takes the next batch.
  ///
  /// - Throws: what ``ColdAddressBatch/verify(_:issuedBy:of:following:)`` throws; nothing is taken then.
  public mutating func add(_ signed: Signed<ColdAddressBatch>) throws(ColdAddressError) {
    batches.append(
      try ColdAddressBatch.verify(
        signed, issuedBy: issuerKey, of: wallet, following: batches.last))
  }

  /// Returns where `script` stands among the addresses that were given out, the newest batch first;
  /// `nil` when it is none of them.
  public func place(of script: Script) throws(ColdAddressError) -> Place? {
    for batch in batches.reversed() {
      for index in batch.firstIndex..<(batch.firstIndex + batch.count) {
        if try self.script(at: index) == script { return Place(batch: batch, index: index) }
      }
    }
    return nil
  }

  /// Returns the script at `index` of the wallet's first branch.
  public func script(at index: UInt32) throws(ColdAddressError) -> Script {
    do { return try wallet.script(branch: 0, index: index).scriptPubKey } catch {
      throw .descriptor(error)
    }
  }
}
