import Algos
import Engine
import Money
import Risk

/// What the customer was doing when the core refused: OKX has different codes for the same fact.
enum Attempt: Sendable {
  case place
  case cancel
  case amend
  case transfer
  case withdraw
  case cancelWithdrawal
  case addressBook
  case other
}

/// The one place where the core's refusals become OKX codes.
struct RefusalTable {
  let catalog: Catalog

  /// Returns what OKX would say.
  ///
  /// - Parameters:
  ///   - market: Gives prices and sizes their decimals, where there is one.
  ///   - asset: Gives amounts theirs.
  ///   - side: An algo order's, where it is known.
  func rejection(
    for refusal: Refusal, in attempt: Attempt, market: MarketSpec? = nil, asset: AssetID? = nil,
    side: Algo.Side? = nil
  ) -> Rejection {
    switch refusal {
    case .notConfigured, .invalidConfiguration:
      return Rejection(.unavailable, "Service temporarily unavailable, try again later.")
    case .unknownAccount, .unknownAPIKey, .duplicateAPIKey:
      return Rejection(.keyInvalid, "Invalid OK-ACCESS-KEY")
    case .unknownAsset:
      return Rejection(.currencyUnknown, "Token does not exist.")
    case .unknownInstrument:
      return Rejection(.instrumentUnknown, "Instrument ID doesn't exist.")
    case .duplicateName(let name):
      return Rejection(.parameterInvalid, name: "name", problem: "\(name) is taken")
    case .malformed(let field, let problem):
      return Rejection(.parameterInvalid, name: field, problem: problem)

    case .insufficientBalance(let asset, let needed, let available):
      return insufficient(asset, needed: needed, available: available, in: attempt)
    case .amountNotPositive:
      return Rejection(.amountNotPositive, "Amount must be greater than 0.")
    case .sameWallet:
      return Rejection(.parameterInvalid, name: "to", problem: "must differ from the from account")

    case .priceMissing:
      return Rejection(.limitOrderWithoutPrice, "The px of a limit order can not be empty.")
    case .priceNotAllowed:
      return Rejection(.parameterInvalid, name: "px", problem: "a market order has no price")
    case .sizeBelowMinimum(let minimum):
      let text = market?.text(minimum) ?? ""
      return Rejection(
        .belowMinimumSize, "Your order should meet or exceed the minimum order amount \(text).")
    case .sizeAboveMaximum(let maximum):
      let text = market?.text(maximum) ?? ""
      return Rejection(.sizeAboveMaximum, "Your order size exceeds the maximum \(text).")
    case .notionalTooLarge:
      return Rejection(.orderValueAboveMaximum, "Value of the order exceeds the maximum.")
    case .duplicateClientOrderID:
      return Rejection(.duplicateClientOrderID, "Client order ID already exists.")
    case .unknownOrder: return unknownOrder(in: attempt)
    case .noLiquidity:
      return Rejection(.emptyBook, "No orders on the other side of the book.")
    case .nothingToAmend:
      return Rejection(.nothingToAmend, "You must enter a price, quantity, or TP/SL to amend.")
    case .amendBelowFilled(let filled):
      let text = market?.text(filled) ?? ""
      return Rejection(
        .parameterInvalid, name: "newSz", problem: "must not be below the filled size \(text)")
    case .amendWouldTake:
      return Rejection(.amendWouldTake, "The new price would take; the order is post_only.")
    case .typeCannotBeAmended:
      return Rejection(.amendTypeWrong, "Orders of this type can not be amended.")
    case .quoteSizeNotAllowed:
      return Rejection(
        .parameterInvalid, name: "tgtCcy", problem: "quote_ccy is for market buys only")

    case .priceAboveLimit(let limit):
      let text = market?.text(limit) ?? ""
      return Rejection(
        .buyAboveLimit, "Your buy price exceeds the highest buy limit price \(text).")
    case .priceBelowLimit(let limit):
      let text = market?.text(limit) ?? ""
      return Rejection(
        .sellBelowLimit, "Your sell price is below the lowest sell limit price \(text).")
    case .tooManyOpenOrders(let limit):
      let isMarkets = limit == market?.instrument.openOrdersLimit
      return Rejection(
        isMarkets ? .tooManyOrdersOnMarket : .tooManyOpenOrders,
        "The number of open orders would exceed the limit of \(limit).")
    case .full:
      // The exchange keeps what it has and serves it; there is room again when orders end.
      return Rejection(.systemBusy, "System is busy, please try again later.")

    case .instrumentSuspended:
      return Rejection(.marketSuspended, "Trading of the instrument is suspended.")
    case .onlyLimitInAuction:
      return attempt == .amend
        ? Rejection(.amendInAuction, "Orders can not be amended during a call auction.")
        : Rejection(.limitOrdersOnly, "Only limit orders can be placed during a call auction.")
    case .timerOutOfRange(let minimum, let maximum):
      return Rejection(
        .parameterInvalid, name: "timeOut",
        problem: "must be 0, or \(minimum / 1000) to \(maximum / 1000) seconds")
    case .tooManyTimers(let limit):
      return Rejection(.tooManyItems, "Timers of more than \(limit) tags can not run at once.")

    case .algo(let error):
      return rejection(for: error, in: attempt, market: market, side: side)
    case .tooManyAttached(let limit):
      return Rejection(.tooManyItems, "Parameter attachAlgoOrds has more than \(limit) elements.")

    case .onlyMaster:
      return Rejection(.masterOnly, "Only the API key of the master account can do this.")
    case .notSameMaster, .sameAccount:
      return Rejection(
        .notSameMaster, "The accounts must be two different ones of the same master account.")

    case .signingKeyMissing:
      return Rejection(
        .addressNotListed,
        "No signing key is enrolled: POST /api/v5/holdfast/signing-key comes first.")
    case .signingKeyUnchanged:
      return Rejection(.parameterInvalid, name: "publicKey", problem: "is enrolled already")
    case .nonceNotGrowing(let last):
      return Rejection(.parameterInvalid, name: "nonce", problem: "must be above \(last)")
    case .signatureCounterNotGrowing(let last):
      return Rejection(
        .parameterInvalid, name: "assertion",
        problem:
          "counts its signatures backwards, as a copied passkey does; it must be above \(last)")
    case .intentExpiry(let earliest, let latest):
      return Rejection(
        .parameterInvalid, name: "validUntil",
        problem:
          "must be after \(InstantText.text(earliest)) and at most \(InstantText.text(latest))")
    case .feeAboveMaximum(let fee):
      let text = asset.map { catalog.text(fee, of: $0) } ?? ""
      return Rejection(.feeTooLow, "Parameter maxFee error: the withdrawal fee is \(text).")
    case .duplicateAddress:
      return Rejection(.parameterInvalid, name: "toAddr", problem: "is in the address book already")
    case .unknownAddressEntry:
      return Rejection(
        .addressNotListed, "The address is not in your withdrawal address book.")
    case .addressCoolingOff(let until):
      return Rejection(
        .addressNotListed,
        "The address is new; it can be used from \(InstantText.text(until)) on.")

    case .contactUnchanged:
      return Rejection(.parameterInvalid, name: "email", problem: "is your contact already")
    case .tooManyContacts(let limit):
      return Rejection(
        .tooManyItems,
        "Your contact was changed \(limit) times lately; wait until one has cooled off.")
    case .tooManyChanges(let limit):
      return Rejection(
        .tooManyItems,
        "Parameter changes error: \(limit) changes of your account can still be cancelled, the most "
          + "there may be at once; see GET /api/v5/holdfast/changes.")
    case .keyDoesNotSpeak:
      return Rejection(
        .parameterInvalid, name: "signature",
        problem: "is not by the key that speaks for the account now")
    case .unknownChange:
      return Rejection(
        .parameterInvalid, name: "changeId", problem: "no change that can be cancelled now")
    case .accountHeld(let since):
      return Rejection(
        .withdrawalsSuspended,
        "Your account is held since \(InstantText.text(since)): a change was cancelled as not yours. "
          + "Your key from before ends that, or our staff.")
    case .unknownHold:
      return Rejection(.parameterInvalid, name: "changeId", problem: "began no hold")
    case .holdNeedsOperators:
      return Rejection(
        .withdrawalsSuspended,
        "This hold is ended by our staff: your key may have signed what was cancelled.")

    case .withdrawalsSuspended(let suspension):
      return Rejection(
        .withdrawalsSuspended, SuspensionText(catalog: catalog).text(suspension))
    case .belowMinimumWithdrawal(let minimum):
      let text = asset.map { catalog.text(minimum, of: $0) } ?? ""
      return Rejection(
        .belowMinimumWithdrawal, "Withdrawal amount must be at least the minimum \(text).")
    case .depositsNotWithdrawable(let asset, let locked, let available):
      return Rejection(
        .insufficientFunds,
        "Insufficient \(catalog.code(of: asset)) balance: of "
          + "\(catalog.text(available, of: asset)) available, \(catalog.text(locked, of: asset)) "
          + "came with deposits that need more confirmations before they can be withdrawn.")
    case .riskRefused(let decision):
      return riskRefused(decision, asset: asset)
    case .duplicateClientID:
      return Rejection(.parameterInvalid, name: "clientId", problem: "is used already")
    case .unknownWithdrawal:
      return Rejection(.parameterInvalid, name: "wdId", problem: "no such withdrawal")
    case .withdrawalTooFar:
      return Rejection(
        .withdrawalNotCancelable, "The withdrawal is being paid; it can not be cancelled any more.")

    case .depositIndexOutOfOrder:
      return Rejection(.systemBusy, "System is busy, please try again later.")
    case .railMismatch:
      return Rejection(
        .currencyServiceUnavailable, "This is not available for the currency.")
    case .unknownOperator, .sameOperatorTwice, .receiptMismatch, .receiptAlreadyCredited,
      .unknownScript, .outpointAlreadyKnown, .blockDoesNotExtendTip, .blockIsNotTip, .notInReview,
      .notReleasable, .unknownPayout, .payoutMismatch, .coldStorage, .unknownFeeTier,
      .instrumentStateUnchanged, .unknownAdjustment, .adjustmentAlreadyDecided,
      .adjustmentNotCovered, .rewardNotPositive, .noticeAlreadyGiven:
      // No request of a customer leads here.
      return Rejection(.internalError, "System error. Try again later.")
    }
  }

