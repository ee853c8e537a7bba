/// What a signature covers. The byte behind an ECDSA signature, or behind a Schnorr signature when
/// it is not the default.
public struct SighashType: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Taproot only: everything, with no byte written.
  public static let `default` = SighashType(rawValue: 0)
  /// All inputs and all outputs.
  public static let all = SighashType(rawValue: 1)
  /// All inputs and no output.
  public static let none = SighashType(rawValue: 2)
  /// All inputs and the output at the position of the input.
  public static let single = SighashType(rawValue: 3)
  /// Added to the others: this input alone.
  public static let anyoneCanPay: UInt8 = 0x80
}
