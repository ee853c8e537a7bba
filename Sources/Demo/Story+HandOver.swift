import Foundation

extension Story {
  /// What a reader needs to try a client of his own.
  private struct AccountFile: Encodable {
    let name: String
    let apiKey: String
    let secret: String
    let password: String
    let baseUrl: String
    let withdrawAddress: String
  }

  /// Gives alice and bob both assets in both wallets, and writes accounts.json.
  func handOver(_ cast: Cast) async {
    await report.step("alice and bob are ready for a client of yours") {
      try await cast.alice.transfer("1", "BTC", from: "18", to: "6")
      try await cast.alice.transfer("20000", "USDT", from: "18", to: "6")
      try await cast.bob.transfer("0.5", "BTC", from: "6", to: "18")
      var files: [AccountFile] = []
      for customer in [cast.alice, cast.bob] {
        for currency in ["BTC", "USDT"] {
          let (funding, trading) = (
            try await customer.funding(currency), try await customer.trading(currency)
          )
          try require(
            funding != "0" && trading != "0",
            "\(customer.name) has \(funding) and \(trading) \(currency)")
        }
        guard let credentials = customer.api.credentials,
          let address = self.destinations[customer.name]
        else { throw StoryError("\(customer.name) has no credentials") }
        files.append(
          AccountFile(
            name: customer.name, apiKey: credentials.apiKey, secret: credentials.secret,
            password: credentials.password, baseUrl: self.world.publicURL,
            withdrawAddress: address))
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try self.world.write(
        String(decoding: try encoder.encode(files), as: UTF8.self) + "\n", to: "accounts.json")
      return "both hold BTC and USDT in funding and trading; see accounts.json"
    }
  }
}
