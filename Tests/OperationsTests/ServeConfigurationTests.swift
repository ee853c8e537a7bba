import Bitcoin
import Descriptors
import Engine
import Foundation
import Money
import Operations
import Settings
import Testing

@Suite struct ServeConfigurationTests {
  private let folder: TestFolder
  private let example: String

  init() throws {
    folder = try TestFolder()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    example = try String(
      contentsOf: root.appendingPathComponent("docs/operations/holdfast.example.yaml"),
      encoding: .utf8)
    try folder.write(
      DescriptorFile(TestExchange.descriptor()).text, to: "wallet.descriptor")
  }

  private func read(_ text: String) throws -> ServeConfiguration {
    try folder.write(text, to: "holdfast.yaml")
    return try ServeConfiguration(file: folder.file("holdfast.yaml"))
  }

  @Test(arguments: [
    "wpkh(KEY)", "tr(KEY)", "tr(KEY,pk(KEY/9))", "wsh(and_v(v:pk(KEY),older(10)))",
  ])
  func `a wallet that no program can pay from is refused`(policy: String) throws {
    let key = try TestExchange.descriptor().keys[0].text
    let text = policy.replacing("KEY/9", with: key.replacing("<0;1>", with: "<2;3>"))
      .replacing("KEY", with: key)
    try folder.write(
      DescriptorFile(Descriptor(parsing: text, network: .regtest)).text, to: "wallet.descriptor")
    let error = #expect(throws: ConfigurationError.self) { try read(example) }
    #expect("\(error as Any)".contains("it is no wallet of several holders"))
  }

