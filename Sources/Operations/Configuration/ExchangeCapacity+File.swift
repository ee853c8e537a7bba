import Engine
import Settings

extension ExchangeCapacity {
  /// Reads how much the exchange can hold. Each figure has a default.
  init(_ root: ConfigurationSection) throws(ConfigurationError) {
    self.init()
    guard let section = try root.optionalSection("capacity") else { return }
    func count(
      _ key: String, upTo limit: Int64, default standard: UInt32
    ) throws(ConfigurationError) -> UInt32 {
      UInt32(try section.integer(key, in: 16...limit, default: Int64(standard)))
    }
    orders = try count("orders", upTo: 1 << 26, default: orders)
    accounts = try count("accounts", upTo: 1 << 26, default: accounts)
    balances = try count("balances", upTo: 1 << 28, default: balances)
    algos = try count("algos", upTo: 1 << 24, default: algos)
  }
}
