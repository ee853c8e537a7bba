import Money
import Structures

/// Why an order command changed nothing, in numbers only: a refused command costs no more than an
/// accepted one.
struct HotRefusal: Error, BitwiseCopyable {
  enum Code: UInt8 {
    case notConfigured = 0
    case unknownAccount = 1
    case unknownInstrument = 2
    case malformedClientOrderID = 3
    case malformedTag = 4
    case malformedRequestID = 5
    case insufficientBalance = 6
    case priceMissing = 7
    case priceNotAllowed = 8
    case sizeBelowMinimum = 9
    case sizeAboveMaximum = 10
    case notionalTooLarge = 11
    case duplicateClientOrderID = 12
    case unknownOrder = 13
    case noLiquidity = 15
    case nothingToAmend = 16
    case amendBelowFilled = 17
    case amendWouldTake = 18
    case typeCannotBeAmended = 19
    case quoteSizeNotAllowed = 20
    case amountNotPositive = 21
    case priceAboveLimit = 22
    case priceBelowLimit = 23
    case tooManyOpenOrders = 24
    case full = 25
    case instrumentSuspended = 26
    case onlyLimitInAuction = 27
  }

  var code: Code
  /// What the case carries, in order; unused ones are 0.
  var first: Int64 = 0
  var second: Int64 = 0
  var third: Int64 = 0

  @inline(never)
  init(_ code: Code, _ first: Int64 = 0, _ second: Int64 = 0, _ third: Int64 = 0) {
    self.code = code
    self.first = first
    self.second = second
    self.third = third
  }

  static func full(_ structure: FixedStructure) -> HotRefusal {
    HotRefusal(.full, Int64(structure.rawValue))
  }

  /// The same in the form that readers know; `nil` when the numbers do not belong to the code.
  var refusal: Refusal? {
    switch code {
    case .notConfigured: return .notConfigured
    case .unknownAccount: return .unknownAccount
    case .unknownInstrument: return .unknownInstrument
    case .malformedClientOrderID: return .malformed("clientOrderID", limit: 32)
    case .malformedTag: return .malformed("tag", limit: 16)
    case .malformedRequestID: return .malformed("requestID", limit: 32)
    case .insufficientBalance:
      return .insufficientBalance(
        asset: AssetID(UInt64(bitPattern: first)), needed: Amount(units: second),
        available: Amount(units: third))
    case .priceMissing: return .priceMissing
    case .priceNotAllowed: return .priceNotAllowed
    case .sizeBelowMinimum: return .sizeBelowMinimum(minimum: Lots(first))
    case .sizeAboveMaximum: return .sizeAboveMaximum(maximum: Lots(first))
    case .notionalTooLarge: return .notionalTooLarge
    case .duplicateClientOrderID: return .duplicateClientOrderID
    case .unknownOrder: return .unknownOrder
    case .noLiquidity: return .noLiquidity
    case .nothingToAmend: return .nothingToAmend
    case .amendBelowFilled: return .amendBelowFilled(filled: Lots(first))
    case .amendWouldTake: return .amendWouldTake
    case .typeCannotBeAmended: return .typeCannotBeAmended
    case .quoteSizeNotAllowed: return .quoteSizeNotAllowed
    case .amountNotPositive: return .amountNotPositive
    case .priceAboveLimit: return Price(ticks: first).map { .priceAboveLimit(limit: $0) }
    case .priceBelowLimit: return Price(ticks: first).map { .priceBelowLimit(limit: $0) }
    case .instrumentSuspended: return .instrumentSuspended
    case .onlyLimitInAuction: return .onlyLimitInAuction
    case .tooManyOpenOrders: return .tooManyOpenOrders(limit: UInt32(truncatingIfNeeded: first))
    case .full:
      return FixedStructure(rawValue: UInt8(truncatingIfNeeded: first)).map { .full($0) }
    }
  }
}

extension Refusal {
  fileprivate static func malformed(_ field: String, limit: Int) -> Refusal {
    .malformed(field: field, problem: "allowed are up to \(limit) letters and digits")
  }
}
