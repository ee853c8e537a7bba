/// What a spender has at hand when a witness is made.
public protocol MiniscriptAssets {
  /// The signature by `key` with its hash type, as it stands in the witness.
  func signature(by key: DerivedKey) -> [UInt8]?
  /// The 32 bytes whose digest under `function` is `digest`.
  func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]?
  /// Whether the input's sequence meets `older(sequence)`. See BIP-112.
  func isOlder(_ sequence: UInt32) -> Bool
  /// Whether the transaction's lock time meets `after(lockTime)`. See BIP-65.
  func isAfter(_ lockTime: UInt32) -> Bool
}
