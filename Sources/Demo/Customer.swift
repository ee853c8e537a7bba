import Cryptography
import Statements
import Wire

/// A made-up customer with an API key and a signing key of his own.
final class Customer {
  let name: String
  let account: UInt64
  let api: OKXClient
  private let signingKey: Ed25519.PrivateKey
  private var nonce: UInt64 = 0

  /// Takes over an account that an operator opened.
  init(account: UInt64, credentials: Credentials, baseURL: String) throws {
    name = credentials.name
    self.account = account
    api = OKXClient(baseURL: baseURL, credentials: credentials)
    signingKey = try Ed25519.PrivateKey(seed: SecretBytes(copying: SecureRandom.bytes(32)))
  }

  /// Enrols the signing key, proving that it is his.
  func enrol() async throws {
    let key = signingKey.publicKey.bytes
    let statement = EnrolmentStatement(account: account, publicKey: key)
    let proof = try statement.signed(by: signingKey)
    _ = try await api.call(
      "POST", "/api/v5/holdfast/signing-key",
      ["publicKey": Hex.text(key), "proof": Hex.text(proof)])
  }

  /// Adds `address` to the address book under his own signature.
  func allow(_ address: String, label: String) async throws {
    nonce += 1
    let statement = AddressStatement(
      account: account, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: nonce)
    let signature = try statement.signed(by: signingKey)
    _ = try await api.call(
      "POST", "/api/v5/holdfast/withdrawal-address",
      [
        "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": address, "label": label,
        "nonce": String(nonce), "signature": Hex.text(signature),
      ])
  }

  /// Returns the deposit address for bitcoin.
  func depositAddress() async throws -> String {
    try await api.call("GET", "/api/v5/asset/deposit-address?ccy=BTC").row["addr"].text
  }

  /// Returns what is available in the funding wallet.
  func funding(_ currency: String) async throws -> String {
    let row = try await api.call("GET", "/api/v5/asset/balances?ccy=\(currency)").row
    return row["availBal"].text.isEmpty ? "0" : row["availBal"].text
  }

  /// Returns the cash balance of the trading wallet.
  func trading(_ currency: String) async throws -> String {
    let row = try await api.call("GET", "/api/v5/account/balance?ccy=\(currency)").row
    let detail = row["details"].list.first ?? .none
    return detail["cashBal"].text.isEmpty ? "0" : detail["cashBal"].text
  }

  /// Moves money between funding (6) and trading (18).
  func transfer(_ amount: String, _ currency: String, from: String, to: String) async throws {
    _ = try await api.call(
      "POST", "/api/v5/asset/transfer",
      ["ccy": currency, "amt": amount, "from": from, "to": to, "type": "0"])
  }

  /// Places an order and returns its id.
  func order(_ side: String, _ size: String, at price: String, id: String = "") async throws
    -> String
  {
    var fields = [
      "instId": "BTC-USDT", "tdMode": "cash", "side": side, "ordType": "limit", "sz": size,
      "px": price,
    ]
    if !id.isEmpty { fields["clOrdId"] = id }
    return try await api.call("POST", "/api/v5/trade/order", fields).row["ordId"].text
  }

  /// Asks for a withdrawal, whatever the answer.
  func tryWithdrawal(_ amount: String, to address: String) async throws -> OKXClient.Answer {
    try await api.send(
      "POST", "/api/v5/asset/withdrawal",
      OKXClient.json([
        "ccy": "BTC", "amt": amount, "dest": "4", "toAddr": address, "chain": "BTC-Bitcoin",
      ]))
  }

  /// Asks for a withdrawal that must be accepted, and returns its id.
  func withdraw(_ amount: String, to address: String) async throws -> String {
    let answer = try await tryWithdrawal(amount, to: address)
    guard answer.code == "0" else {
      throw StoryError("withdrawal of \(amount) BTC: \(answer.finestCode) \(answer.msg)")
    }
    return answer.row["wdId"].text
  }

  /// Moves `amount` plus the fee to funding and asks for a withdrawal of it.
  func withdrawFunding(_ amount: String, to address: String) async throws -> String {
    try await transfer("0.2", "BTC", from: "18", to: "6")
    return try await withdraw(amount, to: address)
  }

  /// Returns the public row of a withdrawal.
  func withdrawal(_ id: String) async throws -> Field {
    try await api.call("GET", "/api/v5/asset/withdrawal-history?wdId=\(id)").row
  }

  /// Returns a withdrawal with its plain reason and clock.
  func explanation(_ id: String) async throws -> Field {
    try await api.call("GET", "/api/v5/holdfast/withdrawal/\(id)").row
  }
}
