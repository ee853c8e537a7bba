import Engine
import Money
import Structures

extension TradingStep {
  /// The command in a few words.
  package var text: String {
    let order = orderOf.map { "the order of \($0)" }
    switch command {
    case .placeOrder(let request):
      let price = request.price.map { " @ \($0.ticks)" } ?? ""
      let size =
        switch request.size {
        case .base(let lots): "\(lots.count) lots"
        case .quote(let amount): "for \(amount.units) quote"
        }
      let id = request.clientOrderID.isEmpty ? "" : " as \(request.clientOrderID)"
      let ban = request.refuseShrinking ? ", not shrinking" : ""
      return
        "account \(request.account) market \(request.instrument): \(request.type) \(request.side) \(size)\(price)\(id)\(ban)"
    case .cancelOrder(let account, let reference):
      return "account \(account): cancel \(order ?? "\(reference)")"
    case .amendOrder(let request):
      let size = request.size.map { " to \($0.count) lots" } ?? ""
      let price = request.price.map { " @ \($0.ticks)" } ?? ""
      let cancels = request.cancelOnFailure ? " or cancel" : ""
      return
        "account \(request.account): amend \(order ?? "\(request.order)")\(size)\(price)\(cancels)"
    case .attestReceipt(let receipt):
      return
        "\(receipt.operatorName): \(receipt.amount.units) of asset \(receipt.asset) for account \(receipt.account), \(receipt.reference)"
    case .transfer(let account, let asset, let amount, let from, let to):
      return "account \(account): \(amount.units) of asset \(asset) from \(from) to \(to)"
    case .configure(let configuration):
      let markets = configuration.instruments.map { market in
        "\(market.symbol) of assets \(market.base)/\(market.quote) tick \(market.tickUnits) lot \(market.lotUnits) sizes \(market.minimumSize.count)...\(market.maximumSize.count) fees \(market.makerFeePPM)/\(market.takerFeePPM)"
      }
      let decimals = configuration.assets.map { "\($0.decimals)" }.joined(separator: ", ")
      return "configure: assets of \(decimals) decimals; \(markets.joined(separator: "; "))"
    default: return "\(command)"
    }
  }
}
