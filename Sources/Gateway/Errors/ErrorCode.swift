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
  case parametersExclude = 50024
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
  case priceOutsideBand = 51006
  case insufficientBalance = 51008
  case notInAccountMode = 51010
  case currencyUnknown = 51012
  case instrumentTypeMismatch = 51015
  case duplicateClientOrderID = 51016
  case belowMinimumSize = 51020
  case notListedYet = 51021
  case marketSuspended = 51022
  case positionUnknown = 51023
  case tooManyOpenOrders = 51025
  case duplicateAlgoClientID = 51065
  case tooManyOrdersOnMarket = 51102
  case emptyBook = 51109
  case limitOrdersOnly = 51110
  case batchTooLarge = 51111
  case sizeNotOnLot = 51121
  case buyAboveLimit = 51137
  case sellBelowLimit = 51138
  case reduceOnlyNotForSpot = 51139
  case tooManyDecimals = 51150
  case orderValueAboveMaximum = 51201
  case limitOrderWithoutPrice = 51204
  case sliceOutOfRange = 51252
  case ratioOutOfRange = 51257
  case trailingSellBelowLast = 51258
  case trailingBuyAboveLast = 51259
  case tooManyTrailing = 51260
  case tooManyStops = 51261
  case tooManyIcebergs = 51262
  case tooManyTWAPs = 51263
  case intervalOutOfRange = 51269
  case takeProfitAboveLast = 51277
  case stopLossBelowLast = 51278
  case takeProfitBelowLast = 51279
  case stopLossAboveLast = 51280
  case cancelUnknownOrder = 51400
  case cancelNeedsName = 51407
  case algoTriggered = 51416
  case nothingToAmend = 51500
  case amendClosedOrder = 51503
  case amendTypeWrong = 51506
  case amendInAuction = 51508
  case amendWouldTake = 51511
  case orderUnknown = 51603
  case noMarketData = 52000
  case fokWithCancelBoth = 54036

  case currencyServiceUnavailable = 58006
  case amountNotPositive = 58114
  case withdrawalRouteUnsupported = 58200
  case withdrawalLimit = 58201
  case addressMissing = 58203
  case withdrawalsSuspended = 58204
  case aboveMaximumWithdrawal = 58205
  case belowMinimumWithdrawal = 58206
  case addressNotListed = 58207
  case subaccountsCannotWithdraw = 58209
  case feeTooLow = 58212
  case withdrawalNotCancelable = 58220
  case addressInvalid = 58222
  case insufficientFunds = 58350

  case masterOnly = 59500
  case tooManyKeys = 59501
  case keyMayNotWithdraw = 59504
  case passphraseMalformed = 59505
  case keyUnknown = 59506
  case notSameMaster = 59507
  case subaccountUnknown = 59510
  case subaccountNameTaken = 59601

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
