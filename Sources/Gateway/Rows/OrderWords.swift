import Engine
import Matching

// OKX's words for what an order is and how it stands, read and written.

extension Side {
  var text: String { self == .buy ? "buy" : "sell" }

  init?(text: String) {
    switch text {
    case "buy": self = .buy
    case "sell": self = .sell
    default: return nil
    }
  }
}

extension OrderType {
  var text: String {
    switch self {
    case .limit: "limit"
    case .market: "market"
    case .postOnly: "post_only"
    case .fok: "fok"
    case .ioc: "ioc"
    case .optimalLimitIOC: "optimal_limit_ioc"
    }
  }

  init?(text: String) {
    switch text {
    case "limit": self = .limit
    case "market": self = .market
    case "post_only": self = .postOnly
    case "fok": self = .fok
    case "ioc": self = .ioc
    case "optimal_limit_ioc": self = .optimalLimitIOC
    default: return nil
    }
  }
}

extension OrderState {
  var text: String {
    switch self {
    case .live: "live"
    case .partiallyFilled: "partially_filled"
    case .filled: "filled"
    case .canceled: "canceled"
    }
  }

  init?(text: String) {
    switch text {
    case "live": self = .live
    case "partially_filled": self = .partiallyFilled
    case "filled": self = .filled
    case "canceled": self = .canceled
    default: return nil
    }
  }
}

extension SelfTradePrevention {
  var text: String {
    switch self {
    case .cancelMaker: "cancel_maker"
    case .cancelTaker: "cancel_taker"
    case .cancelBoth: "cancel_both"
    }
  }

  init?(text: String) {
    switch text {
    case "cancel_maker": self = .cancelMaker
    case "cancel_taker": self = .cancelTaker
    case "cancel_both": self = .cancelBoth
    default: return nil
    }
  }
}
