public import Money

/// Why an algo order is not accepted, changed or canceled.
public enum AlgoError: Error, Equatable, Sendable {
  case unknownAlgo
  case duplicateClientID
  /// It has fired already; its order is on the way (OKX 51416).
  case alreadyTriggered
  /// One account's limit on one instrument (OKX 51260, 51261, 51263).
  case tooMany(AlgoPlan.Kind, limit: Int)
  /// The exchange has no room for another one.
  case full(capacity: Int)
  /// A trigger needs a last price to compare with, and nothing was traded yet.
  case noLastPrice
  /// A conditional order needs exactly one of its two legs, an oco both.
  case legsMissing
  /// The take-profit is not on the winning side of the last price (OKX 51277, 51279).
  case takeProfitOnWrongSide(last: Price)
  /// The stop-loss is not on the losing side of the last price (OKX 51278, 51280).
  case stopLossOnWrongSide(last: Price)
  /// A trailing sell is armed above the last price, a trailing buy below (OKX 51258, 51259).
  case activePriceOnWrongSide(last: Price)
  /// In millionths (OKX 51257, 51250).
  case ratioOutOfRange(minimum: Int64, maximum: Int64)
  case spreadNotPositive
  case sizeNotPositive
  /// A size in quote units is for market buys only.
  case quoteSizeNotAllowed
  /// Lots of a slice (OKX 51252, 51264).
  case sliceOutOfRange(minimum: Lots, maximum: Lots)
  /// In milliseconds (OKX 51269).
  case intervalOutOfRange(minimum: Int64, maximum: Int64)
  case nothingToAmend
  /// A field that this kind does not have, or a kind that cannot be amended (OKX 51506).
  case cannotBeAmended
}