  @Test func `the example in the documentation is read as it says`() throws {
    let configuration = try read(example)
    #expect(configuration.publicEndpoint == .init(host: "127.0.0.1", port: 8080))
    #expect(configuration.node.credentials == .cookieFile("/var/lib/bitcoind/regtest/.cookie"))
    #expect(configuration.guardTokenFile == folder.file("guard-token"))
    #expect(configuration.pollMilliseconds == 1000)
    let exchange = configuration.exchange
    #expect(exchange.assets.map(\.code) == ["BTC", "USDT"])
    #expect(exchange.assets[0].limits.refuseAbove == Amount(units: 1_000_000_000))
    #expect(exchange.assets[0].limits.firstUseMilliseconds == 3_600_000)
    #expect(exchange.assets[1].rail == .manual)
    let instrument = exchange.instruments[0]
    #expect(instrument.tickUnits == 100_000)
    #expect(instrument.lotUnits == 1)
    #expect(instrument.minimumSize == Lots(1000))
    #expect(instrument.makerFeePPM == 800)
    #expect(
      instrument.feeTiers == [
        FeeTier(makerPPM: 500, takerPPM: 800), FeeTier(makerPPM: -50, takerPPM: 400),
      ])
    #expect(instrument.priceLimitPPM == 50_000 && instrument.marketBandPPM == 30_000)
    #expect(instrument.openOrdersLimit == 500)
    #expect(exchange.capacity == ExchangeCapacity())
    #expect(instrument.listedAt == Timestamp(milliseconds: 1_767_225_600_000))
    #expect(exchange.operators.map(\.name) == ["dave", "erin"])
    #expect(exchange.walletDescriptor == (try TestExchange.descriptor().text))
  }

  @Test(arguments: [
    (
      "data: /var/lib/holdfast ", "date: /var/lib/holdfast ",
      "data: is missing; the file has date, which is not a known key"
    ),
    (
      "network: regtest ", "network: regtests ",
      "chain.network: regtests is not allowed; allowed mainnet, testnet, signet, regtest (did you mean regtest?)"
    ),
    (
      "network: regtest ", "network: mainnet ",
      "wallet.descriptorFile: FOLDER/wallet.descriptor is for regtest; expected mainnet"
    ),
    (
      "wallet.descriptor ", "other.descriptor ",
      "wallet.descriptorFile: FOLDER/other.descriptor cannot be read"
    ),
    (
      "url: http://127", "url: tcp://127",
      "chain.node.url: tcp://127.0.0.1:18443 is not allowed; expected http://host:port or https://"
    ),
    (
      "    cookieFile:", "    user: alice\n    cookieFile:",
      "chain.node.cookieFile: does not say who asks; expected cookieFile alone, or user and passwordFile"
    ),
    (
      "name: erin", "name: dave",
      "operators[1].name: dave is there already; each operator is named once"
    ),
    (
      "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
      "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
      "operators[1].publicKey: is another operator's already; each operator has a key of his own"
    ),
    (
      "    decimals: 8", "    decimals: 19",
      "assets[0].decimals: 19 is out of range; allowed 0 to 18"
    ),
    (
      "    decimals: 8", "    decimals: 6",
      "assets[0].decimals: 6 is not allowed; the rail bitcoin counts in 8"
    ),
    (
      "minimumWithdrawal: 0.001", "minimumWithdrawal: 0.000005",
      "assets[0].minimumWithdrawal: 0.000005 is out of range; allowed 0.00000546 to 23058430092.13693951"
    ),
    (
      "code: USDT", "code: usdt",
      "assets[1].code: usdt is not allowed; allowed 1 to 16 capitals and digits"
    ),
    ("code: USDT", "code: BTC", "assets[1].code: BTC is there already; each asset is listed once"),
    (
      "      refuseAbove: 10 ", "      refuseabove: 10 ",
      "assets[0].limits.refuseAbove: is missing; the file has refuseabove, which is not a known key"
    ),
    (
      "symbol: BTC-USDT", "symbol: BTC-ETH",
      "instruments[0].symbol: BTC-ETH is not BASE-QUOTE of two assets; allowed BTC, USDT"
    ),
    (
      "symbol: BTC-USDT", "symbol: BTC-BTC",
      "instruments[0].symbol: BTC-BTC is not BASE-QUOTE of two assets; allowed BTC, USDT"
    ),
    (
      "lotSize: 0.00000001", "lotSize: 0.00000003",
      "instruments[0].minimumSize: is not a multiple of lotSize, which is 0.00000003"
    ),
    (
      "maximumSize: 1000", "maximumSize: 0.000001",
      "instruments[0].maximumSize: is below minimumSize"
    ),
    (
      "takerFee: 0.001", "takerFee: 0.2",
      "instruments[0].takerFee: 0.2 is out of range; allowed 0 to 0.1"
    ),
    (
      "makerFee: -0.00005", "makerFee: -0.0005",
      "instruments[0].feeTiers[1].makerFee: is a rebate of 0.0005, above the smallest takerFee of the market, 0.0004"
    ),
    (
      "priceLimit: 0.05", "priceLimit: 1.5",
      "instruments[0].priceLimit: 1.5 is out of range; allowed 0 to 1"
    ),
    (
      "marketBand: 0.03", "marketband: 0.03",
      "instruments[0].marketband: is not a known key; did you mean marketBand?"
    ),
    (
      "openOrders: 500", "openOrders: 0",
      "instruments[0].openOrders: 0 is out of range; allowed 1 to 4000"
    ),
    (
      "algos: 131072", "algos: 3",
      "capacity.algos: 3 is out of range; allowed 16 to 16777216"
    ),
    (
      "listed: 2026-01-01", "listed: 2026-13-01",
      "instruments[0].listed: 2026-13-01 is not a day; expected such as 2026-01-31"
    ),
  ])
  func `what is wrong is said with file, key and what is allowed`(
    old: String, new: String, message: String
  ) throws {
    #expect(example.contains(old))
    let error = try #require(throws: ConfigurationError.self) {
      try self.read(self.example.replacing(old, with: new, maxReplacements: 1))
    }
    let expected = message.replacingOccurrences(of: "FOLDER", with: folder.path)
    #expect(error.description == "\(folder.file("holdfast.yaml")): \(expected)")
  }

  @Test func `two operators are needed where receipts are taken`() throws {
    let alone = example.split(separator: "\n").filter { !$0.contains("name: erin") }
      .joined(separator: "\n")
    let error = try #require(throws: ConfigurationError.self) { try self.read(alone) }
    #expect(error.path == "operators")
    #expect(error.problem == "has 1 entries; receipts on the manual rail need at least 2")
  }
}
