import Algos
import Money
import Risk
import Wire

extension Refusal {
  /// Appends the refusal's canonical form.
  func encode(into writer: inout ByteWriter) {
    switch self {
    case .notConfigured: writer.write(UInt8(0))
    case .invalidConfiguration(let text):
      writer.write(UInt8(1))
      writer.write(text)
    case .unknownAccount: writer.write(UInt8(2))
    case .unknownAsset: writer.write(UInt8(3))
    case .unknownInstrument: writer.write(UInt8(4))
    case .duplicateName(let text):
      writer.write(UInt8(5))
      writer.write(text)
    case .duplicateAPIKey: writer.write(UInt8(6))
    case .unknownAPIKey: writer.write(UInt8(7))
    case .malformed(let field, let problem):
      writer.write(UInt8(8))
      writer.write(field)
      writer.write(problem)
    case .insufficientBalance(let asset, let needed, let available):
      writer.write(UInt8(9))
      writer.write(asset)
      writer.write(needed)
      writer.write(available)
    case .amountNotPositive: writer.write(UInt8(10))
    case .sameWallet: writer.write(UInt8(11))
    case .priceMissing: writer.write(UInt8(12))
    case .priceNotAllowed: writer.write(UInt8(13))
    case .sizeBelowMinimum(let minimum):
      writer.write(UInt8(14))
      writer.write(minimum)
    case .sizeAboveMaximum(let maximum):
      writer.write(UInt8(15))
      writer.write(maximum)
    case .notionalTooLarge: writer.write(UInt8(16))
    case .duplicateClientOrderID: writer.write(UInt8(17))
    case .unknownOrder: writer.write(UInt8(18))
    case .noLiquidity: writer.write(UInt8(20))
    case .nothingToAmend: writer.write(UInt8(21))
    case .amendBelowFilled(let filled):
      writer.write(UInt8(22))
      writer.write(filled)
    case .amendWouldTake: writer.write(UInt8(23))
    case .typeCannotBeAmended: writer.write(UInt8(24))
    case .quoteSizeNotAllowed: writer.write(UInt8(25))
    case .signingKeyMissing: writer.write(UInt8(26))
    case .signingKeyUnchanged: writer.write(UInt8(27))
    case .nonceNotGrowing(let last):
      writer.write(UInt8(28))
      writer.write(last)
    case .signatureCounterNotGrowing(let last):
      writer.write(UInt8(80))
      writer.write(last)
    case .intentExpiry(let earliest, let latest):
      writer.write(UInt8(81))
      writer.write(earliest)
      writer.write(latest)
    case .feeAboveMaximum(let fee):
      writer.write(UInt8(82))
      writer.write(fee)
    case .duplicateAddress: writer.write(UInt8(29))
    case .unknownAddressEntry: writer.write(UInt8(30))
    case .addressCoolingOff(let until):
      writer.write(UInt8(31))
      writer.write(until)
    case .contactUnchanged: writer.write(UInt8(90))
    case .tooManyContacts(let limit):
      writer.write(UInt8(91))
      writer.write(limit)
    case .unknownChange: writer.write(UInt8(92))
    case .noticeAlreadyGiven: writer.write(UInt8(93))
    case .accountHeld(let since): writer.write(case: 94, since)
    case .unknownHold: writer.write(UInt8(95))
    case .holdNeedsOperators: writer.write(UInt8(96))
    case .keyDoesNotSpeak: writer.write(UInt8(97))
    case .tooManyChanges(let limit):
      writer.write(UInt8(98))
      writer.write(limit)
    case .depositIndexOutOfOrder(let expected):
      writer.write(UInt8(32))
      writer.write(expected)
    case .railMismatch: writer.write(UInt8(33))
    case .unknownOperator: writer.write(UInt8(34))
    case .sameOperatorTwice: writer.write(UInt8(35))
    case .receiptMismatch: writer.write(UInt8(36))
    case .receiptAlreadyCredited: writer.write(UInt8(37))
    case .unknownScript: writer.write(UInt8(38))
    case .outpointAlreadyKnown: writer.write(UInt8(39))
    case .blockDoesNotExtendTip: writer.write(UInt8(40))
    case .blockIsNotTip: writer.write(UInt8(41))
    case .withdrawalsSuspended(let suspension):
      writer.write(UInt8(42))
      writer.write(suspension)
    case .belowMinimumWithdrawal(let minimum):
      writer.write(UInt8(43))
      writer.write(minimum)
    case .riskRefused(let decision):
      writer.write(UInt8(44))
      writer.write(decision)
    case .duplicateClientID: writer.write(UInt8(45))
    case .unknownWithdrawal: writer.write(UInt8(46))
    case .withdrawalTooFar: writer.write(UInt8(47))
    case .notInReview: writer.write(UInt8(48))
    case .notReleasable: writer.write(UInt8(49))
    case .unknownPayout: writer.write(UInt8(50))
    case .payoutMismatch(let text):
      writer.write(UInt8(51))
      writer.write(text)
    case .coldStorage(let text):
      writer.write(UInt8(72))
      writer.write(text)
    case .priceAboveLimit(let limit): writer.write(case: 52, limit)
    case .priceBelowLimit(let limit): writer.write(case: 53, limit)
    case .tooManyOpenOrders(let limit):
      writer.write(UInt8(54))
      writer.write(limit)
    case .full(let structure):
      writer.write(UInt8(55))
      writer.write(tag: structure)
    case .instrumentSuspended: writer.write(UInt8(56))
    case .onlyLimitInAuction: writer.write(UInt8(57))
    case .timerOutOfRange(let minimum, let maximum):
      writer.write(UInt8(58))
      writer.write(minimum)
      writer.write(maximum)
    case .tooManyTimers(let limit):
      writer.write(UInt8(59))
      writer.write(limit)
    case .algo(let error):
      writer.write(UInt8(60))
      error.encode(into: &writer)
    case .tooManyAttached(let limit):
      writer.write(UInt8(61))
      writer.write(UInt64(limit))
    case .onlyMaster: writer.write(UInt8(62))
    case .notSameMaster: writer.write(UInt8(63))
    case .sameAccount: writer.write(UInt8(64))
    case .unknownFeeTier(let count):
      writer.write(UInt8(65))
      writer.write(UInt64(count))
    case .instrumentStateUnchanged: writer.write(UInt8(66))
    case .unknownAdjustment: writer.write(UInt8(67))
    case .adjustmentAlreadyDecided: writer.write(UInt8(68))
    case .adjustmentNotCovered(let available): writer.write(case: 69, available)
    case .rewardNotPositive: writer.write(UInt8(70))
    case .depositsNotWithdrawable(let asset, let locked, let available):
      writer.write(UInt8(71))
      writer.write(asset)
      writer.write(locked)
      writer.write(available)
    }
  }
}
