import Algos
import Engine
import Money

extension AlgoRequest {
  /// What is to change in an algo order. See OKX v5, `trade/amend-algos`.
  func amendment(_ parameters: Parameters) throws(Rejection) -> AlgoAmendment {
    for name in ["attachAlgoOrds", "newCallbackRatio", "newCallbackSpread", "newActivePx"]
    where !parameters.isBlank(name) {
      throw Rejection(.parameterInvalid, name: name, problem: "not available here")
    }
    var amendment = AlgoAmendment()
    if let text = parameters.text("newSz") {
      amendment.size = try market.size(text, name: "newSz")
    }
    amendment.takeProfit = try legChange("newTp", in: parameters)
    amendment.stopLoss = try legChange("newSl", in: parameters)
    try checkPriceType("newTriggerPxType", in: parameters)
    if let text = parameters.text("newTriggerPx") {
      amendment.trigger = try market.price(text, name: "newTriggerPx")
    }
    if let text = parameters.text("newOrdPx") {
      amendment.order = try orderPrice(text, name: "newOrdPx")
    }
    return amendment
  }

  /// The change of one leg: a trigger price of 0 removes it.
  private func legChange(
    _ prefix: String, in parameters: Parameters
  ) throws(Rejection) -> AlgoAmendment.Leg {
    try checkPriceType(prefix + "TriggerPxType", in: parameters)
    let trigger = parameters.text(prefix + "TriggerPx")
    let order = parameters.text(prefix + "OrdPx")
    guard trigger != nil || order != nil else { return .keep }
    if let trigger, let units = try? DecimalText.units(of: trigger, decimals: 0), units == 0 {
      return .remove
    }
    var triggerPrice: Price?
    if let trigger { triggerPrice = try market.price(trigger, name: prefix + "TriggerPx") }
    var orderPrice: TriggerLeg.OrderPrice?
    if let order { orderPrice = try self.orderPrice(order, name: prefix + "OrdPx") }
    return .change(trigger: triggerPrice, order: orderPrice)
  }
}
