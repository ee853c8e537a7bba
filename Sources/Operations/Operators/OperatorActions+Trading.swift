import Engine
public import JSON
import Journal
import Money
import Statements
import Structures

// What operators do about markets, fees, sub-accounts and adjustments.

extension OperatorActions {
  /// The markets and whether they trade.
  public func instruments() async throws -> JSON {
    let markets = try await sequencer.read { exchange in
      (exchange.configuration?.instruments ?? []).enumerated().map { index, instrument in
        (instrument.symbol, exchange.state(of: InstrumentID(UInt64(index) + 1)) ?? .live)
      }
    }
    return [
      "ok": true,
      "instruments": .array(
        markets.map { ["symbol": .string($0.0), "state": .string($0.1.name)] }),
    ]
  }

  /// Halts a market, opens a call auction on it, or lets it trade.
  public func setInstrumentState(_ body: JSON, by name: String) async throws -> JSON {
    let symbol = try Self.text(body, "symbol", limit: 32)
    let text = try Self.text(body, "state", limit: 16)
    guard let state = InstrumentState(name: text) else {
      throw Refusal.field("state", "\(text) is not allowed; allowed live, suspend, preopen")
    }
    let (id, known) = try await sequencer.read { exchange in
      (
        exchange.instrumentID(symbol: symbol),
        exchange.configuration?.instruments.map(\.symbol) ?? []
      )
    }
    guard let id else {
      throw Refusal.field(
        "symbol", "\(symbol) is not known; allowed \(known.joined(separator: ", "))")
    }
    let events = try await commit(
      .setInstrumentState(operatorName: name, instrument: id, state: state))
    var answer: [JSON.Member] = [
      .init("ok", true), .init("symbol", .string(symbol)), .init("state", .string(text)),
    ]
    for case .auction(let result) in events {
      answer.append(.init("auctionLots", .integer(result.size.count)))
      answer.append(.init("auctionTicks", result.price.map { .integer($0.ticks) } ?? .null))
    }
    return .object(answer)
  }

  /// Puts an account into a tier of fees.
  public func setFeeTier(_ body: JSON, by name: String) async throws -> JSON {
    let account = try await account(body)
    // People count tiers from 1, as OKX names them.
    guard let tier = body["tier"]?.integer, (1...16).contains(tier) else {
      throw Refusal.field("tier", "is not a tier; allowed 1 to 16")
    }
    let events = try await commit(
      .setFeeTier(operatorName: name, account: account.id, tier: UInt8(tier - 1)))
    for case .accountChanged(let changed) in events {
      return [
        "ok": true, "account": Self.json(changed), "tier": .integer(Int64(changed.feeTier) + 1),
      ]
    }
    return ["ok": true]
  }

  /// Opens a sub-account of a customer.
  public func openSubaccount(_ body: JSON) async throws -> JSON {
    let master = try await account(body)
    let name = try Self.text(body, "name", limit: 64)
    let events = try await commit(.openSubaccount(master: master.id, name: name))
    for case .accountOpened(let account) in events {
      return ["ok": true, "account": Self.json(account), "master": Self.json(master)]
    }
    return ["ok": true]
  }

  // MARK: Adjustments

  /// The adjustments that wait for a second operator.
  public func adjustments() async throws -> JSON {
    let waiting = try await sequencer.read { exchange in
      exchange.proposedAdjustments.map { adjustment in
        (
          adjustment, exchange.account(adjustment.account)?.name ?? "",
          exchange.asset(adjustment.asset)
        )
      }
    }
    return [
      "ok": true,
      "adjustments": .array(
        waiting.map { adjustment, name, asset in
          Self.json(adjustment, account: name, asset: asset)
        }),
    ]
  }

