public import Bitcoin

/// Where a signer begins to follow the chain's headers, and how old the newest may be.
public struct HeaderTerms: Equatable, Sendable {
  /// A header that whoever configures the signer has looked up himself.
  public var checkpoint: BlockHeader
  /// Its height: where the difficulty changes, a multiple of ``Difficulty/period``.
  public var height: Int
  /// How far the signer's clock may be ahead of the newest header, in seconds. Longer than any usual
  /// pause between blocks: about one block in 160 000 takes two hours.
  public var maximumAgeSeconds: Int64

  public init(checkpoint: BlockHeader, height: Int, maximumAgeSeconds: Int64) {
    self.checkpoint = checkpoint
    self.height = height
    self.maximumAgeSeconds = maximumAgeSeconds
  }
}
