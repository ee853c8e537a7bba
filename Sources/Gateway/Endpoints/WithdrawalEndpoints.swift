import Bitcoin
import Engine
import JSON
import Money
import Structures
import Views

/// Withdrawals in OKX form.
enum WithdrawalEndpoints {
  static func request(_ frontend: Frontend, _ call: Call) async throws(Rejection) -> Answer {
    let parameters = call.parameters
    let account = call.account
    guard try await frontend.read({ $0.account(account)?.master == nil }) else {
      throw Rejection(
        .subaccountsCannotWithdraw, "Sub-accounts can not withdraw; transfer to the master first.")
    }
    let (id, asset) = try call.catalog.requiredAsset(in: parameters)
    try checkRoute(parameters, asset: asset)
    let amount = try call.catalog.amount(try parameters.required("amt"), name: "amt", of: asset)
    guard let address = parameters.text("toAddr") else {
      throw Rejection(.addressMissing, "Address isn't provided.")
    }
    let destination = BitcoinDestination(network: frontend.configuration.network)
    let dust = try destination.dustLimit(of: address)
    guard amount.units >= dust else {
      throw Rejection(
        .belowMinimumWithdrawal,
        "Withdrawal amount must be at least "
          + "\(call.catalog.text(Amount(units: dust), of: id)), below which it is dust.")
    }
    try checkFee(parameters, asset: asset)
    let intent = try await SignedWithdrawal.intent(
      of: call, asset: asset, address: address, amount: amount, frontend: frontend)
    if intent == nil { try await checkBook(frontend, call, asset: id, address: address) }
    let clientID = parameters.text("clientId") ?? ""
    guard clientID.utf8.count <= 32 else {
      throw Rejection(.parameterInvalid, name: "clientId", problem: "at most 32 characters")
    }
    let events = try await frontend.submit(
      .requestWithdrawal(
        RequestWithdrawal(
          account: call.account, asset: id, address: address, amount: amount, clientID: clientID,
          intent: intent)),
      .withdraw, catalog: call.catalog, asset: id)
    var requested: Withdrawal?
    for case .withdrawal(let one) in events { requested = one }
    guard let requested else {
      throw Rejection(.internalError, "System error. Try again later.")
    }
    let progress = WithdrawalProgress(WithdrawalRecord(requested), catalog: call.catalog)
    var row = Row()
    row.set("ccy", asset.code)
    row.set("chain", asset.chain)
    row.set("amt", call.catalog.text(amount, of: id))
    row.set("wdId", requested.id.raw)
    row.set("clientId", clientID)
    row.set("state", progress.code)
    row.set("reason", progress.reason)
    return Answer([row.json])
  }

  private static func checkRoute(_ parameters: Parameters, asset: Asset) throws(Rejection) {
    switch try parameters.required("dest") {
    case "4": break
    case "3":
      throw Rejection(.withdrawalRouteUnsupported, "Internal transfers are not available.")
    default: throw Rejection(.parameterInvalid, name: "dest", problem: "must be 4 (on-chain)")
    }
    guard asset.rail == .bitcoin else {
      throw Rejection(
        .withdrawalRouteUnsupported, "\(asset.code) can not be withdrawn on a chain.")
    }
    if let chain = parameters.text("chain"), chain != asset.chain {
      throw Rejection(
        .withdrawalRouteUnsupported,
        "\(asset.code) can not be withdrawn on \(chain); its chain is \(asset.chain).")
    }
  }

  /// A client that says a fee must not be charged more than that.
  private static func checkFee(_ parameters: Parameters, asset: Asset) throws(Rejection) {
    guard let text = parameters.text("fee"),
      let fee = try? DecimalText.units(of: text, decimals: asset.decimals)
    else { return }
    guard fee >= asset.withdrawalFee.units else {
      let least = DecimalText.text(units: asset.withdrawalFee.units, decimals: asset.decimals)
      throw Rejection(.feeTooLow, "The withdrawal fee is \(least) \(asset.code).")
    }
  }

  private static func checkBook(
    _ frontend: Frontend, _ call: Call, asset: AssetID, address: String
  ) async throws(Rejection) {
    let account = call.account
    let entry = try await frontend.read { exchange in
      exchange.addressBook(of: account).last { $0.asset == asset && $0.address == address }
    }
    let table = RefusalTable(catalog: call.catalog)
    guard let entry else {
      throw table.rejection(for: .unknownAddressEntry, in: .withdraw, asset: asset)
    }
    guard entry.usableAt <= call.now else {
      throw table.rejection(
        for: .addressCoolingOff(until: entry.usableAt), in: .withdraw, asset: asset)
    }
  }