  /// Proposes money to move between a customer and the fees that the house has earned.
  public func proposeAdjustment(_ body: JSON, by name: String) async throws -> JSON {
    let account = try await account(body)
    let (id, asset) = try await asset(body)
    let isReward: Bool
    switch try Self.text(body, "kind", limit: 16) {
    case "correction": isReward = false
    case "reward": isReward = true
    case let other:
      throw Refusal.field("kind", "\(other) is not allowed; allowed correction, reward")
    }
    let wallet: Wallet
    switch try Self.text(body, "wallet", limit: 16) {
    case "funding": wallet = .funding
    case "trading": wallet = .trading
    case let other:
      throw Refusal.field("wallet", "\(other) is not allowed; allowed funding, trading")
    }
    let text = try Self.text(body, "amount", limit: 64)
    guard let units = try? DecimalText.units(of: text, decimals: asset.decimals), units != 0 else {
      throw Refusal.field(
        "amount", "\(text) is not an amount other than 0 with at most \(asset.decimals) decimals")
    }
    let reason = try Self.text(body, "reason", limit: StatementLimit.reason)
    let signature = try Self.signature(body)
    let statement = AdjustmentStatement(
      operatorName: name, step: .propose, adjustment: 0, isReward: isReward,
      account: account.id.raw, asset: asset.code, wallet: wallet.rawValue, amountUnits: units,
      reason: reason)
    guard statement.verify(signature: signature, key: try await key(of: name)) else {
      throw Refusal.badStatementSignature
    }
    let events = try await commit(
      .proposeAdjustment(
        ProposeAdjustment(
          operatorName: name, kind: isReward ? .reward : .correction, account: account.id,
          asset: id, wallet: wallet, amount: Amount(units: units), reason: reason,
          signature: signature)))
    return Self.answer(events)
  }

  /// Approves or declines what another operator proposed.
  public func decideAdjustment(_ body: JSON, by name: String) async throws -> JSON {
    guard let number = UInt64(try Self.text(body, "adjustment", limit: 20)) else {
      throw Refusal.field("adjustment", "is no adjustment's number")
    }
    guard let approves = body["approves"]?.bool else {
      throw Refusal.field("approves", "is missing; allowed true, false")
    }
    let signature = try Self.signature(body)
    let found = try await sequencer.read { exchange in
      exchange.proposedAdjustments.first { $0.id.raw == number }.map {
        ($0, exchange.asset($0.asset)?.code ?? "")
      }
    }
    if let (adjustment, code) = found {
      let statement = AdjustmentStatement(
        adjustment, by: name, step: approves ? .approve : .decline, asset: code)
      guard statement.verify(signature: signature, key: try await key(of: name)) else {
        throw Refusal.badStatementSignature
      }
    }
    let events = try await commit(
      .decideAdjustment(
        DecideAdjustment(
          operatorName: name, adjustment: AdjustmentID(number), approves: approves,
          signature: signature)))
    return Self.answer(events)
  }

  private static func answer(_ events: [Event]) -> JSON {
    for case .adjustment(let adjustment) in events {
      return [
        "ok": true, "adjustment": .string("\(adjustment.id)"),
        "state": .string(adjustment.state.name),
      ]
    }
    return ["ok": true]
  }

  private static func json(_ adjustment: Adjustment, account: String, asset: Asset?) -> JSON {
    [
      "adjustment": .string("\(adjustment.id)"), "account": .string(account),
      "accountNumber": .string("\(adjustment.account)"), "asset": .string(asset?.code ?? ""),
      "amount": .string(
        DecimalText.text(units: adjustment.amount.units, decimals: asset?.decimals ?? 0)),
      "kind": adjustment.kind == .reward ? "reward" : "correction",
      "wallet": adjustment.wallet == .funding ? "funding" : "trading",
      "reason": .string(adjustment.reason), "proposedBy": .string(adjustment.proposedBy),
      "proposedAt": .integer(adjustment.proposedAt.milliseconds),
    ]
  }
}

extension AdjustmentStatement {
  /// What an operator signs about an adjustment that was proposed.
  init(_ adjustment: Adjustment, by operatorName: String, step: Step, asset: String) {
    self.init(
      operatorName: operatorName, step: step, adjustment: adjustment.id.raw,
      isReward: adjustment.kind == .reward, account: adjustment.account.raw, asset: asset,
      wallet: adjustment.wallet.rawValue, amountUnits: adjustment.amount.units,
      reason: adjustment.reason)
  }
}

extension InstrumentState {
  fileprivate var name: String {
    switch self {
    case .live: "live"
    case .suspend: "suspend"
    case .preopen: "preopen"
    }
  }

  fileprivate init?(name: String) {
    switch name {
    case "live": self = .live
    case "suspend": self = .suspend
    case "preopen": self = .preopen
    default: return nil
    }
  }
}

extension Adjustment.State {
  fileprivate var name: String {
    switch self {
    case .proposed: "proposed"
    case .applied: "applied"
    case .declined: "declined"
    }
  }
}
