public import Bitcoin
public import Passkeys

/// How the gateway is to serve.
public struct GatewayConfiguration: Sendable {
  /// Address to listen on, such as "127.0.0.1".
  public var host: String
  /// Port to listen on; 0 takes a free one.
  public var port: Int
  /// The Bitcoin network whose addresses are accepted.
  public var network: Network
  /// Whether requests are limited as OKX limits them.
  public var limitsRates: Bool
  /// Largest body of a request, in bytes.
  public var bodyLimit: Int
  /// A WebSocket session without a word in either direction is closed after so long.
  public var idleMilliseconds: Int64
  /// The site that passkeys are made for; without one none are enrolled.
  public var passkeySite: PasskeySite?
  /// Time between two pushes of a conflated channel (books, tickers, candles).
  public var pushMilliseconds: Int64

  public init(
    host: String, port: Int, network: Network, limitsRates: Bool = true,
    bodyLimit: Int = 1 << 20, idleMilliseconds: Int64 = 30_000, pushMilliseconds: Int64 = 100,
    passkeySite: PasskeySite? = nil
  ) {
    self.host = host
    self.port = port
    self.network = network
    self.limitsRates = limitsRates
    self.bodyLimit = bodyLimit
    self.idleMilliseconds = idleMilliseconds
    self.pushMilliseconds = pushMilliseconds
    self.passkeySite = passkeySite
  }
}