  static func cancel(_ frontend: Frontend, _ call: Call) async throws(Rejection) -> Answer {
    let text = try call.parameters.required("wdId")
    guard let number = UInt64(text) else {
      throw Rejection(.parameterInvalid, name: "wdId", problem: "must be a number")
    }
    _ = try await frontend.submit(
      .cancelWithdrawal(account: call.account, withdrawal: WithdrawalID(number)),
      .cancelWithdrawal, catalog: call.catalog)
    return Answer([["wdId": .string(text)]])
  }

  static func history(_ frontend: Frontend, _ call: Call) async throws(Rejection) -> Answer {
    let parameters = call.parameters
    let asset = try call.catalog.asset(in: parameters)
    let id = try parameters.number("wdId").map { WithdrawalID(UInt64($0)) }
    let page = ViewPage(
      after: try parameters.number("after"), before: try parameters.number("before"),
      limit: try parameters.limit())
    let clientID = parameters.text("clientId")
    let transaction = parameters.text("txId")
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.withdrawals(
        of: call.account, id: id, asset: asset, clientID: clientID, transaction: transaction,
        page: page)
    }
    let rows = AssetRow(catalog: call.catalog)
    let state = parameters.text("state")
    return Answer(
      records.map { rows.withdrawal($0).json }.filter { row in
        state == nil || row["state"]?.string == state
      })
  }

  static func status(_ frontend: Frontend, _ call: Call) async throws(Rejection) -> Answer {
    if let number = try call.parameters.number("wdId") {
      let record = try await record(WithdrawalID(UInt64(number)), frontend, call)
      let progress = WithdrawalProgress(record, catalog: call.catalog)
      var row = Row()
      row.set("wdId", record.id.raw)
      row.set("txId", record.transaction)
      row.set("state", progress.reason.isEmpty ? progress.name : progress.reason)
      row.set("estCompleteTime", record.until.map { InstantText.text($0) } ?? "")
      return Answer([row.json])
    }
    guard let transaction = call.parameters.text("txId") else {
      throw Rejection(.eitherParameterNeeded, "Either parameter wdId or txId is required.")
    }
    let deposits = try await frontend.history { views async throws(ViewsError) in
      try await views.deposits(of: call.account, transaction: transaction)
    }
    let tip = try await frontend.read { $0.tip?.height }
    return Answer(
      deposits.map { deposit in
        let known = AssetRow(catalog: call.catalog).deposit(deposit, tip: tip).json
        var row = Row()
        row.set("wdId", "")
        row.set("txId", deposit.transaction)
        let reason = known["reason"]?.string ?? ""
        row.set("state", reason.isEmpty ? "credited" : reason)
        row.set("estCompleteTime", "")
        return row.json
      })
  }

  /// One withdrawal of the asker.
  static func record(
    _ id: WithdrawalID, _ frontend: Frontend, _ call: Call
  ) async throws(Rejection) -> WithdrawalRecord {
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.withdrawals(of: call.account, id: id)
    }
    guard let record = records.first else {
      throw Rejection(.parameterInvalid, name: "wdId", problem: "no such withdrawal")
    }
    return record
  }
}

/// Checks that text is a Bitcoin address that can be paid here.
struct BitcoinDestination {
  let network: Network

  /// Returns the script that `text` stands for, or says what is wrong with it.
  func script(of text: String) throws(Rejection) -> Script {
    do {
      return try Address.parse(text, network: network)
    } catch {
      throw Rejection(.addressInvalid, "Invalid Bitcoin address: \(problem(error)).")
    }
  }

  /// Returns the smallest amount, in satoshi, that nodes relay to `text`.
  ///
  /// See Bitcoin Core, `GetDustThreshold`: three times the cost at 1 sat/vB of creating and spending
  /// the output.
  func dustLimit(of text: String) throws(Rejection) -> Int64 {
    let script = try script(of: text)
    let output = 8 + 1 + script.bytes.count
    let isWitness = script.witnessProgram != nil
    let spend = 32 + 4 + 1 + (isWitness ? 107 / 4 : 107) + 4
    return Int64(3 * (output + spend))
  }

  private func problem(_ error: AddressError) -> String {
    switch error {
    case .malformed: "the checksum or the form is wrong"
    case .otherNetwork(let expected): "it is of another network than \(expected.rawValue)"
    case .unknownWitnessVersion(let version): "witness version \(version) is unknown"
    case .wrongChecksumVariant: "its checksum is of the wrong Bech32 variant"
    case .wrongLength(let count): "it holds \(count) bytes, which is no known length"
    }
  }
}
