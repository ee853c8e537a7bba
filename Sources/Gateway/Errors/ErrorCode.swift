/// The OKX v5 error codes that this exchange can answer with. See OKX v5, "error codes".
enum ErrorCode: Int, Sendable {
  case allFailed = 1
  case partlyFailed = 2

  case bodyEmpty = 50000
  case unavailable = 50001
  case jsonMalformed = 50002
  case outcomeUnknown = 50004
  case endpointUnknown = 50005
  case contentTypeWrong = 50006
  case rateLimited = 50011
  case systemBusy = 50013
  case parameterEmpty = 50014
  case eitherParameterNeeded = 50015
  case tooManyItems = 50025
  case internalError = 50026
  case expired = 50036
  case timestampExpired = 50102
  case keyMissing = 50103
  case passphraseMissing = 50104
  case passphraseWrong = 50105
  case signMissing = 50106
  case timestampMissing = 50107
  case keyInvalid = 50111
  case timestampMalformed = 50112
  case signatureInvalid = 50113
  case permissionMissing = 50114
  case methodWrong = 50115

  case parameterInvalid = 51000
  case instrumentUnknown = 51001
  case orderNameMissing = 51003
  case sizeAboveMaximum = 51005
  case insufficientBalance = 51008
  case notInAccountMode = 51010
  case currencyUnknown = 51012
  case instrumentTypeMismatch = 51015
  case duplicateClientOrderID = 51016
  case belowMinimumSize = 51020
  case positionUnknown = 51023
  case tooManyOpenOrders = 51025
  case emptyBook = 51109
  case batchTooLarge = 51111
  case sizeNotOnLot = 51121
  case buyPriceAboveLimit = 51137
  case sellPriceBelowLimit = 51138
  case reduceOnlyNotForSpot = 51139
  case tooManyDecimals = 51150
  case orderValueAboveMaximum = 51201
  case limitOrderWithoutPrice = 51204
  case cancelUnknownOrder = 51400
  case cancelNeedsName = 51407
  case nothingToAmend = 51500
  case amendClosedOrder = 51503
  case amendTypeWrong = 51506
  case amendWouldTake = 51511
  case orderUnknown = 51603

  case currencyServiceUnavailable = 58006
  case amountNotPositive = 58114
  case withdrawalRouteUnsupported = 58200
  case withdrawalLimit = 58201
  case addressMissing = 58203
  case withdrawalsSuspended = 58204
  case aboveMaximumWithdrawal = 58205
  case belowMinimumWithdrawal = 58206
  case addressNotListed = 58207
  case feeTooLow = 58212
  case withdrawalNotCancelable = 58220
  case addressInvalid = 58222
  case insufficientFunds = 58350

  // WebSocket
  case loginTimestampMalformed = 60004
  case loginKeyInvalid = 60005
  case loginTimestampExpired = 60006
  case loginSignatureInvalid = 60007
  case loginFailed = 60009
  case notLoggedIn = 60011
  case requestNotUnderstood = 60012
  case argumentsInvalid = 60013
  case tooFrequent = 60014
  case channelUnknown = 60018
  case operationUnknown = 60019
  case loginPassphraseWrong = 60024
  case operationNotOnThisURL = 60028

  /// The HTTP status that carries the code when it rejects a whole request.
  var httpStatus: Int {
    switch self {
    case .bodyEmpty, .jsonMalformed, .outcomeUnknown, .contentTypeWrong, .parameterEmpty,
      .eitherParameterNeeded,
      .parameterInvalid, .amountNotPositive:
      400
    case .timestampExpired, .keyMissing, .passphraseMissing, .passphraseWrong, .signMissing,
      .timestampMissing, .keyInvalid, .timestampMalformed, .signatureInvalid, .permissionMissing:
      401
    case .methodWrong: 405
    case .endpointUnknown: 410
    case .rateLimited, .systemBusy: 429
    case .internalError: 500
    case .unavailable: 503
    default: 200
    }
  }
}
