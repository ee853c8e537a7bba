/// A fee per size, in satoshi per 1000 virtual bytes: what nodes count in.
///
/// One satoshi per virtual byte is 1000; a node's smallest relay rate is 100 since Bitcoin Core 30.
/// All conversions are exact, in integers, and name how they round.
public struct FeeRate: Hashable, Comparable, Sendable {
  /// Satoshi per 1000 virtual bytes, 0 to ``limit``.
  public let satsPerKVByte: Int64

  /// A million satoshi per virtual byte: above what anyone would allow, and low enough to reckon with.
  public static let limit: Int64 = 1_000_000_000
  public static let zero = FeeRate(unchecked: 0)
  public static let highest = FeeRate(unchecked: limit)
  /// What every node relays, one satoshi per virtual byte.
  public static let relayed = FeeRate(unchecked: 1000)
  /// Ten satoshi per virtual byte: what Bitcoin Core reckons with for some day.
  public static let usual = FeeRate(unchecked: 10_000)

  /// Creates a rate, or `nil` outside 0 to ``limit``.
  public init?(satsPerKVByte: Int64) {
    guard (0...Self.limit).contains(satsPerKVByte) else { return nil }
    self.satsPerKVByte = satsPerKVByte
  }

  /// Creates the rate of whole satoshi per virtual byte, or `nil` outside 0 to 1,000,000.
  public init?(satsPerVByte: Int64) {
    guard (0...Self.limit / 1000).contains(satsPerVByte) else { return nil }
    self.init(unchecked: satsPerVByte * 1000)
  }

  /// Creates a rate from satoshi per 1000 weight units, or `nil` outside 0 to ``limit`` / 4.
  public init?(satsPerKWeight: Int64) {
    guard (0...Self.limit / 4).contains(satsPerKWeight) else { return nil }
    self.init(unchecked: satsPerKWeight * 4)
  }

  /// Creates the highest rate at which `vbytes` cost no more than `fee`, at most ``limit``.
  ///
  /// - Parameters:
  ///   - fee: Satoshi, at least 0.
  ///   - vbytes: At least 1.
  public init(atMost fee: Int64, for vbytes: Int64) {
    precondition(fee >= 0 && vbytes > 0)
    self.init(unchecked: Int64(min(Int128(fee) * 1000 / Int128(vbytes), Int128(Self.limit))))
  }

  /// The nearest rate within the range of this type.
  init(clamping satsPerKVByte: Int128) {
    self.init(unchecked: Int64(min(max(satsPerKVByte, 0), Int128(Self.limit))))
  }

  private init(unchecked satsPerKVByte: Int64) { self.satsPerKVByte = satsPerKVByte }

  /// The rate in whole satoshi per virtual byte, rounded up.
  public var satsPerVByteRoundedUp: Int64 { (satsPerKVByte + 999) / 1000 }

  /// Returns the fee of `vbytes`, rounded up, in satoshi. See `CFeeRate::GetFee` of Bitcoin Core.
  public func fee(forVBytes vbytes: Int64) -> Int64 {
    precondition(vbytes >= 0)
    return Int64(clamping: (Int128(satsPerKVByte) * Int128(vbytes) + 999) / 1000)
  }

  /// Returns the fee of `weight` units, rounded up: without the loss of rounding to virtual bytes.
  public func fee(forWeight weight: Int64) -> Int64 {
    precondition(weight >= 0)
    return Int64(clamping: (Int128(satsPerKVByte) * Int128(weight) + 3999) / 4000)
  }

  public static func < (a: FeeRate, b: FeeRate) -> Bool { a.satsPerKVByte < b.satsPerKVByte }
}

extension FeeRate: CustomStringConvertible {
  /// Such as `12.345 sat/vB`.
  public var description: String {
    let rest = String(satsPerKVByte % 1000)
    return "\(satsPerKVByte / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest) sat/vB"
  }
}