  private func insufficient(
    _ asset: AssetID, needed: Amount, available: Amount, in attempt: Attempt
  ) -> Rejection {
    let code = catalog.code(of: asset)
    let figures =
      "needed \(catalog.text(needed, of: asset)), available \(catalog.text(available, of: asset))"
    switch attempt {
    case .transfer, .withdraw:
      return Rejection(.insufficientFunds, "Insufficient \(code) balance: \(figures).")
    default:
      return Rejection(
        .insufficientBalance,
        "Order failed. Insufficient \(code) balance in account: \(figures).")
    }
  }

  func unknownOrder(in attempt: Attempt) -> Rejection {
    switch attempt {
    case .cancel:
      Rejection(
        .cancelUnknownOrder,
        "Cancellation failed as the order has been filled, canceled or does not exist.")
    case .amend:
      Rejection(
        .amendClosedOrder,
        "Your order has already been filled or canceled, or does not exist.")
    default: Rejection(.orderUnknown, "Order does not exist")
    }
  }

  private func riskRefused(_ decision: RiskDecision, asset: AssetID?) -> Rejection {
    let refusing = decision.hits.filter { $0.outcome == .refuse }
    let text = RiskText(catalog: catalog).text(refusing, asset: asset)
    let single = refusing.contains { $0.rule == .amountRefused }
    return Rejection(single ? .aboveMaximumWithdrawal : .withdrawalLimit, text)
  }
}
