import Engine
import JSON
import Money
import Structures
import Views

/// Rows of the funding account in OKX form.
struct AssetRow {
  let catalog: Catalog

  /// A currency on its one chain. `suspensions` are those of the asset.
  func currency(_ asset: Asset, suspensions: [Suspension]) -> JSON {
    let isOnChain = asset.rail == .bitcoin
    let state = suspensions.reduce(ServiceState.open) { max($0, $1.reason.state) }
    let reasons = suspensions.map { SuspensionText(catalog: catalog).text($0) }
    var row = Row()
    row.set("ccy", asset.code)
    row.set("name", asset.name)
    row.set("chain", asset.chain)
    row.set("canDep", json: .bool(true))
    row.set("canWd", json: .bool(isOnChain && state < .checking))
    row.set("canInternal", json: false)
    row.set("minDep", text(asset.minimumDeposit, asset))
    row.set("minWd", text(asset.minimumWithdrawal, asset))
    row.set("maxWd", text(asset.limits.refuseAbove, asset))
    row.set("wdTickSz", asset.decimals)
    row.fill("fee minFee maxFee", with: text(asset.withdrawalFee, asset))
    row.set("mainNet", json: .bool(isOnChain))
    row.set("needTag", json: false)
    row.set("minDepArrivalConfirm", asset.depositConfirmations)
    row.set("minWdUnlockConfirm", asset.confirmations(forWithdrawalOfDeposit: asset.minimumDeposit))
    row.set("suspension", reasons.joined(separator: " "))
    row.set("wdState", state.name)
    row.blank(
      """
      logoLink ctAddr depEstOpenTime wdEstOpenTime minInternal wdQuota usedWdQuota \
      minFeeForCtAddr maxFeeForCtAddr burningFeeRate depQuotaFixed usedDepQuotaFixed \
      depQuoteDailyLayer2
      """)
    return row.json
  }

  private func text(_ amount: Amount, _ asset: Asset) -> String {
    DecimalText.text(units: amount.units, decimals: asset.decimals)
  }

  /// A deposit. `tip` is the height of the chain, for the confirmations.
  func deposit(_ record: DepositRecord, tip: UInt32?) -> Row {
    var row = Row()
    row.set("ccy", catalog.code(of: record.asset))
    row.set("chain", catalog.asset(record.asset)?.chain ?? "")
    row.set("amt", catalog.text(record.amount, of: record.asset))
    row.blank("from areaCodeFrom")
    row.set("to", record.address)
    row.set("txId", record.transaction.isEmpty ? record.reference : record.transaction)
    row.set("ts", record.seenAt.milliseconds)
    row.set("state", depositState(record))
    row.set("depId", record.id.raw)
    row.set("fromWdId", "")
    var confirmations: UInt32 = 0
    if let height = record.height, let tip, tip >= height { confirmations = tip - height + 1 }
    row.set("actualDepBlkConfirm", confirmations)
    row.set("reason", depositReason(record))
    return row
  }

  private func depositState(_ record: DepositRecord) -> String {
    switch record.state {
    case .seen, .confirming, .attested: "0"
    case .credited: record.transaction.isEmpty ? "2" : "1"
    case .withdrawable: "2"
    case .belowMinimum, .reversed: "8"
    }
  }

  private func depositReason(_ record: DepositRecord) -> String {
    switch record.state {
    case .seen: return "Waiting for a block."
    case .confirming:
      let needed = catalog.asset(record.asset)?.confirmations(forDepositOf: record.amount) ?? 0
      return "Waiting for \(needed) confirmations."
    case .attested: return "Confirmed by one operator, waiting for a second one."
    case .credited:
      return record.transaction.isEmpty ? "" : "Can be traded; waiting until it can be withdrawn."
    case .withdrawable: return ""
    case .belowMinimum:
      let minimum = catalog.asset(record.asset)?.minimumDeposit ?? .zero
      return "Below the minimum of \(catalog.text(minimum, of: record.asset)); not credited."
    case .reversed: return "Taken out of the chain by a reorganisation after it was credited."
    }
  }

  /// A withdrawal.
  func withdrawal(_ record: WithdrawalRecord) -> Row {
    let progress = WithdrawalProgress(record, catalog: catalog)
    var row = Row()
    row.set("ccy", catalog.code(of: record.asset))
    row.set("chain", catalog.asset(record.asset)?.chain ?? "")
    row.set("nonTradableAsset", json: false)
    row.set("amt", catalog.text(record.amount, of: record.asset))
    row.set("ts", record.requestedAt.milliseconds)
    row.set("to", record.address)
    row.set("toAddrType", "1")
    row.set("txId", record.transaction)
    row.set("fee", catalog.text(record.fee, of: record.asset))
    row.set("feeCcy", catalog.code(of: record.asset))
    row.set("state", progress.code)
    row.set("wdId", record.id.raw)
    row.set("clientId", record.clientID)
    row.set("note", "")
    row.set("reason", progress.reason)
    row.set("releaseAt", record.until.map { String($0.milliseconds) } ?? "")
    row.blank("from areaCodeFrom areaCodeTo tag pmtId memo")
    return row
  }
}
